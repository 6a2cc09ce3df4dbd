#include "reel/core/proc_file.hpp"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <utility>

namespace reel::core {

std::string read_proc_file(const std::filesystem::path& file) {
    std::ostringstream text;
    text
        << std::ifstream(file, std::ios::binary).rdbuf();  // what fails here is a bit of the stream
    return std::move(text).str();
}

bool is_alive(pid_t pid) {
    if (::kill(pid, 0) != 0 && errno == ESRCH) return false;
    const std::string stat = read_proc_file("/proc/" + std::to_string(pid) + "/stat");
    // Behind the program's name, which may itself hold blanks and parentheses.
    const std::size_t name_end = stat.rfind(')');
    const bool has_state = name_end != std::string::npos && name_end + 2 < stat.size();
    return !has_state || (stat[name_end + 2] != 'Z' && stat[name_end + 2] != 'X');
}

}  // namespace reel::core
