#include "reel/executor/leftovers.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <string>
#include <system_error>
#include <vector>

#include "run_paths.hpp"

namespace reel::executor {

namespace fs = std::filesystem;

namespace {

void remove_folder(const fs::path& folder) {
    std::error_code failure;
    fs::remove_all(folder, failure);
    if (failure) {
        spdlog::warn(
            "a run's folder is kept folder={} reason={}", folder.string(), failure.message()
        );
        return;
    }
    // The DAG's own, where this was the last run in it.
    fs::remove(folder.parent_path(), failure);
}

core::Timestamp written_at(const fs::directory_entry& entry, std::error_code& failure) {
    const auto time = entry.last_write_time(failure);
    if (failure) {
        return core::Timestamp::max();
    }
    return std::chrono::floor<core::Duration>(std::chrono::file_clock::to_sys(time));
}

/// The logs below a folder that are older; a folder that goes while it is read counts as read.
std::vector<fs::path> old_logs(const fs::path& logs, core::Timestamp before) {
    std::vector<fs::path> found;
    std::error_code failure;
    fs::recursive_directory_iterator entry(
        logs, fs::directory_options::skip_permission_denied, failure
    );
    while (!failure && entry != fs::recursive_directory_iterator()) {
        std::error_code unreadable;
        if (is_log_name(entry->path().filename().native()) && entry->is_regular_file(unreadable) &&
            written_at(*entry, unreadable) < before) {
            found.push_back(entry->path());
        }
        entry.increment(failure);
    }
    return found;
}

}  // namespace

void remove_run_folders(
    const Leftovers& places, const core::DagId& dag_id, const core::RunId& run_id
) {
    // Both have one folder for each run, named alike.
    remove_folder(run_directory(places.logs, dag_id, run_id));
    remove_folder(run_directory(places.data, dag_id, run_id));
}

std::size_t remove_old_logs(const fs::path& logs, core::Timestamp before, bool dry_run) {
    // Written with a slash behind, it would be none of the folders that its logs are below.
    const fs::path root = logs.has_filename() ? logs : logs.parent_path();
    const auto found = old_logs(root, before);
    if (dry_run) {
        return found.size();
    }
    std::size_t removed = 0;
    for (const fs::path& log : found) {
        std::error_code failure;
        removed += fs::remove(log, failure) ? 1 : 0;
        // Up to the folder of all logs; one that holds anything stays by itself.
        for (fs::path folder = log.parent_path(); !failure && folder != root;
             folder = folder.parent_path()) {
            fs::remove(folder, failure);
        }
    }
    return removed;
}

}  // namespace reel::executor
