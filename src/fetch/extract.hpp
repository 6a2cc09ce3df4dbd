#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/fetch/download.hpp"

namespace reel::fetch {

/// As `extract`, for an archive that lies under another name than its own: a packed single file is
/// named after `name` without its ".gz".
[[nodiscard]] core::Result<std::vector<FetchedFile>> extract_named(
    const std::filesystem::path& archive,
    const std::string& name,
    const std::filesystem::path& into,
    const ExtractLimits& limits
);

}  // namespace reel::fetch
