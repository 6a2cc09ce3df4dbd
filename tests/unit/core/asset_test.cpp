#include "reel/core/asset.hpp"

#include <gtest/gtest.h>

#include <set>

#include "reel/core/dag.hpp"
#include "reel/core/schedule.hpp"

namespace reel::core {
namespace {

/// The expression in brackets: "(a | (b & c))".
std::string words(const AssetExpression& expression) {
    if (expression.kind == AssetExpression::Kind::asset) return expression.asset.uri;
    std::string text;
    for (const AssetExpression& operand : expression.operands) {
        const char* sign = expression.kind == AssetExpression::Kind::all ? " & " : " | ";
        text += (text.empty() ? "" : sign) + words(operand);
    }
    return "(" + text + ")";
}

std::string parsed(std::string_view text) {
    const auto expression = parse_asset_condition(text);
    return expression ? words(*expression) : "error: " + expression.error().message;
}

bool met(std::string_view condition, const std::set<std::string>& news) {
    return is_met(parse_asset_condition(condition).value(), [&](const std::string& uri) {
        return news.contains(uri);
    });
}

TEST(AssetCondition, ReadsAndBeforeOr) {
    EXPECT_EQ(parsed("a"), "a");
    EXPECT_EQ(parsed(" s3://b/k "), "s3://b/k");
    EXPECT_EQ(parsed("a & b"), "(a & b)");
    EXPECT_EQ(parsed("a|b|c"), "(a | b | c)");
    EXPECT_EQ(parsed("a | b & c"), "(a | (b & c))");
    EXPECT_EQ(parsed("(a | b) & c"), "((a | b) & c)");
    EXPECT_EQ(parsed("((a))"), "a");
}

TEST(AssetCondition, SaysWhereItIsWrong) {
    EXPECT_EQ(parsed(""), "error: an asset is missing at the end, at character 1");
    EXPECT_EQ(parsed("a &"), "error: an asset is missing at the end, at character 4");
    EXPECT_EQ(parsed("a & | b"), "error: an asset is missing before '|', at character 5");
    EXPECT_EQ(parsed("(a & b"), "error: a ')' is missing, at character 7");
    EXPECT_EQ(parsed("a b"), "error: 'b' is one too many, at character 3");
    EXPECT_EQ(parsed("a)"), "error: ')' is one too many, at character 2");
    EXPECT_EQ(
        parsed("a & airflow://x"),
        "error: the asset 'airflow://x' must not begin with 'airflow:', at character 5"
    );
    EXPECT_EQ(parsed(std::string(100'000, '(')), "error: too many brackets, at character 101");
}

TEST(AssetExpression, IsMetByTheNewsItAsksFor) {
    EXPECT_TRUE(met("a", {"a", "z"}));
    EXPECT_FALSE(met("a", {}));
    EXPECT_FALSE(met("a & b", {"a"}));
    EXPECT_TRUE(met("a & b", {"a", "b"}));
    EXPECT_TRUE(met("a | b", {"b"}));
    EXPECT_FALSE(met("(a | b) & c", {"a", "b"}));
    EXPECT_TRUE(met("(a | b) & c", {"b", "c"}));
}

TEST(AssetExpression, NamesEachAssetOnce) {
    const auto assets = assets_of(parse_asset_condition("(a & b) | (b & c)").value());
    ASSERT_EQ(assets.size(), 3U);
    EXPECT_EQ(assets[1], make_asset("b"));
    EXPECT_EQ(assets[2].name, "c");
}

TEST(Asset, OfWhichOnlyTheUriIsKnownIsBare) {
    EXPECT_TRUE(is_bare(make_asset("s3://a")));
    EXPECT_FALSE(is_bare({.uri = "s3://a", .name = "sales"}));
    EXPECT_FALSE(is_bare({.uri = "a", .name = "a", .group = "g"}));
    EXPECT_FALSE(is_bare({.uri = "a", .name = "a", .extra = {R"({"x": 1})"}}));
}

TEST(AssetUri, MustBeVisibleAndHoldNoSecret) {
    EXPECT_TRUE(validate_asset_uri("s3://bucket/raw/a.json"));
    EXPECT_TRUE(validate_asset_uri("sales"));
    EXPECT_TRUE(validate_asset_uri("postgres://host/db/schema/t@le"));
    EXPECT_FALSE(validate_asset_uri(""));
    EXPECT_FALSE(validate_asset_uri("two words"));
    EXPECT_FALSE(validate_asset_uri("s3://b\xC3\xBC"));
    EXPECT_FALSE(validate_asset_uri("airflow://dag"));
    EXPECT_TRUE(validate_asset_uri(std::string(1500, 'x')));
    EXPECT_FALSE(validate_asset_uri(std::string(1501, 'x')));
    const auto secret = validate_asset_uri("postgres://me:hunter2@host/db");
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().message.find("hunter2"), std::string::npos);
}

Dag waiting_dag(Schedule schedule, bool for_assets) {
    Dag dag;
    dag.schedule = std::move(schedule);
    if (for_assets) dag.asset_condition = parse_asset_condition("a").value();
    return dag;
}

TEST(TimetableWords, SayWhatADagWaitsFor) {
    const Dag both = waiting_dag(CronSchedule{"0 7 * * *"}, true);
    EXPECT_EQ(summarize_timetable(both), "Asset or 0 7 * * *");
    EXPECT_EQ(describe_timetable(both), "Triggered by assets or At 07:00");
    EXPECT_EQ(summarize_timetable(waiting_dag(NoSchedule{}, true)), "Asset");
    EXPECT_EQ(describe_timetable(waiting_dag(NoSchedule{}, true)), "Triggered by assets");
    EXPECT_EQ(summarize_timetable(waiting_dag(NoSchedule{}, false)), "None");
    EXPECT_EQ(describe_timetable(waiting_dag(OnceSchedule{}, false)), "Once");
}

TEST(TimetableWords, TellWhetherAnythingStartsRuns) {
    EXPECT_TRUE(is_scheduled(waiting_dag(NoSchedule{}, true)));
    EXPECT_TRUE(is_scheduled(waiting_dag(OnceSchedule{}, false)));
    EXPECT_FALSE(is_scheduled(waiting_dag(NoSchedule{}, false)));
}

}  // namespace
}  // namespace reel::core
