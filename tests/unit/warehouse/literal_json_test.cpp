#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "warehouse/literal/parse.hpp"

namespace reel::warehouse::literal {
namespace {

/// What the text means, as compact JSON, or its error.
std::string read(std::string_view text) {
    const auto value = parse_json(text);
    return value ? to_json(*value) : value.error().message;
}

TEST(Json, ReadsEveryKindOfValue) {
    EXPECT_EQ(read("null"), "null");
    EXPECT_EQ(read(" true "), "true");
    EXPECT_EQ(read("false\n"), "false");
    EXPECT_EQ(read("[ ]"), "[]");
    EXPECT_EQ(read("{ }"), "{}");
    EXPECT_EQ(
        read("[1, -2.5, \"x\", [null], {\"a\" : {\"b\":[]}}]"),
        "[1,-2.5,\"x\",[null],{\"a\":{\"b\":[]}}]"
    );
}

TEST(Json, KeepsNumbersExactly) {
    EXPECT_EQ(parse_json("9223372036854775807")->data.index(), 2U);
    EXPECT_EQ(parse_json("-9223372036854775808")->data.index(), 2U);
    EXPECT_EQ(parse_json("9223372036854775808").value(), (Value{Number{"9223372036854775808"}}));
    EXPECT_EQ(parse_json("0.1").value(), (Value{0.1}));
    EXPECT_EQ(parse_json("8.2e-05").value(), (Value{8.2e-05}));
    EXPECT_EQ(
        parse_json("0.12345678901234567890").value(), (Value{Number{"0.12345678901234567890"}})
    );
    EXPECT_EQ(parse_json("1e999").value(), (Value{Number{"1e999"}}));
    EXPECT_EQ(parse_json("1e-320").value(), (Value{Number{"1e-320"}}));
    EXPECT_EQ(parse_json("0e999").value(), (Value{0.0}));
    EXPECT_EQ(read("5.0"), "5.0");
    EXPECT_EQ(read("-0"), "0");
}

TEST(Json, UnderstandsEscapesAndSurrogatePairs) {
    EXPECT_EQ(
        *parse_json(R"("\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00")")->text(), "\"\\/\b\f\n\r\té€😀"
    );
    EXPECT_EQ(*parse_json(R"("a\u0000b")")->text(), std::string("a\0b", 3));
}

TEST(Json, RefusesHalfASurrogatePair) {
    const std::string half = "byte 2: half of a surrogate pair";
    for (const char* text : {R"("\ud83d")", R"("\ud83dx")", R"("\ude00")", R"("\ud83d\u0041")"}) {
        EXPECT_EQ(read(text), half) << text;
    }
}

TEST(Json, TakesTheLastOfEqualKeysAtTheFirstOnesPlace) {
    EXPECT_EQ(read(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
    std::string many = "{";
    for (int i = 0; i < 200; ++i) {
        many += (i > 0 ? ",\"k" : "\"k") + std::to_string(i % 100) + "\":" + std::to_string(i);
    }
    const auto value = parse_json(many + "}");
    ASSERT_TRUE(value);
    EXPECT_EQ(value->map()->size(), 100U);
    EXPECT_EQ(*value->find("k7"), (Value{std::int64_t{107}}));
    EXPECT_EQ(*value->find("k99"), (Value{std::int64_t{199}}));
}

TEST(Json, SaysAtWhichByteAndWhyATextIsNone) {
    EXPECT_EQ(read(""), "byte 1: there is no value");
    EXPECT_EQ(read("  "), "byte 1: there is no value");
    EXPECT_EQ(read("[1,]"), "byte 4: this is no JSON value");
    EXPECT_EQ(read("[1"), "byte 3: a list needs , or ] here");
    EXPECT_EQ(read("[1,"), "byte 4: the text ends where a value should be");
    EXPECT_EQ(read("{'a':1}"), "byte 2: an object needs a key in double quotes here");
    EXPECT_EQ(read("{\"a\" 1}"), "byte 6: a key needs : behind it");
    EXPECT_EQ(read("{\"a\":1"), "byte 7: an object needs , or } here");
    EXPECT_EQ(read("1 2"), "byte 3: unexpected text behind the value");
    EXPECT_EQ(read("nul"), "byte 1: this is no JSON value");
    EXPECT_EQ(read("NaN"), "byte 1: this is no JSON value");
    EXPECT_EQ(read("\"abc"), "byte 1: this string is never closed");
    EXPECT_EQ(read("\"a\nb\""), "byte 3: a control character inside a string");
    EXPECT_EQ(read(R"("\x")"), "byte 2: unknown escape");
    EXPECT_EQ(read(R"("\u12g4")"), "byte 6: this escape needs 4 hexadecimal digits");
    EXPECT_EQ(read("01"), "byte 1: a number must not begin with 0");
    EXPECT_EQ(read("-"), "byte 2: a number needs a digit here");
    EXPECT_EQ(read("1."), "byte 3: a number needs a digit here");
    EXPECT_EQ(read("1e+"), "byte 4: a number needs a digit here");
    EXPECT_EQ(read("\"\xFF\""), "byte 2: invalid UTF-8");
    EXPECT_EQ(read(std::string_view("[\0]", 3)), "byte 2: NUL");
}

TEST(Json, NestsToALimitInsteadOfOverflowingTheStack) {
    const auto nested = [](int depth) {
        return std::string(static_cast<std::size_t>(depth), '[') +
               std::string(static_cast<std::size_t>(depth), ']');
    };
    EXPECT_TRUE(parse_json(nested(max_depth)));
    EXPECT_EQ(read(nested(max_depth + 1)), "byte 201: nested too deeply");
    EXPECT_EQ(read(std::string(1'000'000, '[')), "byte 201: nested too deeply");
    EXPECT_EQ(parse_json("[[1],[2],[3]]")->list()->size(), 3U);
    std::string maps;
    for (int i = 0; i < 100'000; ++i) maps += "{\"a\":";
    EXPECT_EQ(read(maps), "byte 1001: nested too deeply");
}

/// A well-known parser as the judge: both accept the same texts and mean the same by them.
TEST(Json, AgreesWithAnotherParserOnMutatedTexts) {
    std::mt19937 random(3);
    const std::string seed =
        R"([{"id": 16, "name": "Anim\u00e9 \"x\"", "x": [1.5, -2e3, null, true]}, {}, "\ud83d\ude00"])";
    const std::string alphabet = "[]{},:\"\\0123u-.eE ntd\xC3";
    int accepted = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text = seed;
        for (auto changes = random() % 3; changes > 0; --changes) {
            const std::size_t at = random() % text.size();
            if (random() % 2 == 0) {
                text.erase(at, 1);
            } else {
                text[at] = alphabet[random() % alphabet.size()];
            }
        }
        const auto judged = nlohmann::json::parse(text, nullptr, false);
        const auto ours = parse_json(text);
        ASSERT_EQ(ours.has_value(), !judged.is_discarded()) << text;
        if (!ours) continue;
        ++accepted;
        ASSERT_EQ(nlohmann::json::parse(to_json(*ours)), judged) << text;
    }
    EXPECT_GT(accepted, 300);
}

}  // namespace
}  // namespace reel::warehouse::literal
