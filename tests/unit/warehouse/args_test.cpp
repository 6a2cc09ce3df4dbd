#include "warehouse/args.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ArgReaderTest : public testing::Test {
  protected:
    ArgReader& reading(const std::string& text) {
        object = Json::parse(text);
        reader = std::make_unique<ArgReader>(object, "at", mistakes);
        return *reader;
    }
    std::string message() { return mistakes.to_error("op").message; }

    Json object;
    Mistakes mistakes;
    std::unique_ptr<ArgReader> reader;
};

TEST_F(ArgReaderTest, ReadsScalarsAsText) {
    auto& args = reading(R"({"a": "x", "b": 5, "c": true, "d": 0.5, "e": null})");
    EXPECT_EQ(args.text("a"), "x");
    EXPECT_EQ(args.text("b"), "5");
    EXPECT_EQ(args.text("c"), "true");
    EXPECT_EQ(args.text("d"), "0.5");
    EXPECT_EQ(args.text("e"), std::nullopt);
    EXPECT_EQ(args.text("f"), std::nullopt);
    args.finish();
    EXPECT_TRUE(mistakes.empty());
}

TEST_F(ArgReaderTest, ReadsOneNameOrMany) {
    auto& args = reading(R"({"a": "x", "b": ["x", "y"]})");
    EXPECT_THAT(args.names("a"), ElementsAre("x"));
    EXPECT_THAT(args.names("b"), ElementsAre("x", "y"));
    EXPECT_THAT(args.names("c"), IsEmpty());
    EXPECT_TRUE(mistakes.empty());
}

TEST_F(ArgReaderTest, ReadsFlagsAndCounts) {
    auto& args = reading(R"({"a": false, "b": 3, "c": -1, "d": 1.5, "e": "yes"})");
    EXPECT_EQ(args.flag("a"), false);
    EXPECT_EQ(args.flag("x"), std::nullopt);
    EXPECT_EQ(args.count("b"), 3);
    EXPECT_EQ(args.count("c"), std::nullopt);
    EXPECT_EQ(args.count("d"), std::nullopt);
    EXPECT_EQ(args.flag("e"), std::nullopt);
    EXPECT_EQ(mistakes.count(), 3U);
}

TEST_F(ArgReaderTest, WantsWhatIsRequired) {
    auto& args = reading(R"({"a": "", "b": {}})");
    EXPECT_EQ(args.required_text("a"), "");
    EXPECT_EQ(args.required_text("x"), "");
    EXPECT_EQ(args.required_object("b"), nullptr);
    EXPECT_EQ(args.required_object("y"), nullptr);
    EXPECT_EQ(mistakes.count(), 4U);
    EXPECT_THAT(message(), HasSubstr("at.x: is required"));
}

TEST_F(ArgReaderTest, ReportsKeysNobodyAskedFor) {
    auto& args = reading(R"({"key": "x", "kez": 1, "other": 2})");
    EXPECT_EQ(args.text("key"), "x");
    args.finish();
    EXPECT_THAT(message(), HasSubstr("op: 2 mistakes"));
    EXPECT_THAT(message(), HasSubstr("at.kez: unknown key (did you mean 'key'?)"));
    EXPECT_THAT(message(), HasSubstr("at.other: unknown key"));
}

TEST_F(ArgReaderTest, WritesASingleMistakeOnOneLine) {
    reading("5").finish();
    EXPECT_EQ(message(), "op: at: a map was expected, not 5");
}

TEST(ParseArgs, WantsAnObject) {
    EXPECT_TRUE(parse_args({"{}"}, "op").has_value());
    EXPECT_FALSE(parse_args({"null"}, "op").has_value());
    EXPECT_FALSE(parse_args({""}, "op").has_value());
}

TEST(ParseArgs, KeepsTheOrderOfKeys) {
    const auto args = parse_args({R"({"z": 1, "a": 2, "m": 3})"}, "op").value();
    EXPECT_EQ(args.dump(), R"({"z":1,"a":2,"m":3})");
}

TEST(ScalarText, IsNothingForListsAndMaps) {
    EXPECT_EQ(scalar_text(Json::array()), std::nullopt);
    EXPECT_EQ(scalar_text(Json::object()), std::nullopt);
    EXPECT_EQ(scalar_text(Json(nullptr)), std::nullopt);
    EXPECT_EQ(scalar_text(Json(7)), "7");
}

}  // namespace

}  // namespace reel::warehouse
