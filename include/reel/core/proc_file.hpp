#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace reel::core {

/// All of a file of /proc; empty where it cannot be read, also when its process ends after it was
/// opened. (Then reading fails with ESRCH, which the iterators of a stream throw.)
[[nodiscard]] std::string read_proc_file(const std::filesystem::path& file);

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

/// Not one that has ended and that its parent has not waited for yet (a zombie), which a container
/// without an init keeps for ever.
[[nodiscard]] bool is_alive(pid_t pid);

}  // namespace reel::core
