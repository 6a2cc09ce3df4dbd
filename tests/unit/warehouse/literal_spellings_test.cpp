#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "warehouse/literal/parse.hpp"

namespace reel::warehouse::literal {
namespace {

std::string read(std::string_view text) {
    const auto value = parse_python_literal(text);
    return value ? to_json(*value) : value.error().message;
}

struct SpellingCase {
    std::string python;
    std::string json;
};

class PythonSpelling : public testing::TestWithParam<SpellingCase> {};

TEST_P(PythonSpelling, MeansWhatPythonTakesItFor) {
    EXPECT_EQ(read(GetParam().python), GetParam().json);
}

TEST_P(PythonSpelling, MeansTheSameInsideAList) {
    EXPECT_EQ(read('[' + GetParam().python + ']'), '[' + GetParam().json + ']');
    EXPECT_EQ(read("[\n" + GetParam().python + "\n,]"), '[' + GetParam().json + ']');
}

TEST_P(PythonSpelling, MeansTheSameAsAValueOfADict) {
    EXPECT_EQ(read("{'k': " + GetParam().python + '}'), "{\"k\":" + GetParam().json + '}');
}

INSTANTIATE_TEST_SUITE_P(
    Numbers,
    PythonSpelling,
    testing::Values(
        SpellingCase{"0", "0"},
        SpellingCase{"000", "0"},
        SpellingCase{"-0", "0"},
        SpellingCase{"0_0", "0"},
        SpellingCase{"1_2_3", "123"},
        SpellingCase{"+ 7", "7"},
        SpellingCase{"-\t7", "-7"},
        SpellingCase{"9223372036854775807", "9223372036854775807"},
        SpellingCase{"-9223372036854775808", "-9223372036854775808"},
        SpellingCase{"9223372036854775808", "9223372036854775808"},
        SpellingCase{"-9223372036854775809", "-9223372036854775809"},
        SpellingCase{"0x0", "0"},
        SpellingCase{"0xDeadBeef", "3735928559"},
        SpellingCase{"0x7fffffffffffffff", "9223372036854775807"},
        SpellingCase{"-0x8000000000000000", "-9223372036854775808"},
        SpellingCase{"0O17", "15"},
        SpellingCase{"0B1_0", "2"},
        SpellingCase{"0.", "0.0"},
        SpellingCase{".0", "0.0"},
        SpellingCase{"-.5", "-0.5"},
        SpellingCase{"1e5", "100000.0"},
        SpellingCase{"1E+5", "100000.0"},
        SpellingCase{"1e-05", "1e-05"},
        SpellingCase{"0e0", "0.0"},
        SpellingCase{"007.5", "7.5"},
        SpellingCase{"07e1", "70.0"},
        SpellingCase{"1_0e1_0", "100000000000.0"},
        SpellingCase{"1e400", "1e400"},
        SpellingCase{"3.14159265358979323846", "3.14159265358979323846"},
        SpellingCase{"nan", "null"},
        SpellingCase{"-inf", "null"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    Strings,
    PythonSpelling,
    testing::Values(
        SpellingCase{"''", R"("")"},
        SpellingCase{R"("")", R"("")"},
        SpellingCase{"\"\"\"\"\"\"", R"("")"},
        SpellingCase{"'''a''b'''", R"("a''b")"},
        SpellingCase{"''''a'''", R"("'a")"},
        SpellingCase{"'''a\\''''", R"("a'")"},
        SpellingCase{"'a\\\nb'", R"("ab")"},
        SpellingCase{"'''a\rb\r\nc'''", R"("a\nb\nc")"},
        SpellingCase{R"('\'')", R"("'")"},
        SpellingCase{R"('\"')", R"("\"")"},
        SpellingCase{R"('\\n')", R"("\\n")"},
        SpellingCase{R"('\x00')", R"("\u0000")"},
        SpellingCase{R"('\x1f')", R"("\u001f")"},
        SpellingCase{R"('\x7f')", "\"\x7f\""},
        SpellingCase{R"('\xA0')", "\"\u00a0\""},
        SpellingCase{R"('\1234')", R"("S4")"},
        SpellingCase{R"('\8')", R"("\\8")"},
        SpellingCase{R"('\777')", "\"\u01ff\""},
        SpellingCase{R"('\u00E9\U000000e9')", R"("éé")"},
        SpellingCase{R"('\ud7ff\ue000')", "\"\ud7ff\ue000\""},
        SpellingCase{R"('\U0010ffff')", "\"\U0010FFFF\""},
        SpellingCase{R"(r'\x41\\')", R"("\\x41\\\\")"},
        SpellingCase{R"(R"\"")", R"("\\\"")"},
        SpellingCase{R"(u'\u0041')", R"("A")"},
        SpellingCase{R"('a''b')", R"("ab")"},
        SpellingCase{R"('a' "b" r'\c' u'd')", R"("ab\\cd")"},
        SpellingCase{"'it''s'", R"("its")"},
        SpellingCase{"'# no comment'", R"("# no comment")"},
        SpellingCase{"'[{(,)}]'", R"("[{(,)}]")"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    Containers,
    PythonSpelling,
    testing::Values(
        SpellingCase{"None", "null"},
        SpellingCase{"True", "true"},
        SpellingCase{"False", "false"},
        SpellingCase{"[[], (), {}, set()]", "[[],[],{},[]]"},
        SpellingCase{"((((1))))", "1"},
        SpellingCase{"((1),)", "[1]"},
        SpellingCase{"((),)", "[[]]"},
        SpellingCase{"(1,2,)", "[1,2]"},
        SpellingCase{"{1}", "[1]"},
        SpellingCase{"{1, 1.0, True}", "[1]"},
        SpellingCase{"{(1, 2), (1, 2.0)}", "[[1,2]]"},
        SpellingCase{"{b'a', 'a'}", R"(["\\x61","a"])"},
        SpellingCase{"{'a': {'a': {'a': 1}}}", R"({"a":{"a":{"a":1}}})"},
        SpellingCase{"{1: 'x', True: 'y'}", R"({"1":"y"})"},
        SpellingCase{"{None: None}", R"({"null":null})"},
        SpellingCase{"{(): 1}", R"({"[]":1})"},
        SpellingCase{"{'a' 'b': 1}", R"({"ab":1})"},
        SpellingCase{"{-1: - 1}", R"({"-1":-1})"},
        SpellingCase{"set(\n)", "[]"}
    )
);

/// Strings are searched in pieces.
TEST(PythonStrings, KeepWhatStandsAtAnyPlace) {
    for (std::size_t at = 0; at < 40; ++at) {
        for (const auto& [python, json] : std::vector<std::pair<std::string, std::string>>{
                 {"\\'", "'"}, {"\"", "\\\""}, {"\\\\", "\\\\"}, {"é", "é"}, {"' 'x", "x"}
             }) {
            const std::string front(at, 'a');
            const std::string back(40 - at, 'b');
            EXPECT_EQ(
                read("['" + front + python + back + "', 1]"), "[\"" + front + json + back + "\",1]"
            );
        }
        EXPECT_FALSE(parse_python_literal("['" + std::string(at, 'a') + "\n']"));
        EXPECT_FALSE(parse_python_literal("['" + std::string(at, 'a')));
    }
}

TEST(PythonKeys, DifferentNumbersAreTwo) {
    for (const char* text :
         {"{1: 1, 2: 2}",
          "{1: 1, 1.5: 2}",
          "{1: 1, -1: 2}",
          "{1e16: 1, 10000000000000002: 2}",
          "{0: 1, None: 2}",
          "{0: 1, '': 2}",
          "{1: 1, '1': 2}",
          "{(1,): 1, 1: 2}"}) {
        const auto value = parse_python_literal(text);
        ASSERT_TRUE(value) << text;
        EXPECT_EQ(value->map()->size(), 2U) << text;
    }
}

struct MistakeCase {
    std::string text;
    std::string message;
};

class PythonMistake : public testing::TestWithParam<MistakeCase> {};

TEST_P(PythonMistake, IsNamedWithItsByte) {
    EXPECT_EQ(read(GetParam().text), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Texts,
    PythonMistake,
    testing::Values(
        MistakeCase{"\n\n", "byte 1: there is no value"},
        MistakeCase{"# only a comment", "byte 17: the text ends where a value should be"},
        MistakeCase{"none", "byte 1: this is no Python literal"},
        MistakeCase{"Nonesuch", "byte 1: this is no Python literal"},
        MistakeCase{"True1", "byte 1: this is no Python literal"},
        MistakeCase{"é", "byte 1: this is no Python literal"},
        MistakeCase{"'a' + 'b'", "byte 5: unexpected text behind the value"},
        MistakeCase{"1 + 2", "byte 3: unexpected text behind the value"},
        MistakeCase{"1; 2", "byte 2: unexpected text behind the value"},
        MistakeCase{"[1)", "byte 3: a , or ] is missing"},
        MistakeCase{"(1]", "byte 3: a , or ) is missing"},
        MistakeCase{"[1,,2]", "byte 4: this is no Python literal"},
        MistakeCase{"{,}", "byte 2: this is no Python literal"},
        MistakeCase{"{1:}", "byte 4: this is no Python literal"},
        MistakeCase{"{1:2,,}", "byte 6: this is no Python literal"},
        MistakeCase{"{**{}}", "byte 2: this is no Python literal"},
        MistakeCase{"[*a]", "byte 2: this is no Python literal"},
        MistakeCase{"lambda: 1", "byte 1: this is no Python literal"},
        MistakeCase{"[x for x in y]", "byte 2: this is no Python literal"},
        MistakeCase{"...", "byte 1: this is no Python literal"},
        MistakeCase{"1__0", "byte 2: an underscore must stand between digits"},
        MistakeCase{"0x", "byte 1: this is no Python literal"},
        MistakeCase{"1.5.5", "byte 4: unexpected text behind the value"},
        MistakeCase{"1.5e", "byte 5: an exponent needs a digit here"},
        MistakeCase{"1.5x", "byte 4: a number ends in letters"},
        MistakeCase{"1.J", "byte 3: complex numbers fit no column"},
        MistakeCase{"+", "byte 2: a sign needs a number behind it"},
        MistakeCase{"-'a'", "byte 2: a sign needs a number behind it"},
        MistakeCase{"bu'a'", "byte 1: this is no Python literal"},
        MistakeCase{"rr'a'", "byte 1: this is no Python literal"},
        MistakeCase{"b'\\xg0'", "byte 5: this escape needs 2 hexadecimal digits"},
        MistakeCase{"'\\U1234567'", "byte 11: this escape needs 8 hexadecimal digits"},
        MistakeCase{"'\\udfff'", "byte 2: half of a surrogate pair"},
        MistakeCase{"{[]}", "byte 2: a list, set or dict cannot be a key or in a set"},
        MistakeCase{"{set()}", "byte 2: a list, set or dict cannot be a key or in a set"},
        MistakeCase{"{(1, {2})}", "byte 2: a list, set or dict cannot be a key or in a set"}
    )
);

TEST(PythonKeys, EqualNumbersAreOneKeyHoweverLargeTheyAre) {
    for (const char* text :
         {"{5: 1, 5.0: 2}",
          "{1e15: 1, 1000000000000000: 2}",
          "{10000000000000000: 1, 1e16: 2}",
          "{1e18: 1, 1000000000000000000: 2}",
          "{100000000000000000000: 1, 1e20: 2}",
          "{-1e17: 1, -100000000000000000: 2}",
          "{0: 1, -0.0: 2}",
          "{False: 1, 0.0: 2}"}) {
        const auto value = parse_python_literal(text);
        ASSERT_TRUE(value) << text;
        ASSERT_EQ(value->map()->size(), 1U) << text;
        EXPECT_EQ(value->map()->front().value, Value{std::int64_t{2}}) << text;
    }
}

}  // namespace
}  // namespace reel::warehouse::literal
