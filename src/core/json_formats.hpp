#pragma once

#include <optional>
#include <string>

namespace reel::core {

/// What a text must be for JSON Schema's `format` ("a date like 2026-01-31"), where it is not;
/// formats that are not known are for people ("multiline", "password").
[[nodiscard]] std::optional<std::string> find_format_misfit(
    const std::string& format, const std::string& text
);

/// Whether some part of the text matches; nullopt when finding out would take too long.
/// `pattern` is one of is_pattern().
[[nodiscard]] std::optional<bool> matches_pattern(
    const std::string& pattern, const std::string& text
);

[[nodiscard]] bool is_pattern(const std::string& text);

}  // namespace reel::core
