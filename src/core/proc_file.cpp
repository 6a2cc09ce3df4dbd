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

std::optional<ProcStat> parse_stat(std::string_view text) {
    // The program's name may itself hold blanks and parentheses; the last one ends it.
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string_view::npos) return std::nullopt;
    std::istringstream fields{std::string(text.substr(name_end + 1))};
    ProcStat stat;
    int parent = 0;
    fields >> stat.state >> parent >> stat.group;
    constexpr int fields_between_group_and_start = 16;
    std::string skipped;
    for (int i = 0; i < fields_between_group_and_start; ++i) fields >> skipped;
    fields >> stat.start;
    if (!fields) return std::nullopt;
    return stat;
}

std::optional<ProcStat> load_stat(pid_t pid) {
    return parse_stat(read_proc_file("/proc/" + std::to_string(pid) + "/stat"));
}

bool is_alive(pid_t pid) {
    if (::kill(pid, 0) != 0 && errno == ESRCH) return false;
    const auto stat = load_stat(pid);
    return !stat || (stat->state != 'Z' && stat->state != 'X');
}

}  // namespace reel::core
