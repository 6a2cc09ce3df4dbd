#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <utility>

#include "call.hpp"
#include "executor/environment.hpp"

namespace reel::executor {

namespace {

using std::chrono::steady_clock;

constexpr auto look_around = std::chrono::milliseconds(100);
constexpr std::size_t longest_line = 500;
constexpr std::size_t most_output = 4096;

class Descriptor final {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

/// A file that nobody else sees. Its number is none of those that the command gets.
int make_memory_file(const char* name, const std::string& text) {
    constexpr int lowest = 10;
    const Descriptor made(::memfd_create(name, MFD_CLOEXEC));
    const int fd = ::fcntl(made.get(), F_DUPFD_CLOEXEC, lowest);
    for (std::size_t done = 0; fd >= 0 && done < text.size();) {
        const ssize_t wrote = ::write(fd, text.data() + done, text.size() - done);
        if (wrote < 0 && errno != EINTR) return -1;
        done += static_cast<std::size_t>(std::max<ssize_t>(wrote, 0));
    }
    ::lseek(fd, 0, SEEK_SET);
    return fd;
}

/// The script is on descriptor 3, as that of a bash task is: argv is for everybody to read.
class SpawnPlan final {
  public:
    SpawnPlan(int script, int output, const std::string& folder) {
        constexpr int script_fd = 3;
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, 1);
        ::posix_spawn_file_actions_adddup2(&actions_, output, 2);
        ::posix_spawn_file_actions_adddup2(&actions_, script, script_fd);
        // What is open here, the server's port among it, is none of its business.
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, script_fd + 1);
        ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
        ::posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        );
    }
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    core::Result<pid_t> spawn(const config::Environment& environment) {
        std::vector<std::string> names = environment_list(environment);
        std::vector<char*> envp;
        envp.reserve(names.size() + 1);
        for (std::string& name : names) envp.push_back(name.data());
        envp.push_back(nullptr);
        std::string shell = "/bin/sh";
        std::string script = "/dev/fd/3";
        std::array<char*, 3> argv{shell.data(), script.data(), nullptr};
        pid_t pid = 0;
        const int error =
            ::posix_spawn(&pid, "/bin/sh", &actions_, &attributes_, argv.data(), envp.data());
        if (error == 0) return pid;
        return core::fail(
            core::Errc::unavailable,
            fmt::format("the command cannot be started: {}", std::strerror(error))
        );
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// Waits for the end of the process; nullopt: its time was over, or nobody waits any more.
std::optional<int> wait_for(pid_t pid, const CommandCall& call) {
    const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const auto deadline = steady_clock::now() + call.timeout;
    bool in_time = true;
    while (in_time) {
        pollfd look{.fd = process.get(), .events = POLLIN, .revents = 0};
        if (::poll(&look, 1, static_cast<int>(look_around.count())) > 0) break;
        in_time = steady_clock::now() < deadline && !(call.abandoned && call.abandoned->load());
    }
    // Whatever it left in its group goes with it.
    if (!in_time) ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return in_time ? std::optional(status) : std::nullopt;
}

std::string last_line(int output) {
    const off_t size = ::lseek(output, 0, SEEK_END);
    const off_t from = std::max<off_t>(0, size - static_cast<off_t>(most_output));
    std::string text(static_cast<std::size_t>(size - from), '\0');
    const ssize_t got = ::pread(output, text.data(), text.size(), from);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    const std::size_t end = text.find_last_not_of(" \t\r\n");
    if (end == std::string::npos) return {};
    text.resize(end + 1);
    const std::size_t begin = text.find_last_of('\n');
    if (begin != std::string::npos) text.erase(0, begin + 1);
    return text.substr(0, longest_line);
}

}  // namespace

core::Result<void> run_command(const CommandCall& call) {
    const Descriptor script(make_memory_file("callback", call.script));
    const Descriptor output(make_memory_file("callback-output", ""));
    if (script.get() < 0 || output.get() < 0) {
        return core::fail(core::Errc::unavailable, "no memory file for the command can be made");
    }
    const auto pid = SpawnPlan(script.get(), output.get(), call.folder).spawn(call.environment);
    if (!pid) return std::unexpected(pid.error());
    const auto status = wait_for(*pid, call);
    if (!status) {
        const auto seconds = std::chrono::duration<double>(call.timeout).count();
        return core::fail(
            core::Errc::timed_out, fmt::format("the command was ended after {} s", seconds)
        );
    }
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
    const std::string line = last_line(output.get());
    return core::fail(
        core::Errc::unavailable,
        fmt::format(
            "the command ended with {} {}{}{}",
            WIFEXITED(*status) ? "exit code" : "signal",
            WIFEXITED(*status) ? WEXITSTATUS(*status) : WTERMSIG(*status),
            line.empty() ? "" : ": ",
            line
        )
    );
}

}  // namespace reel::executor
