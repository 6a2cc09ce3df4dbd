#include "warehouse/types/moment.hpp"

#include <gtest/gtest.h>

#include "warehouse/types/ascii.hpp"
#include "warehouse/types/moment_scanner.hpp"

namespace reel::warehouse {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;

TEST(MomentScanner, TakesNumbersOfTheWantedLengthOnly) {
    MomentScanner scanner("12345x");
    EXPECT_EQ(scanner.number(6, 6), std::nullopt);
    EXPECT_EQ(scanner.number(2, 2), 12);
    EXPECT_EQ(scanner.number(1, 2), 34);
    EXPECT_EQ(scanner.number(1, 2), 5);
    EXPECT_EQ(scanner.number(1, 2), std::nullopt);
    EXPECT_FALSE(scanner.at_end());
    EXPECT_TRUE(scanner.take_any("yx"));
    EXPECT_FALSE(scanner.take('x'));
    EXPECT_TRUE(scanner.at_end());
}

TEST(MomentScanner, RoundsFractionsToMicroseconds) {
    const auto fraction = [](std::string_view text) { return MomentScanner(text).fraction(); };
    EXPECT_EQ(fraction("5"), microseconds(500'000));
    EXPECT_EQ(fraction("000001"), microseconds(1));
    EXPECT_EQ(fraction("0000005"), microseconds(1));
    EXPECT_EQ(fraction("00000049"), microseconds(0));
    EXPECT_EQ(fraction("9999999"), microseconds(1'000'000));
    EXPECT_EQ(fraction("123456789123456789"), microseconds(123'457));
    EXPECT_EQ(fraction("x"), std::nullopt);
}

TEST(MomentScanner, ReadsZonesAndLeavesWhatIsNone) {
    const auto zone = [](std::string_view text) { return MomentScanner(text).zone(); };
    EXPECT_EQ(zone("Z"), minutes(0));
    EXPECT_EQ(zone("utc"), minutes(0));
    EXPECT_EQ(zone("+02"), hours(2));
    EXPECT_EQ(zone("-0330"), -minutes(210));
    EXPECT_EQ(zone("+05:45"), minutes(345));
    EXPECT_EQ(zone("-15:59"), -minutes(959));
    for (const std::string_view none : {"", "+", "+2", "+16", "+02:", "+02:60", "CET", "02"}) {
        MomentScanner scanner(none);
        EXPECT_EQ(scanner.zone(), std::nullopt) << none;
        EXPECT_EQ(scanner.at_end(), none.empty()) << "what is no zone must stay";
    }
}

TEST(MomentScanner, ReadsMonthNamesWholeOrShort) {
    const auto month = [](std::string_view text) { return MomentScanner(text).month_name(); };
    EXPECT_EQ(month("Jan"), 1);
    EXPECT_EQ(month("february"), 2);
    EXPECT_EQ(month("MAY"), 5);
    EXPECT_EQ(month("Sept"), 9);
    EXPECT_EQ(month("December"), 12);
    EXPECT_EQ(month("Mai"), std::nullopt);
    EXPECT_EQ(month("D"), std::nullopt);
    MomentScanner scanner("march1");
    EXPECT_EQ(scanner.month_name(), 3);
    EXPECT_TRUE(scanner.take('1'));
}

TEST(Moment, CountsFromTheEpochInUtc) {
    const auto since = [](std::string_view text) {
        return parse_iso_moment(text).value().since_epoch().count();
    };
    EXPECT_EQ(since("1970-01-01"), 0);
    EXPECT_EQ(since("1970-01-01 00:00:01"), 1'000'000);
    EXPECT_EQ(since("1969-12-31T23:59:59.999999Z"), -1);
    EXPECT_EQ(since("1970-01-01 00:00:00-01:00"), 3'600'000'000);
    EXPECT_EQ(since("2009-12-14 02:52:24 UTC"), 1'260'759'144'000'000);
    EXPECT_EQ(since("9999-12-31 24:00:00"), 253'402'300'800'000'000);
}

TEST(Moment, KnowsWhatTheTextHad) {
    const auto date = parse_iso_moment("2024-02-29").value();
    EXPECT_TRUE(date.date && !date.time && !date.zone_offset);
    const auto time = parse_iso_moment("10:00").value();
    EXPECT_TRUE(!time.date && time.time && !time.zone_offset);
    const auto both = parse_iso_moment("2024-02-29 10:00+01").value();
    EXPECT_TRUE(both.date && both.time && both.zone_offset);
}

TEST(Moment, SaysWhetherTheTextIsUnlikeOrImpossible) {
    EXPECT_EQ(parse_iso_moment("yesterday").error(), "");
    EXPECT_EQ(parse_iso_moment("2024-02-30").error(), "no such date");
    EXPECT_EQ(parse_iso_moment("2024-02-29 24:00:01").error(), "no such time");
}

TEST(Pattern, SaysWhatItGives) {
    EXPECT_TRUE(check_pattern("%Y-%m-%d")->date);
    EXPECT_FALSE(check_pattern("%F")->time);
    EXPECT_TRUE(check_pattern("%F %T")->time);
    EXPECT_TRUE(check_pattern("%y%j")->date);
    EXPECT_FALSE(check_pattern("%H:%M")->date);
    EXPECT_EQ(check_pattern("%d.%b").error(), "a date needs a year, a month and a day");
    EXPECT_EQ(check_pattern("%%Y").error(), "it has neither a date nor a time");
}

TEST(Pattern, AllowsAnyBlanksWhereItHasOne) {
    for (const std::string_view text : {"1 May 2024", "1   May\t2024", "1May2024"}) {
        EXPECT_TRUE(parse_by_pattern(text, "%d %b %Y")) << text;
    }
    EXPECT_EQ(parse_by_pattern("1-May-2024", "%d %b %Y").error(), "");
}

TEST(Epoch, TakesAnyUnitAndRefusesWhatOverflows) {
    const auto epoch = [](std::string_view text, microseconds unit) {
        const auto parsed = parse_epoch(text, unit);
        return parsed ? std::to_string(parsed->count()) : parsed.error();
    };
    EXPECT_EQ(epoch("+12.5", std::chrono::seconds(1)), "12500000");
    EXPECT_EQ(epoch("-12.5", std::chrono::milliseconds(1)), "-12500");
    EXPECT_EQ(epoch("4611686018427", std::chrono::seconds(1)), "4611686018427000000");
    EXPECT_EQ(epoch("4611686018428", std::chrono::seconds(1)), "out of range");
    EXPECT_EQ(epoch("99999999999999999999999", std::chrono::seconds(1)), "out of range");
    EXPECT_EQ(epoch("1,5", std::chrono::seconds(1)), "");
}

TEST(Ascii, TrimsBlanksAndComparesLettersWithoutTheLocale) {
    EXPECT_EQ(trim(" \t\r\n\v\fa b \n"), "a b");
    EXPECT_EQ(trim(" \n"), "");
    EXPECT_EQ(trim("\u00a0x"), "\u00a0x");
    EXPECT_TRUE(equals_ignoring_case("NaN", "nan"));
    EXPECT_FALSE(equals_ignoring_case("NaN", "na"));
    EXPECT_FALSE(equals_ignoring_case("@", "`"));
}

}  // namespace
}  // namespace reel::warehouse
