#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "core/cron.hpp"
#include "reel/core/schedule.hpp"

namespace reel::core {
namespace {

std::uint64_t bits(std::initializer_list<unsigned> values) {
    std::uint64_t result = 0;
    for (const unsigned value : values) result |= 1ULL << value;
    return result;
}

CronFields parsed(const std::string& expression) {
    const auto fields = parse_cron(expression);
    EXPECT_TRUE(fields.has_value()) << expression;
    return fields.value_or(CronFields{});
}

using BitCases = std::vector<std::pair<const char*, std::uint64_t>>;

TEST(CronMinutes, AreTheSetThatTheTextNames) {
    const BitCases table{
        {"0", bits({0})},
        {"59", bits({59})},
        {"007", bits({7})},
        {"1,1,1", bits({1})},
        {"3,1,2", bits({1, 2, 3})},
        {"5-8", bits({5, 6, 7, 8})},
        {"8-8", bits({8})},
        {"58-1", bits({58, 59, 0, 1})},
        {"*/20", bits({0, 20, 40})},
        {"*/59", bits({0, 59})},
        {"50/5", bits({50, 55})},
        {"59/5", bits({59})},
        {"10-20/5", bits({10, 15, 20})},
        {"10-19/5", bits({10, 15})},
        {"55-5/5", bits({55, 0, 5})},
        {"0-2,30,*/30", bits({0, 1, 2, 30})},
        {"*", (1ULL << 60) - 1},
        {"0-59", (1ULL << 60) - 1},
        {"*/1", (1ULL << 60) - 1},
    };
    for (const auto& [text, expected] : table) {
        EXPECT_EQ(parsed(std::string(text) + " * * * *").minutes, expected) << text;
    }
}

TEST(CronHours, AreTheSetThatTheTextNames) {
    const BitCases table{
        {"0", bits({0})},
        {"23", bits({23})},
        {"22-1", bits({22, 23, 0, 1})},
        {"*/8", bits({0, 8, 16})},
        {"9/6", bits({9, 15, 21})},
        {"*/23", bits({0, 23})},
        {"*", (1ULL << 24) - 1},
    };
    for (const auto& [text, expected] : table) {
        EXPECT_EQ(parsed("0 " + std::string(text) + " * * *").hours, expected) << text;
    }
}

TEST(CronMonths, AreNumbersOrNamesInAnyCase) {
    const BitCases table{
        {"1", bits({1})},
        {"jan", bits({1})},
        {"DEC", bits({12})},
        {"Feb-Apr", bits({2, 3, 4})},
        {"nov-2", bits({11, 12, 1, 2})},
        {"*/4", bits({1, 5, 9})},
        {"may,8,oct", bits({5, 8, 10})},
        {"*", bits({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})},
    };
    for (const auto& [text, expected] : table) {
        EXPECT_EQ(parsed("0 0 1 " + std::string(text) + " *").months, expected) << text;
    }
}

TEST(CronWeekdays, AreNumbersOrNamesAndSundayHasTwoNumbers) {
    const BitCases table{
        {"0", bits({0})},
        {"7", bits({0})},
        {"sun", bits({0})},
        {"Sat", bits({6})},
        {"0,7", bits({0})},
        {"5-7", bits({5, 6, 0})},
        {"0-7", bits({0, 1, 2, 3, 4, 5, 6})},
        {"6-1", bits({6, 0, 1})},
        {"sun-tue", bits({0, 1, 2})},
        {"mon-fri/2", bits({1, 3, 5})},
        {"*/2", bits({0, 2, 4, 6})},
        {"4/2", bits({4, 6})},
    };
    for (const auto& [text, expected] : table) {
        EXPECT_EQ(parsed("0 0 * * " + std::string(text)).weekdays, expected) << text;
    }
}

TEST(CronDays, AreLimitedByAnythingButAllOfThem) {
    for (const char* all : {"*", "?", "1-31", "*/1"}) {
        EXPECT_FALSE(parsed("0 0 " + std::string(all) + " * *").limits_days) << all;
    }
    for (const char* some : {"1", "1-30", "*/2", "L", "1,L"}) {
        EXPECT_TRUE(parsed("0 0 " + std::string(some) + " * *").limits_days) << some;
    }
}

TEST(CronWeekdays, AreLimitedByAnythingButAllOfThem) {
    for (const char* all : {"*", "?", "0-6", "0-7", "mon-sun"}) {
        EXPECT_FALSE(parsed("0 0 * * " + std::string(all)).limits_weekdays) << all;
    }
    for (const char* some : {"1", "1-6", "5#2", "5L", "*/2"}) {
        EXPECT_TRUE(parsed("0 0 * * " + std::string(some)).limits_weekdays) << some;
    }
}

TEST(CronLastDay, MayStandAloneOrInAList) {
    EXPECT_TRUE(parsed("0 0 L * *").last_day);
    EXPECT_TRUE(parsed("0 0 l * *").last_day);
    EXPECT_TRUE(parsed("0 0 1,L * *").last_day);
    EXPECT_EQ(parsed("0 0 1,L * *").days, bits({1}));
    EXPECT_FALSE(parsed("0 0 31 * *").last_day);
}

TEST(CronNthWeekday, SetsTheDayInItsWeekOfTheMonth) {
    for (unsigned nth = 1; nth <= 5; ++nth) {
        const CronFields fields = parsed("0 0 * * tue#" + std::to_string(nth));
        EXPECT_EQ(fields.weekdays, 0U);
        for (unsigned other = 1; other <= 5; ++other) {
            EXPECT_EQ(fields.nth_weekdays[other], other == nth ? bits({2}) : 0U) << nth << other;
        }
    }
    EXPECT_EQ(parsed("0 0 * * 7#1").nth_weekdays[1], bits({0}));
}

TEST(CronLastWeekday, TakesTheLetterOnEitherSide) {
    for (const char* text : {"5L", "L5", "friL", "Lfri", "5l", "l5"}) {
        EXPECT_EQ(parsed("0 0 * * " + std::string(text)).last_weekdays, bits({5})) << text;
    }
    EXPECT_EQ(parsed("0 0 * * 7L").last_weekdays, bits({0}));
    EXPECT_EQ(parsed("0 0 * * 1,5L").weekdays, bits({1}));
}

TEST(CronFields, AreOfEveryHourOnlyWhenNoHourIsMissing) {
    EXPECT_TRUE(parsed("5 * * * *").every_hour());
    EXPECT_TRUE(parsed("5 0-23 * * *").every_hour());
    EXPECT_FALSE(parsed("5 0-22 * * *").every_hour());
    EXPECT_FALSE(parsed("5 */2 * * *").every_hour());
}

struct Mistake {
    const char* expression;
    const char* message;
};

TEST(CronMistakes, AreToldWithFieldReasonAndText) {
    const std::vector<Mistake> table{
        {"60 * * * *", "cron field 'minute': out of range in '60'"},
        {"5-60 * * * *", "cron field 'minute': out of range in '60'"},
        {"x * * * *", "cron field 'minute': not a value in 'x'"},
        {"1, * * * *", "cron field 'minute': not a value in ''"},
        {"/5 * * * *", "cron field 'minute': not a value in ''"},
        {"*/ * * * *", "cron field 'minute': a step must be 1 or more in '*/'"},
        {"*/0 * * * *", "cron field 'minute': a step must be 1 or more in '*/0'"},
        {"*/-5 * * * *", "cron field 'minute': a step must be 1 or more in '*/-5'"},
        {"*/60 * * * *", "cron field 'minute': the step leaves the field's range in '*/60'"},
        {"1.5 * * * *", "cron field 'minute': not a value in '1.5'"},
        {"99999999999 * * * *", "cron field 'minute': not a value in '99999999999'"},
        {"0 24 * * *", "cron field 'hour': out of range in '24'"},
        {"0 */24 * * *", "cron field 'hour': the step leaves the field's range in '*/24'"},
        {"0 0 0 * *", "cron field 'day of month': out of range in '0'"},
        {"0 0 LW * *", "cron field 'day of month': not a value in 'LW'"},
        {"0 0 1 0 *", "cron field 'month': out of range in '0'"},
        {"0 0 1 january *", "cron field 'month': not a value in 'january'"},
        {"0 0 1 mon *", "cron field 'month': not a value in 'mon'"},
        {"0 0 * * 8", "cron field 'day of week': out of range in '8'"},
        {"0 0 * * jan", "cron field 'day of week': not a value in 'jan'"},
        {"0 0 * * 5#0", "cron field 'day of week': the number behind # must be 1 to 5 in '5#0'"},
        {"0 0 * * 5#x", "cron field 'day of week': the number behind # must be 1 to 5 in '5#x'"},
        {"0 0 * * 9#1", "cron field 'day of week': out of range in '9'"},
        {"0 0 * * L", "cron field 'day of week': L needs a day in 'L'"},
        {"0 0 * * 9L", "cron field 'day of week': L needs a day in '9L'"},
        {"0 0 31 2,4 *",
         "cron field 'day of month': none of the chosen months has such a day in "
         "'31'"},
    };
    for (const auto& [expression, message] : table) {
        const auto fields = parse_cron(expression);
        ASSERT_FALSE(fields.has_value()) << expression;
        EXPECT_EQ(fields.error().message, message);
        EXPECT_EQ(fields.error().code, Errc::invalid_argument);
    }
}

TEST(CronMistakes, SayWhatTheFieldTakes) {
    EXPECT_EQ(
        parse_cron("0 24 * * *").error().hint,
        "hour takes 0-23, *, ranges (9-17), steps (*/2) and lists (6,18)"
    );
    EXPECT_EQ(
        parse_cron("0 0 1 13 *").error().hint,
        "month takes 1-12, jan-dec, *, ranges, steps and lists"
    );
}

TEST(CronMistakes, AreFoundInTheFirstFieldThatHasOne) {
    EXPECT_EQ(
        parse_cron("60 24 32 13 8").error().message, "cron field 'minute': out of range in '60'"
    );
    EXPECT_EQ(
        parse_cron("0 0 32 13 8").error().message, "cron field 'day of month': out of range in '32'"
    );
}

TEST(CronMistakes, CountTheFieldsThatAreThere) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"", "'' is not a cron expression: 0 fields, not 5"},
        {"   ", "'   ' is not a cron expression: 0 fields, not 5"},
        {"* * * *", "'* * * *' is not a cron expression: 4 fields, not 5"},
        {"0 * * * * *", "'0 * * * * *' is not a cron expression: 6 fields, not 5"},
        {"@daily", "'@daily' is not a cron expression: 1 fields, not 5"},
    };
    for (const auto& [expression, message] : table) {
        EXPECT_EQ(parse_cron(expression).error().message, message);
    }
}

TEST(CronFields, StandBetweenBlanksOfAnyKind) {
    const CronFields fields = parsed("0\t6 * *  5\n");
    EXPECT_EQ(fields.hours, bits({6}));
    EXPECT_EQ(fields.weekdays, bits({5}));
    EXPECT_EQ(expand_preset(" @daily\t"), "0 0 * * *");
    EXPECT_EQ(expand_preset(" 0 6 * * * "), "0 6 * * *");
}

TEST(CronMistakes, NameThePresetThatWasMeant) {
    EXPECT_EQ(validate_cron("@dayly").error().hint, "did you mean '@daily'?");
    EXPECT_EQ(validate_cron("@onec").error().hint, "did you mean '@once'?");
    EXPECT_TRUE(validate_cron("@quite_another").error().hint.starts_with("write minute"));
}

TEST(CronDays, ThatOnlySomeOfTheMonthsHaveAreFine) {
    for (const char* text : {"0 0 31 2,3 *", "0 0 29 2 *", "0 0 30 2 mon", "0 0 L 2 *"}) {
        EXPECT_TRUE(parse_cron(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace reel::core
