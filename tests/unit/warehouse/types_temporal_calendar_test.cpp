#include <fmt/format.h>

#include <random>

#include "types_wire_reader.hpp"

namespace reel::warehouse {
namespace {

bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_of(int year, int month) {
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

/// Days from 2000-01-01, counted year by year and month by month.
std::int64_t count_days(int year, int month, int day) {
    std::int64_t days = day - 1;
    for (int m = 1; m < month; ++m) days += days_of(year, m);
    for (int y = 2000; y < year; ++y) days += is_leap(y) ? 366 : 365;
    for (int y = year; y < 2000; ++y) days -= is_leap(y) ? 366 : 365;
    return days;
}

std::string date_of(std::string_view text, std::string_view format = {}) {
    return encode_integer("date", text, format);
}

const std::vector<int>& years() {
    static const std::vector<int> some = {1,    4,    100,  400,  1582, 1600, 1700, 1899,
                                          1900, 1901, 1969, 1970, 1999, 2000, 2001, 2004,
                                          2023, 2024, 2038, 2100, 2400, 9999};
    return some;
}

TEST(Calendar, TheFirstAndLastDayOfEveryMonthAreCounted) {
    for (const int year : years()) {
        for (int month = 1; month <= 12; ++month) {
            for (const int day : {1, days_of(year, month)}) {
                const std::string text = fmt::format("{:04}-{:02}-{:02}", year, month, day);
                EXPECT_EQ(date_of(text), std::to_string(count_days(year, month, day))) << text;
            }
        }
    }
}

TEST(Calendar, TheDayBehindTheLastOfAMonthIsNone) {
    for (const int year : years()) {
        for (int month = 1; month <= 12; ++month) {
            const std::string text =
                fmt::format("{:04}-{:02}-{:02}", year, month, days_of(year, month) + 1);
            EXPECT_EQ(date_of(text), "!no such date") << text;
        }
    }
}

TEST(Calendar, NoMonthOrDayIsZeroOrBeyondTheYear) {
    for (const std::string_view text :
         {"2024-00-01",
          "2024-13-01",
          "2024-99-01",
          "2024-01-00",
          "2024-01-32",
          "2024-01-99",
          "0000-06-15",
          "2100-02-29",
          "1900-02-29",
          "2023-02-29",
          "2024-04-31"}) {
        EXPECT_EQ(date_of(text), "!no such date") << text;
    }
}

TEST(Calendar, TheDayOfTheYearIsTheSameDay) {
    for (const int year : {1999, 2000, 2023, 2024, 2100}) {
        int number = 0;
        for (int month = 1; month <= 12; ++month) {
            for (int day = 1; day <= days_of(year, month); ++day) {
                ++number;
                if (day != 1 && day != days_of(year, month)) continue;
                const std::string text = fmt::format("{}/{}", year, number);
                EXPECT_EQ(date_of(text, "%Y/%j"), std::to_string(count_days(year, month, day)))
                    << text;
            }
        }
        EXPECT_EQ(date_of(fmt::format("{}/{}", year, number + 1), "%Y/%j"), "!no such date");
    }
}

TEST(Calendar, ATwoDigitYearIsOfThisCenturyUpToSixtyEight) {
    for (int year = 0; year <= 99; ++year) {
        const int meant = year <= 68 ? 2000 + year : 1900 + year;
        const std::string text = fmt::format("01.03.{:02}", year);
        EXPECT_EQ(date_of(text, "%d.%m.%y"), std::to_string(count_days(meant, 3, 1))) << text;
    }
}

TEST(Calendar, EveryNameOfEveryMonthIsKnown) {
    constexpr const char* names[] = {
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December"
    };
    for (int month = 1; month <= 12; ++month) {
        const std::string name = names[month - 1];
        const std::string wanted = std::to_string(count_days(2021, month, 7));
        for (const char* directive : {"%d %b %Y", "%d %B %Y"}) {
            EXPECT_EQ(date_of("7 " + name + " 2021", directive), wanted) << name;
            EXPECT_EQ(date_of("7 " + name.substr(0, 3) + " 2021", directive), wanted) << name;
        }
    }
}

struct PatternCase {
    std::string pattern;
    std::string text;  ///< of 2021-03-09 04:05:06, in the pattern
};

class DatePattern : public testing::TestWithParam<PatternCase> {};

TEST_P(DatePattern, GivesTheDateAndTheTime) {
    const std::int64_t day = count_days(2021, 3, 9);
    EXPECT_EQ(date_of(GetParam().text, GetParam().pattern), std::to_string(day));
    const bool timed = GetParam().pattern.find_first_of("HIT") != std::string::npos;
    const std::int64_t micros = day * 86'400'000'000 + (timed ? 14'706'000'000 : 0);
    for (const std::string_view type : {"timestamp", "timestamptz"}) {
        EXPECT_EQ(
            encode_integer(type, std::string_view(GetParam().text), GetParam().pattern),
            std::to_string(micros)
        );
    }
}

TEST_P(DatePattern, RefusesTheTextWithARestOrWithoutItsEnd) {
    const std::string refusal = "!not of the format " + GetParam().pattern;
    EXPECT_EQ(date_of(GetParam().text + "!", GetParam().pattern), refusal);
    EXPECT_EQ(date_of("!" + GetParam().text, GetParam().pattern), refusal);
    EXPECT_EQ(date_of("", GetParam().pattern), refusal);
}

INSTANTIATE_TEST_SUITE_P(
    Spellings,
    DatePattern,
    testing::Values(
        PatternCase{"%Y-%m-%d", "2021-03-09"},
        PatternCase{"%F", "2021-03-09"},
        PatternCase{"%d.%m.%Y", "09.03.2021"},
        PatternCase{"%d.%m.%Y", "9.3.2021"},
        PatternCase{"%m/%d/%y", "3/9/21"},
        PatternCase{"%Y%m%d", "20210309"},
        PatternCase{"%d-%b-%Y", "09-Mar-2021"},
        PatternCase{"%B %d, %Y", "March 9, 2021"},
        PatternCase{"%B %d, %Y", "MARCH 9,   2021"},
        PatternCase{"%Y %j", "2021 068"},
        PatternCase{"%Y%%%m%%%d", "2021%03%09"},
        PatternCase{"%F %T", "2021-03-09 04:05:06"},
        PatternCase{"%FT%TZ", "2021-03-09T04:05:06Z"},
        PatternCase{"%F %T%z", "2021-03-09 06:05:06+0200"},
        PatternCase{"%F %T %z", "2021-03-09 03:35:06 -00:30"},
        PatternCase{"%F %I:%M:%S %p", "2021-03-09 04:05:06 AM"},
        PatternCase{"%F %I:%M:%S%p", "2021-03-09 4:5:6am"},
        PatternCase{"%H:%M:%S %d.%m.%Y", "04:05:06 09.03.2021"},
        PatternCase{"%d/%b/%Y:%H:%M:%S", "09/Mar/2021:04:05:06"},
        PatternCase{"%F %T.%f", "2021-03-09 04:05:06.000"},
        PatternCase{"%Y%m%d%H%M%S", "20210309040506"}
    )
);

TEST(Clock, EverySecondBoundaryOfADayIsCounted) {
    for (const int hour : {0, 1, 9, 11, 12, 13, 19, 23}) {
        for (const int minute : {0, 1, 30, 59}) {
            for (const int second : {0, 59}) {
                const std::int64_t seconds = hour * 3600 + minute * 60 + second;
                const std::string text = fmt::format("{:02}:{:02}:{:02}", hour, minute, second);
                const std::string wanted = std::to_string(seconds * 1'000'000);
                EXPECT_EQ(encode_integer("time", std::string_view(text)), wanted) << text;
                const int half = hour % 12 == 0 ? 12 : hour % 12;
                const std::string twelve =
                    fmt::format("{}:{:02}:{:02} {}", half, minute, second, hour < 12 ? "AM" : "pm");
                EXPECT_EQ(encode_integer("time", std::string_view(twelve), "%I:%M:%S %p"), wanted)
                    << twelve;
            }
        }
    }
}

TEST(Clock, AZoneMovesTheTimeByItsOffset) {
    for (int minutes = -15 * 60; minutes <= 15 * 60; minutes += 45) {
        const int size = std::abs(minutes);
        const char sign = minutes < 0 ? '-' : '+';
        const std::int64_t wanted = -std::int64_t{minutes} * 60'000'000;
        for (const char* form :
             {"2000-01-01 00:00:00{}{:02}:{:02}", "2000-01-01T00:00{}{:02}{:02}"}) {
            const std::string text = fmt::format(fmt::runtime(form), sign, size / 60, size % 60);
            EXPECT_EQ(encode_integer("timestamptz", std::string_view(text)), std::to_string(wanted))
                << text;
        }
    }
}

TEST(Clock, EveryMicrosecondDigitCounts) {
    std::int64_t wanted = 0;
    std::int64_t place = 100'000;
    std::string text = "2000-01-01 00:00:00.";
    for (const char digit : {'1', '2', '3', '4', '5', '6'}) {
        text += digit;
        wanted += (digit - '0') * place;
        place /= 10;
        EXPECT_EQ(encode_integer("timestamp", std::string_view(text)), std::to_string(wanted));
    }
}

TEST(Epochs, AreTheSameMomentInEitherUnit) {
    std::mt19937_64 random(13);
    for (int round = 0; round < 200; ++round) {
        const auto millis =
            static_cast<std::int64_t>(random() % 8'000'000'000'000) - 4'000'000'000'000;
        const std::int64_t size = std::abs(millis);
        const std::string seconds =
            fmt::format("{}{}.{:03}", millis < 0 ? "-" : "", size / 1000, size % 1000);
        const std::string wanted = std::to_string((millis - 946'684'800'000) * 1000);
        const std::string text = std::to_string(millis);
        EXPECT_EQ(encode_integer("timestamp", std::string_view(text), "epoch_ms"), wanted);
        EXPECT_EQ(encode_integer("timestamp", std::string_view(seconds), "epoch"), wanted)
            << seconds;
    }
}

}  // namespace
}  // namespace reel::warehouse
