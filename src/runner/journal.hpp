#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "journal_words.hpp"
#include "reel/core/result.hpp"
#include "reel/runner/protocol.hpp"
#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

/// What the runner must not forget when it dies: what runs, then how it ended, until the worker has
/// stored the end. A line for each word; the last one of an attempt counts. When most of a file is
/// of no use any more, what is still needed is written to the next one.
class Journal final {
  public:
    /// A file is left once it is longer than `turn_bytes` and more than half of it is forgotten.
    explicit Journal(std::filesystem::path directory, std::uint64_t turn_bytes = 1U << 20U)
        : directory_(std::move(directory)), turn_bytes_(turn_bytes) {}

    using Entry = std::variant<RunningRecord, ProcessExit>;
    /// Everything that an earlier runner left in it, by attempt; once, before anything is written.
    /// What cannot be read is as good as not written: nothing is started before its line is whole.
    [[nodiscard]] std::vector<Entry> load();

    /// Survives the runner's death, not the machine's: no process does either.
    [[nodiscard]] core::Result<void> write_running(const RunningRecord& record);
    /// The same; against a power cut only once sync() has returned.
    [[nodiscard]] core::Result<void> write_exit(const ProcessExit& exit);
    /// Whether there are exits that nobody has acknowledged and that a power cut would take.
    [[nodiscard]] bool needs_sync() const { return !unsynced_.empty() || !fresh_.empty(); }
    [[nodiscard]] core::Result<void> sync();
    /// Only if some of them were there at the last call, too: most are acknowledged before long.
    [[nodiscard]] core::Result<void> sync_lasting();
    [[nodiscard]] core::Result<ProcessExit> read_exit(core::AttemptId attempt) const;
    /// Whether its end is in the file.
    [[nodiscard]] bool holds_exit(core::AttemptId attempt) const;
    /// Trouble is no loss: an end that comes back after a crash is acknowledged once more.
    void forget(core::AttemptId attempt);

  private:
    /// An attempt's last line in the file.
    struct Place {
        std::uint64_t begin = 0;
        std::uint64_t size = 0;
        bool is_exit = false;
    };

    [[nodiscard]] std::filesystem::path path() const;
    [[nodiscard]] core::Result<void> open();
    [[nodiscard]] bool has_vanished() const;
    /// Where in the file it begins.
    [[nodiscard]] core::Result<std::uint64_t> append(std::string_view line);
    [[nodiscard]] core::Result<void> write(
        core::AttemptId attempt, const std::string& line, bool is_exit
    );
    [[nodiscard]] core::Result<std::string> read(const Place& place) const;
    [[nodiscard]] core::Result<void> sync_file();
    [[nodiscard]] core::Result<void> turn_over();
    [[nodiscard]] core::Result<void> copy_to(Journal& next) const;

    std::filesystem::path directory_;
    std::uint64_t turn_bytes_;
    std::uint64_t number_ = 0;  ///< of the file
    UniqueFd file_;
    bool has_name_ = false;  ///< also after a power cut
    std::uint64_t size_ = 0;
    std::uint64_t useful_ = 0;  ///< bytes in `places_`
    std::map<core::AttemptId, Place> places_;
    std::string owed_;  ///< what is forgotten, where the file had no room for it
    std::set<core::AttemptId> unsynced_;
    std::set<core::AttemptId> fresh_;  ///< unsynced, too, but only since the last sync_lasting()
};

}  // namespace reel::runner
