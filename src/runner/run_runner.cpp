#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <thread>

#include "note.hpp"
#include "reel/runner/client.hpp"
#include "reel/runner/unique_fd.hpp"
#include "server.hpp"

namespace reel::runner {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// How long a predecessor that is about to end is waited for.
constexpr auto lock_patience = 2s;

core::Result<void> make_folders(const fs::path& directory) {
    std::error_code error;
    for (const auto& folder : {directory, directory / "journal"}) {
        fs::create_directories(folder, error);
        if (!error) fs::permissions(folder, fs::perms::owner_all, error);
        if (error) {
            return core::fail(
                core::Errc::unavailable, "cannot make " + folder.string() + ": " + error.message()
            );
        }
    }
    return {};
}

core::Result<UniqueFd> take_lock(const fs::path& directory) {
    const fs::path path = directory / "runner.lock";
    UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) return fail_errno("cannot open " + path.string());
    const auto until = std::chrono::steady_clock::now() + lock_patience;
    while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return fail_errno("cannot lock " + path.string());
        if (std::chrono::steady_clock::now() >= until) {
            return core::fail(
                core::Errc::conflict,
                "another runner serves " + directory.string(),
                "its process id is in " + path.string()
            );
        }
        std::this_thread::sleep_for(20ms);
    }
    const std::string pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(lock.get(), 0) != 0 || ::write(lock.get(), pid.data(), pid.size()) < 0) {
        return fail_errno("cannot write " + path.string());
    }
    return lock;
}

void settle_process() {
    // Whatever the starter left open, sockets of its own among them, must not live on here.
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    for (const int signal : {SIGINT, SIGHUP, SIGPIPE, SIGQUIT}) std::signal(signal, SIG_IGN);
    // Orphans of the tasks become ours: their groups can then be waited for and leave no zombies.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    // Large outputs go back to the system at once, so that an idle runner stays small.
    ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

core::Result<void> serve(const RunnerOptions& options) {
    if (auto made = make_folders(options.directory); !made) return made;
    const auto lock = take_lock(options.directory);
    if (!lock) return std::unexpected(lock.error());
    boost::asio::io_context io(1);
    Server server(io, options);
    if (auto opened = server.open(); !opened) return opened;
    server.run();
    return {};
}

}  // namespace

int run_runner(const RunnerOptions& options) {
    settle_process();
    try {
        const auto served = serve(options);
        if (served) return 0;
        note(served.error().describe());
    } catch (const std::exception& failure) {
        note(std::string("the runner failed: ") + failure.what());
    }
    return 1;
}

}  // namespace reel::runner
