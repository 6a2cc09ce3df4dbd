#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/ids.hpp"
#include "reel/core/time.hpp"

namespace reel::runner {

/// A process that the runner is to start, in a process group of its own.
struct ProcessSpec {
    core::AttemptId attempt = 0;
    std::vector<std::string>
        argv;  ///< argv[0] is looked up in PATH unless it holds a '/'; never holds a secret
    std::vector<std::string> environment;  ///< "NAME=value", of this process alone
    /// The rest of its environment, no name of which is in `environment`; null: there is none.
    /// Shared by the specs of many attempts, it goes to the runner once.
    std::shared_ptr<const std::vector<std::string>> common_environment = nullptr;
    std::string
        working_directory;  ///< made when missing; empty: an empty folder, nobody's afterwards
    std::filesystem::path log_file;  ///< stdout and stderr are appended here; folders are made
    std::string log_header;          ///< stands in the log before them
    std::string input;  ///< bytes the process finds on descriptor 3 (secrets travel here)
    std::optional<core::Duration> timeout;
    core::Duration kill_grace =
        std::chrono::seconds(5);  ///< between SIGTERM and SIGKILL to the group
};

/// How a process ended.
enum class ProcessEnd {
    exited,       ///< by itself; `code` is its exit status
    signalled,    ///< by signal `code` that the runner did not send
    timed_out,    ///< by the runner, at its deadline
    cancelled,    ///< by the runner, because it was asked to
    abandoned,    ///< by the runner, because no worker was heard of before the lease ended
    not_started,  ///< it could not be spawned; `message` says why
};

struct ProcessExit {
    core::AttemptId attempt = 0;
    int pid = 0;  ///< 0: not known, or there was none
    ProcessEnd end = ProcessEnd::exited;
    int code = 0;
    core::Timestamp started_at;
    core::Timestamp ended_at;
    std::string output;  ///< what it wrote to descriptor 4, at most 8 MiB (more ends as end=exited,
                         ///< code as is, output_truncated)
    bool output_truncated = false;
    std::string last_line;  ///< the last non-empty line of its log, at most 64 KiB
    std::string message;
    std::int64_t user_microseconds = 0;
    std::int64_t system_microseconds = 0;
    std::int64_t max_rss_kilobytes = 0;
};

struct ProcessStart {
    core::AttemptId attempt = 0;
    int pid = 0;
    core::Timestamp at;
};

}  // namespace reel::runner
