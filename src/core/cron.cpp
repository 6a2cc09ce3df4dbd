#include "cron.hpp"

#include <bit>

namespace reel::core {

namespace {

using std::chrono::local_days;

constexpr std::uint64_t all_hours = (1ULL << 24) - 1;
/// From one 29 February to the next is at most eight years (2096 to 2104).
constexpr std::chrono::years horizon{8};

bool has(std::uint64_t bits, unsigned bit) {
    return (bits >> bit & 1) != 0;
}

/// The lowest bit at or above `from`; nullopt when there is none.
std::optional<unsigned> next_bit(std::uint64_t bits, unsigned from) {
    if (from > 63) return std::nullopt;
    const std::uint64_t rest = bits & (~0ULL << from);
    if (rest == 0) return std::nullopt;
    return static_cast<unsigned>(std::countr_zero(rest));
}

bool weekday_matches(
    const CronFields& fields, local_days day, const std::chrono::year_month_day& date
) {
    const unsigned weekday = std::chrono::weekday(day).c_encoding();
    if (has(fields.weekdays, weekday)) return true;
    const unsigned in_month = static_cast<unsigned>(date.day());
    if (has(fields.nth_weekdays[(in_month - 1) / 7 + 1], weekday)) return true;
    if (!has(fields.last_weekdays, weekday)) return false;
    const std::chrono::year_month_day next_week(day + std::chrono::weeks(1));
    return next_week.month() != date.month();
}

bool month_day_matches(const CronFields& fields, const std::chrono::year_month_day& date) {
    if (has(fields.days, static_cast<unsigned>(date.day()))) return true;
    if (!fields.last_day) return false;
    return date.day() == (date.year() / date.month() / std::chrono::last).day();
}

bool day_matches(
    const CronFields& fields, local_days day, const std::chrono::year_month_day& date
) {
    // Cron's old rule: when both day fields are limited, either of them is enough.
    if (fields.limits_days && fields.limits_weekdays) {
        return month_day_matches(fields, date) || weekday_matches(fields, day, date);
    }
    if (fields.limits_days) return month_day_matches(fields, date);
    return weekday_matches(fields, day, date);
}

/// The first time of a day at or after `from` (minutes since midnight).
std::optional<std::chrono::minutes> first_time(const CronFields& fields, unsigned from) {
    const unsigned first_hour = from / 60;
    auto hour = next_bit(fields.hours, first_hour);
    if (!hour) return std::nullopt;
    auto minute = next_bit(fields.minutes, *hour == first_hour ? from % 60 : 0);
    if (!minute) {
        hour = next_bit(fields.hours, *hour + 1);
        minute = next_bit(fields.minutes, 0);
    }
    if (!hour || !minute) return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

}  // namespace

bool CronFields::every_hour() const {
    return hours == all_hours;
}

std::optional<WallMinute> first_match(const CronFields& fields, WallMinute from) {
    local_days day = std::chrono::floor<std::chrono::days>(from);
    auto minute = static_cast<unsigned>((from - day).count());
    const std::chrono::year last = std::chrono::year_month_day(day).year() + horizon;
    for (;;) {
        const std::chrono::year_month_day date(day);
        if (date.year() > last) return std::nullopt;
        if (!has(fields.months, static_cast<unsigned>(date.month()))) {
            day = local_days(date.year() / date.month() / 1 + std::chrono::months(1));
            minute = 0;
            continue;
        }
        if (day_matches(fields, day, date)) {
            if (const auto time = first_time(fields, minute)) return day + *time;
        }
        day += std::chrono::days(1);
        minute = 0;
    }
}

}  // namespace reel::core
