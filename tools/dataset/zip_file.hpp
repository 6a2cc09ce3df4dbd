#pragma once

#include <filesystem>
#include <vector>

#include "reel/core/result.hpp"

namespace reel::dataset {

/// Packs files into one zip under their bare names, with a fixed time, so that equal files make
/// equal zips.
[[nodiscard]] core::Result<void> write_zip(
    const std::filesystem::path& zip, const std::vector<std::filesystem::path>& files
);

}  // namespace reel::dataset
