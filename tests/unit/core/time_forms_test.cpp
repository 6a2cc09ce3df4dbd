#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "reel/core/time.hpp"

namespace reel::core {
namespace {

using namespace std::chrono_literals;

TEST(TimestampText, WithTheZoneBehindItNeedsNoKnownDefaultZone) {
    EXPECT_TRUE(parse_timestamp("2024-01-31T00:00Z", "Mars/Base").has_value());
    EXPECT_TRUE(parse_timestamp("2024-01-31T00:00+05:30", "Mars/Base").has_value());
    EXPECT_FALSE(parse_timestamp("2024-01-31T00:00", "Mars/Base").has_value());
}

TEST(TimestampText, CarriesItsOffsetOverDayMonthAndYear) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"2024-01-01T00:00+00:01", "2023-12-31T23:59:00Z"},
        {"2024-12-31T23:59-00:01", "2025-01-01T00:00:00Z"},
        {"2024-03-01T00:30+01:00", "2024-02-29T23:30:00Z"},
        {"2024-01-01T00:00+23:59", "2023-12-31T00:01:00Z"},
        {"2024-01-01T00:00-23:59", "2024-01-01T23:59:00Z"},
        {"2024-01-01T00:00+00", "2024-01-01T00:00:00Z"},
        {"2024-01-01T00:00-0000", "2024-01-01T00:00:00Z"},
    };
    for (const auto& [text, expected] : table) {
        const auto parsed = parse_timestamp(text);
        ASSERT_TRUE(parsed.has_value()) << text;
        EXPECT_EQ(format_api(*parsed), expected) << text;
    }
}

TEST(TimestampText, MayHaveOneToNineDigitsBehindTheSecond) {
    const std::vector<std::pair<std::string, std::chrono::microseconds>> table{
        {"1", 100000us},
        {"12", 120000us},
        {"123", 123000us},
        {"1234", 123400us},
        {"12345", 123450us},
        {"123456", 123456us},
        {"1234567", 123456us},
        {"12345678", 123456us},
        {"999999999", 999999us},
        {"000001", 1us},
        {"0000009", 0us},
    };
    const Timestamp whole = parse_timestamp("2024-01-31T07:00:00Z").value();
    for (const auto& [digits, expected] : table) {
        const auto parsed = parse_timestamp("2024-01-31T07:00:00." + digits + "Z");
        ASSERT_TRUE(parsed.has_value()) << digits;
        EXPECT_EQ(*parsed - whole, expected) << digits;
        EXPECT_EQ(parse_timestamp("2024-01-31T07:00:00," + digits + "Z"), *parsed) << digits;
    }
}

TEST(TimestampText, IsRefusedWhereverItIsCutOff) {
    const std::string whole = "2024-01-31T07:00:00.5+01:00";
    for (const std::size_t length :
         {1U, 4U, 5U, 7U, 8U, 9U, 11U, 12U, 13U, 14U, 15U, 17U, 18U, 20U, 22U, 23U, 25U, 26U}) {
        EXPECT_FALSE(parse_timestamp(whole.substr(0, length)).has_value())
            << whole.substr(0, length);
    }
    EXPECT_TRUE(parse_timestamp(whole).has_value());
}

TEST(TimestampText, HoldsNoSignsBlanksOrLettersInItsNumbers) {
    for (const char* text :
         {"+2024-01-31",
          "2024-+1-31",
          "2024-01- 1",
          " 2024-01-31",
          "2024-01-31 ",
          "2024/01/31",
          "20240131",
          "2024-W05-3",
          "2024-031",
          "2024-01-31T7:00",
          "2024-01-31T0700",
          "2024-01-31  07:00",
          "2024-01-31T07:00 +1:00",
          "２０24-01-31"}) {
        // A blank behind a date is the begin of a time that does not come.
        EXPECT_FALSE(parse_timestamp(text).has_value()) << text;
    }
}

TEST(TimestampText, KnowsLeapYears) {
    for (const char* text : {"2024-02-29", "2000-02-29", "2400-02-29"}) {
        EXPECT_TRUE(parse_timestamp(text).has_value()) << text;
    }
    for (const char* text : {"2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30"}) {
        EXPECT_FALSE(parse_timestamp(text).has_value()) << text;
    }
}

TEST(TimestampText, IsQuotedInItsErrorUpToSixtyFourBytes) {
    EXPECT_EQ(
        parse_timestamp(std::string(65, 'x')).error().message,
        "'" + std::string(64, 'x') + "' is not a date or a time"
    );
    EXPECT_EQ(
        parse_timestamp("2024-13-01").error().hint,
        "write it like 2024-01-31, 2024-01-31 07:00 or 2024-01-31T07:00:00+01:00"
    );
}

TEST(TimestampText, IsTheSameInBothFormsButForTheZone) {
    for (Timestamp at = parse_timestamp("1899-12-31T23:59:59.5Z").value();
         at < parse_timestamp("2101-01-01").value();
         at += std::chrono::hours(24 * 365) + 3601s + 7us) {
        const std::string iso = format_iso(at);
        const std::string api = format_api(at);
        EXPECT_EQ(iso.substr(0, iso.size() - 6) + "Z", api);
        EXPECT_EQ(parse_timestamp(iso), at);
        EXPECT_EQ(parse_timestamp(api), at);
    }
}

TEST(DurationText, KnowsEveryNameOfAUnit) {
    const std::vector<std::pair<Duration, std::vector<const char*>>> table{
        {1us, {"us"}},
        {1ms, {"ms"}},
        {1s, {"s", "sec", "secs", "second", "seconds"}},
        {1min, {"m", "min", "mins", "minute", "minutes"}},
        {1h, {"h", "hr", "hrs", "hour", "hours"}},
        {24h, {"d", "day", "days"}},
        {168h, {"w", "week", "weeks"}},
    };
    for (const auto& [length, names] : table) {
        for (const char* name : names) {
            EXPECT_EQ(parse_duration("1" + std::string(name)), length) << name;
            EXPECT_EQ(parse_duration("3 " + std::string(name)), 3 * length) << name;
        }
    }
}

TEST(DurationText, TakesUnitsInLowerCaseOnly) {
    for (const char* text : {"5M", "5H", "1D", "5 Minutes", "1Week", "5MS"}) {
        EXPECT_FALSE(parse_duration(text).has_value()) << text;
    }
}

TEST(DurationText, AddsUpItsPartsInAnyOrder) {
    const std::vector<std::pair<const char*, Duration>> table{
        {"1d2h3m4s", 26h + 3min + 4s},
        {"4s 3m 2h 1d", 26h + 3min + 4s},
        {"1h1h", 2h},
        {"1.5h 1.5m", 91min + 30s},
        {"1s500ms250us", 1s + 500ms + 250us},
        {"1 h 30 m", 90min},
        {"1h  30m", 90min},
    };
    for (const auto& [text, expected] : table) EXPECT_EQ(parse_duration(text), expected) << text;
}

TEST(DurationText, InIsoFormKeepsDateAndTimeApart) {
    const std::vector<std::pair<const char*, Duration>> good{
        {"P1D", 24h},
        {"P1W2D", 216h},
        {"PT1M", 1min},
        {"PT1H30M5S", 90min + 5s},
        {"PT1.25S", 1250ms},
        {"P0.5D", 12h},
        {"P1DT0S", 24h},
        {"PT36H", 36h},
    };
    for (const auto& [text, expected] : good) EXPECT_EQ(parse_duration(text), expected) << text;
    for (const char* bad :
         {"P1H",
          "PT1D",
          "P1DT",
          "P1",
          "PT",
          "PD",
          "P-1D",
          "P1D2",
          "PT1H T5M",
          "p1d",
          "PT1h",
          "P1MT1H"}) {
        EXPECT_FALSE(parse_duration(bad).has_value()) << bad;
    }
}

TEST(DurationText, AsAClockHasSixtyMinutesAndSeconds) {
    const std::vector<std::pair<const char*, Duration>> good{
        {"00:00:00", 0s},
        {"0:0:1", 1s},
        {"23:59:59", 24h - 1s},
        {"24:00:00", 24h},
        {"00:00:59.999999", 1min - 1us},
    };
    for (const auto& [text, expected] : good) EXPECT_EQ(parse_duration(text), expected) << text;
    for (const char* bad :
         {"00:60:00", "00:00:60", ":00:00", "00::00", "00:00:", "1:2:3:4", "-1:00:00"}) {
        EXPECT_FALSE(parse_duration(bad).has_value()) << bad;
    }
}

TEST(DurationText, IsRoundedToTheNearestMicrosecond) {
    EXPECT_EQ(parse_duration("0.4us"), 0us);
    EXPECT_EQ(parse_duration("0.6us"), 1us);
    EXPECT_EQ(parse_duration("0.0000015"), 2us);
    EXPECT_EQ(parse_duration("0.1"), 100ms);
}

TEST(DurationText, IsQuotedInItsErrorUpToSixtyFourBytes) {
    EXPECT_EQ(
        parse_duration(std::string(70, 'x')).error().message,
        "'" + std::string(64, 'x') + "' is not a duration"
    );
    EXPECT_EQ(parse_duration("1000001d").error().hint, "the longest is 1000000 days");
}

TEST(DurationText, OfWholeSecondsReadsBackFromItsFormForPeople) {
    for (std::int64_t seconds = 0; seconds < 40'000'000; seconds += 123'457) {
        const Duration length = std::chrono::seconds(seconds);
        EXPECT_EQ(parse_duration(format_duration(length)), length) << format_duration(length);
    }
}

TEST(DurationForPeople, ChangesItsUnitAtEachBorder) {
    const std::vector<std::pair<Duration, const char*>> table{
        {999us, "999us"},
        {1000us, "1ms"},
        {1999us, "1ms"},
        {999ms, "999ms"},
        {1s, "1s"},
        {1099ms, "1s"},
        {1100ms, "1.1s"},
        {59s, "59s"},
        {60500ms, "1m"},
        {61s, "1m 1s"},
        {3599s, "59m 59s"},
        {1h, "1h"},
        {1h + 1s, "1h 1s"},
        {24h, "1d"},
        {24h + 1min, "1d 1m"},
        {-1us, "-1us"},
        {-1500ms, "-1.5s"},
        {-24h, "-1d"},
    };
    for (const auto& [length, expected] : table) EXPECT_EQ(format_duration(length), expected);
}

}  // namespace
}  // namespace reel::core
