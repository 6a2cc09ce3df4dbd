#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace reel::dagfile {

// A DAG file is written by a person or a small program; what is larger is something else.
constexpr std::uintmax_t largest_text_file = 16U << 20U;

/// Nothing where it is no regular file, too large or not to be read.
[[nodiscard]] std::optional<std::string> read_text_file(const std::filesystem::path& file);

}  // namespace reel::dagfile
