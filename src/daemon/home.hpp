#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "reel/core/result.hpp"

namespace reel::daemon {

/// The claim on a home folder: held by the one program that may run its Postgres, runner and
/// scheduler. Let go by its end, also by a crash (flock).
class HomeLock final {
  public:
    /// Makes the folder (0700) when missing. Errc::conflict names the process that holds it.
    [[nodiscard]] static core::Result<HomeLock> take(const std::filesystem::path& home);
    /// The claim of who leads from this home, held for its term; empty: somebody of this home
    /// leads. Several programs may stand by in one home, so it is another lock.
    [[nodiscard]] static std::optional<HomeLock> try_lead(const std::filesystem::path& home);
    ~HomeLock();
    HomeLock(HomeLock&& other) noexcept;
    HomeLock& operator=(HomeLock&&) = delete;

  private:
    explicit HomeLock(int fd) : fd_(fd) {}
    int fd_;
};

/// The text of a file that only its owner may read; made with 32 random bytes in hex when missing.
/// Of several who make it at once all get the same.
[[nodiscard]] core::Result<std::string> load_or_make_secret(const std::filesystem::path& file);

/// Replaces a file in one step, readable by the owner alone.
[[nodiscard]] core::Result<void> write_private(
    const std::filesystem::path& file, const std::string& text
);

}  // namespace reel::daemon
