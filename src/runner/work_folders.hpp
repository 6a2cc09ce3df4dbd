#pragma once

#include <cstddef>
#include <filesystem>
#include <set>

#include "reel/core/result.hpp"

namespace reel::runner {

/// Makes a folder and those above it; one that is there is fine.
[[nodiscard]] core::Result<void> make_folder(const std::filesystem::path& folder);

/// The working folders of attempts that name none. Each is empty when it is given out and belongs
/// to one attempt until it comes back. One that comes back as it went is given out again: a file
/// system is slow to make what it just removed.
class WorkFolders final {
  public:
    explicit WorkFolders(std::filesystem::path directory) : directory_(std::move(directory)) {}

    [[nodiscard]] core::Result<std::filesystem::path> take();
    /// Whoever worked there is gone.
    void give_back(const std::filesystem::path& folder);
    /// Removes what an earlier runner left; nothing may be taken.
    void sweep();

  private:
    std::filesystem::path directory_;
    std::set<std::filesystem::path> free_;
    std::size_t made_ = 0;
};

}  // namespace reel::runner
