#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/task_json.hpp"

namespace reel::store {

namespace {

using nlohmann::json;

core::Asset a_described_asset() {
    return {
        .uri = "s3://a",
        .name = "two words \u00fc",
        .group = "tables",
        .extra = {R"({"z": 1.50, "a": 1e3})"}
    };
}

std::optional<core::AssetExpression> an_expression(const char* text) {
    return core::parse_asset_condition(text).value();
}

TEST(AssetJson, KeepsEveryFieldAndTheSpellingOfTheExtra) {
    const std::vector<core::Asset> assets{a_described_asset(), core::make_asset("b")};
    const json stored = assets_to_json(assets);
    EXPECT_EQ(stored[0]["extra"], R"({"z": 1.50, "a": 1e3})") << "a text, not its meaning";
    EXPECT_EQ(assets_from_json(json::parse(stored.dump())), assets);
    EXPECT_EQ(assets_to_json({}), json::array());
    EXPECT_TRUE(assets_from_json(json::array()).empty());
}

TEST(AssetJson, KeepsAliases) {
    const std::optional<core::AssetExpression> alias = core::make_alias("daily");
    EXPECT_EQ(expression_from_json(json::parse(expression_to_json(alias).dump())), alias);
    core::Task task;
    task.outlet_aliases = {"daily", "weekly"};
    task.map_index_template = "{{ expand.x }}";
    EXPECT_EQ(task_from_json(json::parse(task_to_json(task).dump())), task);
}

TEST(AssetJson, KeepsEveryExpression) {
    for (const char* text :
         {"a", "a & b", "a | b", "a & a", "(a & b) | (c & (d | e))", "((a | b) & c) | a"}) {
        const auto expression = an_expression(text);
        const json stored = json::parse(expression_to_json(expression).dump());
        EXPECT_EQ(expression_from_json(stored), expression) << text;
    }
}

TEST(AssetJson, KeepsDescriptionsInExpressions) {
    auto expression = an_expression("a & b");
    expression->operands[1].asset = a_described_asset();
    EXPECT_EQ(expression_from_json(expression_to_json(expression)), expression);
}

TEST(AssetJson, SpellsExpressionsAsTheApiDoes) {
    const json stored = expression_to_json(an_expression("a & (b | c)"));
    EXPECT_EQ(stored["all"][0]["asset"]["uri"], "a");
    EXPECT_EQ(stored["all"][1]["any"][1]["asset"]["name"], "c");
}

TEST(AssetJson, OfNoExpressionIsNull) {
    EXPECT_TRUE(expression_to_json(std::nullopt).is_null());
    EXPECT_EQ(expression_from_json(json()), std::nullopt);
}

TEST(AssetJson, ThatNobodyHasWrittenIsRefused) {
    for (const char* text :
         {R"({})",
          R"(5)",
          R"({"none": []})",
          R"({"asset": {}})",
          R"({"asset": {"uri": 5, "name": "a", "group": "g", "extra": "{}"}})",
          R"({"asset": {"uri": "a", "name": "a", "group": "g"}})",
          R"({"all": [{"asset": 7}]})",
          R"({"any": [5]})"}) {
        EXPECT_THROW((void)expression_from_json(json::parse(text)), json::exception) << text;
    }
    EXPECT_THROW((void)assets_from_json(json::parse(R"([{"uri": "a"}])")), json::exception);
    EXPECT_THROW((void)assets_from_json(json::parse(R"(["a"])")), json::exception);
}

}  // namespace
}  // namespace reel::store
