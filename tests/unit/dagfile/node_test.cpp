#include "reel/dagfile/node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dagfile/diagnostics.hpp"
#include "dagfile/yaml_reader.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Node read(std::string_view yaml) {
    Diagnostics diagnostics;
    Node node = read_yaml(yaml, "f.yaml", diagnostics).value_or(Node{});
    EXPECT_TRUE(diagnostics.empty()) << yaml;
    return node;
}

TEST(NodeLookup, FindsKeysOfMapsOnly) {
    const Node map = read("{a: 1, b: null}");
    ASSERT_NE(map.find("a"), nullptr);
    EXPECT_EQ(map.find("a")->text, "1");
    EXPECT_EQ(map.find("c"), nullptr);
    EXPECT_EQ(read("[a]").find("a"), nullptr);
    EXPECT_EQ(read("a").find("a"), nullptr);
}

TEST(NodeLookup, TakesNothingForNotThereOnlyWhenAskedForAValue) {
    const Node map = read("{a: 1, b: null, c: }");
    EXPECT_NE(map.find("b"), nullptr);
    EXPECT_EQ(map.find_value("b"), nullptr);
    EXPECT_EQ(map.find_value("c"), nullptr);
    EXPECT_NE(map.find_value("a"), nullptr);
    EXPECT_EQ(map.find_value("d"), nullptr);
}

TEST(NodeLookup, GivesAnEntryWithThePlaceOfItsKey) {
    const Node map = read("a: 1\nbb:   2\n");
    const Entry* entry = map.find_entry("bb");
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->at, (core::SourcePosition{"f.yaml", 2, 1}));
    EXPECT_EQ(entry->value.at, (core::SourcePosition{"f.yaml", 2, 7}));
    EXPECT_EQ(map.find_entry("cc"), nullptr);
}

TEST(NodeValues, AreOnlyOfTheirOwnKind) {
    const Node text = read("'5'");
    EXPECT_EQ(text.as_text(), "5");
    EXPECT_EQ(text.as_integer(), std::nullopt);
    EXPECT_EQ(text.as_number(), std::nullopt);
    EXPECT_EQ(text.as_boolean(), std::nullopt);
    const Node number = read("1.5");
    EXPECT_EQ(number.as_number(), 1.5);
    EXPECT_EQ(number.as_integer(), std::nullopt);
    EXPECT_EQ(number.as_text(), std::nullopt);
    EXPECT_EQ(read("5").as_number(), 5);
    EXPECT_EQ(read("True").as_boolean(), true);
    EXPECT_EQ(read("FALSE").as_boolean(), false);
    EXPECT_EQ(read("~").as_text(), std::nullopt);
}

TEST(NodeValues, ReachFromTheLeastToTheGreatestWholeNumber) {
    EXPECT_EQ(read("-9223372036854775808").as_integer(), std::numeric_limits<long long>::min());
    EXPECT_EQ(read("0x7fffffffffffffff").as_integer(), std::numeric_limits<long long>::max());
    EXPECT_EQ(read("0o777").as_integer(), 511);
}

TEST(NodeTexts, AreTheTextAloneOrThoseOfAList) {
    const auto texts = [](std::string_view yaml) {
        const Node node = read(yaml);
        std::vector<std::string> result;
        for (const Node* text : node.as_texts()) result.push_back(text->text);
        return result;
    };
    EXPECT_THAT(texts("a"), ElementsAre("a"));
    EXPECT_THAT(texts("[a, 5, 'b', [c], null, {d: e}]"), ElementsAre("a", "b"));
    EXPECT_THAT(texts("5"), IsEmpty());
    EXPECT_THAT(texts("{a: b}"), IsEmpty());
}

TEST(NodeJson, IsWhatTheYamlMeans) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"", "null"},
        {"~", "null"},
        {"TRUE", "true"},
        {"False", "false"},
        {"+7", "7"},
        {"0x1F", "31"},
        {"0o17", "15"},
        {"-0", "0"},
        {"1e3", "1000.0"},
        {".5", "0.5"},
        {"'7'", "\"7\""},
        {"yes", "\"yes\""},
        {"2024-01-31", "\"2024-01-31\""},
        {"[]", "[]"},
        {"{}", "{}"},
        {"[1, [2, {a: }]]", "[1,[2,{\"a\":null}]]"},
        {"{b: 1, a: 2}", "{\"b\":1,\"a\":2}"},
        {"{1: a, true: b}", "{\"1\":\"a\",\"true\":\"b\"}"},
        {"\"a\\tb\\\"c\\\\\"", "\"a\\tb\\\"c\\\\\""},
        {"ä€😀", "\"ä€😀\""},
        {"|\n  a\n  b\n", "\"a\\nb\\n\""},
        {">-\n  a\n  b\n", "\"a b\""},
    };
    for (const auto& [yaml, json] : table) EXPECT_EQ(to_json_text(read(yaml)), json) << yaml;
}

TEST(NodeJson, ReadsBackAsTheSameNode) {
    // JSON is YAML: what was written is read again to the same text.
    for (const char* yaml :
         {"{a: [1, 2.5, x, null, true], b: {c: 'null', d: '1', e: \"\\n\"}}",
          "[0.1, -1e-7, 123456789012345]",
          "{'': '', ' ': ' '}"}) {
        const std::string json = to_json_text(read(yaml));
        EXPECT_EQ(to_json_text(read(json)), json);
        EXPECT_TRUE(nlohmann::json::accept(json)) << json;
    }
}

TEST(NodeDescription, IsCutAtSixtyBytesOrTheFirstLine) {
    const auto description = [](const std::string& text) {
        return describe_value({.kind = NodeKind::text, .text = text});
    };
    EXPECT_EQ(description(std::string(60, 'x')), "the text '" + std::string(60, 'x') + "'");
    EXPECT_EQ(description(std::string(61, 'x')), "the text '" + std::string(60, 'x') + "…'");
    EXPECT_EQ(description(""), "the text ''");
    EXPECT_EQ(description("\nsecond"), "the text '…'");
    EXPECT_EQ(description(std::string(58, 'x') + "€y"), "the text '" + std::string(58, 'x') + "…'");
}

TEST(NodeDescription, ShowsScalarsAsTheyAreWritten) {
    EXPECT_EQ(describe_value(read("0x1F")), "0x1F");
    EXPECT_EQ(describe_value(read("TRUE")), "TRUE");
    EXPECT_EQ(describe_value(read("1.50")), "1.50");
    EXPECT_EQ(describe_value(read("~")), "nothing");
}

TEST(SetEntry, KeepsThePlaceOfAKeyThatIsThere) {
    Node map = read("{a: 1, b: 2}");
    set_entry(map, "a", {.kind = NodeKind::text, .text = "x"});
    set_entry(map, "c", {.kind = NodeKind::text, .text = "y"});
    EXPECT_EQ(to_json_text(map), R"({"a":"x","b":2,"c":"y"})");
}

}  // namespace
}  // namespace reel::dagfile
