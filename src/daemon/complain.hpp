#pragma once

#include <fmt/format.h>

#include "reel/core/result.hpp"

namespace reel::daemon {

/// Tells what keeps a program from its work, and gives its exit status.
inline int complain(const core::Error& error) {
    fmt::print(stderr, "error: {}\n", error.describe());
    return 1;
}

}  // namespace reel::daemon
