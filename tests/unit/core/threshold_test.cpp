#include "reel/core/threshold.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace reel::core {

namespace {

using Sense = Threshold::Test;
using enum ThresholdUnit;

struct Written {
    std::string text;
    Threshold meant;
};

TEST(Threshold, IsReadAsDbtAndSqlWriteIt) {
    const std::vector<Written> table{
        {">10", {Sense::greater, 10}},
        {" > 10 ", {Sense::greater, 10}},
        {">= 5", {Sense::at_least, 5}},
        {"< -1.5", {Sense::less, -1.5}},
        {"<=+3", {Sense::at_most, 3}},
        {"=0", {Sense::equal, 0}},
        {"== 0", {Sense::equal, 0}},
        {"!= 0", {Sense::not_equal, 0}},
        {"<> 0", {Sense::not_equal, 0}},
        {"> 1%", {Sense::greater, 1, 0, percent}},
        {"> 0.5 %", {Sense::greater, 0.5, 0, percent}},
        {"> 12h", {Sense::greater, 43200, 0, seconds}},
        {"> 1h30m", {Sense::greater, 5400, 0, seconds}},
        {"> PT5M", {Sense::greater, 300, 0, seconds}},
        {"between 1 and 3", {Sense::between, 1, 3}},
        {"BETWEEN 1 AND 3", {Sense::between, 1, 3}},
        {"not between -5% and 20%", {Sense::not_between, -5, 20, percent}},
        {"between 1 and 5%", {Sense::between, 1, 5, percent}},
        {"between 1h and 1d", {Sense::between, 3600, 86400, seconds}},
        {"> 1e6", {Sense::greater, 1e6}},
    };
    for (const auto& [text, meant] : table) {
        const auto read = parse_threshold(text);
        ASSERT_TRUE(read.has_value()) << text;
        EXPECT_EQ(*read, meant) << text << " was read as " << read->text();
    }
}

TEST(Threshold, RefusesWhatIsNone) {
    for (const std::string text :
         {"",
          "10",
          ">",
          "> x",
          "> 1 2",
          "=> 5",
          "! 5",
          "between 1",
          "between 3 and 1",
          "between 1h and 5%",
          "not > 5",
          "notbetween 1 and 2",
          "> 5%%",
          "> nan",
          "> inf",
          "> 1 or 1 = 1",
          "> 5h%"}) {
        const auto read = parse_threshold(text);
        ASSERT_FALSE(read.has_value()) << text;
        EXPECT_EQ(read.error().code, Errc::invalid_argument);
        EXPECT_FALSE(read.error().hint.empty());
    }
}

TEST(Threshold, HoldsAsItsWordsSay) {
    struct Row {
        std::string text;
        std::vector<double> holds;
        std::vector<double> does_not;
    };
    const std::vector<Row> table{
        {"= 2", {2}, {1, 3}},
        {"!= 2", {1, 3}, {2}},
        {"< 2", {1}, {2, 3}},
        {"<= 2", {1, 2}, {3}},
        {"> 2", {3, INFINITY}, {2, 1}},
        {">= 2", {2, 3}, {1, -INFINITY}},
        {"between 2 and 4", {2, 3, 4}, {1, 5}},
        {"not between 2 and 4", {1, 5, INFINITY}, {2, 3, 4}},
    };
    for (const auto& [text, holds, does_not] : table) {
        const auto threshold = parse_threshold(text).value();
        for (const double value : holds) {
            EXPECT_TRUE(threshold.holds(value)) << text << " " << value;
            EXPECT_FALSE(threshold.negated().holds(value)) << text << " " << value;
        }
        for (const double value : does_not) {
            EXPECT_FALSE(threshold.holds(value)) << text << " " << value;
            EXPECT_TRUE(threshold.negated().holds(value)) << text << " " << value;
        }
        EXPECT_EQ(threshold.negated().negated(), threshold);
    }
}

TEST(Threshold, IsWrittenSoThatItCanBeReadAgain) {
    for (const std::string text :
         {"> 10",
          "!= 0",
          "= 0",
          "<= 2.5",
          "between 1 and 3",
          "not between -5% and 20%",
          "> 12h",
          ">= 1h30m",
          "< 20000000"}) {
        const auto threshold = parse_threshold(text).value();
        EXPECT_EQ(threshold.text(), text);
        EXPECT_EQ(parse_threshold(threshold.text()).value(), threshold);
    }
}

TEST(Bound, IsANumberAShareOrASpan) {
    EXPECT_EQ(parse_bound("10").value(), (Threshold{Sense::equal, 10}));
    EXPECT_EQ(parse_bound("-2.5 %").value(), (Threshold{Sense::equal, -2.5, 0, percent}));
    EXPECT_EQ(parse_bound("2d").value(), (Threshold{Sense::equal, 172800, 0, seconds}));
    EXPECT_FALSE(parse_bound("many").has_value());
    EXPECT_FALSE(parse_bound("> 5").has_value());
}

TEST(NumberText, LeavesOutWhatDoesNotCount) {
    EXPECT_EQ(number_text(0), "0");
    EXPECT_EQ(number_text(-0.0), "0");
    EXPECT_EQ(number_text(20000000), "20000000");
    EXPECT_EQ(number_text(3.5), "3.5");
    EXPECT_EQ(number_text(1.0 / 3), "0.3333333333");
    EXPECT_EQ(number_text(INFINITY), "inf");
}

}  // namespace

}  // namespace reel::core
