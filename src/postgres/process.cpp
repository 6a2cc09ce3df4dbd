#include "process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace reel::postgres {

namespace {

constexpr int folder_descriptor = 3;  // the number in inherited_folder

/// What the child does before it becomes the program.
class SpawnPlan final {
  public:
    SpawnPlan() {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    void connect(int folder, const std::filesystem::path& output) {
        posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(
            &actions_, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600
        );
        posix_spawn_file_actions_adddup2(&actions_, 1, 2);
        posix_spawn_file_actions_adddup2(&actions_, folder, folder_descriptor);
        posix_spawn_file_actions_addclosefrom_np(&actions_, folder_descriptor + 1);
        posix_spawn_file_actions_addchdir_np(&actions_, "/");
    }

    /// Signals of our terminal must not reach it, and signals that we block must.
    void detach() {
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        );
    }

    [[nodiscard]] int start(pid_t& pid, std::vector<char*>& argv, std::vector<char*>& env) const {
        return posix_spawnp(&pid, argv.front(), &actions_, &attributes_, argv.data(), env.data());
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

std::vector<std::string> as_owner(const Command& command) {
    std::vector<std::string> argv;
    if (command.owner.must_switch) {
        argv = {
            "setpriv",
            fmt::format("--reuid={}", command.owner.uid),
            fmt::format("--regid={}", command.owner.gid),
            "--init-groups"
        };
    }
    argv.insert(argv.end(), command.argv.begin(), command.argv.end());
    return argv;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (std::string& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

}  // namespace

core::Result<pid_t> spawn(const Command& command) {
    const int folder = ::open(command.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return core::fail(
            core::Errc::permission_denied,
            fmt::format("cannot open it: {}", std::generic_category().message(errno)),
            "",
            command.folder.string()
        );
    }
    SpawnPlan plan;
    plan.connect(folder, command.output);
    plan.detach();
    std::vector<std::string> arguments = as_owner(command);
    std::vector<std::string> variables = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"
    };
    std::vector<char*> argv = pointers(arguments);
    std::vector<char*> env = pointers(variables);
    pid_t pid = 0;
    const int error = plan.start(pid, argv, env);
    ::close(folder);
    if (error != 0) {
        return core::fail(
            core::Errc::unavailable,
            fmt::format("cannot start it: {}", std::generic_category().message(error)),
            "",
            arguments.front()
        );
    }
    return pid;
}

core::Result<bool> run(const Command& command) {
    const core::Result<pid_t> pid = spawn(command);
    if (!pid) return std::unexpected(pid.error());
    int status = 0;
    while (::waitpid(*pid, &status, 0) < 0) {
        if (errno != EINTR) return false;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace reel::postgres
