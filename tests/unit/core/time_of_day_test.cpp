#include "reel/core/time_of_day.hpp"

#include <gtest/gtest.h>

namespace reel::core {
namespace {

using namespace std::chrono_literals;

std::string moment(const std::string& day, const std::string& time, const std::string& zone) {
    const auto at =
        at_time_of_day(parse_timestamp(day).value(), parse_time_of_day(time).value(), zone);
    return format_api(at.value());
}

TEST(TimeOfDay, HasHoursAndMinutesAndMayHaveSeconds) {
    EXPECT_EQ(parse_time_of_day("14:30").value(), 14h + 30min);
    EXPECT_EQ(parse_time_of_day("00:00").value(), 0s);
    EXPECT_EQ(parse_time_of_day("23:59:59").value(), 24h - 1s);
    EXPECT_EQ(parse_time_of_day("07:00:00.5").value(), 7h + 500ms);
}

TEST(Weekday, IsTheOneThatTheWallShows) {
    const auto weekday = [](const char* at, const char* zone) {
        return iso_weekday(parse_timestamp(at).value(), zone).value();
    };
    EXPECT_EQ(weekday("2026-11-30T12:00", "UTC"), 1);
    EXPECT_EQ(weekday("2026-11-29T12:00", "UTC"), 7);
    EXPECT_EQ(weekday("2026-11-29T12:00", "Pacific/Kiritimati"), 1);
    EXPECT_EQ(weekday("2026-11-30T09:00", "America/Los_Angeles"), 1);
    EXPECT_EQ(weekday("2026-11-30T07:00", "America/Los_Angeles"), 7);
    EXPECT_EQ(weekday("1969-12-31T23:59", "UTC"), 3);
    EXPECT_FALSE(iso_weekday(Timestamp(), "Mars/Olympus"));
    EXPECT_EQ(parse_weekday("Friday").value(), 5);
    EXPECT_FALSE(parse_weekday("fri"));
    EXPECT_FALSE(parse_weekday(""));
}

TEST(TimeOfDay, IsHeldToItsForm) {
    for (const char* text :
         {"",
          "14",
          "1:30",
          "24:00",
          "14:60",
          "14:30:60",
          "14:30 ",
          " 14:30",
          "14:30Z",
          "2pm",
          "noon"}) {
        const auto time = parse_time_of_day(text);
        ASSERT_FALSE(time) << text;
        EXPECT_EQ(time.error().code, Errc::invalid_argument);
        EXPECT_EQ(time.error().hint, "write it like 14:30 or 14:30:15");
    }
}

TEST(TimeOfDay, IsOfTheDayThatTheZoneHas) {
    EXPECT_EQ(moment("2026-07-01T12:00Z", "14:30", "UTC"), "2026-07-01T14:30:00Z");
    EXPECT_EQ(moment("2026-07-01T12:00Z", "08:00", "UTC"), "2026-07-01T08:00:00Z") << "it is over";
    EXPECT_EQ(moment("2026-07-01T12:00Z", "14:30", "Europe/Berlin"), "2026-07-01T12:30:00Z");
    EXPECT_EQ(moment("2026-07-01T23:00Z", "14:30", "Europe/Berlin"), "2026-07-02T12:30:00Z");
    EXPECT_EQ(moment("2026-07-01T03:00Z", "14:30", "America/New_York"), "2026-06-30T18:30:00Z");
}

TEST(TimeOfDay, FollowsTheClockOverItsChanges) {
    EXPECT_EQ(moment("2026-03-29T00:30Z", "02:30", "Europe/Berlin"), "2026-03-29T01:30:00Z");
    EXPECT_EQ(moment("2026-10-25T00:00Z", "02:30", "Europe/Berlin"), "2026-10-25T00:30:00Z");
}

TEST(TimeOfDay, ADayLaterIsWhenTheWallShowsItAgain) {
    const auto later = [](const char* at, const char* zone) {
        return format_api(one_day_later(parse_timestamp(at).value(), zone).value());
    };
    EXPECT_EQ(later("2026-07-01T12:00Z", "Europe/Berlin"), "2026-07-02T12:00:00Z");
    EXPECT_EQ(later("2026-03-28T22:00Z", "Europe/Berlin"), "2026-03-29T21:00:00Z");
    EXPECT_EQ(later("2026-03-28T22:00Z", "UTC"), "2026-03-29T22:00:00Z");
    EXPECT_EQ(later("2026-10-24T21:00Z", "Europe/Berlin"), "2026-10-25T22:00:00Z");
    EXPECT_EQ(later("2026-03-28T01:30Z", "Europe/Berlin"), "2026-03-29T01:30:00Z") << "left out";
}

TEST(TimeOfDay, NeedsAZoneThatThereIs) {
    const auto at = at_time_of_day(Timestamp{}, 0s, "Mars/Olympus");
    ASSERT_FALSE(at);
    EXPECT_EQ(at.error().message, "unknown time zone 'Mars/Olympus'");
}

}  // namespace
}  // namespace reel::core
