#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string_view>

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

    /// Whether what `read` gave holds a change below the root. Watches that the kernel has dropped
    /// are forgotten, so that refresh() sets them again.
    [[nodiscard]] bool take_events(std::string_view bytes);

  private:
    bool watch(const std::filesystem::path& folder);
    bool watch_below(const std::filesystem::path& folder);

    int inotify_;
    std::filesystem::path root_;
    int parent_watch_ = -1;
    std::map<int, std::filesystem::path> folders_;  ///< by watch
    std::set<std::filesystem::path> seen_;          ///< real paths of one refresh
};

}  // namespace reel::dagfile
