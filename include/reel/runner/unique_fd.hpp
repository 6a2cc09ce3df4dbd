#pragma once

#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "reel/core/result.hpp"

namespace reel::runner {

/// Owns a file descriptor; -1 is none.
class UniqueFd final {
  public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    ~UniqueFd() { reset(); }
    UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = other.release();
        }
        return *this;
    }
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }
    void reset() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

  private:
    int fd_ = -1;
};

/// The system's words for an errno value.
[[nodiscard]] std::string describe_errno(int number);

/// `what` failed with the current errno: "cannot open x: permission denied".
[[nodiscard]] std::unexpected<core::Error> fail_errno(const std::string& what, int number = errno);

}  // namespace reel::runner
