#pragma once

#include <filesystem>
#include <string>

#include "reel/core/result.hpp"

namespace reel::warehouse {

/// The source file: `path` below `data_dir` (or absolute), else the same path one folder further
/// down when exactly one folder has it (zip files often carry a folder). Case matters. A missing
/// file is an error that lists the files that are there.
[[nodiscard]] core::Result<std::filesystem::path> locate_source(
    const std::filesystem::path& data_dir, const std::string& path
);

}  // namespace reel::warehouse
