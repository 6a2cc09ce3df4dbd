#pragma once

#include <sys/types.h>

#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

/// A descriptor that means this process for ever, also once its pid belongs to another; readable
/// when it has ended. None, with errno set, when there is no such process.
[[nodiscard]] UniqueFd open_pidfd(pid_t pid);

/// Without effect when the process is gone.
void signal_process(const UniqueFd& pidfd, int signal);

}  // namespace reel::runner
