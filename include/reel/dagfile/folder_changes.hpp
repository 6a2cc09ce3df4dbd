#pragma once

#include <filesystem>
#include <set>

namespace reel::dagfile {

/// What has changed below a folder of DAG files, as far as it is known.
struct FolderChanges {
    /// Any file may be another one, or gone: only a look at all of them tells.
    bool may_be_any = false;
    /// Below the folder: written, replaced, or gone.
    std::set<std::filesystem::path> files;

    [[nodiscard]] bool empty() const { return !may_be_any && files.empty(); }
};

}  // namespace reel::dagfile
