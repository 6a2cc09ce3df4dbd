#pragma once

#include <filesystem>
#include <string_view>

#include "reel/core/ids.hpp"

namespace reel::executor {

/// The folder of one run's files below a root: dag_id=D/run_id=R. Names that no file system takes
/// are cut and end with a hash of the whole.
[[nodiscard]] std::filesystem::path run_directory(
    const std::filesystem::path& root, const core::DagId& dag_id, const core::RunId& run_id
);

/// Makes a root of many runs' folders and tells ext4 that what lies below it has nothing to do with
/// each other (chattr +T): else new files lie where Postgres, or whoever else, has just removed
/// some, and are ten times as slow to make. Does nothing on other file systems.
void make_root(const std::filesystem::path& root);

/// Whether a file of that name is an attempt's log, of this version or of an older one.
[[nodiscard]] bool is_log_name(std::string_view name);

}  // namespace reel::executor
