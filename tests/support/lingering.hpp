#pragma once

#include <utility>

#include "reel/store/lingering.hpp"

namespace reel::support {

/// One that holds a slot of default_pool, and nothing else.
[[nodiscard]] inline store::LingeringAttempt a_lingering(
    core::AttemptId attempt, core::TaskKey key
) {
    store::LingeringAttempt lingering;
    lingering.attempt = attempt;
    lingering.key = std::move(key);
    lingering.pool = "default_pool";
    return lingering;
}

}  // namespace reel::support
