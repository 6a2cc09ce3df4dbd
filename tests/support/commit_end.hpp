#pragma once

#include <poll.h>

#include "reel/store/commit_under_way.hpp"

namespace reel::support {

/// Waits for it. Throws what it throws.
inline store::CommitUnderWay::Progress end_of(store::CommitUnderWay& under_way) {
    while (true) {
        pollfd readable{.fd = under_way.socket(), .events = POLLIN, .revents = 0};
        ::poll(&readable, 1, -1);
        const auto progress = under_way.look();
        if (progress != store::CommitUnderWay::Progress::under_way) return progress;
    }
}

}  // namespace reel::support
