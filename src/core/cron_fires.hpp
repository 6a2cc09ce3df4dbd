#pragma once

#include <optional>

#include "cron.hpp"
#include "reel/core/schedule_forms.hpp"
#include "zone.hpp"

namespace reel::core {

/// What happens to the times that a change of the clocks leaves out or shows twice.
struct ClockRules {
    GapRule gap = GapRule::shift;
    OverlapRule overlap = OverlapRule::last;
};

/// The policy with Airflow's way where it says nothing.
[[nodiscard]] ClockRules resolve(const DstPolicy& policy, const CronFields& fields);

/// The first fire strictly after `after`; nullopt when there is none within eight years.
[[nodiscard]] std::optional<Timestamp> next_cron_fire(
    const CronFields& fields, const Zone& zone, const ClockRules& rules, Timestamp after
);

}  // namespace reel::core
