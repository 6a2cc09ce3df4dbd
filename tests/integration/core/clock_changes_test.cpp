#include <gtest/gtest.h>

#include <algorithm>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "reel/core/schedule.hpp"
#include "system_zones.hpp"
#include "wall_oracle.hpp"

namespace reel::core {
namespace {

constexpr Minute day = 24 * 60;

Minute minute_of(std::string_view text) {
    return std::chrono::floor<std::chrono::minutes>(parse_timestamp(text).value())
        .time_since_epoch()
        .count();
}

Timestamp moment(Minute at) {
    return Timestamp(std::chrono::minutes(at));
}

// Ten years, rules to come included.
const Minute begin = minute_of("2020-01-01");
const Minute end = minute_of("2030-01-01");

std::set<int> every(int step, int count) {
    std::set<int> values;
    for (int value = 0; value < count; value += step) values.insert(value);
    return values;
}

bool any_day(const Day& /*day*/) {
    return true;
}

/// A few fires a day at most.
const std::vector<Expression> sparse{
    {"30 2 * * *", {2}, {30}, any_day},
    {"0 0 * * *", {0}, {0}, any_day},
    {"15,45 1-3 1,15,L * *",
     {1, 2, 3},
     {15, 45},
     [](const Day& on) { return on.day == 1 || on.day == 15 || on.day == on.last_day; }},
    {"5 3 * * sun", {3}, {5}, [](const Day& on) { return on.weekday == 0; }},
    {"10 1 13 * fri", {1}, {10}, [](const Day& on) { return on.day == 13 || on.weekday == 5; }},
    {"59 23 * 3,4,9-11 0L",
     {23},
     {59},
     [](const Day& on) {
         const bool in_month = on.month == 3 || on.month == 4 || (on.month >= 9 && on.month <= 11);
         return in_month && on.weekday == 0 && on.day + 7 > on.last_day;
     }},
    {"0 2 * 3,11 0#2",
     {2},
     {0},
     [](const Day& on) {
         return (on.month == 3 || on.month == 11) && on.weekday == 0 && on.day > 7 && on.day <= 14;
     }},
};

/// Looked at around the changes only.
const std::vector<Expression> dense{
    {"*/30 * * * *", every(1, 24), every(30, 60), any_day},
    {"7 * * * *", every(1, 24), {7}, any_day},
    {"20,50 */2 * * *", every(2, 24), {20, 50}, any_day},
    {"*/10 1-3 * * *", {1, 2, 3}, every(10, 60), any_day},
};

std::vector<DstPolicy> all_policies() {
    std::vector<DstPolicy> policies{{}};
    for (const GapRule gap : {GapRule::shift, GapRule::skip}) {
        for (const auto overlap : {OverlapRule::first, OverlapRule::both, OverlapRule::last}) {
            policies.push_back({.gap = gap, .overlap = overlap});
        }
    }
    return policies;
}

std::string explain(
    const Expression& expression, const std::string& zone, const DstPolicy& policy
) {
    return expression.text + " in " + zone + ", gap " +
           (policy.gap ? std::to_string(static_cast<int>(*policy.gap)) : "unset") + ", overlap " +
           (policy.overlap ? std::to_string(static_cast<int>(*policy.overlap)) : "unset");
}

/// The stretch of time that is looked at.
struct Window {
    Minute from;
    Minute to;
};

/// Goes from fire to fire through the window; false at the first difference.
testing::AssertionResult fires_as_expected(
    const FireTimes& times, const std::vector<Minute>& expected, const Window& window
) {
    auto next = times.at_or_after(moment(window.from));
    auto wanted = std::ranges::lower_bound(expected, window.from);
    for (; wanted != expected.end() && *wanted < window.to; ++wanted) {
        if (next != moment(*wanted)) {
            return testing::AssertionFailure() << "expected " << format_api(moment(*wanted))
                                               << ", found " << (next ? format_api(*next) : "none");
        }
        next = times.after(*next);
    }
    if (next && *next < moment(window.to)) {
        return testing::AssertionFailure() << "one too many at " << format_api(*next);
    }
    return testing::AssertionSuccess();
}

/// Each expression with its minutes of the wall.
using Walls = std::vector<std::pair<const Expression*, std::vector<Minute>>>;

Walls walls_of(const std::vector<Expression>& expressions) {
    Walls walls;
    for (const Expression& expression : expressions) {
        walls.emplace_back(&expression, matching_walls(expression, begin - 3 * day, end + 3 * day));
    }
    return walls;
}

/// Those that any zone may show in a window.
std::vector<Minute> near(const std::vector<Minute>& walls, const Window& window) {
    const auto first = std::ranges::lower_bound(walls, window.from - 2 * day);
    return {first, std::ranges::upper_bound(walls, window.to + 2 * day)};
}

/// The change at an index with what holds before it and after the one behind it.
Offsets around(const Offsets& offsets, std::size_t change) {
    const std::size_t last = std::min(offsets.size(), change + 2);
    return {
        offsets.begin() + static_cast<std::ptrdiff_t>(change) - 1,
        offsets.begin() + static_cast<std::ptrdiff_t>(last)
    };
}

class ClockChanges : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        zones = new auto(zones_by_offsets(begin - 4 * day, end + 4 * day));
    }
    static void TearDownTestSuite() {
        delete zones;
        zones = nullptr;
    }
    static inline std::map<Offsets, std::vector<std::string>>* zones = nullptr;
};

TEST_F(ClockChanges, AreThoseOfEveryZoneOfTheSystem) {
    std::size_t count = 0;
    for (const auto& [offsets, names] : *zones) count += names.size();
    EXPECT_GT(count, 400U);
    EXPECT_GT(zones->size(), 80U);
    for (const auto& [offsets, names] : *zones) {
        for (const std::string& name : names) EXPECT_TRUE(is_known_timezone(name)) << name;
    }
}

TEST_F(ClockChanges, OfTenYearsLeaveEveryExpressionItsFires) {
    const Walls walls = walls_of(sparse);
    for (const auto& [offsets, names] : *zones) {
        for (const auto& [expression, minutes] : walls) {
            const auto expected = fires_of(minutes, offsets, expression->every_hour(), {});
            const FireTimes times(CronSchedule{expression->text}, names.front(), {});
            ASSERT_TRUE(fires_as_expected(times, expected, {begin, end}))
                << explain(*expression, names.front(), {});
        }
    }
}

TEST_F(ClockChanges, AreTheSameForZonesOfManyNames) {
    const Expression& expression = sparse.front();
    const auto walls = matching_walls(expression, begin - 3 * day, end + 3 * day);
    for (const auto& [offsets, names] : *zones) {
        const auto expected = fires_of(walls, offsets, false, {});
        for (const std::string& name : names) {
            const FireTimes times(CronSchedule{expression.text}, name, {});
            ASSERT_TRUE(fires_as_expected(times, expected, {begin, begin + 400 * day})) << name;
        }
    }
}

TEST_F(ClockChanges, ObeyEveryPolicy) {
    Walls walls = walls_of(sparse);
    std::ranges::move(walls_of(dense), std::back_inserter(walls));
    for (const auto& [offsets, names] : *zones) {
        for (std::size_t change = 1; change < offsets.size(); ++change) {
            const Offsets close_offsets = around(offsets, change);
            const Window window{offsets[change].begin - day / 2, offsets[change].begin + day};
            for (const auto& [expression, minutes] : walls) {
                const auto close = near(minutes, window);
                for (const DstPolicy& policy : all_policies()) {
                    const auto expected =
                        fires_of(close, close_offsets, expression->every_hour(), policy);
                    const FireTimes times(
                        CronSchedule{expression->text}, names.front(), {}, policy
                    );
                    ASSERT_TRUE(fires_as_expected(times, expected, window))
                        << explain(*expression, names.front(), policy);
                }
            }
        }
    }
}

/// From any moment of the window, the fire behind it and, where there is one close by, before it.
void expect_neighbours(
    const FireTimes& times,
    const std::vector<Minute>& expected,
    const Window& window,
    const std::string& what
) {
    for (Minute at = window.from; at < window.to; at += 11) {
        const auto next = std::ranges::upper_bound(expected, at);
        if (next != expected.end()) {
            ASSERT_EQ(times.after(moment(at)), moment(*next))
                << what << " after " << format_api(moment(at));
        }
        if (next != expected.begin()) {
            ASSERT_EQ(times.at_or_before(moment(at)), moment(*std::ranges::prev(next)))
                << what << " before " << format_api(moment(at));
        }
    }
}

TEST_F(ClockChanges, GiveTheSameFireFromAnyMomentBeforeIt) {
    const std::set<std::string> wanted{
        "Australia/Lord_Howe",
        "Europe/Dublin",
        "Antarctica/Troll",
        "Africa/Casablanca",
        "America/St_Johns",
        "America/Havana"
    };
    Walls walls = walls_of(sparse);
    std::ranges::move(walls_of(dense), std::back_inserter(walls));
    std::size_t seen = 0;
    for (const auto& [offsets, names] : *zones) {
        const auto name = std::ranges::find_if(names, [&](const std::string& each) {
            return wanted.contains(each);
        });
        if (name == names.end()) continue;
        ++seen;
        for (std::size_t change = 3; change < 5; ++change) {
            const Window window{offsets[change].begin - day / 4, offsets[change].begin + day / 4};
            for (const auto& [expression, minutes] : walls) {
                for (const DstPolicy& policy : all_policies()) {
                    const auto expected = fires_of(
                        near(minutes, window),
                        around(offsets, change),
                        expression->every_hour(),
                        policy
                    );
                    const FireTimes times(CronSchedule{expression->text}, *name, {}, policy);
                    expect_neighbours(times, expected, window, explain(*expression, *name, policy));
                }
            }
        }
    }
    EXPECT_EQ(seen, wanted.size());
}

}  // namespace
}  // namespace reel::core
