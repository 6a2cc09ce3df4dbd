#pragma once

#include <optional>

#include "reel/core/schedule.hpp"

namespace reel::scheduler {

/// The interval of a run whose fire this was.
inline std::optional<core::DataInterval> run_of(std::optional<core::Timestamp> fire) {
    if (!fire) return std::nullopt;
    return core::DataInterval{*fire, *fire};
}

}  // namespace reel::scheduler
