#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::fetch {

/// Where below the target folder a member of an archive may go. Refuses every name that could
/// leave it: absolute ones, "..", backslashes, drive letters; and names no tool can print. Bytes
/// that are not UTF-8 become "%XX". "." for the folder itself.
[[nodiscard]] core::Result<std::filesystem::path> parse_member_name(std::string_view name);

/// Where a link at `link` that says `target` points, with the same rules; it may climb, but not
/// out.
[[nodiscard]] core::Result<std::filesystem::path> parse_link_target(
    const std::filesystem::path& link, std::string_view target
);

/// The name as it may be shown: control characters and bytes that are not UTF-8 as "%XX", cut.
[[nodiscard]] std::string printable(std::string_view name);

}  // namespace reel::fetch
