#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/cron.hpp"

namespace reel::core {
namespace {

using namespace std::chrono_literals;

WallMinute wall(int year, unsigned month, unsigned day, int hour = 0, int minute = 0) {
    return std::chrono::local_days(
               std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)
           ) +
           std::chrono::hours(hour) + std::chrono::minutes(minute);
}

std::optional<WallMinute> first(const std::string& expression, WallMinute from) {
    return first_match(parse_cron(expression).value(), from);
}

TEST(FirstMatch, IsTheMomentItselfWhenThatMatches) {
    EXPECT_EQ(first("30 7 * * *", wall(2024, 5, 17, 7, 30)), wall(2024, 5, 17, 7, 30));
    EXPECT_EQ(first("* * * * *", wall(2024, 5, 17, 7, 31)), wall(2024, 5, 17, 7, 31));
}

TEST(FirstMatch, GoesToTheNextHourWhenTheMinuteIsOver) {
    EXPECT_EQ(first("15 * * * *", wall(2024, 5, 17, 7, 16)), wall(2024, 5, 17, 8, 15));
    EXPECT_EQ(first("15 * * * *", wall(2024, 5, 17, 23, 16)), wall(2024, 5, 18, 0, 15));
}

TEST(FirstMatch, BeginsALaterHourWithItsFirstMinute) {
    EXPECT_EQ(first("5,50 9,12 * * *", wall(2024, 5, 17, 9, 51)), wall(2024, 5, 17, 12, 5));
    EXPECT_EQ(first("5,50 9,12 * * *", wall(2024, 5, 17, 10, 30)), wall(2024, 5, 17, 12, 5));
}

TEST(FirstMatch, GoesOverTheEndOfMonthAndYear) {
    EXPECT_EQ(first("0 0 * * *", wall(2024, 2, 28, 0, 1)), wall(2024, 2, 29));
    EXPECT_EQ(first("0 0 * * *", wall(2023, 2, 28, 0, 1)), wall(2023, 3, 1));
    EXPECT_EQ(first("0 0 * * *", wall(2024, 12, 31, 0, 1)), wall(2025, 1, 1));
}

TEST(FirstMatch, SkipsMonthsThatAreNotChosen) {
    EXPECT_EQ(first("0 0 * 3 *", wall(2024, 4, 1)), wall(2025, 3, 1));
    EXPECT_EQ(first("0 9 5 jun,dec *", wall(2024, 6, 5, 9, 1)), wall(2024, 12, 5, 9));
}

TEST(FirstMatch, SkipsMonthsThatLackTheDay) {
    EXPECT_EQ(first("0 0 31 * *", wall(2024, 4, 1)), wall(2024, 5, 31));
    EXPECT_EQ(first("0 0 30 * *", wall(2024, 1, 31)), wall(2024, 3, 30));
    EXPECT_EQ(first("0 0 29 2 *", wall(2025, 1, 1)), wall(2028, 2, 29));
}

TEST(FirstMatch, KnowsTheLastDayOfEveryMonth) {
    const std::vector<std::pair<unsigned, unsigned>> last_days{
        {1, 31},
        {2, 28},
        {3, 31},
        {4, 30},
        {5, 31},
        {6, 30},
        {7, 31},
        {8, 31},
        {9, 30},
        {10, 31},
        {11, 30},
        {12, 31},
    };
    for (const auto& [month, day] : last_days) {
        EXPECT_EQ(first("0 0 L * *", wall(2023, month, 1)), wall(2023, month, day)) << month;
    }
    EXPECT_EQ(first("0 0 L 2 *", wall(2000, 1, 1)), wall(2000, 2, 29));
    EXPECT_EQ(first("0 0 L 2 *", wall(2100, 1, 1)), wall(2100, 2, 28));
}

TEST(FirstMatch, KnowsTheNthWeekdayOfAMonth) {
    // May 2024 began on a Wednesday.
    EXPECT_EQ(first("0 0 * 5 wed#1", wall(2024, 5, 1)), wall(2024, 5, 1));
    EXPECT_EQ(first("0 0 * 5 tue#1", wall(2024, 5, 1)), wall(2024, 5, 7));
    EXPECT_EQ(first("0 0 * 5 wed#5", wall(2024, 5, 1)), wall(2024, 5, 29));
    EXPECT_EQ(first("0 0 * 5 sun#4", wall(2024, 5, 1)), wall(2024, 5, 26));
    // It had no fifth Sunday; the next May with one is that of 2026.
    EXPECT_EQ(first("0 0 * 5 sun#5", wall(2024, 5, 1)), wall(2026, 5, 31));
}

TEST(FirstMatch, KnowsTheLastWeekdayOfAMonth) {
    EXPECT_EQ(first("0 0 * * friL", wall(2024, 5, 1)), wall(2024, 5, 31));
    EXPECT_EQ(first("0 0 * * satL", wall(2024, 5, 1)), wall(2024, 5, 25));
    EXPECT_EQ(first("0 0 * * satL", wall(2024, 5, 26)), wall(2024, 6, 29));
}

TEST(FirstMatch, TakesEitherOfTwoLimitedDays) {
    EXPECT_EQ(first("0 0 20 * mon", wall(2024, 5, 14)), wall(2024, 5, 20));
    EXPECT_EQ(first("0 0 15 * mon", wall(2024, 5, 14)), wall(2024, 5, 15));
    EXPECT_EQ(first("0 0 L * mon#1", wall(2024, 5, 7)), wall(2024, 5, 31));
}

TEST(FirstMatch, ObeysTheMonthWhicheverDayItTakes) {
    EXPECT_EQ(first("0 0 15 6 mon", wall(2024, 5, 14)), wall(2024, 6, 3));
}

TEST(FirstMatch, LooksNoFurtherThanEightYears) {
    CronFields never = parse_cron("0 0 29 2 *").value();
    never.days = 1ULL << 30;
    EXPECT_EQ(first_match(never, wall(2024, 1, 1)), std::nullopt);
}

TEST(FirstMatch, IsNothingWithoutAnHourOrAMinute) {
    CronFields fields = parse_cron("0 0 * * *").value();
    fields.minutes = 0;
    EXPECT_EQ(first_match(fields, wall(2024, 1, 1)), std::nullopt);
}

TEST(FirstMatch, NeverGoesBackAndIsAMatchItself) {
    for (const char* expression :
         {"*/7 3-5 * * *", "0 0 1,L * *", "59 23 * * sun", "30 12 29 2 *", "0 6 * * 1#2,5L"}) {
        WallMinute from = wall(2024, 1, 1);
        for (int i = 0; i < 50; ++i) {
            const auto match = first(expression, from);
            ASSERT_TRUE(match) << expression;
            ASSERT_GE(*match, from) << expression;
            ASSERT_EQ(first(expression, *match), *match) << expression;
            from = *match + 1min;
        }
    }
}

}  // namespace
}  // namespace reel::core
