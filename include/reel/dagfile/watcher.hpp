#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>

namespace reel::dagfile {

/// Tells when something below a folder changed (inotify, subfolders and symlinked folders
/// included). Changes that come within a few milliseconds are told once. Where inotify is not to be
/// had it tells every `poll` seconds.
class FolderWatcher final {
  public:
    FolderWatcher(
        const boost::asio::any_io_executor& executor, const std::filesystem::path& folder
    );
    ~FolderWatcher();
    FolderWatcher(const FolderWatcher&) = delete;
    FolderWatcher& operator=(const FolderWatcher&) = delete;

    /// Returns after the next change, or when the awaiting coroutine is cancelled. Changes since
    /// the last call count.
    boost::asio::awaitable<void> changed();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace reel::dagfile
