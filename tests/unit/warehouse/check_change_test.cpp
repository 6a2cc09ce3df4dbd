#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "warehouse/quality/history.hpp"

namespace reel::warehouse {

namespace {

using Against = ChangeRule::Against;
using testing::HasSubstr;

core::Result<std::vector<Check>> parse(const std::string& check) {
    return parse_checks({R"({"checks": {"m.t": [)" + check + "]}}"}, OperationContext{});
}

Check parsed(const std::string& change) {
    const auto checks = parse(R"({"change": )" + change + "}");
    EXPECT_TRUE(checks.has_value()) << checks.error().describe();
    return checks.value().at(0);
}

std::string mistake_of(const std::string& change) {
    const auto checks = parse(R"({"change": )" + change + "}");
    EXPECT_FALSE(checks.has_value()) << change;
    return checks ? "" : checks.error().message;
}

TEST(ChangeCheck, IsAgainstTheLastRunUnlessItSaysSo) {
    const auto check = parsed(R"j({"of": "row_count", "within": "20%"})j");
    EXPECT_EQ(check.name, "change(row_count)");
    EXPECT_EQ(check.measure, "count(*)");
    EXPECT_EQ(check.change, (ChangeRule{Against::last, 1}));
    EXPECT_EQ(check.error_if->text(), "not between -20% and 20%");
    EXPECT_EQ(check.expected, "±20% against the last run");
}

TEST(ChangeCheck, KnowsMeanAndDeviation) {
    const auto mean =
        parsed(R"j({"of": "avg(a)", "against": "mean", "min": "-10%", "max": "50%"})j");
    EXPECT_EQ(mean.change, (ChangeRule{Against::mean, 7}));
    EXPECT_EQ(mean.error_if->text(), "not between -10% and 50%");
    EXPECT_EQ(mean.expected, "-10% to 50% against the mean of 7 runs");
    const auto mad = parsed(R"j({"of": "sum(a)", "against": "mad", "runs": 30, "within": 3.5})j");
    EXPECT_EQ(mad.change, (ChangeRule{Against::mad, 30}));
    EXPECT_EQ(mad.error_if->text(), "not between -3.5 and 3.5");
    const auto own = parsed(R"j({"of": "row_count", "error_if": "< -50%", "warn_if": "< 0"})j");
    EXPECT_EQ(own.expected, "fail if < -50%, warn if < 0 against the last run");
}

TEST(ChangeCheck, RefusesWhatItCannotDo) {
    EXPECT_THAT(mistake_of(R"j({"of": "row_count"})j"), HasSubstr("one of within, min and max"));
    EXPECT_THAT(
        mistake_of(R"j({"of": "row_count", "within": 1, "against": "median"})j"),
        HasSubstr("'median' is none of last, mean, mad")
    );
    EXPECT_THAT(
        mistake_of(R"j({"of": "row_count", "within": 1, "runs": 5})j"),
        HasSubstr("change.runs: 1 to")
    );
    EXPECT_THAT(
        mistake_of(R"j({"of": "row_count", "within": -1})j"), HasSubstr("'-1' is no number")
    );
    EXPECT_THAT(
        mistake_of(R"j({"of": "row_count", "against": "mad", "within": "5%"})j"),
        HasSubstr("a percentage of nothing")
    );
    EXPECT_THAT(mistake_of(R"j({"of": "row_count", "within": "3d"})j"), HasSubstr("is a time"));
}

struct Case {
    Against against;
    double number;
    std::vector<double> earlier;
    std::optional<Change> change;
};

TEST(Compare, HoldsANumberAgainstItsHistory) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    const std::vector<Case> table{
        {Against::last, 5, {}, std::nullopt},
        {Against::last, 5, {8}, Change{8, -3}},
        {Against::last, 5, {5, 100}, Change{5, 0}},
        {Against::mean, 10, {}, std::nullopt},
        {Against::mean, 10, {4, 8}, Change{6, 4}},
        {Against::mad, 10, {1, 2}, std::nullopt},
        // median 10, deviations 0 1 1 2 0: their median is 1
        {Against::mad, 10 + 1.4826, {10, 11, 9, 12, 10}, Change{10, 1}},
        {Against::mad, 10 - 2 * 1.4826, {10, 11, 9, 12, 10}, Change{10, -2}},
        // an even number of runs has its median between two
        {Against::mad, 2.5, {1, 2, 3, 4}, Change{2.5, 0}},
        // nearly always the same: the mean deviation (1) steps in
        {Against::mad, 5 + 1.2533, {5, 5, 5, 9}, Change{5, 1}},
        {Against::mad, 5, {5, 5, 5}, Change{5, 0}},
        {Against::mad, 6, {5, 5, 5}, Change{5, infinite}},
        {Against::mad, 4, {5, 5, 5}, Change{5, -infinite}},
    };
    for (const auto& row : table) {
        const auto change = compare({row.against, 7}, row.number, row.earlier);
        ASSERT_EQ(change.has_value(), row.change.has_value()) << row.number;
        if (change) {
            EXPECT_DOUBLE_EQ(change->baseline, row.change->baseline) << row.number;
            if (std::isinf(row.change->by)) {
                EXPECT_EQ(change->by, row.change->by) << row.number;
            } else {
                EXPECT_NEAR(change->by, row.change->by, 1e-9) << row.number;
            }
        }
    }
}

}  // namespace

}  // namespace reel::warehouse
