#pragma once

#include <cstddef>
#include <filesystem>

#include "reel/core/ids.hpp"
#include "reel/core/time.hpp"

namespace reel::executor {

/// Where tasks leave files.
struct Leftovers {
    std::filesystem::path logs;  ///< as ExecutorOptions::logs
    std::filesystem::path data;
};

/// Removes the logs and the data folder of a run that is gone. Trouble is only logged. Blocking.
void remove_run_folders(
    const Leftovers& places, const core::DagId& dag_id, const core::RunId& run_id
);

/// Removes the logs of tries that nobody has written to since a moment, and the folders that they
/// leave empty; anything else below the folder stays. Only counts them when `dry_run`. Gives how
/// many. Blocking.
std::size_t remove_old_logs(
    const std::filesystem::path& logs, core::Timestamp before, bool dry_run
);

}  // namespace reel::executor
