#include "reel/core/time.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace reel::core {
namespace {

using namespace std::chrono_literals;

Timestamp at(std::string_view text, const std::string& zone = "UTC") {
    const auto parsed = parse_timestamp(text, zone);
    EXPECT_TRUE(parsed.has_value()) << text;
    return parsed.value_or(Timestamp{});
}

TEST(Timestamps, ReadBackWhatTheyWrite) {
    for (const auto* text :
         {"2024-01-31T07:00:00+00:00",
          "1969-12-31T23:59:59.999999+00:00",
          "0001-01-01T00:00:00+00:00",
          "9999-12-31T23:59:59.000001+00:00",
          "2024-02-29T12:34:56.120000+00:00"}) {
        EXPECT_EQ(format_iso(at(text)), text);
    }
}

TEST(Timestamps, ApiFormEndsWithZ) {
    EXPECT_EQ(format_api(at("2024-01-31T07:00:00Z")), "2024-01-31T07:00:00Z");
    EXPECT_EQ(format_api(at("2024-01-31T07:00:00.5Z")), "2024-01-31T07:00:00.500000Z");
}

TEST(Timestamps, AreReadInEveryWrittenForm) {
    const std::vector<std::pair<const char*, const char*>> forms{
        {"2024-01-31", "2024-01-31T00:00:00Z"},
        {"2024-01-31 07:00", "2024-01-31T07:00:00Z"},
        {"2024-01-31 07:00:05", "2024-01-31T07:00:05Z"},
        {"2024-01-31T07:00:05.25", "2024-01-31T07:00:05.250000Z"},
        {"2024-01-31T07:00:05.123456789Z", "2024-01-31T07:00:05.123456Z"},
        {"2024-01-31T07:00:05+01:00", "2024-01-31T06:00:05Z"},
        {"2024-01-31T07:00:05 +0100", "2024-01-31T06:00:05Z"},
        {"2024-01-31T07:00:05-05", "2024-01-31T12:00:05Z"},
        {"2024-01-31T07:00-09:30", "2024-01-31T16:30:00Z"},
        {"2024-01-31t07:00:00z", "2024-01-31T07:00:00Z"},
    };
    for (const auto& [text, expected] : forms) EXPECT_EQ(format_api(at(text)), expected) << text;
}

TEST(Timestamps, WithoutAZoneAreTakenInTheGivenOne) {
    EXPECT_EQ(format_api(at("2024-01-31 07:00", "Europe/Berlin")), "2024-01-31T06:00:00Z");
    EXPECT_EQ(format_api(at("2024-07-31", "America/New_York")), "2024-07-31T04:00:00Z");
    EXPECT_EQ(format_api(at("2024-07-31T00:00Z", "America/New_York")), "2024-07-31T00:00:00Z");
}

TEST(Timestamps, InAnOverlapAreItsFirstPassAndInAGapBehindIt) {
    EXPECT_EQ(format_api(at("2024-11-03 01:30", "America/New_York")), "2024-11-03T05:30:00Z");
    EXPECT_EQ(format_api(at("2024-03-10 02:30", "America/New_York")), "2024-03-10T07:30:00Z");
}

TEST(Timestamps, ThatAreNoneAreErrorsWithAHint) {
    for (const auto* text :
         {"",
          "tomorrow",
          "2024-13-01",
          "2024-02-30",
          "2023-02-29",
          "0000-01-01",
          "24-01-01",
          "2024-1-1",
          "2024-01-01T",
          "2024-01-01T24:00",
          "2024-01-01T07:60",
          "2024-01-01T07:00:60",
          "2024-01-01T07:00:00.",
          "2024-01-01T07:00:00.1234567890",
          "2024-01-01T07:00:00+",
          "2024-01-01T07:00:00+1",
          "2024-01-01T07:00:00+01:99",
          "2024-01-01T07:00:00Zulu",
          "2024-01-01 07:00 Europe/Berlin",
          "2024-01-01x"}) {
        const auto parsed = parse_timestamp(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
        EXPECT_FALSE(parsed.error().hint.empty());
    }
}

TEST(Timestamps, InAnUnknownZoneNameIt) {
    const auto parsed = parse_timestamp("2024-01-31", "Mars/Base");
    ASSERT_FALSE(parsed.has_value());
    EXPECT_NE(parsed.error().message.find("Mars/Base"), std::string::npos);
}

TEST(SystemClocks, ShowATimeInThisCentury) {
    const SystemClock clock;
    EXPECT_GT(clock.now(), at("2025-01-01"));
    EXPECT_LT(clock.now(), at("2100-01-01"));
}

TEST(Durations, AreReadInEveryWrittenForm) {
    const std::vector<std::pair<const char*, Duration>> forms{
        {"0", 0s},
        {"90", 90s},
        {"1.5", 1500ms},
        {"5m", 5min},
        {"1h30m", 90min},
        {"1h 30m", 90min},
        {"2d", 48h},
        {"1w", 168h},
        {"500ms", 500ms},
        {"7us", 7us},
        {"1.5h", 90min},
        {"5 minutes", 5min},
        {"1 day", 24h},
        {"PT5M", 5min},
        {"P1DT2H", 26h},
        {"P2W", 336h},
        {"PT0.5S", 500ms},
        {"01:30:00", 90min},
        {"00:00:00.25", 250ms},
        {"100:00:00", 100h},
    };
    for (const auto& [text, expected] : forms) {
        const auto parsed = parse_duration(text);
        ASSERT_TRUE(parsed.has_value()) << text;
        EXPECT_EQ(*parsed, expected) << text;
    }
}

TEST(Durations, ThatAreNoneAreErrorsWithAHint) {
    for (const auto* text :
         {"",    "m",     "5x",  "-5m", "5m3",  "5 5",  "1:30",     "01:60:00", "01:00:61",
          "P",   "PT",    "P1M", "P1Y", "PT5",  "P5",   "PT1H2D",   "1e3",      "inf",
          "nan", "0x10m", "5mm", " 5m", "5,5m", "1::2", "01:30:00x"}) {
        const auto parsed = parse_duration(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
        EXPECT_FALSE(parsed.error().hint.empty());
    }
}

TEST(Durations, BeyondAMillionDaysAreRefused) {
    EXPECT_TRUE(parse_duration("1000000d").has_value());
    for (const auto* text : {"1000001d", "99999999999999999999999999", "9999999w"}) {
        const auto parsed = parse_duration(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_NE(parsed.error().message.find("too long"), std::string::npos);
    }
}

TEST(Durations, AreWrittenForPeople) {
    const std::vector<std::pair<Duration, const char*>> forms{
        {0s, "0s"},
        {7us, "7us"},
        {340ms, "340ms"},
        {999999us, "999ms"},
        {2500ms, "2.5s"},
        {2040ms, "2s"},
        {59999ms, "59.9s"},
        {60s, "1m"},
        {90min, "1h 30m"},
        {3661s, "1h 1m 1s"},
        {49h, "2d 1h"},
        {-90s, "-1m 30s"},
    };
    for (const auto& [duration, expected] : forms) EXPECT_EQ(format_duration(duration), expected);
}

}  // namespace
}  // namespace reel::core
