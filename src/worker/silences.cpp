#include "reel/worker/silences.hpp"

#include <algorithm>

namespace reel::worker {

namespace {

using namespace std::chrono_literals;

/// Between SIGTERM and SIGKILL, and a moment to see that the process is gone.
constexpr core::Duration killing = 6s;
constexpr core::Duration shortest = 1s;

}  // namespace

Silences silences_of(core::Duration timeout) {
    const core::Duration part = std::max(timeout * 2 / 5, shortest);
    // The runner counts whole seconds.
    const core::Duration runner = std::chrono::floor<std::chrono::seconds>(part);
    return {
        .lease = std::max(timeout, part + runner) + killing,
        .worker = part,
        .runner = runner,
        .renew_every = std::clamp<core::Duration>(part / 5, 200ms, 10s),
    };
}

}  // namespace reel::worker
