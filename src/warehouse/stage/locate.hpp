#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reel/core/result.hpp"

namespace reel::warehouse {

/// A file, and how reports and rejects call it.
struct LocatedFile {
    std::filesystem::path path;
    std::string name;
    std::string etag = {};  ///< how the server that it came from tells its versions apart
    bool operator==(const LocatedFile&) const = default;
};

/// The source files: the file `path` below `data_dir` (or absolute); all files of the folder `path`
/// and of its folders; or all that fit the pattern `path`, sorted by path. What is not there is
/// looked for one folder further down, when exactly one folder has it (zip files often carry a
/// folder). Case matters. A single file is called as it was asked for, several by their paths from
/// `data_dir`. Nothing found is an error that lists the files that are there.
[[nodiscard]] core::Result<std::vector<LocatedFile>> locate_sources(
    const std::filesystem::path& data_dir, const std::string& path
);

}  // namespace reel::warehouse
