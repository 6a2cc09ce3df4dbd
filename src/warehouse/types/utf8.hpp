#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace reel::warehouse {

/// Whether every byte is ASCII and none is NUL: then a text needs no closer look.
[[nodiscard]] bool is_plain_ascii(std::string_view text);

/// Offset of the first byte that does not begin a well-formed character (RFC 3629: no overlong
/// forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Number of characters of well-formed text.
[[nodiscard]] std::size_t count_characters(std::string_view text);

/// Appends a code point that is no surrogate.
void append_utf8(std::string& out, char32_t code_point);

}  // namespace reel::warehouse
