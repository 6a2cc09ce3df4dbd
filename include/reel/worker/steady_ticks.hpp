#pragma once

#include <chrono>
#include <functional>

namespace reel::worker {

/// A clock that goes on steadily; tests turn it by hand.
using Ticks = std::function<std::chrono::steady_clock::time_point()>;

}  // namespace reel::worker
