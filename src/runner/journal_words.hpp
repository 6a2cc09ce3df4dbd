#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "reel/runner/protocol.hpp"

namespace reel::runner {

/// When a process began, in ticks of /proc/PID/stat: between these two, both included. A reused
/// pid has another start and is not mistaken for it.
struct StartTicks {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    bool operator==(const StartTicks&) const = default;
};

/// What a later runner must know to end a process that its predecessor left behind.
struct RunningRecord {
    core::AttemptId attempt = 0;
    std::string marker;  ///< name of the memfd on its descriptors 3 and 4, unlike any other's
    int pid = 0;         ///< 0: the runner died before it knew
    StartTicks pid_start;
    std::string boot_id;  ///< of the boot it was started in
    core::Timestamp started_at;
    core::Duration kill_grace{};
    std::filesystem::path log_file;
    std::uint64_t log_begin = 0;  ///< size of the log before the attempt wrote to it
};

/// The worker has stored its end.
struct Over {
    core::AttemptId attempt = 0;
};

/// A line of the journal, without what ends it; nullopt for what is none.
using Word = std::variant<RunningRecord, ProcessExit, Over>;
[[nodiscard]] std::optional<Word> word_of(const std::string& line);

/// With their line break.
[[nodiscard]] std::string line_of(const RunningRecord& record);
[[nodiscard]] std::string line_of(const ProcessExit& exit);
[[nodiscard]] std::string forgetting_line(core::AttemptId attempt);

}  // namespace reel::runner
