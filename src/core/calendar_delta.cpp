#include "calendar_delta.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace reel::core {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> short_names{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
constexpr std::array<std::string_view, 7> day_names{
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
};

CalendarDelta negated(CalendarDelta delta) {
    delta.years = -delta.years;
    delta.months = -delta.months;
    delta.days = -delta.days;
    delta.time = -delta.time;
    return delta;
}

/// The date's months moved and its fields put in place, the day no later than its month has one.
std::optional<year_month_day> replace_date(const CalendarDelta& delta, const year_month_day& date) {
    int year = delta.year.value_or(static_cast<int>(date.year())) + delta.years;
    const auto own_month = static_cast<int>(static_cast<unsigned>(date.month()));
    int month = delta.month.value_or(own_month) + delta.months;
    if (month > 12) {
        ++year;
        month -= 12;
    } else if (month < 1) {
        --year;
        month += 12;
    }
    if (year < 1 || year > 9999) return std::nullopt;
    const auto own_day = static_cast<int>(static_cast<unsigned>(date.day()));
    const auto first = std::chrono::year(year) / month;
    const auto last = static_cast<int>(static_cast<unsigned>((first / std::chrono::last).day()));
    return first / std::min(last, delta.day.value_or(own_day));
}

std::chrono::microseconds replace_time(
    const CalendarDelta& delta, std::chrono::microseconds time_of_day
) {
    const std::chrono::hh_mm_ss clock(time_of_day);
    const auto kept = [](std::optional<int> value, auto own) { return value ? *value : own; };
    return std::chrono::hours(kept(delta.hour, clock.hours().count())) +
           std::chrono::minutes(kept(delta.minute, clock.minutes().count())) +
           std::chrono::seconds(kept(delta.second, clock.seconds().count())) +
           std::chrono::microseconds(kept(delta.microsecond, clock.subseconds().count()));
}

/// From a day to the weekday that is sought: how many days on, or back.
days jump_to_weekday(const CalendarDelta& delta, local_days day) {
    const int wanted = *delta.weekday;
    const int own = static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1;
    const int weeks = (std::abs(delta.nth) - 1) * 7;
    if (delta.nth > 0) return days(weeks + (7 - own + wanted) % 7);
    return days(-(weeks + (own - wanted + 7) % 7));
}

}  // namespace

std::optional<Timestamp> advance(const CalendarDelta& delta, const Zone& zone, Timestamp at) {
    const WallTime wall(at.time_since_epoch() + zone.offset_at(at).east);
    const local_days own_day = floor<days>(wall);
    const auto date = replace_date(delta, year_month_day(own_day));
    if (!date) return std::nullopt;
    local_days day(*date);
    day += days(delta.days);
    if (delta.leap_days != 0 && date->month() > std::chrono::February && date->year().is_leap()) {
        day += days(delta.leap_days);
    }
    const auto time = replace_time(delta, wall - own_day);
    // Time may carry the date over midnight before the weekday is sought, as dateutil has it.
    if (delta.weekday) {
        day += jump_to_weekday(delta, floor<days>(day + time + delta.time));
    }
    const int year = static_cast<int>(year_month_day(day).year());
    if (year < 1 || year > 9999) return std::nullopt;
    // An unmoved wall must not fall back into the first pass of an overlap.
    const bool unmoved = day + time == wall;
    return (unmoved ? at : zone.moment_of(day + time).at) + delta.time;
}

std::optional<Timestamp> retreat(const CalendarDelta& delta, const Zone& zone, Timestamp at) {
    return advance(negated(delta), zone, at);
}

std::string python_text(const CalendarDelta& delta) {
    std::vector<std::string> parts;
    const auto relative = [&](std::string_view name, std::int64_t value) {
        if (value != 0) parts.push_back(fmt::format("{}={:+}", name, value));
    };
    const auto absolute = [&](std::string_view name, const std::optional<int>& value) {
        if (value) parts.push_back(fmt::format("{}={}", name, *value));
    };
    const bool back = delta.time < Duration::zero();
    const std::chrono::hh_mm_ss clock(std::chrono::abs(delta.time));
    const auto part = [&](std::string_view name, std::int64_t value) {
        relative(name, back ? -value : value);
    };
    relative("years", delta.years);
    relative("months", delta.months);
    relative("days", delta.days);
    relative("leapdays", delta.leap_days);
    part("hours", clock.hours().count());
    part("minutes", clock.minutes().count());
    part("seconds", clock.seconds().count());
    part("microseconds", clock.subseconds().count());
    absolute("year", delta.year);
    absolute("month", delta.month);
    absolute("day", delta.day);
    if (delta.weekday) {
        const auto name = short_names[static_cast<std::size_t>(*delta.weekday)];
        const auto nth = delta.nth == 1 ? "" : fmt::format("({:+})", delta.nth);
        parts.push_back(fmt::format("weekday={}{}", name, nth));
    }
    absolute("hour", delta.hour);
    absolute("minute", delta.minute);
    absolute("second", delta.second);
    absolute("microsecond", delta.microsecond);
    return fmt::format("relativedelta({})", fmt::join(parts, ", "));
}

std::string describe(const CalendarDelta& delta) {
    std::vector<std::string> steps;
    const auto step = [&](std::int64_t count, std::string_view noun) {
        if (count == 1) steps.emplace_back(noun);
        if (count > 1 || count < 0) steps.push_back(fmt::format("{} {}s", count, noun));
    };
    step(delta.years, "year");
    step(delta.months, "month");
    if (delta.days % 7 == 0) {
        step(delta.days / 7, "week");
    } else {
        step(delta.days, "day");
    }
    if (delta.time != Duration::zero()) steps.push_back(format_duration(delta.time));
    std::string text = fmt::format("Every {}", fmt::join(steps, " and "));
    if (delta.weekday) {
        text += fmt::format(", on {}", day_names[static_cast<std::size_t>(*delta.weekday)]);
    }
    if (delta.day) text += fmt::format(", on day {}", *delta.day);
    if (delta.hour || delta.minute) {
        text += delta.hour ? fmt::format(", at {:02}:{:02}", *delta.hour, delta.minute.value_or(0))
                           : fmt::format(", at minute {}", *delta.minute);
    }
    return text;
}

}  // namespace reel::core
