#include "reel/dagfile/watcher.hpp"

#include <sys/inotify.h>

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "reel/async/quietly.hpp"
#include "watched_tree.hpp"

namespace reel::dagfile {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

// An editor writes a file in several steps and a checkout many files; what comes at once is told
// once. A reading in between is harmless: only what differs is parsed, and what is half written
// leaves the DAG as it was.
constexpr auto settling_time = 1ms;
// What no watch tells of (a network folder, watches used up) is still seen, only later.
constexpr auto poll = 5s;
// Nor does any tell of a file that another host writes, or that has a second name elsewhere.
constexpr auto safety_net = 60s;

/// "/dags/" → "/dags": the last part must be the folder's name.
std::filesystem::path without_slash(const std::filesystem::path& folder) {
    const std::filesystem::path normal = folder.lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
}

}  // namespace

struct FolderWatcher::State {
    State(const asio::any_io_executor& executor, const std::filesystem::path& folder)
        : inotify(executor),
          timer(executor),
          tree(open_inotify(), without_slash(std::filesystem::absolute(folder))) {
        complete = inotify.is_open() && tree.refresh();
    }

    int open_inotify() {
        const int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (descriptor >= 0) {
            inotify.assign(descriptor);
            // Without it asio itself waits for bytes when there are none.
            inotify.non_blocking(true);
        }
        return descriptor;
    }

    /// Takes what is there without waiting.
    void drain(FolderChanges& changes) {
        if (!inotify.is_open()) return;
        for (;;) {
            boost::system::error_code error;
            const std::size_t bytes = inotify.read_some(asio::buffer(buffer), error);
            if (error || bytes == 0) return;
            tree.take_events({buffer.data(), bytes}, changes);
        }
    }

    /// False when the awaiting coroutine was cancelled.
    asio::awaitable<bool> pause(asio::steady_timer::duration time) {
        timer.expires_after(time);
        const auto [error] = co_await timer.async_wait(async::quietly);
        co_return !error;
    }

    /// Until there is something to drain, or it is time to look at everything.
    asio::awaitable<bool> wait(FolderChanges& changes) {
        timer.expires_after(complete ? asio::steady_timer::duration(safety_net) : poll);
        if (!inotify.is_open()) {
            const auto [error] = co_await timer.async_wait(async::quietly);
            changes.may_be_any = true;
            co_return !error;
        }
        const auto woken = co_await (
            inotify.async_wait(asio::posix::descriptor_base::wait_read, async::quietly) ||
            timer.async_wait(async::quietly)
        );
        changes.may_be_any = woken.index() == 1;
        co_return !std::visit([](const auto& result) { return std::get<0>(result); }, woken);
    }

    asio::posix::stream_descriptor inotify;
    asio::steady_timer timer;
    WatchedTree tree;
    bool complete = false;  ///< every folder is watched
    alignas(inotify_event) std::array<char, 64U << 10U> buffer{};
};

FolderWatcher::FolderWatcher(
    const asio::any_io_executor& executor, const std::filesystem::path& folder
)
    : state_(std::make_unique<State>(executor, folder)) {}

FolderWatcher::~FolderWatcher() = default;

asio::awaitable<FolderChanges> FolderWatcher::changed() {
    State& state = *state_;
    FolderChanges changes;
    while (changes.empty()) {
        if (!co_await state.wait(changes)) co_return FolderChanges();
        state.drain(changes);
    }
    if (state.tree.take_unfinished()) {
        if (!co_await state.pause(settling_time)) co_return FolderChanges();
        state.drain(changes);
        static_cast<void>(state.tree.take_unfinished());
    }
    if (changes.may_be_any && state.inotify.is_open()) state.complete = state.tree.refresh();
    co_return changes;
}

}  // namespace reel::dagfile
