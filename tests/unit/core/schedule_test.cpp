#include "reel/core/schedule.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace reel::core {
namespace {

Timestamp at(std::string_view text) {
    return parse_timestamp(text).value();
}

/// The next `count` fires, in the API's form, without their year and zone: "03-10 07:00".
std::vector<std::string> fires(
    const std::string& cron, const std::string& zone, std::string_view after, int count
) {
    std::vector<std::string> result;
    Timestamp last = at(after);
    for (int i = 0; i < count; ++i) {
        const auto next = next_fire(CronSchedule{cron}, zone, last, last);
        if (!next) break;
        const std::string text = format_api(*next);
        result.push_back(text.substr(5, 5) + " " + text.substr(11, 5));
        last = *next;
    }
    return result;
}

using Fires = std::vector<std::string>;

struct CronCase {
    const char* cron;
    const char* after;
    const char* next;
};

TEST(Cron, FiresNextAsTheTableSays) {
    const std::vector<CronCase> table{
        {"* * * * *", "2024-01-31T23:59:00Z", "2024-02-01T00:00:00Z"},
        {"* * * * *", "2024-01-31T23:59:59.999999Z", "2024-02-01T00:00:00Z"},
        {"0 7 * * *", "2024-01-31T07:00:00Z", "2024-02-01T07:00:00Z"},
        {"0 7 * * *", "2024-01-31T06:59:59Z", "2024-01-31T07:00:00Z"},
        {"*/15 * * * *", "2024-01-31T07:01:00Z", "2024-01-31T07:15:00Z"},
        {"5/15 * * * *", "2024-01-31T07:51:00Z", "2024-01-31T08:05:00Z"},
        {"10-30/10 8 * * *", "2024-01-31T08:20:00Z", "2024-01-31T08:30:00Z"},
        {"0 22-2 * * *", "2024-01-31T22:00:00Z", "2024-01-31T23:00:00Z"},
        {"0 22-2 * * *", "2024-01-31T02:00:00Z", "2024-01-31T22:00:00Z"},
        {"0,30 9,17 * * *", "2024-01-31T09:30:00Z", "2024-01-31T17:00:00Z"},
        {"0 0 1 * *", "2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z"},
        {"0 0 31 * *", "2024-01-31T00:00:00Z", "2024-03-31T00:00:00Z"},
        {"0 0 29 2 *", "2024-02-29T00:00:00Z", "2028-02-29T00:00:00Z"},
        {"0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"},
        {"0 0 L * *", "2024-02-01T00:00:00Z", "2024-02-29T00:00:00Z"},
        {"0 0 L * *", "2023-02-01T00:00:00Z", "2023-02-28T00:00:00Z"},
        {"0 0 15,L * *", "2024-04-15T00:00:00Z", "2024-04-30T00:00:00Z"},
        {"0 0 * * mon-fri", "2024-02-02T00:00:00Z", "2024-02-05T00:00:00Z"},
        {"0 0 * * fri-mon", "2024-02-05T00:00:00Z", "2024-02-09T00:00:00Z"},
        {"0 0 * * 7", "2024-02-01T00:00:00Z", "2024-02-04T00:00:00Z"},
        {"0 0 * * 0", "2024-02-01T00:00:00Z", "2024-02-04T00:00:00Z"},
        {"0 0 * * 6-7", "2024-02-03T00:00:00Z", "2024-02-04T00:00:00Z"},
        {"0 0 * * 5#2", "2024-02-01T00:00:00Z", "2024-02-09T00:00:00Z"},
        {"0 0 * * fri#5", "2024-02-01T00:00:00Z", "2024-03-29T00:00:00Z"},
        {"0 0 * * 5L", "2024-02-01T00:00:00Z", "2024-02-23T00:00:00Z"},
        {"0 0 * * L5", "2024-02-01T00:00:00Z", "2024-02-23T00:00:00Z"},
        {"0 0 * JAN,Jul *", "2024-01-31T00:00:00Z", "2024-07-01T00:00:00Z"},
        {"0 0 ? * ?", "2024-01-31T00:00:00Z", "2024-02-01T00:00:00Z"},
        {"0 0 1 */3 *", "2024-01-31T00:00:00Z", "2024-04-01T00:00:00Z"},
        {"@weekly", "2024-02-01T00:00:00Z", "2024-02-04T00:00:00Z"},
    };
    for (const auto& [cron, after, next] : table) {
        const auto fire = next_fire(CronSchedule{cron}, "UTC", at(after), {});
        ASSERT_TRUE(fire.has_value()) << cron;
        EXPECT_EQ(format_api(*fire), next) << cron << " after " << after;
    }
}

TEST(Cron, TakesEitherDayWhenBothDayFieldsAreLimited) {
    EXPECT_EQ(
        fires("0 0 13 * fri", "UTC", "2024-09-01T00:00:00Z", 4),
        (Fires{"09-06 00:00", "09-13 00:00", "09-20 00:00", "09-27 00:00"})
    );
    EXPECT_EQ(
        fires("0 0 10 * fri", "UTC", "2024-09-06T00:00:00Z", 2),
        (Fires{"09-10 00:00", "09-13 00:00"})
    );
}

// New York, 2024: 03-10 02:00 EST → 03:00 EDT (07:00Z), 11-03 02:00 EDT → 01:00 EST (06:00Z).

TEST(Cron, FiresBehindTheGapAtTheSameDistance) {
    EXPECT_EQ(
        fires("30 2 * * *", "America/New_York", "2024-03-09T00:00:00Z", 3),
        (Fires{"03-09 07:30", "03-10 07:30", "03-11 06:30"})
    );
    EXPECT_EQ(
        fires("30 2 * * *", "Europe/Berlin", "2024-03-30T00:00:00Z", 3),
        (Fires{"03-30 01:30", "03-31 01:30", "04-01 00:30"})
    );
    // Lord Howe moves by half an hour: 2024-10-06 02:00 → 02:30.
    EXPECT_EQ(
        fires("15 2 * * *", "Australia/Lord_Howe", "2024-10-05T00:00:00Z", 2),
        (Fires{"10-05 15:45", "10-06 15:15"})
    );
}

// As Airflow 3 does: its make_aware takes the second of two instances.
TEST(Cron, FiresOnceInTheOverlapAtItsSecondPass) {
    EXPECT_EQ(
        fires("30 1 * * *", "America/New_York", "2024-11-02T00:00:00Z", 3),
        (Fires{"11-02 05:30", "11-03 06:30", "11-04 06:30"})
    );
    EXPECT_EQ(
        fires("30 2 * * *", "Europe/Berlin", "2024-10-26T12:00:00Z", 2),
        (Fires{"10-27 01:30", "10-28 01:30"})
    );
    // 2024-04-07 02:00 → 01:30.
    EXPECT_EQ(
        fires("45 1 * * *", "Australia/Lord_Howe", "2024-04-06T00:00:00Z", 2),
        (Fires{"04-06 15:15", "04-07 15:15"})
    );
    EXPECT_EQ(
        fires("15,45 1,2,3 * * *", "Europe/Berlin", "2024-10-26T23:00:00Z", 6),
        (Fires{
            "10-26 23:15", "10-26 23:45", "10-27 01:15", "10-27 01:45", "10-27 02:15", "10-27 02:45"
        })
    );
}

TEST(Cron, AskedInEitherPassOfAnOverlapGivesTheSecond) {
    for (const auto* after : {"2024-11-03T05:50:00Z", "2024-11-03T06:10:00Z"}) {
        EXPECT_EQ(fires("45 1 * * *", "America/New_York", after, 1), (Fires{"11-03 06:45"}));
    }
    EXPECT_EQ(
        fires("45 1 * * *", "America/New_York", "2024-11-03T06:45:00Z", 1), (Fires{"11-04 06:45"})
    );
}

// What croniter makes of two day fields where one names every value.
TEST(Cron, TakesAFullDayFieldForAStarOnlyBesideAStar) {
    EXPECT_EQ(
        fires("0 0 1-31 * 5", "UTC", "2024-02-01T00:00:00Z", 2),
        (Fires{"02-02 00:00", "02-03 00:00"})
    );
    EXPECT_EQ(
        fires("0 0 15 * 0-6", "UTC", "2024-02-01T00:00:00Z", 2),
        (Fires{"02-02 00:00", "02-03 00:00"})
    );
    EXPECT_EQ(
        fires("0 0 */1 * 5", "UTC", "2024-02-01T00:00:00Z", 2),
        (Fires{"02-02 00:00", "02-03 00:00"})
    );
    EXPECT_EQ(
        fires("0 0 15 * *,5", "UTC", "2024-02-01T00:00:00Z", 2),
        (Fires{"02-15 00:00", "03-15 00:00"})
    );
    EXPECT_EQ(
        fires("0 0 ? * 5", "UTC", "2024-02-01T00:00:00Z", 2), (Fires{"02-02 00:00", "02-09 00:00"})
    );
    EXPECT_EQ(fires("0 0 1-31 * *", "UTC", "2024-02-01T00:00:00Z", 1), (Fires{"02-02 00:00"}));
}

TEST(Cron, FiresOfAGapThatMeetAreOneFire) {
    EXPECT_EQ(
        fires("30 2,3 * * *", "America/New_York", "2024-03-10T00:00:00Z", 2),
        (Fires{"03-10 07:30", "03-11 06:30"})
    );
}

TEST(Cron, FindsTheGapsFireEvenWhenAskedInItsShadow) {
    // 02:45 fires at 03:45 EDT; asked at 03:20 EDT, when the wall is past 02:45.
    EXPECT_EQ(
        fires("45 2 * * *", "America/New_York", "2024-03-10T07:20:00Z", 1), (Fires{"03-10 07:45"})
    );
    EXPECT_EQ(
        fires("45 2 * * *", "America/New_York", "2024-03-10T07:45:00Z", 1), (Fires{"03-11 06:45"})
    );
}

TEST(Cron, FiresInOrderWhereGapTimesAndLaterTimesMix) {
    EXPECT_EQ(
        fires("15,50 2,3 * * *", "America/New_York", "2024-03-10T06:59:00Z", 3),
        (Fires{"03-10 07:15", "03-10 07:50", "03-11 06:15"})
    );
    EXPECT_EQ(
        fires("50 2 * * *", "America/New_York", "2024-03-10T07:00:00Z", 1), (Fires{"03-10 07:50"})
    );
}

TEST(Cron, ThatFiresInEveryHourGoesByElapsedTime) {
    EXPECT_EQ(
        fires("*/30 * * * *", "America/New_York", "2024-03-10T06:20:00Z", 3),
        (Fires{"03-10 06:30", "03-10 07:00", "03-10 07:30"})
    );
    EXPECT_EQ(
        fires("*/30 * * * *", "America/New_York", "2024-11-03T05:10:00Z", 4),
        (Fires{"11-03 05:30", "11-03 06:00", "11-03 06:30", "11-03 07:00"})
    );
    EXPECT_EQ(
        fires("0 * * * *", "Australia/Lord_Howe", "2024-04-06T13:30:00Z", 3),
        (Fires{"04-06 14:00", "04-06 15:30", "04-06 16:30"})
    );
}

TEST(Cron, SurvivesADayThatWasLeftOut) {
    // Samoa went from 2011-12-29 to 2011-12-31 (UTC-10 to UTC+14).
    EXPECT_EQ(
        fires("0 12 30 12 *", "Pacific/Apia", "2011-12-29T00:00:00Z", 2),
        (Fires{"12-30 22:00", "12-29 22:00"})
    );
}

TEST(Cron, LooksYearsAheadInAnInstant) {
    Timestamp last = at("2024-01-01");
    for (int i = 0; i < 2000; ++i) {
        last = next_fire(CronSchedule{"*/7 3-5 29 2 *"}, "Europe/Berlin", last, {}).value();
    }
    EXPECT_GT(last, at("2150-01-01"));
}

TEST(Cron, WithoutAFireOrAZoneIsNothing) {
    EXPECT_EQ(next_fire(CronSchedule{"0 0 30 2 *"}, "UTC", at("2024-01-01"), {}), std::nullopt);
    EXPECT_EQ(
        next_fire(CronSchedule{"0 7 * * *"}, "Mars/Base", at("2024-01-01"), {}), std::nullopt
    );
    EXPECT_EQ(next_fire(CronSchedule{"rubbish"}, "UTC", at("2024-01-01"), {}), std::nullopt);
}

TEST(Cron, ErrorsNameTheFieldAndWhatItMayHold) {
    const std::vector<std::pair<const char*, const char*>> mistakes{
        {"60 * * * *", "'minute'"},
        {"* 24 * * *", "'hour'"},
        {"* * 0 * *", "'day of month'"},
        {"* * 32 * *", "'day of month'"},
        {"* * * 13 *", "'month'"},
        {"* * * foo *", "'month'"},
        {"* * * * 8", "'day of week'"},
        {"* * * * funday", "'day of week'"},
        {"* * * * 5#6", "'day of week'"},
        {"* * * * 5#", "'day of week'"},
        {"* * * * L", "'day of week'"},
        {"*/0 * * * *", "'minute'"},
        {"*/90 * * * *", "'minute'"},
        {"1,,2 * * * *", "'minute'"},
        {"1- * * * *", "'minute'"},
        {"-1 * * * *", "'minute'"},
        {"? * * * *", "'minute'"},
        {"* L * * *", "'hour'"},
        {"* * 15W * *", "'day of month'"},
        {"0 0 30 2 *", "'day of month'"},
        {"0 0 31 4,6,9,11 *", "'day of month'"},
    };
    for (const auto& [cron, field] : mistakes) {
        const auto valid = validate_cron(cron);
        ASSERT_FALSE(valid.has_value()) << cron;
        EXPECT_NE(valid.error().message.find(field), std::string::npos) << valid.error().message;
        EXPECT_NE(valid.error().hint.find("takes"), std::string::npos) << cron;
    }
}

TEST(Cron, WithoutFiveFieldsSaysHowManyItHas) {
    for (const auto* cron : {"", "* * * *", "0 0 7 * * *", "@fortnightly"}) {
        const auto valid = validate_cron(cron);
        ASSERT_FALSE(valid.has_value()) << cron;
        EXPECT_NE(valid.error().message.find("fields, not 5"), std::string::npos);
    }
}

TEST(Cron, PresetsAreExpressions) {
    for (const auto* preset :
         {"@hourly",
          "@daily",
          "@midnight",
          "@weekly",
          "@monthly",
          "@quarterly",
          "@yearly",
          "@annually"}) {
        EXPECT_TRUE(validate_cron(preset).has_value()) << preset;
        EXPECT_NE(expand_preset(preset), preset);
    }
    EXPECT_EQ(expand_preset("@daily"), "0 0 * * *");
    EXPECT_EQ(expand_preset("@once"), "@once");
    EXPECT_TRUE(validate_cron("  0   7 * * *  ").has_value());
}

}  // namespace
}  // namespace reel::core
