#include "server_start.hpp"

#include <fstream>
#include <string>

#include "reel/core/proc_file.hpp"

namespace reel::cli {

namespace fs = std::filesystem;

namespace {

/// A foreground command may hold a home, too, and a crash leaves the id of a process that is now
/// another. The lock is not tried: holding it for a moment could turn the starting server away.
bool is_server(const fs::path& lock, const fs::path& processes) {
    std::string id;
    if (!(std::ifstream(lock) >> id)) return false;
    const std::string words = core::read_proc_file(processes / id / "cmdline");
    return words.find(std::string("\0standalone\0", 12)) != std::string::npos;
}

}  // namespace

bool is_starting(const fs::path& home, const fs::path& processes) {
    const fs::path run = home / "run";
    std::error_code error;
    const auto claimed = fs::last_write_time(run / "reel.lock", error);
    if (error) return false;
    const auto listening = fs::last_write_time(run / "token", error);
    if (!error && listening >= claimed) return false;
    return is_server(run / "reel.lock", processes);
}

}  // namespace reel::cli
