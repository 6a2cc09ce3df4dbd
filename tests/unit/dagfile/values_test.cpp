#include "dagfile/values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dagfile/diagnostics.hpp"
#include "dagfile/yaml_reader.hpp"

namespace reel::dagfile {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Node node(std::string_view yaml) {
    Diagnostics diagnostics;
    return read_yaml(yaml, "f.yaml", diagnostics).value_or(Node{});
}

core::Result<core::Duration> length_of(std::string_view yaml) {
    return read_duration(node(yaml));
}

core::Result<core::Timestamp> date(std::string_view yaml, const std::string& zone = "UTC") {
    const core::Timestamp now =
        std::chrono::sys_days(std::chrono::year(2024) / 3 / 10) + 15h + 30min;
    return read_date(node(yaml), {.timezone = zone, .now = now});
}

std::string iso(std::string_view yaml, const std::string& zone = "UTC") {
    const auto at = date(yaml, zone);
    return at ? core::format_iso(*at) : "error: " + at.error().message;
}

TEST(ReadDuration, TakesSecondsWordsIsoAndTimedelta) {
    EXPECT_EQ(length_of("90"), 90s);
    EXPECT_EQ(length_of("1.5"), 1500ms);
    EXPECT_EQ(length_of("0"), 0s);
    EXPECT_EQ(length_of("5m"), 5min);
    EXPECT_EQ(length_of("1h30m"), 90min);
    EXPECT_EQ(length_of("PT5M"), 5min);
    EXPECT_EQ(length_of("{__type__: datetime.timedelta, minutes: 5}"), 5min);
    EXPECT_EQ(
        length_of("{__type__: datetime.timedelta, weeks: 1, days: 1, hours: 2, seconds: 0.5}"),
        8 * 24h + 2h + 500ms
    );
}

TEST(ReadDuration, RefusesWhatIsNone) {
    for (const char* yaml : {"soon", "'5 parsecs'", "[5]", "true", "{minutes: 5}", "-5", "-5m"}) {
        EXPECT_FALSE(length_of(yaml)) << yaml;
    }
    EXPECT_THAT(
        length_of("{__type__: datetime.timedelta, fortnights: 1}").error().message,
        HasSubstr("'fortnights' is no part of a timedelta")
    );
    EXPECT_THAT(
        length_of("{__type__: datetime.timedelta, days: x}").error().message, HasSubstr("'days'")
    );
    EXPECT_EQ(length_of("1e300").error().message, "is longer than a century");
    EXPECT_EQ(
        length_of("{__type__: datetime.timedelta, days: -1}").error().message,
        "must not be negative"
    );
}

TEST(ReadDate, TakesDatesAndTimes) {
    EXPECT_EQ(iso("2024-01-01"), "2024-01-01T00:00:00+00:00");
    EXPECT_EQ(iso("2024-01-01T07:30"), "2024-01-01T07:30:00+00:00");
    EXPECT_EQ(iso("'2024-01-01 07:30:00+02:00'"), "2024-01-01T05:30:00+00:00");
}

TEST(ReadDate, ReadsADateWithoutZoneInTheDagsZone) {
    EXPECT_EQ(iso("2024-01-01", "Europe/Berlin"), "2023-12-31T23:00:00+00:00");
    EXPECT_EQ(iso("2024-01-01T00:00Z", "Europe/Berlin"), "2024-01-01T00:00:00+00:00");
}

TEST(ReadDate, CountsBackFromMidnightOfToday) {
    EXPECT_EQ(iso("2 days"), "2024-03-08T00:00:00+00:00");
    EXPECT_EQ(iso("1 day"), "2024-03-09T00:00:00+00:00");
    EXPECT_EQ(iso("1 week"), "2024-03-03T00:00:00+00:00");
    EXPECT_EQ(iso("3 hours"), "2024-03-09T21:00:00+00:00");
    EXPECT_EQ(iso("0 days"), "2024-03-10T00:00:00+00:00");
}

TEST(ReadDate, RefusesWhatIsNone) {
    for (const char* yaml :
         {"yesterday", "5", "2024-13-01", "'2 fortnights'", "2days", "[2024-01-01]", "'-2 days'"}) {
        EXPECT_FALSE(date(yaml)) << yaml;
    }
    EXPECT_THAT(date("soon").error().hint, HasSubstr("2024-01-31"));
}

TEST(ReadBackoff, TakesATruthValueOrAMultiplier) {
    EXPECT_EQ(read_backoff(node("true")), 2);
    EXPECT_EQ(read_backoff(node("false")), 0);
    EXPECT_EQ(read_backoff(node("1.5")), 1.5);
    EXPECT_EQ(read_backoff(node("3")), 3);
}

}  // namespace
}  // namespace reel::dagfile
