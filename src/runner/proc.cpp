#include "proc.hpp"

#include <unistd.h>

#include <charconv>
#include <ctime>
#include <filesystem>

#include "reel/core/proc_file.hpp"

namespace reel::runner {

namespace fs = std::filesystem;

std::uint64_t boot_ticks() {
    static const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    constexpr std::uint64_t second = 1'000'000'000;
    return static_cast<std::uint64_t>(now.tv_sec) * per_second +
           static_cast<std::uint64_t>(now.tv_nsec) / (second / per_second);
}

std::string load_boot_id() {
    std::string id = core::read_proc_file("/proc/sys/kernel/random/boot_id");
    while (!id.empty() && id.back() == '\n') id.pop_back();
    return id;
}

std::vector<pid_t> load_pids() {
    std::vector<pid_t> pids;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const std::string name = entry.path().filename().string();
        pid_t pid = 0;
        const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (failed == std::errc() && end == name.data() + name.size()) pids.push_back(pid);
    }
    return pids;
}

bool holds_memfd(pid_t pid, std::string_view name) {
    const std::string wanted = "/memfd:" + std::string(name) + " (deleted)";
    for (const char* const descriptor : {"3", "4"}) {
        std::error_code error;
        const fs::path link =
            fs::read_symlink(fs::path("/proc") / std::to_string(pid) / "fd" / descriptor, error);
        if (!error && link.native() == wanted) return true;
    }
    return false;
}

}  // namespace reel::runner
