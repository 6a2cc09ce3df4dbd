#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace reel::runner {

inline constexpr std::size_t max_last_line_bytes = std::size_t{64} << 10U;

/// The last line of a text that holds more than white space, without what trails it; "" for none.
[[nodiscard]] std::string_view last_line_of(std::string_view text);

/// The same of a file from byte `begin` on; of a longer line its last 64 KiB. "" when the file
/// cannot be read.
[[nodiscard]] std::string load_last_line(const std::filesystem::path& file, std::uint64_t begin);

}  // namespace reel::runner
