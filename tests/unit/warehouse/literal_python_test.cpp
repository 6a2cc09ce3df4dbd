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

/// The string that the literal is.
std::string read_text(std::string_view text) {
    const auto value = parse_python_literal(text);
    if (!value) return "error: " + value.error().message;
    return value->text() == nullptr ? "no string" : *value->text();
}

TEST(PythonLiteral, ReadsListsOfDictsAsTheMovieFilesHaveThem) {
    EXPECT_EQ(
        read("[{'id': 16, 'name': 'Animation'}, {'id': 35, 'name': None}]"),
        R"([{"id":16,"name":"Animation"},{"id":35,"name":null}])"
    );
    EXPECT_EQ(
        read(R"({'name': "Ted's \"Own\" Co", 'ok': True, 'no': False, 'x': 8.2e-05})"),
        R"({"name":"Ted's \"Own\" Co","ok":true,"no":false,"x":8.2e-05})"
    );
    EXPECT_EQ(read_text(R"('Mosfilm\xa0\u200bA\\B\'C\t')"), "Mosfilm\u00a0\u200bA\\B'C\t");
}

TEST(PythonLiteral, ReadsEveryContainer) {
    EXPECT_EQ(read("[]"), "[]");
    EXPECT_EQ(read("[1, ]"), "[1]");
    EXPECT_EQ(read("()"), "[]");
    EXPECT_EQ(read("(1,)"), "[1]");
    EXPECT_EQ(read("(1)"), "1");
    EXPECT_EQ(read("(1, (2, [3]))"), "[1,[2,[3]]]");
    EXPECT_EQ(read("1, 2"), "[1,2]");
    EXPECT_EQ(read("1,"), "[1]");
    EXPECT_EQ(read("{}"), "{}");
    EXPECT_EQ(read("{1, 2, 1, }"), "[1,2]");
    EXPECT_EQ(read("set()"), "[]");
    EXPECT_EQ(read("{'a': 1, }"), R"({"a":1})");
}

TEST(PythonLiteral, ComparesKeysAsPythonDoes) {
    EXPECT_EQ(read("{1: 'a', True: 'b', 1.0: 'c', '1': 'd'}"), R"({"1":"c","1":"d"})");
    EXPECT_EQ(
        read("{(1, 2): 'a', (1.0, 2): 'b', b'x': 0, None: 1}"),
        R"({"[1,2]":"b","\\x78":0,"null":1})"
    );
    EXPECT_EQ(read("{'a': 1, 'b': 2, 'a': 3}"), R"({"a":3,"b":2})");
}

TEST(PythonLiteral, RefusesKeysThatPythonCannotHash) {
    EXPECT_EQ(read("{[1]: 2}"), "byte 2: a list, set or dict cannot be a key or in a set");
    EXPECT_EQ(read("{1: 2, {}: 3}"), "byte 8: a list, set or dict cannot be a key or in a set");
    EXPECT_EQ(read("{1, ([],)}"), "byte 5: a list, set or dict cannot be a key or in a set");
    EXPECT_EQ(read("{(1, (2, 'x')): 3}"), R"({"[1,[2,\"x\"]]":3})");
}

TEST(PythonLiteral, ReadsNumbersInEveryNotation) {
    EXPECT_EQ(read("[0, 00, 1_000, -5, +5, - 5]"), "[0,0,1000,-5,5,-5]");
    EXPECT_EQ(read("[0xff, 0XFF, 0o17, 0b101, 0x_f, -0x10]"), "[255,255,15,5,15,-16]");
    EXPECT_EQ(
        read("[1., .5, 1.5e3, 1e-3, 1_0.0_1, 00.5, 1.e2]"), "[1.0,0.5,1500.0,0.001,10.01,0.5,100.0]"
    );
    EXPECT_EQ(read("123456789012345678901234567890"), "123456789012345678901234567890");
    EXPECT_EQ(read("0xffffffffffffffff"), "18446744073709551615");
    EXPECT_TRUE(std::isnan(std::get<double>(parse_python_literal("nan")->data)));
    EXPECT_EQ(std::get<double>(parse_python_literal("[-inf]")->list()->front().data), -INFINITY);
}

TEST(PythonLiteral, RefusesWhatIsNoNumber) {
    EXPECT_EQ(read("01"), "byte 1: a number must not begin with 0");
    EXPECT_EQ(read("1__0"), "byte 2: an underscore must stand between digits");
    EXPECT_EQ(read("1_"), "byte 2: an underscore must stand between digits");
    EXPECT_EQ(read("0x_"), "byte 4: an underscore must stand between digits");
    EXPECT_EQ(read("0xg"), "byte 1: this is no Python literal");
    EXPECT_EQ(read("0b2"), "byte 1: this is no Python literal");
    EXPECT_EQ(read("0x1ffffffffffffffff"), "byte 1: an integer of this notation may have 64 bits");
    EXPECT_EQ(read("1e"), "byte 3: an exponent needs a digit here");
    EXPECT_EQ(read("1abc"), "byte 2: a number ends in letters");
    EXPECT_EQ(read("2j"), "byte 2: complex numbers fit no column");
    EXPECT_EQ(read("."), "byte 1: this is no Python literal");
    EXPECT_EQ(read("--1"), "byte 2: a sign needs a number behind it");
    EXPECT_EQ(read("-True"), "byte 2: a sign needs a number behind it");
}

TEST(PythonLiteral, UnderstandsEveryEscape) {
    EXPECT_EQ(read_text(R"('\\\'\"\a\b\f\n\r\t\v')"), "\\'\"\a\b\f\n\r\t\v");
    EXPECT_EQ(read_text(R"('\101\60\0601\7')"), "A001\7");
    EXPECT_EQ(read_text(R"('\400')"), "\u0100");
    EXPECT_EQ(read_text(R"('\x41\xe9\u20ac\U0001F600')"), "Aé€😀");
    EXPECT_EQ(read_text("'a\\\nb\\\r\nc'"), "abc");
    EXPECT_EQ(read_text(R"('\d\ \q')"), R"(\d\ \q)");
    EXPECT_EQ(read_text(R"('\0')"), std::string(1, '\0'));
}

TEST(PythonLiteral, RefusesEscapesThatGiveNoCharacter) {
    EXPECT_EQ(read(R"('\x4')"), "byte 5: this escape needs 2 hexadecimal digits");
    EXPECT_EQ(read(R"('\u12')"), "byte 6: this escape needs 4 hexadecimal digits");
    EXPECT_EQ(read(R"('\U00110000')"), "byte 2: there is no such character");
    EXPECT_EQ(read(R"('\ud800')"), "byte 2: half of a surrogate pair");
    EXPECT_EQ(read(R"('a\N{BULLET}')"), "byte 3: characters by name are not supported");
}

TEST(PythonLiteral, UnderstandsPrefixesTripleQuotesAndConcatenation) {
    EXPECT_EQ(read_text(R"(r'\n\'x')"), R"(\n\'x)");
    EXPECT_EQ(read_text(R"(u'x' U"y")"), "xy");
    EXPECT_EQ(read_text("'a' \"b\"   'c'"), "abc");
    EXPECT_EQ(read("['a'\n  'b', 'c']"), R"(["ab","c"])");
    EXPECT_EQ(read_text("'''it's \"so\"\r\nlong'''"), "it's \"so\"\nlong");
    EXPECT_EQ(read_text("\"\"\"a\"\"b\"\"\""), "a\"\"b");
    EXPECT_EQ(read_text("''"), "");
    EXPECT_EQ(read_text("''''''"), "");
    EXPECT_EQ(
        parse_python_literal(R"(b'\x00\xff\400a\u')").value(),
        (Value{Bytes{std::string("\0\xFF\0a\\u", 6)}})
    );
    EXPECT_EQ(parse_python_literal(R"(Rb'\x')").value(), (Value{Bytes{"\\x"}}));
}

TEST(PythonLiteral, RefusesStringsThatPythonRefuses) {
    EXPECT_EQ(read("'abc"), "byte 1: this string is never closed");
    EXPECT_EQ(read("'abc\\"), "byte 1: this string is never closed");
    EXPECT_EQ(read(R"(r'\')"), "byte 2: this string is never closed");
    EXPECT_EQ(read("'a\nb'"), "byte 1: this string is not closed on its line");
    EXPECT_EQ(read("'''abc''"), "byte 1: this string is never closed");
    EXPECT_EQ(read("'a' b'b'"), "byte 5: bytes and text cannot be joined");
    EXPECT_EQ(read("b'é'"), "byte 3: bytes may hold ASCII only");
    EXPECT_EQ(read("f'x'"), "byte 1: this is no Python literal");
    EXPECT_EQ(read("ur'x'"), "byte 1: this is no Python literal");
    EXPECT_EQ(read("'a'\n'b'"), "byte 5: unexpected text behind the value");
}

TEST(PythonLiteral, SkipsBlanksCommentsAndContinuations) {
    EXPECT_EQ(read(" \t[1, # one\n 2,\\\n 3\r\n]\n"), "[1,2,3]");
    EXPECT_EQ(read("1 # one"), "1");
    EXPECT_EQ(read("1, # one"), "[1]");
    EXPECT_EQ(read("[- # minus\n 5, set # empty\n ( )]"), "[-5,[]]");
    EXPECT_EQ(read("-\n5"), "byte 2: a sign needs a number behind it");
    EXPECT_EQ(read("[1, \\ 2]"), "byte 5: a backslash outside a string");
}

TEST(PythonLiteral, SaysAtWhichByteAndWhyATextIsNone) {
    EXPECT_EQ(read(""), "byte 1: there is no value");
    EXPECT_EQ(read("[1 2]"), "byte 4: a , or ] is missing");
    EXPECT_EQ(read("[,]"), "byte 2: this is no Python literal");
    EXPECT_EQ(read("(1, 2"), "byte 6: a , or ) is missing");
    EXPECT_EQ(read("[1,"), "byte 4: the text ends where a value should be");
    EXPECT_EQ(read("{'a' 1}"), "byte 6: a set needs , or } here");
    EXPECT_EQ(read("{'a': 1, 'b'}"), "byte 13: a key needs : behind it");
    EXPECT_EQ(read("{'a': 1 'b': 2}"), "byte 9: a dict needs , or } here");
    EXPECT_EQ(read("{1, 2: 3}"), "byte 6: a set needs , or } here");
    EXPECT_EQ(read("[null]"), "byte 2: this is no Python literal");
    EXPECT_EQ(read("open('x')"), "byte 1: this is no Python literal");
    EXPECT_EQ(read("set([1])"), "byte 1: this is no Python literal");
    EXPECT_EQ(read("1]"), "byte 2: unexpected text behind the value");
    EXPECT_EQ(read("'\xC3'"), "byte 2: invalid UTF-8");
    EXPECT_EQ(read(std::string_view("'\0'", 3)), "byte 2: NUL");
}

TEST(PythonLiteral, NestsToALimitInsteadOfOverflowingTheStack) {
    const std::size_t limit = max_depth;
    EXPECT_TRUE(parse_python_literal(std::string(limit, '[') + std::string(limit, ']')));
    for (const char* open : {"[", "(", "{1:", "{("}) {
        std::string text;
        for (int i = 0; i < 100'000; ++i) text += open;
        EXPECT_TRUE(read(text).ends_with("nested too deeply")) << open;
    }
}

TEST(ListColumn, IsJsonIfItCanBeElseAPythonLiteral) {
    const auto column = [](std::string_view text) {
        const auto value = parse_list_column(text);
        return value ? to_json(*value) : value.error().message;
    };
    EXPECT_EQ(column(R"([{"a": null, "b": true}])"), R"([{"a":null,"b":true}])");
    EXPECT_EQ(column(R"([{"a": None, 'b': True}])"), R"([{"a":null,"b":true}])");
    EXPECT_EQ(column(R"(["\ud83d\ude00", "\/"])"), R"(["😀","/"])");
    EXPECT_EQ(
        column(R"([{"a": 'x', "b" 1}])"),
        "neither JSON nor a Python literal: byte 17: a key needs : behind it"
    );
    EXPECT_EQ(
        column(R"([null, {"a":}])"),
        "neither JSON nor a Python literal: byte 13: this is no JSON value"
    );
    EXPECT_EQ(column(""), "neither JSON nor a Python literal: byte 1: there is no value");
}

TEST(Value, FindsByStringKeyAndKnowsItsKind) {
    const Value map = parse_python_literal("{'a': 1, 2: b'x'}").value();
    EXPECT_EQ(map.find("a")->kind(), "integer");
    EXPECT_EQ(map.find("2"), nullptr);
    EXPECT_EQ(map.find("a")->find("a"), nullptr);
    EXPECT_EQ(map.kind(), "map");
    EXPECT_EQ(map.map()->at(1).value.kind(), "bytes");
    EXPECT_EQ(Value().kind(), "null");
    EXPECT_TRUE(Value().is_null());
}

TEST(Value, IsWrittenAsCompactJson) {
    EXPECT_EQ(
        to_json(parse_python_literal("['\\x01\"\\\\', b'\\x0f', nan, 2.0]").value()),
        R"(["\u0001\"\\","\\x0f",null,2.0])"
    );
}

}  // namespace
}  // namespace reel::warehouse::literal
