#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/runner/protocol.hpp"

namespace reel::runner {

/// What a later runner must know to end a process that its predecessor left behind.
struct RunningRecord {
    core::AttemptId attempt = 0;
    std::string marker;  ///< name of the memfd on its descriptors 3 and 4, unlike any other's
    int pid = 0;         ///< 0: the runner died before it knew
    std::uint64_t pid_start =
        0;                ///< of /proc/PID/stat, so that a reused pid is not mistaken for it
    std::string boot_id;  ///< of the boot it was started in
    core::Timestamp started_at;
    core::Duration kill_grace{};
    std::filesystem::path log_file;
    std::uint64_t log_begin = 0;  ///< size of the log before the attempt wrote to it
};

/// One file per attempt, `<attempt>.json`: first what runs, then how it ended; gone once the worker
/// has stored the end. Files are replaced whole, by rename.
class Journal final {
  public:
    explicit Journal(std::filesystem::path directory) : directory_(std::move(directory)) {}

    /// Survives the runner's death, not the machine's: no process does either.
    [[nodiscard]] core::Result<void> write_running(const RunningRecord& record) const;
    /// On disk, also for a power cut, when this returns.
    [[nodiscard]] core::Result<void> write_exit(const ProcessExit& exit) const;
    [[nodiscard]] core::Result<ProcessExit> read_exit(core::AttemptId attempt) const;
    void forget(core::AttemptId attempt) const;

    using Entry = std::variant<RunningRecord, ProcessExit>;
    /// Everything in it, by attempt. A file that cannot be read stands for an attempt of which
    /// nothing is known but that it was started.
    [[nodiscard]] std::vector<Entry> load() const;

  private:
    [[nodiscard]] std::filesystem::path path_of(core::AttemptId attempt) const;
    [[nodiscard]] core::Result<void> replace(
        core::AttemptId attempt, std::string_view text, bool durable
    ) const;

    std::filesystem::path directory_;
};

}  // namespace reel::runner
