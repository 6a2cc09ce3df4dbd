#include <bit>
#include <cmath>

#include "types_wire_reader.hpp"
#include "warehouse/literal/parse.hpp"

namespace reel::warehouse {
namespace {

using literal::parse_python_literal;

TEST(FieldEncoder, EncodesIntegersUpToTheirBounds) {
    EXPECT_EQ(encode_as("smallint", std::string_view("-2")), "\xFF\xFE");
    EXPECT_EQ(encode_integer("smallint", std::string_view("32767")), "32767");
    EXPECT_EQ(encode_integer("integer", std::string_view(" -2147483648\t")), "-2147483648");
    EXPECT_EQ(encode_integer("integer", std::string_view("+0042")), "42");
    EXPECT_EQ(
        encode_integer("bigint", std::string_view("9223372036854775807")), "9223372036854775807"
    );
    EXPECT_EQ(encode_integer("smallint", std::string_view("32768")), "!out of range for smallint");
    EXPECT_EQ(
        encode_integer("integer", std::string_view("99999999999")), "!out of range for integer"
    );
    EXPECT_EQ(
        encode_integer("bigint", std::string_view("-9223372036854775809")),
        "!out of range for bigint"
    );
}

TEST(FieldEncoder, RefusesWhatIsNoInteger) {
    for (const std::string_view text :
         {"", " ", "-", "1995.0", "1e3", "12a", "1997-08-20", "0x1F", "1 2", "+-1", "१"}) {
        EXPECT_EQ(encode_integer("integer", text), "!not an integer") << text;
    }
}

double read_double(std::string_view text) {
    return std::bit_cast<double>(WireReader(encode_as("double precision", text)).integer(8));
}

float read_float(std::string_view text) {
    return std::bit_cast<float>(
        static_cast<std::int32_t>(WireReader(encode_as("real", text)).integer(4))
    );
}

TEST(FieldEncoder, EncodesFloats) {
    EXPECT_EQ(read_double("8.2e-05"), 8.2e-05);
    EXPECT_EQ(read_double(" +1.5 "), 1.5);
    EXPECT_EQ(read_double("-0"), 0.0);
    EXPECT_TRUE(std::signbit(read_double("-0")));
    EXPECT_EQ(read_double("-Infinity"), -INFINITY);
    EXPECT_TRUE(std::isnan(read_double("NaN")));
    EXPECT_EQ(read_float("3.4e38"), 3.4e38F);
    EXPECT_EQ(encode_as("real", std::string_view("1e39")), "!out of range for real");
    EXPECT_EQ(
        encode_as("float8", std::string_view("1e-999")), "!out of range for double precision"
    );
    for (const std::string_view text : {"", "x", "1,5", "1.5.", "nan(1)", "+-1", "0x1p3"}) {
        EXPECT_EQ(encode_as("float8", text), "!not a number") << text;
    }
}

TEST(FieldEncoder, EncodesBooleansOfEverySpelling) {
    for (const std::string_view text : {"True", "t", "1", "YES", "y", "on", " true "}) {
        EXPECT_EQ(encode_as("boolean", text), "\1") << text;
    }
    for (const std::string_view text : {"False", "F", "0", "no", "N", "off"}) {
        EXPECT_EQ(encode_as("boolean", text), std::string(1, '\0')) << text;
    }
    for (const std::string_view text : {"", "2", "tru", " - Written by"}) {
        EXPECT_EQ(encode_as("boolean", text), "!not true or false") << text;
    }
}

TEST(FieldEncoder, KeepsTextAsItIs) {
    EXPECT_EQ(encode_as("text", std::string_view(" Amélie\n")), " Amélie\n");
    EXPECT_EQ(encode_as("text", std::string_view("")), "");
    EXPECT_EQ(encode_as("text", std::string_view("a\0b", 3)), "!NUL at byte 2");
    EXPECT_EQ(encode_as("text", std::string_view("ab\xE9")), "!invalid UTF-8 at byte 3");
}

TEST(FieldEncoder, MeasuresLengthInCharacters) {
    EXPECT_EQ(encode_as("varchar(4)", std::string_view("éàüö")), "éàüö");
    EXPECT_EQ(
        encode_as("varchar(3)", std::string_view("éàüö")), "!too long for varchar(3): 4 characters"
    );
    EXPECT_EQ(
        encode_as("varchar(2)", std::string_view("ab ")), "!too long for varchar(2): 3 characters"
    );
    EXPECT_EQ(encode_as("char(2)", std::string_view("ab  ")), "ab");
    EXPECT_EQ(
        encode_as("char(2)", std::string_view("abc ")), "!too long for char(2): 3 characters"
    );
    EXPECT_EQ(encode_as("varchar", std::string_view("any length")), "any length");
}

TEST(FieldEncoder, EncodesUuids) {
    const std::string bytes = "\x12\x3e\x45\x67\xe8\x9b\x12\xd3\xa4\x56\x42\x66\x14\x17\x40\xff";
    EXPECT_EQ(encode_as("uuid", std::string_view("123e4567-e89b-12d3-a456-4266141740ff")), bytes);
    EXPECT_EQ(encode_as("uuid", std::string_view("{123E4567-E89B-12D3-A456-4266141740FF}")), bytes);
    EXPECT_EQ(encode_as("uuid", std::string_view("123e4567e89b12d3a4564266141740ff")), bytes);
    for (const std::string_view text :
         {"",
          "{",
          "123e4567-e89b-12d3-a456-4266141740f",
          "123e4567-e89b-12d3-a456-4266141740fg",
          "123e-4567e89b-12d3-a456-4266141740ff"}) {
        EXPECT_EQ(encode_as("uuid", text), "!not a UUID") << text;
    }
}

TEST(FieldEncoder, EncodesBytes) {
    EXPECT_EQ(
        encode_as("bytea", std::string_view("\\x00fF1")),
        "!not bytes (\\x and pairs of hexadecimal digits)"
    );
    EXPECT_EQ(encode_as("bytea", std::string_view("\\x00fF")), std::string("\0\xFF", 2));
    EXPECT_EQ(encode_as("bytea", std::string_view("\\x")), "");
    EXPECT_EQ(
        encode_as("bytea", std::string_view("abc")),
        "!not bytes (\\x and pairs of hexadecimal digits)"
    );
}

TEST(FieldEncoder, ChecksJson) {
    EXPECT_EQ(encode_as("json", std::string_view(" {\"a\": 1} ")), " {\"a\": 1} ");
    EXPECT_EQ(encode_as("jsonb", std::string_view("[1]")), "\1[1]");
    EXPECT_EQ(
        encode_as("jsonb", std::string_view("{'a': 1}")),
        "!not JSON: byte 2: an object needs a key in double quotes here"
    );
    EXPECT_EQ(
        encode_as("json", std::string_view("[\"\\u0000\", 1e400000]")), "[\"\\u0000\", 1e400000]"
    );
    EXPECT_EQ(
        encode_as("jsonb", std::string_view("[{\"a\": \"\\u0000\"}]")), "!jsonb holds no NUL"
    );
    EXPECT_EQ(encode_as("jsonb", std::string_view("{\"\\u0000\": 1}")), "!jsonb holds no NUL");
    EXPECT_EQ(
        encode_as("jsonb", std::string_view("[1e400000]")), "!a number is out of range for jsonb"
    );
}

TEST(FieldEncoder, EncodesLiteralsByTheirMeaning) {
    const auto value = [](std::string_view text) { return parse_python_literal(text).value(); };
    EXPECT_EQ(encode_as("integer", value("None")), "NULL");
    EXPECT_EQ(encode_integer("integer", value("16")), "16");
    EXPECT_EQ(encode_integer("integer", value("'16'")), "16");
    EXPECT_EQ(encode_as("integer", value("16.0")), "!not an integer");
    EXPECT_EQ(encode_as("integer", value("True")), "!a boolean does not fit integer");
    EXPECT_EQ(encode_as("integer", value("[1]")), "!a list does not fit integer");
    EXPECT_EQ(encode_as("smallint", value("99999999999999999999")), "!out of range for smallint");
    EXPECT_EQ(encode_as("boolean", value("True")), "\1");
    EXPECT_EQ(encode_as("boolean", value("0")), std::string(1, '\0'));
    EXPECT_EQ(WireReader(encode_as("numeric", value("8.2e-05"))).numeric(), "0.000082");
    EXPECT_EQ(WireReader(encode_as("numeric", value("nan"))).numeric(), "NaN");
    EXPECT_EQ(encode_as("text", value("'it''s'")), "its");
    EXPECT_EQ(encode_as("text", value("16")), "16");
    EXPECT_EQ(encode_as("text", value("False")), "false");
    EXPECT_EQ(encode_as("text", value("[1, {'a': None}]")), "[1,{\"a\":null}]");
    EXPECT_EQ(encode_as("text", value("{'a': 1}")), "{\"a\":1}");
    EXPECT_EQ(encode_as("date", value("{}")), "!a map does not fit date");
    EXPECT_EQ(encode_as("text", value("'\\0'")), "!NUL at byte 1");
    EXPECT_EQ(encode_as("bytea", value("b'\\x00a'")), std::string("\0a", 2));
    EXPECT_EQ(encode_as("text", value("b'\\xff'")), "!invalid UTF-8 at byte 1");
    EXPECT_EQ(encode_as("integer", value("b'1'")), "!a byte string does not fit integer");
    EXPECT_EQ(encode_as("jsonb", value("'x'")), "\1\"x\"");
    EXPECT_EQ(encode_as("json", value("[nan, 1.5]")), "[null,1.5]");
    EXPECT_EQ(encode_as("jsonb", value("'\\0'")), "!jsonb holds no NUL");
}

TEST(FieldEncoder, RefusesAFormatThatCannotGiveTheType) {
    const auto refusal = [](std::string_view type, std::string_view format) {
        return encode_as(type, std::string_view("x"), format);
    };
    EXPECT_EQ(
        refusal("integer", "%Y"),
        "!format '%Y' of column type integer: only dates and times have a format"
    );
    EXPECT_EQ(
        refusal("time", "epoch"), "!format 'epoch' of column type time: an epoch is no time of day"
    );
    EXPECT_EQ(
        refusal("date", "%d.%m"),
        "!format '%d.%m' of column type date: a date needs a year, a month and a day"
    );
    EXPECT_EQ(refusal("date", "%H:%M"), "!format '%H:%M' of column type date: it has no date");
    EXPECT_EQ(
        refusal("time", "%F %T"),
        "!format '%F %T' of column type time: a time is wanted, without a date"
    );
    EXPECT_EQ(
        refusal("date", "%Q"),
        "!format '%Q' of column type date: %Q is no directive that Reel knows"
    );
    EXPECT_EQ(
        refusal("date", "%F%"),
        "!format '%F%' of column type date: % is no directive that Reel knows"
    );
    EXPECT_EQ(
        refusal("time", "%I:%M"), "!format '%I:%M' of column type time: %I and %p need each other"
    );
    EXPECT_EQ(
        refusal("date", "%F :%M"),
        "!format '%F :%M' of column type date: a time needs %H, or %I and %p"
    );
    EXPECT_EQ(
        refusal("date", "today"),
        "!format 'today' of column type date: it has neither a date nor a time"
    );
}

}  // namespace
}  // namespace reel::warehouse
