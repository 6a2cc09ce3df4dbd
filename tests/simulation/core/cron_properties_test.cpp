#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "reel/core/schedule.hpp"

namespace reel::core {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr std::array zones{
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Casablanca",
};
constexpr std::array expressions{
    "*/37 * * * *",
    "0 * * * *",
    "30 2 * * *",
    "15,50 1-3 * * *",
    "59 23 * * sun",
    "0 0 1,15 * *",
    "0 3 13 * fri",
    "30 1 L * *",
    "0 12 * * 1#2",
    "10 2 * * 0L",
};

Timestamp at(std::string_view text) {
    return parse_timestamp(text).value();
}

std::vector<Timestamp> fires(
    const std::string& cron, const std::string& zone, Timestamp from, Timestamp to
) {
    std::vector<Timestamp> result;
    for (auto next = next_fire(CronSchedule{cron}, zone, from, from); next && *next <= to;
         next = next_fire(CronSchedule{cron}, zone, *next, from)) {
        result.push_back(*next);
    }
    return result;
}

/// What stands on either side of a change of the clocks, and a quiet week.
constexpr std::array<std::pair<const char*, const char*>, 5> spans{{
    {"2024-03-08", "2024-03-13"},
    {"2024-03-29", "2024-04-09"},
    {"2024-10-04", "2024-10-08"},
    {"2024-10-25", "2024-11-05"},
    {"2024-02-26", "2024-03-03"},
}};

TEST(CronProperties, AnyMomentBetweenTwoFiresLeadsToTheSecond) {
    for (const char* zone : zones) {
        for (const char* cron : expressions) {
            for (const auto& [first, last] : spans) {
                const auto all = fires(cron, zone, at(first), at(last));
                const Timestamp end = at(last);
                for (Timestamp now = at(first); now < end; now += minutes(1'091)) {
                    const auto next = std::ranges::upper_bound(all, now);
                    if (next == all.end()) break;
                    ASSERT_EQ(next_fire(CronSchedule{cron}, zone, now, now), *next)
                        << cron << " in " << zone << " after " << format_api(now);
                }
            }
        }
    }
}

TEST(CronProperties, FiresAreStrictlyAscending) {
    for (const char* zone : zones) {
        for (const char* cron : expressions) {
            const auto all = fires(cron, zone, at("2024-03-27"), at("2024-04-08"));
            EXPECT_EQ(std::ranges::adjacent_find(all, std::ranges::greater_equal{}), all.end())
                << cron << " in " << zone;
        }
    }
}

TEST(CronProperties, ADailyFireComesOnceOnEveryDayOfTheYear) {
    for (const char* zone : zones) {
        for (const char* cron : {"30 2 * * *"}) {
            const auto all = fires(cron, zone, at("2024-01-01"), at("2025-01-01"));
            EXPECT_GE(all.size(), 365U) << cron << " in " << zone;
            EXPECT_LE(all.size(), 367U) << cron << " in " << zone;
            for (std::size_t i = 1; i < all.size(); ++i) {
                EXPECT_GE(all[i] - all[i - 1], std::chrono::hours(22)) << cron << " in " << zone;
                EXPECT_LE(all[i] - all[i - 1], std::chrono::hours(26)) << cron << " in " << zone;
            }
        }
    }
}

TEST(CronProperties, AnHourlyFireComesOnceInEveryHourThatPasses) {
    for (const char* zone : {"America/New_York", "Europe/Berlin"}) {
        const auto all = fires("0 * * * *", zone, at("2024-10-20"), at("2024-11-09"));
        EXPECT_EQ(all.size(), 20U * 24U) << zone;
    }
}

/// A reader of its own: sets of numbers and nothing but UTC.
struct Sets {
    std::set<unsigned> minute, hour, day, month, weekday;
    bool either_day = false;
};

bool matches(const Sets& sets, Timestamp now) {
    const auto day = std::chrono::floor<days>(now);
    const std::chrono::year_month_day date(day);
    const auto in_day = std::chrono::duration_cast<minutes>(now - day).count();
    const bool month_day = sets.day.contains(static_cast<unsigned>(date.day()));
    const bool week_day = sets.weekday.contains(std::chrono::weekday(day).c_encoding());
    return sets.minute.contains(static_cast<unsigned>(in_day % 60)) &&
           sets.hour.contains(static_cast<unsigned>(in_day / 60)) &&
           sets.month.contains(static_cast<unsigned>(date.month())) &&
           (sets.either_day ? month_day || week_day : month_day && week_day);
}

std::set<unsigned> between(unsigned low, unsigned high, unsigned step = 1) {
    std::set<unsigned> values;
    for (unsigned value = low; value <= high; value += step) values.insert(value);
    return values;
}

TEST(CronProperties, AgreesWithASearchMinuteByMinute) {
    const auto all_days = between(1, 31);
    const auto all_months = between(1, 12);
    const auto all_weekdays = between(0, 6);
    const std::vector<std::pair<const char*, Sets>> table{
        {"*/20 * * * *", {between(0, 59, 20), between(0, 23), all_days, all_months, all_weekdays}},
        {"5-10/5 8-10 * * *", {{5, 10}, {8, 9, 10}, all_days, all_months, all_weekdays}},
        {"0 22-1 * 2 *", {{0}, {22, 23, 0, 1}, all_days, {2}, all_weekdays}},
        {"30 6 */10 * *", {{30}, {6}, {1, 11, 21, 31}, all_months, all_weekdays}},
        {"0 0 29 * mon", {{0}, {0}, {29}, all_months, {1}, true}},
        {"0 9 * * 1-5", {{0}, {9}, all_days, all_months, {1, 2, 3, 4, 5}}},
    };
    for (const auto& [cron, sets] : table) {
        std::vector<Timestamp> expected;
        const Timestamp end = at("2024-03-02");
        for (Timestamp now = at("2024-02-20T00:01Z"); now <= end; now += minutes(1)) {
            if (matches(sets, now)) expected.push_back(now);
        }
        EXPECT_EQ(fires(cron, "UTC", at("2024-02-20"), end), expected) << cron;
    }
}

TEST(DeltaProperties, FiresStandOnTheAnchorsGridForEver) {
    const Timestamp anchor = at("2024-01-01T00:00:07Z");
    for (const Duration every : {Duration(minutes(7)), Duration(days(3)), Duration(1'234'567)}) {
        Timestamp last = anchor - Duration(1);
        for (int i = 0; i < 100; ++i) {
            const auto next = next_fire(DeltaSchedule{every}, "UTC", last, anchor);
            ASSERT_EQ(next, anchor + i * every);
            last = *next;
        }
    }
}

}  // namespace
}  // namespace reel::core
