#include "watched_tree.hpp"

#include <sys/inotify.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "folder_walk.hpp"

namespace reel::dagfile {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t changes = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_MODIFY |
                                  IN_ATTRIB;
constexpr std::uint32_t unfinished = IN_CREATE | IN_MODIFY;
/// What tells of more than one file.
constexpr std::uint32_t of_many =
    IN_ISDIR | IN_Q_OVERFLOW | IN_IGNORED | IN_UNMOUNT | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t arrivals = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM;

/// What lies behind a link is not told of until it is watched, and may be a folder.
bool is_no_plain_file(const fs::path& path) {
    std::error_code ignored;
    const fs::file_type type = fs::symlink_status(path, ignored).type();
    return type != fs::file_type::regular && type != fs::file_type::not_found;
}

}  // namespace

WatchedTree::WatchedTree(int inotify, fs::path root) : inotify_(inotify), root_(std::move(root)) {}

bool WatchedTree::refresh() {
    seen_.clear();
    has_links_ = false;
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
        const bool is_hidden = is_left_out_name(entry.path().filename().string());
        has_links_ = has_links_ || (!is_hidden && entry.is_symlink(ignored));
        if (!is_hidden && entry.is_directory(ignored)) {
            complete = watch_below(entry.path()) && complete;
        } else if (!is_hidden && entry.is_symlink(ignored)) {
            // What a link points to changes in a folder that nobody watches.
            complete = watch(entry.path()) && complete;
        }
    }
    return complete;
}

void WatchedTree::take_events(std::string_view bytes, FolderChanges& changes) {
    while (bytes.size() >= sizeof(inotify_event)) {
        inotify_event event{};
        std::memcpy(&event, bytes.data(), sizeof(event));
        const std::string_view name =
            event.len == 0 ? std::string_view{} : bytes.data() + sizeof(event);
        bytes.remove_prefix(std::min(bytes.size(), sizeof(event) + event.len));
        take(event, name, changes);
    }
}

void WatchedTree::take(const inotify_event& event, std::string_view name, FolderChanges& changes) {
    const auto folder = folders_.find(event.wd);
    const bool is_root = event.wd == parent_watch_ &&
                         (name == root_.filename().string() || (event.mask & IN_IGNORED) != 0);
    if (is_root || (event.mask & IN_Q_OVERFLOW) != 0) {
        changes.may_be_any = true;
    } else if (folder != folders_.end() && !is_left_out_name(name)) {
        const fs::path path = folder->second / name;
        if (has_links_ || (event.mask & of_many) != 0 || concerns_others(name) ||
            is_no_plain_file(path)) {
            changes.may_be_any = true;
        } else {
            changes.files.insert(path.lexically_relative(root_));
        }
        is_unfinished_ = is_unfinished_ || (event.mask & unfinished) != 0;
    }
    if ((event.mask & IN_IGNORED) != 0) folders_.erase(event.wd);
}

}  // namespace reel::dagfile
