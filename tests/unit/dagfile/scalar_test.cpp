#include "dagfile/scalar.hpp"

#include <gtest/gtest.h>

namespace reel::dagfile {
namespace {

NodeKind kind(const char* text) {
    return resolve_plain_scalar(text);
}

TEST(PlainScalar, IsNothingWhenEmptyOrNull) {
    for (const char* text : {"", "~", "null", "Null", "NULL"}) {
        EXPECT_EQ(kind(text), NodeKind::null) << text;
    }
    EXPECT_EQ(kind("none"), NodeKind::text);
    EXPECT_EQ(kind("nULL"), NodeKind::text);
}

TEST(PlainScalar, IsATruthValueOnlyAsTrueOrFalse) {
    for (const char* text : {"true", "True", "TRUE", "false", "False", "FALSE"}) {
        EXPECT_EQ(kind(text), NodeKind::boolean) << text;
    }
    for (const char* text : {"yes", "no", "on", "off", "y", "n", "tRue"}) {
        EXPECT_EQ(kind(text), NodeKind::text) << text;
    }
}

TEST(PlainScalar, IsAWholeNumberInDecimalOctalOrHex) {
    for (const char* text : {"0", "7", "-12", "+3", "0x1F", "0o17", "9223372036854775807"}) {
        EXPECT_EQ(kind(text), NodeKind::integer) << text;
    }
}

TEST(PlainScalar, KeepsPostcodesAndHugeNumbersAsText) {
    for (const char* text :
         {"00501", "-007", "0777", "9223372036854775808", "0xG", "0o8", "1_000"}) {
        EXPECT_EQ(kind(text), NodeKind::text) << text;
    }
}

TEST(PlainScalar, IsANumberWithPointOrExponent) {
    for (const char* text : {"0.5", ".5", "5.", "-1.25", "+1e3", "1E-5", "8.2e-05"}) {
        EXPECT_EQ(kind(text), NodeKind::number) << text;
    }
    for (const char* text : {".", "1e", "e5", "1.2.3", "1e5.5", ".inf", ".nan", "00.5", "1e999"}) {
        EXPECT_EQ(kind(text), NodeKind::text) << text;
    }
}

TEST(PlainScalar, LeavesDatesTimesAndVersionsAsText) {
    for (const char* text : {"2024-01-01", "12:30", "1.2.3", "5m", "@daily", "1%"}) {
        EXPECT_EQ(kind(text), NodeKind::text) << text;
    }
}

TEST(Node, ReadsItsNumber) {
    const auto integer = [](const char* text) {
        return Node{.kind = NodeKind::integer, .text = text}.as_integer();
    };
    EXPECT_EQ(integer("-12"), -12);
    EXPECT_EQ(integer("+12"), 12);
    EXPECT_EQ(integer("0x1F"), 31);
    EXPECT_EQ(integer("0o17"), 15);
    const Node number{.kind = NodeKind::number, .text = "+2.5e1"};
    EXPECT_EQ(number.as_number(), 25);
    EXPECT_EQ(number.as_integer(), std::nullopt);
}

TEST(Node, IsWrittenAsJsonInTheOrderOfItsKeys) {
    Node map{.kind = NodeKind::map};
    set_entry(map, "z", {.kind = NodeKind::integer, .text = "0x10"});
    set_entry(map, "a", {.kind = NodeKind::text, .text = "\"quoted\"\n"});
    set_entry(map, "b", {.kind = NodeKind::boolean, .text = "True"});
    set_entry(map, "c", {.kind = NodeKind::list, .items = {Node{}, Node{}}});
    set_entry(map, "d", {.kind = NodeKind::number, .text = "1.50"});
    set_entry(map, "z", {.kind = NodeKind::integer, .text = "7"});
    EXPECT_EQ(to_json_text(map), R"({"z":7,"a":"\"quoted\"\n","b":true,"c":[null,null],"d":1.5})");
}

TEST(Node, IsDescribedInFewWords) {
    EXPECT_EQ(describe_value({}), "nothing");
    EXPECT_EQ(describe_value({.kind = NodeKind::integer, .text = "5"}), "5");
    EXPECT_EQ(describe_value({.kind = NodeKind::text, .text = "many"}), "the text 'many'");
    EXPECT_EQ(describe_value({.kind = NodeKind::list}), "a list");
    EXPECT_EQ(describe_value({.kind = NodeKind::map}), "a map");
    EXPECT_EQ(describe_value({.kind = NodeKind::text, .text = "one\ntwo"}), "the text 'one…'");
    // 59 letters and an umlaut of two bytes: the cut must not fall into it.
    const std::string with_umlaut = std::string(59, 'x') + "\xC3\xA4" + "yz";
    EXPECT_EQ(
        describe_value({.kind = NodeKind::text, .text = with_umlaut}),
        "the text '" + std::string(59, 'x') + "…'"
    );
}

}  // namespace
}  // namespace reel::dagfile
