#pragma once

#include <chrono>

#include "reel/core/time.hpp"

namespace reel::scheduler {

/// How long a state that only leads to another one waits for what could be stored together with it.
/// Nothing hangs on these, and most tasks are queued, or have ended, before anybody could look.
struct Patience {
    core::Duration scheduled = std::chrono::milliseconds(500);  ///< there is no place for it yet
    core::Duration running = std::chrono::milliseconds(50);
};

constexpr Patience no_patience{.scheduled = {}, .running = {}};

}  // namespace reel::scheduler
