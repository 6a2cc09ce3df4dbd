#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "reel/dagfile/folder_changes.hpp"

struct inotify_event;

namespace reel::dagfile {

/// The inotify watches on a folder, every folder below it (through links, too) and the folder it
/// stands in, which tells when it is deleted and made again.
class WatchedTree final {
  public:
    /// `inotify` is a descriptor that the caller owns.
    WatchedTree(int inotify, std::filesystem::path root);

    /// Watches what is there and not watched yet. False when a folder could not be watched for want
    /// of watches: then changes in it go unseen.
    bool refresh();

    /// What `read` gave means below the root. Watches that the kernel has dropped are forgotten, so
    /// that refresh() sets them again; it is due when any file may have changed.
    void take_events(std::string_view bytes, FolderChanges& changes);
    /// Whether a file was seen being written since the last call; one that is renamed into its
    /// place or closed alone is whole.
    [[nodiscard]] bool take_unfinished() { return std::exchange(is_unfinished_, false); }

  private:
    void take(const inotify_event& event, std::string_view name, FolderChanges& changes);
    bool watch(const std::filesystem::path& folder);
    bool watch_below(const std::filesystem::path& folder);

    int inotify_;
    std::filesystem::path root_;
    int parent_watch_ = -1;
    std::map<int, std::filesystem::path> folders_;  ///< by watch
    std::set<std::filesystem::path> seen_;          ///< real paths of one refresh
    bool has_links_ = false;                        ///< a file may have several paths
    bool is_unfinished_ = false;
};

}  // namespace reel::dagfile
