#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

#include "call.hpp"
#include "executor/environment.hpp"
#include "reel/runner/memory_file.hpp"
#include "reel/runner/pidfd.hpp"
#include "reel/runner/spawn_setup.hpp"

namespace reel::executor {

namespace {

using runner::UniqueFd;
using std::chrono::steady_clock;

constexpr auto look_around = std::chrono::milliseconds(100);
constexpr std::size_t longest_line = 500;
constexpr std::size_t most_output = 4096;

/// The script is on descriptor 3, as that of a bash task is: argv is for everybody to read.
core::Result<pid_t> spawn(const CommandCall& call, const UniqueFd& script, const UniqueFd& output) {
    constexpr int script_descriptor = 3;
    runner::FileActions actions;
    actions.open_null(STDIN_FILENO);
    actions.place(output.get(), STDOUT_FILENO);
    actions.place(output.get(), STDERR_FILENO);
    actions.place(script.get(), script_descriptor);
    // What is open here, the server's port among it, is none of its business.
    actions.close_from(script_descriptor + 1);
    actions.change_directory(call.folder);
    const runner::SpawnAttributes attributes(runner::SpawnAttributes::Group::own_group);
    const std::vector<std::string> variables = environment_list(call.environment);
    const std::vector<std::string> words{"/bin/sh", "/dev/fd/3"};
    const runner::CStrings environment(variables);
    const runner::CStrings argv(words);
    pid_t pid = 0;
    const int error = ::posix_spawn(
        &pid, "/bin/sh", actions.get(), attributes.get(), argv.get(), environment.get()
    );
    if (error == 0) return pid;
    return core::fail(
        core::Errc::unavailable,
        fmt::format("the command cannot be started: {}", runner::describe_errno(error))
    );
}

/// Waits for the end of the process; nullopt: its time was over, or nobody waits any more.
std::optional<int> wait_for(pid_t pid, const CommandCall& call) {
    const UniqueFd process = runner::open_pidfd(pid);
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
    const auto script = runner::make_memory_file("callback", call.script);
    if (!script) return std::unexpected(script.error());
    const auto output = runner::make_memory_file("callback-output");
    if (!output) return std::unexpected(output.error());
    const auto pid = spawn(call, *script, *output);
    if (!pid) return std::unexpected(pid.error());
    const auto status = wait_for(*pid, call);
    if (!status) {
        const auto seconds = std::chrono::duration<double>(call.timeout).count();
        return core::fail(
            core::Errc::timed_out, fmt::format("the command was ended after {} s", seconds)
        );
    }
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
    const std::string line = last_line(output->get());
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
