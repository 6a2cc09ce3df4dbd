#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

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
    /// Becomes another one with whatever is made or removed in a folder, and with its mode.
    struct Stamp {
        std::uint64_t inode = 0;
        std::int64_t changed_ns = 0;
        bool operator==(const Stamp&) const = default;
    };
    /// None of one that changed within the kernel's last tick: another change would look alike.
    [[nodiscard]] static std::optional<Stamp> stamp_of(const std::filesystem::path& folder);
    /// `before` was taken when it was known to be as it was made.
    [[nodiscard]] static bool is_as_it_was(
        const std::filesystem::path& folder,
        const std::optional<Stamp>& before,
        const std::optional<Stamp>& now
    );

    std::filesystem::path directory_;
    // By their paths as text: paths compare their parts, one by one.
    std::map<std::string, std::optional<Stamp>> free_;
    std::map<std::string, std::optional<Stamp>> taken_;
    std::size_t made_ = 0;
};

}  // namespace reel::runner
