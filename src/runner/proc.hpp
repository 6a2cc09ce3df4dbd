#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reel::runner {

/// What /proc/PID/stat says of a process.
struct ProcStat {
    char state = '?';  ///< 'Z' is a zombie
    pid_t group = 0;
    std::uint64_t start = 0;  ///< clock ticks after boot; with the pid it names a process for good
};

/// Reads the text of a stat file, whatever the program's name holds; nullopt for anything else.
[[nodiscard]] std::optional<ProcStat> parse_stat(std::string_view text);
/// nullopt when there is no such process.
[[nodiscard]] std::optional<ProcStat> load_stat(pid_t pid);
/// Now, as ProcStat::start counts it.
[[nodiscard]] std::uint64_t boot_ticks();
/// Unlike in every boot of every machine; empty where the system does not say.
[[nodiscard]] std::string load_boot_id();
[[nodiscard]] std::vector<pid_t> load_pids();
/// Whether one of the process' descriptors 3 and 4 is the memfd of that name.
[[nodiscard]] bool holds_memfd(pid_t pid, std::string_view name);

}  // namespace reel::runner
