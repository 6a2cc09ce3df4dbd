#include <random>

#include "types_wire_reader.hpp"
#include "warehouse/literal/parse.hpp"

namespace reel::warehouse {
namespace {

std::string_view view(const char* text) {
    return text;
}

std::string lower_hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += "0123456789abcdef"[byte >> 4U];
        text += "0123456789abcdef"[byte & 0xFU];
    }
    return text;
}

std::string upper(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string bytes;
    for (; size > 0; --size) bytes += static_cast<char>(random() & 0xFFU);
    return bytes;
}

TEST(UuidForms, EveryUuidComesBackFromEverySpelling) {
    std::mt19937 random(3);
    for (int round = 0; round < 60; ++round) {
        const std::string bytes = random_bytes(random, 16);
        const std::string digits = lower_hex(bytes);
        std::string hyphens = digits;
        for (const std::size_t at : {20, 16, 12, 8}) hyphens.insert(at, 1, '-');
        for (const std::string& text :
             {digits,
              hyphens,
              upper(digits),
              upper(hyphens),
              '{' + hyphens + '}',
              '{' + digits + '}',
              ' ' + hyphens + '\n'}) {
            EXPECT_EQ(encode_as("uuid", std::string_view(text)), bytes) << text;
        }
    }
}

TEST(UuidForms, NoDigitMayBeMissingDoubledOrStrange) {
    const std::string whole = "123e4567-e89b-12d3-a456-4266141740ff";
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string damaged = whole;
        damaged.erase(at, 1);
        EXPECT_EQ(encode_as("uuid", std::string_view(damaged)), "!not a UUID") << damaged;
        damaged = whole;
        damaged.insert(at, 1, whole[at]);
        EXPECT_EQ(encode_as("uuid", std::string_view(damaged)), "!not a UUID") << damaged;
        for (const char c : {'g', ' ', '_', '{', '\xC3'}) {
            damaged = whole;
            damaged[at] = c;
            EXPECT_EQ(encode_as("uuid", std::string_view(damaged)), "!not a UUID") << damaged;
        }
    }
}

TEST(UuidForms, BracesComeInPairsOnly) {
    for (const char* text :
         {"{123e4567-e89b-12d3-a456-4266141740ff",
          "123e4567-e89b-12d3-a456-4266141740ff}",
          "{{123e4567-e89b-12d3-a456-4266141740ff}}",
          "{}",
          "{",
          "}",
          "-",
          "----"}) {
        EXPECT_EQ(encode_as("uuid", view(text)), "!not a UUID") << text;
    }
}

TEST(ByteaForms, EveryByteComesBackInEitherCase) {
    std::mt19937 random(5);
    for (std::size_t size = 0; size < 60; ++size) {
        const std::string bytes = random_bytes(random, size);
        const std::string digits = lower_hex(bytes);
        EXPECT_EQ(encode_as("bytea", std::string_view("\\x" + digits)), bytes) << digits;
        EXPECT_EQ(encode_as("bytea", std::string_view("\\x" + upper(digits))), bytes) << digits;
        EXPECT_EQ(encode_as("bytea", literal::Value{literal::Bytes{bytes}}), bytes) << digits;
    }
}

TEST(ByteaForms, AnOddOrStrangeDigitIsRefused) {
    for (const char* text :
         {"",
          "\\",
          "x",
          "\\X00",
          "00",
          "\\x0",
          "\\x000",
          "\\x0g",
          "\\xg0",
          "\\x 00",
          "\\x0 0",
          "\\x00-01",
          "0x00",
          "\\\\x00"}) {
        EXPECT_EQ(
            encode_as("bytea", view(text)), "!not bytes (\\x and pairs of hexadecimal digits)"
        ) << text;
    }
}

TEST(BooleanForms, EverySpellingIsKnownInAnyCaseAndBetweenBlanks) {
    const struct {
        const char* text;
        char value;
    } cases[] = {
        {"true", 1},
        {"t", 1},
        {"1", 1},
        {"yes", 1},
        {"y", 1},
        {"on", 1},
        {"false", 0},
        {"f", 0},
        {"0", 0},
        {"no", 0},
        {"n", 0},
        {"off", 0}
    };
    for (const auto& [text, value] : cases) {
        const std::string wanted(1, value);
        std::string mixed = text;
        mixed.front() = upper(mixed).front();
        for (const std::string& spelling :
             {std::string(text), upper(text), mixed, ' ' + std::string(text) + "\t\r\n"}) {
            EXPECT_EQ(encode_as("boolean", std::string_view(spelling)), wanted) << spelling;
        }
    }
}

TEST(BooleanForms, NothingNearASpellingIsOne) {
    for (const char* text :
         {"",    " ",    "tr",   "tru",  "truee", "true false", "ye",     "yess", "o",
          "of",  "offf", "fals", "00",   "01",    "10",         "-1",     "+1",   "1.0",
          "0.0", "2",    "null", "None", "ja",    "\u0131",     "t\u200b"}) {
        EXPECT_EQ(encode_as("boolean", view(text)), "!not true or false") << text;
    }
}

struct LengthCase {
    std::string character;
    std::string name;
};

class TextLength : public testing::TestWithParam<LengthCase> {
  protected:
    [[nodiscard]] std::string repeat(std::size_t count) const {
        std::string text;
        for (; count > 0; --count) text += GetParam().character;
        return text;
    }
};

TEST_P(TextLength, IsCountedInCharactersOfAnySize) {
    for (const std::size_t limit : {1, 2, 7, 8, 9, 31}) {
        for (const std::string type : {"varchar", "char"}) {
            const std::string name = type + '(' + std::to_string(limit) + ')';
            EXPECT_EQ(encode_as(name, std::string_view(repeat(limit))), repeat(limit));
            EXPECT_EQ(encode_as(name, std::string_view(repeat(limit - 1))), repeat(limit - 1));
            EXPECT_EQ(
                encode_as(name, std::string_view(repeat(limit + 1))),
                "!too long for " + name + ": " + std::to_string(limit + 1) + " characters"
            );
        }
    }
}

TEST_P(TextLength, HasNoLimitWithoutOne) {
    for (const std::string_view type : {"text", "varchar"}) {
        EXPECT_EQ(encode_as(type, std::string_view(repeat(5000))), repeat(5000));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Characters,
    TextLength,
    testing::Values(
        LengthCase{"x", "one_byte"},
        LengthCase{"é", "two_bytes"},
        LengthCase{"値", "three_bytes"},
        LengthCase{"😀", "four_bytes"}
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(TextForms, BlanksAtTheEndCountForVarcharButNotForChar) {
    EXPECT_EQ(encode_as("varchar(3)", view("ab ")), "ab ");
    EXPECT_EQ(encode_as("varchar(3)", view("ab  ")), "!too long for varchar(3): 4 characters");
    EXPECT_EQ(encode_as("char(3)", view("ab     ")), "ab ");
    EXPECT_EQ(encode_as("char(3)", view("ab\t\t")), "!too long for char(3): 4 characters");
    EXPECT_EQ(encode_as("char(3)", view("    ab")), "!too long for char(3): 6 characters");
    EXPECT_EQ(encode_as("char(1)", view("       ")), " ");
}

TEST(TextForms, NulAndInvalidBytesAreNamedByTheirPlace) {
    for (std::size_t at = 0; at < 20; ++at) {
        std::string text(20, 'x');
        text[at] = '\0';
        const std::string place = std::to_string(at + 1);
        for (const std::string_view type : {"text", "varchar", "varchar(5)", "char(3)"}) {
            EXPECT_EQ(encode_as(type, std::string_view(text)), "!NUL at byte " + place);
        }
        text[at] = '\xFE';
        EXPECT_EQ(encode_as("text", std::string_view(text)), "!invalid UTF-8 at byte " + place);
    }
}

TEST(TextForms, AnyOtherTextIsKeptByteForByte) {
    for (const char* text :
         {"",
          " ",
          "\n",
          "\r\n",
          "NULL",
          "\\N",
          "\\",
          "\"",
          "'",
          "a\tb",
          "\u2028",
          "\U0010FFFF",
          "\x01\x1f\x7f",
          "{}",
          "[1]",
          "%s",
          "$1",
          "--",
          "é\u0301"}) {
        for (const std::string_view type : {"text", "varchar", "varchar(10)"}) {
            EXPECT_EQ(encode_as(type, view(text)), text);
        }
        EXPECT_EQ(encode_as("text", literal::Value{std::string(text)}), text);
    }
}

struct JsonCase {
    std::string text;
    std::string as_json;   ///< "" stands for the text itself
    std::string as_jsonb;  ///< "" stands for the text behind its version
};

class JsonForms : public testing::TestWithParam<JsonCase> {};

TEST_P(JsonForms, AreCheckedAndKeptAsTheyAre) {
    const JsonCase& given = GetParam();
    const std::string_view text = given.text;
    EXPECT_EQ(encode_as("json", text), given.as_json.empty() ? given.text : given.as_json);
    EXPECT_EQ(
        encode_as("jsonb", text), given.as_jsonb.empty() ? '\1' + given.text : given.as_jsonb
    );
}

INSTANTIATE_TEST_SUITE_P(
    Texts,
    JsonForms,
    testing::Values(
        JsonCase{"null", "", ""},
        JsonCase{" [ 1 , 2 ] ", "", ""},
        JsonCase{"{\"a\":1,\"a\":2}", "", ""},
        JsonCase{"1.50", "", ""},
        JsonCase{"123456789012345678901234567890.5", "", ""},
        JsonCase{"1e131071", "", ""},
        JsonCase{"1e131072", "", "!a number is out of range for jsonb"},
        JsonCase{"[[[1e-99999]]]", "", "!a number is out of range for jsonb"},
        JsonCase{"\"\\u0000\"", "", "!jsonb holds no NUL"},
        JsonCase{"{\"a\":{\"b\":[\"x\\u0000\"]}}", "", "!jsonb holds no NUL"},
        JsonCase{
            "", "!not JSON: byte 1: there is no value", "!not JSON: byte 1: there is no value"
        },
        JsonCase{
            "\"\\ud800\"",
            "!not JSON: byte 2: half of a surrogate pair",
            "!not JSON: byte 2: half of a surrogate pair"
        }
    )
);

}  // namespace
}  // namespace reel::warehouse
