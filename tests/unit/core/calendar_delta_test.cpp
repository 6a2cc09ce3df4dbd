#include "core/calendar_delta.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reel/core/schedule.hpp"

namespace reel::core {
namespace {

using namespace std::chrono_literals;

Timestamp at(std::string_view text, const std::string& zone = "UTC") {
    return parse_timestamp(text, zone).value();
}

struct StepCase {
    CalendarDelta delta;
    const char* from;
    const char* to;
    const char* back;
};

// What dateutil 2.9 answers.
TEST(CalendarDelta, StepsAsDateutilDoes) {
    const std::vector<StepCase> table{
        {{.months = 1}, "2024-01-31T07:00", "2024-02-29T07:00", "2023-12-31T07:00"},
        {{.months = 1}, "2023-01-31T07:00", "2023-02-28T07:00", "2022-12-31T07:00"},
        {{.months = 1}, "2024-12-31", "2025-01-31", "2024-11-30"},
        {{.years = 1, .months = 1}, "2024-01-31", "2025-02-28", "2022-12-31"},
        {{.months = -1}, "2024-03-31", "2024-02-29", "2024-04-30"},
        {{.years = 1}, "2024-02-29", "2025-02-28", "2023-02-28"},
        {{.years = 4}, "2024-02-29", "2028-02-29", "2020-02-29"},
        {{.months = 1, .day = 1},
         "2024-01-31T12:34:56",
         "2024-02-01T12:34:56",
         "2023-12-01T12:34:56"},
        {{.months = 1, .day = 31}, "2024-01-31", "2024-02-29", "2023-12-31"},
        {{.months = 1, .day = 1, .hour = 7, .minute = 0, .second = 0},
         "2024-01-31T12:34:56",
         "2024-02-01T07:00",
         "2023-12-01T07:00"},
        {{.days = 1, .time = 2h}, "2024-02-28T23:00", "2024-03-01T01:00", "2024-02-27T21:00"},
        {{.days = 14}, "2024-02-20", "2024-03-05", "2024-02-06"},
        {{.weekday = 4}, "2024-01-31", "2024-02-02", "2024-02-02"},
        {{.weekday = 4, .nth = 2}, "2024-01-31", "2024-02-09", "2024-02-09"},
        {{.weekday = 4, .nth = -1}, "2024-01-31", "2024-01-26", "2024-01-26"},
        {{.weekday = 2}, "2024-01-31", "2024-01-31", "2024-01-31"},
        {{.weekday = 2, .nth = -1}, "2024-01-31", "2024-01-31", "2024-01-31"},
        {{.months = 1, .day = 31, .weekday = 4, .nth = -1}, "2024-01-10", "2024-02-23", "2023-12-29"
        },
        {{.days = 1, .weekday = 0}, "2024-01-29", "2024-02-05", "2024-01-29"},
        {{.leap_days = -1, .month = 9, .day = 17}, "2024-01-01", "2024-09-16", "2024-09-16"},
        {{.leap_days = -1, .month = 9, .day = 17}, "2023-01-01", "2023-09-17", "2023-09-17"},
        {{.year = 2019}, "2020-02-29", "2019-02-28", "2019-02-28"},
        {{.time = 20h, .weekday = 4}, "2024-02-01T20:00", "2024-02-02T16:00", "2024-02-02"},
    };
    const Zone utc = Zone::find("UTC").value();
    for (const auto& [delta, from, to, back] : table) {
        EXPECT_EQ(advance(delta, utc, at(from)), at(to)) << python_text(delta) << " from " << from;
        EXPECT_EQ(retreat(delta, utc, at(from)), at(back))
            << python_text(delta) << " from " << from;
    }
}

TEST(CalendarDelta, ReplacesTheTimeOfDay) {
    const Zone utc = Zone::find("UTC").value();
    EXPECT_EQ(
        advance({.days = 1, .second = 5, .microsecond = 7}, utc, at("2024-01-31T12:34:56.5")),
        at("2024-02-01T12:34:05.000007")
    );
}

TEST(CalendarDelta, GoesByTheWallOfItsZone) {
    const std::string berlin = "Europe/Berlin";
    const Zone zone = Zone::find(berlin).value();
    EXPECT_EQ(advance({.days = 1}, zone, at("2024-03-30T12:00", berlin)), at("2024-03-31T10:00Z"));
    EXPECT_EQ(advance({.months = 1}, zone, at("2024-03-01", berlin)), at("2024-04-01", berlin));
    // 02:30 is left out: as far behind the gap.
    EXPECT_EQ(advance({.days = 1}, zone, at("2024-03-30T02:30", berlin)), at("2024-03-31T01:30Z"));
}

TEST(CalendarDelta, TimeGoesByTheStopwatch) {
    const std::string berlin = "Europe/Berlin";
    const Zone zone = Zone::find(berlin).value();
    EXPECT_EQ(
        advance({.time = 30min}, zone, at("2024-10-27T00:45:00Z")), at("2024-10-27T01:15:00Z")
    );
    // In the second pass of an overlap.
    EXPECT_EQ(
        advance({.time = 30min}, zone, at("2024-10-27T01:10:00Z")), at("2024-10-27T01:40:00Z")
    );
}

TEST(CalendarDelta, EndsWithTheYear9999) {
    const Zone utc = Zone::find("UTC").value();
    EXPECT_EQ(advance({.years = 9000}, utc, at("2024-01-01")), std::nullopt);
    EXPECT_EQ(retreat({.years = 2024}, utc, at("2024-01-01")), std::nullopt);
    EXPECT_EQ(advance({.days = 1}, utc, at("9999-12-31")), std::nullopt);
}

TEST(CalendarDelta, ReadsAsPythonPrintsIt) {
    EXPECT_EQ(python_text({.months = 1}), "relativedelta(months=+1)");
    EXPECT_EQ(
        python_text({.years = 1, .months = -2, .time = 90min, .day = 1, .weekday = 4, .nth = -1}),
        "relativedelta(years=+1, months=-2, hours=+1, minutes=+30, day=1, weekday=FR(-1))"
    );
    EXPECT_EQ(
        python_text({.days = 14, .time = -1500ms, .weekday = 0}),
        "relativedelta(days=+14, seconds=-1, microseconds=-500000, weekday=MO)"
    );
}

TEST(CalendarDelta, SaysItselfInWords) {
    const auto words = [](const CalendarDelta& delta) {
        return describe_schedule(CalendarSchedule{delta});
    };
    EXPECT_EQ(words({.months = 1}), "Every month");
    EXPECT_EQ(words({.months = 3, .day = 1, .hour = 7}), "Every 3 months, on day 1, at 07:00");
    EXPECT_EQ(words({.days = 14, .weekday = 0}), "Every 2 weeks, on Monday");
    EXPECT_EQ(words({.years = 1, .days = 3}), "Every year and 3 days");
}

TEST(CalendarSteps, ThatLeadOnwardAreValid) {
    for (const CalendarDelta& delta : std::vector<CalendarDelta>{
             {.months = 1},
             {.months = 1, .day = 1, .hour = 0},
             {.years = 1, .month = 2, .day = 29},
             {.days = 1, .weekday = 0},
             {.time = 1h, .minute = 0},
         }) {
        EXPECT_TRUE(validate_step(delta).has_value()) << python_text(delta);
    }
}

TEST(CalendarSteps, ThatStandStillAreNot) {
    for (const CalendarDelta& delta : std::vector<CalendarDelta>{
             {},
             {.months = -1},
             {.day = 1},
             {.days = 1, .day = 1},
             {.weekday = 0},
             {.hour = 7},
             {.year = 2030},
             {.time = 1h, .hour = 3},
         }) {
        const auto valid = validate_step(delta);
        ASSERT_FALSE(valid.has_value()) << python_text(delta);
        EXPECT_NE(valid.error().message.find("does not lead onward"), std::string::npos);
    }
}

}  // namespace
}  // namespace reel::core
