#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
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

/// What the runner must not forget when it dies: what runs, then how it ended, until the worker has
/// stored the end. Every attempt has a file to itself, to which a line is appended for each of its
/// words; the last one counts. Files are emptied, but for a first line break, and used again
/// instead of removed: a file system is slow to give out what it just took back.
class Journal final {
  public:
    explicit Journal(std::filesystem::path directory) : directory_(std::move(directory)) {}

    /// Survives the runner's death, not the machine's: no process does either.
    [[nodiscard]] core::Result<void> write_running(const RunningRecord& record);
    /// The same; against a power cut only once sync() has returned.
    [[nodiscard]] core::Result<void> write_exit(const ProcessExit& exit);
    /// Whether there are exits that nobody has acknowledged and that a power cut would take.
    [[nodiscard]] bool needs_sync() const { return !unsynced_.empty() || !fresh_.empty(); }
    [[nodiscard]] core::Result<void> sync();
    /// Only those that were there at the last call, too: most are acknowledged before long.
    [[nodiscard]] core::Result<void> sync_lasting();
    [[nodiscard]] core::Result<ProcessExit> read_exit(core::AttemptId attempt) const;
    void forget(core::AttemptId attempt);

    using Entry = std::variant<RunningRecord, ProcessExit>;
    /// Everything that an earlier runner left in it, by attempt; once, before anything is written.
    /// What cannot be read is as good as not written: nothing is started before its line is whole.
    [[nodiscard]] std::vector<Entry> load();

  private:
    using Slot = std::size_t;  ///< the number of a file

    [[nodiscard]] std::filesystem::path path_of(Slot slot) const;
    void take_slot(core::AttemptId attempt);
    [[nodiscard]] core::Result<void> write(core::AttemptId attempt, const std::string& line);
    [[nodiscard]] core::Result<void> append(Slot slot, std::string line) const;

    std::filesystem::path directory_;
    std::map<core::AttemptId, Slot> slots_;
    std::set<Slot> free_;
    Slot next_slot_ = 0;
    std::set<core::AttemptId> unsynced_;
    std::set<core::AttemptId> fresh_;  ///< unsynced, too, but only since the last sync_lasting()
};

}  // namespace reel::runner
