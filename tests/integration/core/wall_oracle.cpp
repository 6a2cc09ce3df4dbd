#include "wall_oracle.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace reel::core {
namespace {

constexpr Minute minutes_of_day = 24 * 60;

Day day_of(Minute wall) {
    const std::chrono::sys_days date{std::chrono::days(wall / minutes_of_day)};
    const std::chrono::year_month_day parts(date);
    const auto last = (parts.year() / parts.month() / std::chrono::last).day();
    return {
        .month = static_cast<int>(static_cast<unsigned>(parts.month())),
        .day = static_cast<int>(static_cast<unsigned>(parts.day())),
        .last_day = static_cast<int>(static_cast<unsigned>(last)),
        .weekday = static_cast<int>(std::chrono::weekday(date).c_encoding()),
    };
}

Minute end_of(const Offsets& offsets, std::size_t i) {
    return i + 1 < offsets.size() ? offsets[i + 1].begin : std::numeric_limits<Minute>::max();
}

/// The moments at which the zone's wall shows this.
std::vector<Minute> showings(Minute wall, const Offsets& offsets) {
    std::vector<Minute> found;
    for (std::size_t i = 0; i < offsets.size(); ++i) {
        const Minute at = wall - offsets[i].east;
        if (at >= offsets[i].begin && at < end_of(offsets, i)) found.push_back(at);
    }
    return found;
}

/// Where a minute that is never shown would be, had the clocks not been put forward.
Minute as_if_unchanged(Minute wall, const Offsets& offsets) {
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
        const Minute at = wall - offsets[i].east;
        if (at >= end_of(offsets, i) && wall - offsets[i + 1].east < offsets[i + 1].begin) {
            return at;
        }
    }
    return std::numeric_limits<Minute>::max();  // before the first stretch begins
}

}  // namespace

std::vector<Minute> matching_walls(const Expression& expression, Minute begin, Minute end) {
    std::vector<Minute> walls;
    for (Minute midnight = begin; midnight < end; midnight += minutes_of_day) {
        if (!expression.falls_on(day_of(midnight))) continue;
        for (int hour = 0; hour < 24; ++hour) {
            if (!expression.hours.contains(hour)) continue;
            for (int minute = 0; minute < 60; ++minute) {
                if (!expression.minutes.contains(minute)) continue;
                walls.push_back(midnight + hour * 60 + minute);
            }
        }
    }
    return walls;
}

std::vector<Minute> fires_of(
    const std::vector<Minute>& walls,
    const Offsets& offsets,
    bool every_hour,
    const DstPolicy& policy
) {
    const GapRule gap = policy.gap.value_or(every_hour ? GapRule::skip : GapRule::shift);
    const OverlapRule overlap =
        policy.overlap.value_or(every_hour ? OverlapRule::both : OverlapRule::last);
    std::vector<Minute> fires;
    for (const Minute wall : walls) {
        std::vector<Minute> shown = showings(wall, offsets);
        if (shown.empty() && gap == GapRule::shift) {
            shown.push_back(as_if_unchanged(wall, offsets));
        }
        if (shown.size() > 1 && overlap == OverlapRule::first) shown.resize(1);
        if (shown.size() > 1 && overlap == OverlapRule::last) shown = {shown.back()};
        fires.insert(fires.end(), shown.begin(), shown.end());
    }
    std::ranges::sort(fires);
    const auto twice = std::ranges::unique(fires);
    fires.erase(twice.begin(), twice.end());
    return fires;
}

}  // namespace reel::core
