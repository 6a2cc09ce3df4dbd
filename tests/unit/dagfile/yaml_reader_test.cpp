#include "dagfile/yaml_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dagfile/characters.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Reading {
    std::optional<Node> root;
    std::vector<std::string> mistakes;
    std::vector<std::string> hints;
};

Reading read(std::string_view text, std::size_t most_aliased = most_aliased_values) {
    Diagnostics diagnostics;
    Reading reading{.root = read_yaml(text, "f.yaml", diagnostics, most_aliased)};
    for (const Diagnostic& diagnostic : diagnostics.take("f.yaml")) {
        reading.mistakes.push_back(
            std::to_string(diagnostic.at.line) + ":" + std::to_string(diagnostic.at.column) + " " +
            diagnostic.message
        );
        reading.hints.push_back(diagnostic.hint);
    }
    return reading;
}

/// The document as JSON; it must have no mistake.
std::string json(std::string_view text) {
    const Reading reading = read(text);
    EXPECT_THAT(reading.mistakes, IsEmpty());
    return reading.root ? to_json_text(*reading.root) : "";
}

TEST(YamlReader, KnowsThePlaceOfEachKeyAndValue) {
    const Reading reading = read("a:\n  b: [1, x]\n  c:   2\n");
    ASSERT_TRUE(reading.root);
    const Entry* a = reading.root->find_entry("a");
    ASSERT_NE(a, nullptr);
    EXPECT_EQ(a->at, (core::SourcePosition{"f.yaml", 1, 1}));
    EXPECT_EQ(a->value.at, (core::SourcePosition{"f.yaml", 2, 3}));
    EXPECT_EQ(a->value.find("b")->items[1].at, (core::SourcePosition{"f.yaml", 2, 10}));
    EXPECT_EQ(a->value.find_entry("c")->at, (core::SourcePosition{"f.yaml", 3, 3}));
    EXPECT_EQ(a->value.find("c")->at, (core::SourcePosition{"f.yaml", 3, 8}));
}

TEST(YamlReader, PutsAnEmptyValueWhereItsKeyIs) {
    const Reading reading = read("a:\nb: 1\n");
    EXPECT_TRUE(reading.root->find("a")->is_null());
    EXPECT_EQ(reading.root->find("a")->at, (core::SourcePosition{"f.yaml", 1, 1}));
}

TEST(YamlReader, FollowsYaml12InWhatAScalarMeans) {
    EXPECT_EQ(
        json("[yes, on, 00501, 5, '5', \"5\", !!str 5, 1.5, true, null, ~, '', 2024-01-01]"),
        R"(["yes","on","00501",5,"5","5","5",1.5,true,null,null,"","2024-01-01"])"
    );
}

TEST(YamlReader, ReadsBlocksAndTellsLiteralOnes) {
    const Reading reading = read("a: |\n  one\n  two\nb: >\n  x\n  y\nc: '|'\n");
    EXPECT_EQ(reading.root->find("a")->text, "one\ntwo\n");
    EXPECT_TRUE(reading.root->find("a")->literal_block);
    EXPECT_EQ(reading.root->find("b")->text, "x y\n");
    EXPECT_FALSE(reading.root->find("b")->literal_block);
    EXPECT_FALSE(reading.root->find("c")->literal_block);
}

TEST(YamlReader, KeepsTheLastLinesOfABlockAsTheyAre) {
    EXPECT_EQ(json("a: |\n  x\n"), R"({"a":"x\n"})");
    EXPECT_EQ(json("a: |\n  x\n\n\n"), R"({"a":"x\n"})");
    EXPECT_EQ(json("a: |-\n  x\n"), R"({"a":"x"})");
    EXPECT_EQ(json("a: |+\n  x\n\n"), R"({"a":"x\n\n"})");
}

TEST(YamlReader, ReadsCrlfAndAByteOrderMark) {
    EXPECT_EQ(
        json("\xEF\xBB\xBF"
             "a: 1\r\nb:\r\n  - x\r\n"),
        R"({"a":1,"b":["x"]})"
    );
}

TEST(YamlReader, TreatsAnEmptyFileAsNothing) {
    EXPECT_EQ(json(""), "null");
    EXPECT_EQ(json("# only a comment\n"), "null");
    EXPECT_EQ(json("---\n"), "null");
}

TEST(YamlReader, ReportsDuplicateKeysAndKeepsTheFirst) {
    const Reading reading = read("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n");
    EXPECT_THAT(reading.mistakes, ElementsAre("4:3 duplicate key 'c'", "5:1 duplicate key 'a'"));
    EXPECT_EQ(reading.hints[0], "it is first given in line 3");
    EXPECT_EQ(to_json_text(*reading.root), R"({"a":1,"b":{"c":1}})");
}

TEST(YamlReader, CarriesOutAliasesAndMergeKeys) {
    EXPECT_EQ(
        json("base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\ntwo: {y: 4, <<: *b}\nthree: *b\n"),
        R"({"base":{"x":1,"y":2},"one":{"y":3,"x":1},"two":{"y":4,"x":1},"three":{"x":1,"y":2}})"
    );
    EXPECT_EQ(
        json("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\n"),
        R"({"a":{"x":1},"b":{"x":2,"y":2},"c":{"z":3,"x":1,"y":2}})"
    );
    EXPECT_EQ(json("{'<<': 5}"), R"({"<<":5})");
}

TEST(YamlReader, RefusesToMergeWhatIsNoMap) {
    EXPECT_THAT(
        read("a: {<<: 5, b: 1}\n").mistakes,
        ElementsAre("1:9 '<<' must be followed by a map or a list of maps")
    );
}

TEST(YamlReader, RefusesKeysThatAreNoText) {
    EXPECT_THAT(read("? [a, b]\n: 1\nc: 2\n").mistakes, ElementsAre("1:3 a key must be text"));
}

TEST(YamlReader, RefusesTagsItDoesNotKnow) {
    EXPECT_THAT(
        read("a: !env HOME\n").mistakes, ElementsAre("1:4 the tag '!env' is not supported")
    );
}

TEST(YamlReader, ReportsASyntaxErrorWithItsPlace) {
    const Reading reading = read("a: 1\nb: [1, 2\nc: 3\n");
    EXPECT_FALSE(reading.root);
    ASSERT_EQ(reading.mistakes.size(), 1U);
    EXPECT_THAT(reading.mistakes[0], StartsWith("3:"));
    EXPECT_THAT(reading.mistakes[0], HasSubstr("not valid YAML: "));
    EXPECT_THAT(read("a: 'open\n").mistakes, ElementsAre(HasSubstr("not valid YAML")));
    EXPECT_THAT(read("a: 'open\nb: 2\n  \n").mistakes, ElementsAre(HasSubstr("not valid YAML")));
    EXPECT_THAT(read("a: \"open").mistakes, ElementsAre(HasSubstr("not valid YAML")));
    EXPECT_THAT(read("\ta: 1\n").mistakes, ElementsAre(HasSubstr("not valid YAML")));
    EXPECT_THAT(read("a: *nobody\n").mistakes, ElementsAre(HasSubstr("not valid YAML")));
}

/// yaml-cpp read these without end, until the memory was full.
TEST(YamlReader, ACommaWhereNothingIsListedIsAMistake) {
    const std::pair<const char*, const char*> cases[] = {
        {",", "1:1"},
        {",tfead", "1:1"},
        {"{d: {a: 1}},\n", "1:12"},
        {"{\"d\": 1}\n,\n", "2:1"},
        {"[a], [b]", "1:4"},
        {"'a', b", "1:4"},
        {"&a ,", "1:4"},
        {"--- a\n--- ,\n", "2:5"},
    };
    for (const auto& [text, place] : cases) {
        EXPECT_THAT(
            read(text).mistakes,
            ElementsAre(std::string(place) + " not valid YAML: ',' where nothing is listed")
        ) << text;
    }
    EXPECT_THAT(read("a: {b: 1, c: [d, e,], f: 'g,'}\nh: i, j\n").mistakes, IsEmpty());
}

TEST(YamlReader, TakesOneDocumentOnly) {
    EXPECT_THAT(
        read("a: 1\n---\nb: 2\n").mistakes, ElementsAre("3:1 the file holds more than one document")
    );
}

TEST(YamlReader, SurvivesAnAliasBomb) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string last = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
        for (int j = 1; j < 10; ++j) {
            bomb += ", " + last;
        }
        bomb += "]\n";
    }
    const Reading reading = read(bomb, 5000);
    EXPECT_FALSE(reading.root);
    const std::string limit = std::to_string(5000 + bomb.size());
    EXPECT_THAT(reading.mistakes, ElementsAre(HasSubstr("more than " + limit + " values")));
}

TEST(YamlReader, TakesAsManyValuesAsAFileCanHoldByItself) {
    std::string list = "[";
    std::string map = "{";
    for (int i = 0; i < 3'000; ++i) {
        list += "1,";
        map += std::to_string(i) + ",";
    }
    EXPECT_EQ(read(list + "]", 0).root.value_or(Node{}).items.size(), 3'000U);
    EXPECT_EQ(read(map + "}", 0).root.value_or(Node{}).entries.size(), 3'000U);
}

TEST(YamlReader, SurvivesAnAliasThatHoldsItself) {
    const Reading reading = read("a: &a [1, *a]\n");
    EXPECT_FALSE(reading.root);
    EXPECT_THAT(reading.mistakes, ElementsAre(HasSubstr("nested more than 64 levels")));
}

TEST(YamlReader, SurvivesTwentyThousandBrackets) {
    const Reading reading = read("a: " + std::string(20'000, '['));
    EXPECT_FALSE(reading.root);
    EXPECT_EQ(reading.mistakes.size(), 1U);
}

TEST(YamlReader, RefusesWhatTheParserWouldSwallow) {
    EXPECT_THAT(
        read("a: 1\nb: x\x04y\n").mistakes,
        ElementsAre("2:5 the control character 0x04 is not allowed")
    );
    EXPECT_THAT(
        read(std::string_view("a: x\0y\n", 7)).mistakes,
        ElementsAre("1:5 the control character 0x00 is not allowed")
    );
    EXPECT_THAT(
        read("a: \"x\\0y\"\n").mistakes, ElementsAre("1:4 text must not hold a NUL character")
    );
    EXPECT_THAT(
        read("a: \xFF\xFE\n").mistakes, ElementsAre("1:4 the byte 0xff is not valid UTF-8")
    );
}

TEST(BadCharacter, IsFoundInEveryKindOfBrokenUtf8) {
    const auto is_bad = [](std::string_view text) { return find_bad_character(text).has_value(); };
    EXPECT_FALSE(is_bad("plain, \xC3\xA4, \xE2\x82\xAC, \xF0\x9F\x98\x80\t\r\n"));
    EXPECT_TRUE(is_bad("\x80"));              // a byte of a sequence alone
    EXPECT_TRUE(is_bad("\xC3"));              // cut short
    EXPECT_TRUE(is_bad("\xC3("));             // broken off
    EXPECT_TRUE(is_bad("\xC0\xAF"));          // longer than needed
    EXPECT_TRUE(is_bad("\xE0\x80\xAF"));      // longer than needed
    EXPECT_TRUE(is_bad("\xED\xA0\x80"));      // half of a surrogate pair
    EXPECT_TRUE(is_bad("\xF4\x90\x80\x80"));  // beyond U+10FFFF
    EXPECT_TRUE(is_bad("\x7F"));
}

TEST(BadCharacter, IsPlacedByLineAndCharacter) {
    const auto bad = find_bad_character("a\n\xC3\xA4x\xFFy");
    ASSERT_TRUE(bad);
    EXPECT_EQ(bad->line, 2);
    EXPECT_EQ(bad->column, 3);
}

}  // namespace
}  // namespace reel::dagfile
