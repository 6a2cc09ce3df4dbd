#pragma once

#include <set>
#include <string>
#include <vector>

#include "reel/core/schedule_forms.hpp"
#include "system_zones.hpp"

namespace reel::core {

/// A day of the wall's calendar.
struct Day {
    int month = 0;
    int day = 0;
    int last_day = 0;
    int weekday = 0;  ///< 0 is Sunday
};

/// A cron expression beside what it means, said without parsing it.
struct Expression {
    std::string text;
    std::set<int> hours;
    std::set<int> minutes;
    bool (*falls_on)(const Day& day);

    [[nodiscard]] bool every_hour() const { return hours.size() == 24; }
};

/// Every minute of a wall without clock changes at which the expression fires, by trying them all.
[[nodiscard]] std::vector<Minute> matching_walls(
    const Expression& expression, Minute begin, Minute end
);

/// The moments (UTC) that these minutes of the wall stand for: each is looked for in every stretch
/// of the zone's time, and the policy says what a minute counts that is found twice or never.
[[nodiscard]] std::vector<Minute> fires_of(
    const std::vector<Minute>& walls,
    const Offsets& offsets,
    bool every_hour,
    const DstPolicy& policy
);

}  // namespace reel::core
