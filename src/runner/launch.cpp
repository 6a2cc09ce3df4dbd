#include "launch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "log_tail.hpp"
#include "reel/runner/pidfd.hpp"
#include "reel/runner/spawn_setup.hpp"
#include "spawn.hpp"

namespace reel::runner {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 5> kept_variables{"PATH", "HOME", "LANG", "TZ", "TMPDIR"};

bool is_kept(std::string_view variable) {
    const std::string_view name = variable.substr(0, variable.find('='));
    return std::ranges::find(kept_variables, name) != kept_variables.end() ||
           name.starts_with("LC_") || name.starts_with("LD_") || name.ends_with("SAN_OPTIONS");
}

fs::path log_of(const fs::path& directory) {
    return directory / "runner.log";
}

}  // namespace

std::vector<std::string> runner_environment(const char* const* environment) {
    std::vector<std::string> kept;
    for (; environment != nullptr && *environment != nullptr; ++environment) {
        if (is_kept(*environment)) kept.emplace_back(*environment);
    }
    return kept;
}

std::string last_words(const fs::path& directory) {
    const std::string line = load_last_line(log_of(directory), 0);
    return line.empty() ? "it said nothing" : line;
}

core::Result<LaunchedRunner> LaunchedRunner::launch(const RunnerOptions& options) {
    const auto log = open_log(log_of(options.directory), "");
    if (!log) return std::unexpected(log.error());
    // A lease of nothing would be over before the first word of a worker.
    const auto lease =
        std::max(std::chrono::ceil<std::chrono::seconds>(options.lease), std::chrono::seconds(1));
    std::vector<std::string> arguments{
        options.program.string(),
        "--directory",
        options.directory.string(),
        "--lease-seconds",
        std::to_string(lease.count())
    };
    if (!options.fork_shells) arguments.emplace_back("--no-fork-shells");
    FileActions actions;
    actions.open_null(STDIN_FILENO);
    actions.place(log->fd.get(), STDOUT_FILENO);
    actions.place(log->fd.get(), STDERR_FILENO);
    actions.close_from(STDERR_FILENO + 1);
    const SpawnAttributes attributes(SpawnAttributes::Group::own_session);
    const auto variables = runner_environment(environ);
    const CStrings argv(arguments);
    const CStrings environment(variables);
    LaunchedRunner runner;
    const int error = ::posix_spawn(
        &runner.pid_,
        options.program.c_str(),
        actions.get(),
        attributes.get(),
        argv.get(),
        environment.get()
    );
    if (error != 0) {
        auto failure = fail_errno("cannot start the runner " + arguments[0], error);
        failure.error().hint =
            "install reel, reel-server and reel-runner of one version in one folder";
        return failure;
    }
    runner.pidfd_ = open_pidfd(runner.pid_);
    return runner;
}

std::optional<int> LaunchedRunner::poll_exit() {
    if (status_ || pid_ == 0) return status_;
    int status = 0;
    const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
    // Somebody else's SIGCHLD handling may have reaped it.
    if (ended == pid_ || (ended < 0 && errno == ECHILD)) status_ = status;
    return status_;
}

}  // namespace reel::runner
