#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "reel/core/result.hpp"

namespace reel::fetch {

/// Owns a file descriptor; -1 is none.
class UniqueFd final {
  public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    ~UniqueFd() { reset(); }
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
    void reset() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

  private:
    int fd_ = -1;
};

/// `what` failed with the current errno. A full disk says so, with a hint.
[[nodiscard]] std::unexpected<core::Error> fail_errno(const std::string& what, int number = errno);
[[nodiscard]] std::unexpected<core::Error> fail_errno(
    const std::string& what, const std::error_code& error
);

/// Writes all of it or fails.
[[nodiscard]] core::Result<void> write_all(
    const UniqueFd& fd, std::string_view bytes, const std::filesystem::path& name
);

[[nodiscard]] core::Result<void> make_folder(const std::filesystem::path& folder);

/// A folder that is emptied first and removed with everything in it at the end, whatever happened.
class ScratchFolder final {
  public:
    [[nodiscard]] static core::Result<ScratchFolder> make(std::filesystem::path path);
    ~ScratchFolder();
    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    ScratchFolder& operator=(ScratchFolder&&) = delete;
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

/// Size and time of change, by which a file is recognised as the one seen before.
struct FileStamp {
    std::uint64_t size = 0;
    std::int64_t modified = 0;  ///< nanoseconds since 1970
    auto operator<=>(const FileStamp&) const = default;
};
/// Of the file itself or what a link leads to.
[[nodiscard]] core::Result<FileStamp> load_stamp(const std::filesystem::path& file);

}  // namespace reel::fetch
