#include "reel/dagfile/watcher.hpp"

#include <sys/inotify.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "watched_tree.hpp"

namespace reel::dagfile {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// An editor writes a file in several steps and a checkout many files; what comes at once is told
// once. A reading in between is harmless: only what differs is parsed, and what is half written
// leaves the DAG as it was.
constexpr auto settling_time = 1ms;
// What no watch tells of (a network folder, watches used up) is still seen, only later.
constexpr auto poll = 5s;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

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
    bool drain() {
        bool changed = false;
        for (;;) {
            boost::system::error_code error;
            const std::size_t bytes = inotify.read_some(asio::buffer(buffer), error);
            if (error || bytes == 0) {
                return changed;
            }
            changed = tree.take_events({buffer.data(), bytes}) || changed;
        }
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

asio::awaitable<void> FolderWatcher::changed() {
    State& state = *state_;
    bool changed = false;
    while (!changed) {
        if (state.complete) {
            const auto [error] = co_await state.inotify.async_wait(
                asio::posix::descriptor_base::wait_read, as_result
            );
            if (error) {
                co_return;
            }
        } else {
            state.timer.expires_after(poll);
            const auto [error] = co_await state.timer.async_wait(as_result);
            if (error) {
                co_return;
            }
            changed = true;
        }
        if (state.inotify.is_open()) {
            changed = state.drain() || changed;
        }
    }
    state.timer.expires_after(settling_time);
    const auto [error] = co_await state.timer.async_wait(as_result);
    if (!error && state.inotify.is_open()) {
        state.drain();
        state.complete = state.tree.refresh();
    }
}

}  // namespace reel::dagfile
