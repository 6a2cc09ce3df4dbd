#include "postmaster.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "reel/core/proc_file.hpp"

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t status_line = 7;  // the eighth line of postmaster.pid

bool has_mark(pid_t pid, const std::string& mark) {
    const std::string line = core::read_proc_file(fmt::format("/proc/{}/cmdline", pid));
    return line.find(fmt::format("{}={}", cluster_mark_setting, mark) + '\0') != std::string::npos;
}

}  // namespace

std::string cluster_mark(const fs::path& data) {
    struct stat status{};
    if (::stat(data.c_str(), &status) != 0) return "none";
    return fmt::format("{}-{}", status.st_dev, status.st_ino);
}

std::optional<PostmasterFile> read_postmaster_file(const fs::path& data) {
    std::ifstream file(data / "postmaster.pid");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    if (lines.empty()) return std::nullopt;
    PostmasterFile found;
    try {
        found.pid = std::stoi(lines.front());
    } catch (const std::exception&) {
        return std::nullopt;
    }
    found.is_ready =
        lines.size() > status_line && std::string_view(lines[status_line]).starts_with("ready");
    return found.pid > 0 ? std::optional(found) : std::nullopt;
}

std::optional<PostmasterFile> find_postmaster(const fs::path& data) {
    std::optional<PostmasterFile> found = read_postmaster_file(data);
    if (found && has_mark(found->pid, cluster_mark(data))) return found;
    return std::nullopt;
}

void clear_leftovers(const fs::path& data, const fs::path& socket) {
    const std::optional<PostmasterFile> old = read_postmaster_file(data);
    if (!old || ::kill(old->pid, 0) != 0) return;
    std::error_code ignored;
    fs::remove(data / "postmaster.pid", ignored);
    fs::remove(socket / ".s.PGSQL.5432.lock", ignored);
}

}  // namespace reel::postgres
