#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>

#include "reel/dagfile/folder_changes.hpp"

namespace reel::dagfile {

/// Tells what has changed below a folder (inotify, subfolders and symlinked folders included). What
/// comes within a few milliseconds is told once. Where more than single files changed, or several
/// paths may lead to one, and once a minute in any case, it tells that any file may have; where
/// inotify is not to be had, every few seconds.
class FolderWatcher final {
  public:
    FolderWatcher(
        const boost::asio::any_io_executor& executor, const std::filesystem::path& folder
    );
    ~FolderWatcher();
    FolderWatcher(const FolderWatcher&) = delete;
    FolderWatcher& operator=(const FolderWatcher&) = delete;

    /// Returns after the next change, or when the awaiting coroutine is cancelled (empty then).
    /// Changes since the last call count.
    boost::asio::awaitable<FolderChanges> changed();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace reel::dagfile
