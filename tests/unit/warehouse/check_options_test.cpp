#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "warehouse/quality/check.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

core::Result<std::vector<Check>> parse(const std::string& checks) {
    return parse_checks({R"({"checks": {"m.t": [)" + checks + "]}}"}, OperationContext{});
}

Check parsed(const std::string& check) {
    const auto checks = parse(check);
    EXPECT_TRUE(checks.has_value()) << checks.error().describe();
    return checks.value().at(0);
}

std::string mistake_of(const std::string& check) {
    const auto checks = parse(check);
    EXPECT_FALSE(checks.has_value()) << check;
    return checks ? "" : checks.error().message;
}

std::string text_of(const std::optional<core::Threshold>& threshold) {
    return threshold ? threshold->text() : "never";
}

struct Rule {
    std::string options;
    std::string fails;
    std::string warns;
    std::string expected;
};

TEST(CheckOptions, FollowDbtInWhoIsLookedAt) {
    const std::vector<Rule> table{
        {R"()", "!= 0", "!= 0", "0 rows"},
        {R"(, "severity": "warn")", "never", "!= 0", "0 rows"},
        {R"(, "error_if": "> 10")", "> 10", "!= 0", "fail if > 10, warn if != 0"},
        {R"(, "warn_if": "> 10")", "!= 0", "> 10", "fail if != 0, warn if > 10"},
        {R"(, "error_if": ">1%", "warn_if": ">0")", "> 1%", "> 0", "fail if > 1%, warn if > 0"},
        {R"(, "severity": "warn", "error_if": ">1000", "warn_if": ">10")",
         "never",
         "> 10",
         "warn if > 10"},
    };
    for (const auto& rule : table) {
        const auto check = parsed(R"({"not_null": "a")" + rule.options + "}");
        EXPECT_EQ(text_of(check.error_if), rule.fails) << rule.options;
        EXPECT_EQ(text_of(check.warn_if), rule.warns) << rule.options;
        EXPECT_EQ(check.expected, rule.expected) << rule.options;
    }
}

TEST(CheckOptions, MayReplaceTheBoundsOfANumber) {
    const auto check = parsed(R"j({"row_count": {"warn_if": "< 1000", "error_if": "= 0"}})j");
    EXPECT_EQ(text_of(check.error_if), "= 0");
    EXPECT_EQ(text_of(check.warn_if), "< 1000");
    const auto age = parsed(R"j({"freshness": {"column": "a", "error_if": "> 3d"}})j");
    EXPECT_EQ(text_of(age.error_if), "> 3d");
    EXPECT_EQ(text_of(age.warn_if), "never");
}

TEST(CheckOptions, SayWhatIsShownAndKept) {
    const auto check = parsed(R"j({"unique": "a", "limit": 20, "store_failures": true})j");
    EXPECT_EQ(check.limit, 20);
    EXPECT_TRUE(check.store_failures);
    EXPECT_EQ(check.kind, "unique");
    EXPECT_FALSE(parsed(R"j({"unique": "a"})j").store_failures);
}

TEST(CheckOptions, AskForTheRowsOnlyWhereAPercentageIsOfThem) {
    EXPECT_FALSE(parsed(R"j({"not_null": "a", "error_if": "> 1"})j").uses_percent());
    const auto check = parsed(R"j({"not_null": "a", "error_if": "> 1%", "where": "b"})j");
    EXPECT_TRUE(check.uses_percent());
    EXPECT_EQ(check.total, "count(*) FILTER (WHERE b\n)");
}

TEST(CheckOptions, ThatDoNotFitAreMistakes) {
    const std::vector<std::pair<std::string, std::string>> table{
        {R"j({"unique": "a", "warn_if": "10"})j", "checks.m.t[0].unique.warn_if: '10' is not a cond"
        },
        {R"j({"unique": "a", "error_if": "> 3d"})j", "unique.error_if: '> 3d' is a time"},
        {R"j({"row_count": {"error_if": "> 5%"}})j", "error_if: '> 5%' is a percentage of nothing"},
        {R"j({"freshness": {"column": "a"}})j", "freshness.max_age: is required"},
        {R"j({"unique": "a", "limit": 0})j", "unique.limit: at least 1"},
        {R"j({"unique": "a", "limit": -5})j", "unique.limit: a whole number"},
        {R"j({"unique": "a", "store_failures": "yes"})j", "store_failures: true or false"},
        {R"j({"row_count": 5, "store_failures": true})j", "store_failures: has no rows to store"},
        {R"j({"range": {"column": "a", "min": 1}, "severity": "info"})j", "severity: 'info'"},
    };
    for (const auto& [check, message] : table) {
        EXPECT_THAT(mistake_of(check), HasSubstr(message)) << check;
    }
}

TEST(CheckOptions, NeedANameOfTheirOwnWhereSomethingIsKeptUnderIt) {
    EXPECT_TRUE(parse(R"j({"row_count": 1}, {"row_count": 2})j").has_value());
    const std::string twice =
        R"j({"unique": "a"}, {"unique": "a", "where": "b", "store_failures": true})j";
    EXPECT_THAT(mistake_of(twice), HasSubstr("checks.m.t[1]: there is another check 'unique(a)'"));
    EXPECT_THAT(
        mistake_of(R"j({"change": {"of": "row_count", "within": 1}},
                      {"change": {"of": "row_count", "within": 2}})j"),
        HasSubstr("checks.m.t[1]: there is another check 'change(row_count)'")
    );
    EXPECT_TRUE(parse(R"j({"change": {"of": "row_count", "within": 1}},
                         {"change": {"of": "row_count", "within": 2, "name": "b"}})j")
                    .has_value());
}

TEST(CheckList, LooksAtOneRelation) {
    Mistakes mistakes;
    const auto checks = parse_check_list(
        Json::parse(R"([{"unique": "a"}, {"row_count": 1}])"),
        "m.t",
        "reel_staging.x",
        OperationContext{},
        mistakes
    );
    EXPECT_TRUE(mistakes.empty());
    ASSERT_EQ(checks.size(), 2U);
    EXPECT_EQ(checks[0].table, "m.t");
    EXPECT_EQ(checks[1].relation, "reel_staging.x");
    EXPECT_EQ(checks[1].place, "checks[1]");
}

}  // namespace

}  // namespace reel::warehouse
