#include "watched_tree.hpp"

#include <sys/inotify.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace reel::dagfile {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t changes = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_MODIFY |
                                  IN_ATTRIB;
constexpr std::uint32_t arrivals = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM;

}  // namespace

WatchedTree::WatchedTree(int inotify, fs::path root) : inotify_(inotify), root_(std::move(root)) {}

bool WatchedTree::refresh() {
    seen_.clear();
    // Watched before it is listed: what comes in between is told, not lost.
    const fs::path parent = root_.parent_path();
    const int parent_watch = inotify_add_watch(inotify_, parent.c_str(), arrivals | IN_MASK_ADD);
    parent_watch_ = parent_watch;
    std::error_code error;
    const bool complete = !fs::is_directory(root_, error) || watch_below(root_);
    return complete && parent_watch >= 0;
}

bool WatchedTree::watch(const fs::path& folder) {
    const int watch = inotify_add_watch(inotify_, folder.c_str(), changes);
    if (watch < 0) {
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
    }
    folders_[watch] = folder;
    return true;
}

bool WatchedTree::watch_below(const fs::path& folder) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (error || !seen_.insert(real).second) {
        return true;
    }
    bool complete = watch(folder);
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
        std::error_code ignored;
        const bool is_hidden = entry.path().filename().string().starts_with('.');
        if (!is_hidden && entry.is_directory(ignored)) {
            complete = watch_below(entry.path()) && complete;
        } else if (!is_hidden && entry.is_symlink(ignored)) {
            // What a link points to changes in a folder that nobody watches.
            complete = watch(entry.path()) && complete;
        }
    }
    return complete;
}

bool WatchedTree::take_events(std::string_view bytes) {
    bool changed = false;
    while (bytes.size() >= sizeof(inotify_event)) {
        inotify_event event{};
        std::memcpy(&event, bytes.data(), sizeof(event));
        const std::string_view name =
            event.len == 0 ? std::string_view{} : bytes.data() + sizeof(event);
        bytes.remove_prefix(std::min(bytes.size(), sizeof(event) + event.len));
        const bool is_tree = folders_.contains(event.wd);
        const bool is_root = event.wd == parent_watch_ &&
                             (name == root_.filename().string() || (event.mask & IN_IGNORED) != 0);
        const bool overflowed = (event.mask & IN_Q_OVERFLOW) != 0;
        changed = changed || is_tree || is_root || overflowed;
        if ((event.mask & IN_IGNORED) != 0) {
            folders_.erase(event.wd);
        }
    }
    return changed;
}

}  // namespace reel::dagfile
