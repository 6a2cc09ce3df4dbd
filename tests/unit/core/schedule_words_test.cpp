#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "core/cron.hpp"
#include "reel/core/schedule.hpp"

namespace reel::core {
namespace {

using namespace std::chrono_literals;
using Cases = std::vector<std::pair<const char*, const char*>>;

void expect_words(const Cases& table) {
    for (const auto& [expression, words] : table) {
        EXPECT_EQ(describe_cron(expression), words) << expression;
    }
}

TEST(CronWords, NameEachTimeUpToSixOfThem) {
    expect_words({
        {"0 0 * * *", "At 00:00"},
        {"59 23 * * *", "At 23:59"},
        {"0,30 7 * * *", "At 07:00 and 07:30"},
        {"5 1,2,3 * * *", "At 01:05, 02:05 and 03:05"},
        {"0,20,40 6,18 * * *", "At 06:00, 06:20, 06:40, 18:00, 18:20 and 18:40"},
        {"1,2,3,4,5,9 7 * * *", "At 07:01, 07:02, 07:03, 07:04, 07:05 and 07:09"},
    });
}

TEST(CronWords, NameStepsAndRangesWhereTimesAreMany) {
    expect_words({
        {"*/2 * * * *", "Every 2 minutes"},
        {"*/30 * * * *", "Every 30 minutes"},
        {"0 */3 * * *", "Every 3 hours"},
        {"30 */3 * * *", "At 30 minutes past the hour, every 3 hours"},
        {"*/15 */2 * * *", "Every 15 minutes, every 2 hours"},
        {"0,30 * * * *", "Every 30 minutes"},
        {"1,31 * * * *", "At 1 and 31 minutes past the hour"},
        {"10-15 * * * *", "At 10 through 15 minutes past the hour"},
        {"0 8-18 * * *", "At 0 minutes past the hour, in the hours 08 through 18"},
        {"*/20 6,7,20 * * *", "Every 20 minutes, in the hours 06, 07 and 20"},
    });
}

TEST(CronWords, NameDaysMonthsAndWeekdays) {
    expect_words({
        {"0 0 1,15 * *", "At 00:00, on days 1 and 15 of the month"},
        {"0 0 1-7 * *", "At 00:00, on days 1 through 7 of the month"},
        {"0 0 L * *", "At 00:00, on the last day of the month"},
        {"0 0 1,L * *", "At 00:00, on day 1 of the month and on the last day of the month"},
        {"0 0 * * 0", "At 00:00, on Sunday"},
        {"0 0 * * 1,3", "At 00:00, on Monday and Wednesday"},
        {"0 0 * * 1-3", "At 00:00, on Monday through Wednesday"},
        {"0 0 * * 1#1,5L",
         "At 00:00, on the first Monday of the month and on the last Friday of "
         "the month"},
        {"0 0 * * 2,4#3", "At 00:00, on Tuesday and on the third Thursday of the month"},
        {"0 0 * 6-8 *", "At 00:00, in June through August"},
        {"0 0 * 1 *", "At 00:00, in January"},
        {"0 0 1 1 1", "At 00:00, on day 1 of the month or on Monday, in January"},
    });
}

TEST(CronWords, LeaveAloneWhatIsNoExpression) {
    expect_words(
        {{"", ""}, {"rubbish", "rubbish"}, {"@daily", "@daily"}, {"60 * * * *", "60 * * * *"}}
    );
}

TEST(DeltaWords, UseTheLargestUnitThatDividesThem) {
    const std::vector<std::pair<Duration, const char*>> table{
        {48h, "Every 2 days"},
        {168h, "Every 7 days"},
        {25h, "Every 25 hours"},
        {1min, "Every minute"},
        {59min, "Every 59 minutes"},
        {61min, "Every 1h 1m"},
        {30s, "Every 30s"},
        {1500ms, "Every 1.5s"},
    };
    for (const auto& [every, words] : table) {
        EXPECT_EQ(describe_schedule(DeltaSchedule{every}), words);
    }
}

TEST(DeltaSummaries, ArePythonsTimedeltas) {
    const std::vector<std::pair<Duration, const char*>> table{
        {1us, "0:00:00.000001"},
        {59s, "0:00:59"},
        {10h, "10:00:00"},
        {24h - 1s, "23:59:59"},
        {48h, "2 days, 0:00:00"},
        {24h * 366 + 1h, "366 days, 1:00:00"},
    };
    for (const auto& [every, text] : table) {
        EXPECT_EQ(summarize_schedule(DeltaSchedule{every}), text);
    }
}

TEST(Presets, StandForTheirExpressionEverywhere) {
    const Cases table{
        {"@hourly", "0 * * * *"},
        {"@daily", "0 0 * * *"},
        {"@midnight", "0 0 * * *"},
        {"@weekly", "0 0 * * 0"},
        {"@monthly", "0 0 1 * *"},
        {"@quarterly", "0 0 1 */3 *"},
        {"@yearly", "0 0 1 1 *"},
        {"@annually", "0 0 1 1 *"},
    };
    const Timestamp now = parse_timestamp("2024-05-17T13:37Z").value();
    for (const auto& [preset, expression] : table) {
        EXPECT_EQ(expand_preset(preset), expression);
        EXPECT_EQ(
            next_fire(CronSchedule{preset}, "UTC", now, now),
            next_fire(CronSchedule{expression}, "UTC", now, now)
        ) << preset;
    }
}

TEST(Presets, AreSpeltExactly) {
    for (const char* text : {"@Daily", "daily", "@", "@once", "@continuous"}) {
        EXPECT_EQ(expand_preset(text), text);
        EXPECT_FALSE(validate_cron(text).has_value()) << text;
    }
}

TEST(DeltaSchedules, NeverFireWithoutALength) {
    EXPECT_EQ(next_fire(DeltaSchedule{-1h}, "UTC", Timestamp{}, Timestamp{}), std::nullopt);
}

TEST(DeltaSchedules, TakeNoHeedOfTheZone) {
    const Timestamp anchor = parse_timestamp("2024-03-30T12:00Z").value();
    for (const char* zone : {"UTC", "Europe/Berlin", "Mars/Base"}) {
        EXPECT_EQ(next_fire(DeltaSchedule{24h}, zone, anchor, anchor), anchor + 24h) << zone;
    }
}

TEST(OnceSchedules, FireAtTheirAnchorHoweverLongItIsAway) {
    const Timestamp anchor = parse_timestamp("2024-01-01").value();
    EXPECT_EQ(next_fire(OnceSchedule{}, "UTC", anchor - 24h * 10000, anchor), anchor);
    EXPECT_EQ(next_fire(OnceSchedule{}, "UTC", anchor + 1us, anchor), std::nullopt);
}

TEST(Descriptions, SaySchedulesInWords) {
    const std::vector<std::pair<Schedule, const char*>> table{
        {NoSchedule{}, "Never, external triggers only"},
        {OnceSchedule{}, "Once"},
        {DeltaSchedule{5min}, "Every 5 minutes"},
        {DeltaSchedule{1h}, "Every hour"},
        {DeltaSchedule{24h}, "Every day"},
        {DeltaSchedule{90min}, "Every 1h 30m"},
        {CronSchedule{"* * * * *"}, "Every minute"},
        {CronSchedule{"*/5 * * * *"}, "Every 5 minutes"},
        {CronSchedule{"0 * * * *"}, "Every hour"},
        {CronSchedule{"0 */6 * * *"}, "At 00:00, 06:00, 12:00 and 18:00"},
        {CronSchedule{"0 */2 * * *"}, "Every 2 hours"},
        {CronSchedule{"15 * * * *"}, "At 15 minutes past the hour"},
        {CronSchedule{"0 7 * * *"}, "At 07:00"},
        {CronSchedule{"@daily"}, "At 00:00"},
        {CronSchedule{"30 9,17 * * mon-fri"}, "At 09:30 and 17:30, on Monday through Friday"},
        {CronSchedule{"0 0 1 * *"}, "At 00:00, on day 1 of the month"},
        {CronSchedule{"0 0 L 1,7 *"}, "At 00:00, on the last day of the month, in January and July"
        },
        {CronSchedule{"0 0 13 * 5"}, "At 00:00, on day 13 of the month or on Friday"},
        {CronSchedule{"0 0 * * 5#2"}, "At 00:00, on the second Friday of the month"},
        {CronSchedule{"0 0 * * 5L"}, "At 00:00, on the last Friday of the month"},
        {CronSchedule{"*/10 9-17 * * *"}, "Every 10 minutes, in the hours 09 through 17"},
    };
    for (const auto& [schedule, words] : table) EXPECT_EQ(describe_schedule(schedule), words);
}

TEST(Summaries, AreAirflows) {
    EXPECT_EQ(summarize_schedule(NoSchedule{}), "None");
    EXPECT_EQ(summarize_schedule(OnceSchedule{}), "@once");
    EXPECT_EQ(summarize_schedule(CronSchedule{"0 7 * * *"}), "0 7 * * *");
    EXPECT_EQ(summarize_schedule(DeltaSchedule{5min}), "0:05:00");
    EXPECT_EQ(summarize_schedule(DeltaSchedule{24h}), "1 day, 0:00:00");
    EXPECT_EQ(summarize_schedule(DeltaSchedule{49h + 1500ms}), "2 days, 1:00:01.500000");
}

}  // namespace
}  // namespace reel::core
