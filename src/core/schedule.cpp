#include "reel/core/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cron.hpp"
#include "zone.hpp"

namespace reel::core {

namespace {

using std::chrono::ceil;
using std::chrono::floor;
using std::chrono::minutes;

constexpr Duration horizon = std::chrono::days(8 * 366);

Timestamp utc(WallMinute wall, std::chrono::seconds east) {
    return Timestamp(wall.time_since_epoch() - east);
}

WallTime wall_at(Timestamp at, std::chrono::seconds east) {
    return WallTime(at.time_since_epoch() + east);
}

/// For expressions that fire in every hour: time as it passes. An hour that the clocks repeat has
/// its fires twice, an hour that they leave out has none.
std::optional<Timestamp> next_by_elapsed_time(
    const CronFields& fields, const Zone& zone, Timestamp after
) {
    Zone::Offset offset = zone.offset_at(after);
    WallMinute from = floor<minutes>(wall_at(after, offset.east)) + minutes(1);
    for (;;) {
        const auto match = first_match(fields, from);
        if (!match) return std::nullopt;
        const Timestamp at = utc(*match, offset.east);
        if (at < offset.until) return at;
        const Timestamp changed = offset.until;
        if (changed > after + horizon) return std::nullopt;
        offset = zone.offset_at(changed);
        from = ceil<minutes>(wall_at(changed, offset.east));
    }
}

/// For expressions that name hours: the wall's time. A time in a gap counts from the gap's end, so
/// a time soon behind the gap may come before it: all of the gap's times are weighed.
std::optional<Timestamp> next_by_wall_time(
    const CronFields& fields, const Zone& zone, Timestamp after
) {
    // No clock was ever moved by more than a day.
    const Zone::Offset before = zone.offset_at(after - std::chrono::days(1));
    const Zone::Offset now = zone.offset_at(after);
    const auto gap = std::max(now.east - before.east, std::chrono::seconds(0));
    WallMinute from = floor<minutes>(wall_at(after, now.east) - gap);
    std::optional<Timestamp> best;
    for (;; from += minutes(1)) {
        const auto match = first_match(fields, from);
        if (!match) return best;
        from = *match;
        const Zone::Moment moment = zone.moment_of(from);
        if (moment.at > after && (!best || moment.at < *best)) best = moment.at;
        if (best && !moment.in_gap) return best;
    }
}

std::optional<Timestamp> next_cron(
    const CronSchedule& schedule, const std::string& timezone, Timestamp after
) {
    const auto zone = Zone::find(timezone);
    const auto fields = parse_cron(expand_preset(schedule.expression));
    if (!zone || !fields) return std::nullopt;
    return fields->every_hour() ? next_by_elapsed_time(*fields, *zone, after)
                                : next_by_wall_time(*fields, *zone, after);
}

std::optional<Timestamp> next_delta(Duration every, Timestamp after, Timestamp anchor) {
    if (every <= Duration::zero()) return std::nullopt;
    if (after < anchor) return anchor;
    return anchor + ((after - anchor) / every + 1) * every;
}

template <class... Cases>
struct Overload : Cases... {
    using Cases::operator()...;
};

/// Python's str(timedelta): "0:05:00", "1 day, 0:00:00".
std::string python_timedelta(Duration duration) {
    const auto days = floor<std::chrono::days>(duration);
    const std::chrono::hh_mm_ss clock(duration - days);
    std::string text;
    if (days.count() != 0) {
        text = fmt::format("{} day{}, ", days.count(), days.count() == 1 ? "" : "s");
    }
    text += fmt::format(
        "{}:{:02}:{:02}", clock.hours().count(), clock.minutes().count(), clock.seconds().count()
    );
    if (clock.subseconds().count() != 0) text += fmt::format(".{:06}", clock.subseconds().count());
    return text;
}

std::string describe_delta(Duration every) {
    const auto days = floor<std::chrono::days>(every);
    if (every == days) {
        return days.count() == 1 ? "Every day" : fmt::format("Every {} days", days.count());
    }
    const auto hours = floor<std::chrono::hours>(every);
    if (every == hours) {
        return hours.count() == 1 ? "Every hour" : fmt::format("Every {} hours", hours.count());
    }
    const auto whole = floor<minutes>(every);
    if (every == whole && whole < std::chrono::hours(1)) {
        return whole.count() == 1 ? "Every minute" : fmt::format("Every {} minutes", whole.count());
    }
    return "Every " + format_duration(every);
}

}  // namespace

std::optional<Timestamp> next_fire(
    const Schedule& schedule, const std::string& timezone, Timestamp after, Timestamp anchor
) {
    return std::visit(
        Overload{
            [](const NoSchedule&) -> std::optional<Timestamp> { return std::nullopt; },
            [&](const OnceSchedule&) -> std::optional<Timestamp> {
                if (anchor > after) return anchor;
                return std::nullopt;
            },
            [&](const CronSchedule& cron) { return next_cron(cron, timezone, after); },
            [&](const DeltaSchedule& delta) { return next_delta(delta.every, after, anchor); },
        },
        schedule
    );
}

std::string describe_schedule(const Schedule& schedule) {
    return std::visit(
        Overload{
            [](const NoSchedule&) { return std::string("Never, external triggers only"); },
            [](const OnceSchedule&) { return std::string("Once"); },
            [](const CronSchedule& cron) { return describe_cron(expand_preset(cron.expression)); },
            [](const DeltaSchedule& delta) { return describe_delta(delta.every); },
        },
        schedule
    );
}

std::string summarize_schedule(const Schedule& schedule) {
    return std::visit(
        Overload{
            [](const NoSchedule&) { return std::string("None"); },
            [](const OnceSchedule&) { return std::string("@once"); },
            [](const CronSchedule& cron) { return cron.expression; },
            [](const DeltaSchedule& delta) { return python_timedelta(delta.every); },
        },
        schedule
    );
}

bool is_known_timezone(const std::string& name) {
    return Zone::find(name).has_value();
}

}  // namespace reel::core
