#include <gtest/gtest.h>

#include <random>
#include <string>

#include "warehouse/literal/cursor.hpp"
#include "warehouse/literal/parse.hpp"

namespace reel::warehouse::literal {
namespace {

const std::string python =
    R"([{'id': 16, "name": 'It''s \x41 \u00e9', 'x': (1.5, -2e3, None, True)}, {1, 0x1f}, b'\x00', set()])";
const std::string json =
    R"([{"id": 16, "name": "Anim\u00e9 \"x\"", "x": [1.5, -2e3, null, true]}, {}, "\ud83d\ude00"])";

Reading reading_of(Reading (*read)(const CheckedText&), std::string_view text) {
    const auto checked = CheckedText::check(text);
    return checked ? read(*checked) : std::unexpected(checked.error());
}

void expect_sane(const Reading& reading, std::string_view text) {
    if (reading) return;
    EXPECT_LE(reading.error().offset, text.size()) << text;
    EXPECT_FALSE(reading.error().reason.empty()) << text;
}

TEST(DamagedLiteral, NoCutOfABracketedPythonLiteralIsOne) {
    ASSERT_TRUE(parse_python_literal(python));
    for (std::size_t size = 0; size < python.size(); ++size) {
        EXPECT_FALSE(reading_of(read_python, python.substr(0, size))) << python.substr(0, size);
    }
}

TEST(DamagedLiteral, NoCutOfAJsonListIsOne) {
    ASSERT_TRUE(parse_json(json));
    for (std::size_t size = 0; size < json.size(); ++size) {
        EXPECT_FALSE(reading_of(read_json, json.substr(0, size))) << json.substr(0, size);
    }
}

TEST(DamagedLiteral, ACutIsBlamedOnNoByteBehindIt) {
    for (const std::string& text : {python, json}) {
        for (std::size_t size = 0; size < text.size(); ++size) {
            expect_sane(reading_of(read_python, text.substr(0, size)), text.substr(0, size));
            expect_sane(reading_of(read_json, text.substr(0, size)), text.substr(0, size));
        }
    }
}

TEST(DamagedLiteral, TextBehindTheLastBracketIsRefusedWhereItBegins) {
    for (const std::string rest : {"]", "x", "1", "'a'", "{}", "None", "%", "\u00a0"}) {
        for (const std::string blanks : {"", " ", "\n\n"}) {
            const auto in_python = reading_of(read_python, python + blanks + rest);
            ASSERT_FALSE(in_python) << rest;
            EXPECT_EQ(in_python.error().offset, (python + blanks).size()) << rest;
            const auto in_json = reading_of(read_json, json + blanks + rest);
            ASSERT_FALSE(in_json) << rest;
            EXPECT_EQ(in_json.error().offset, (json + blanks).size()) << rest;
        }
    }
}

TEST(DamagedLiteral, AnyByteInAnyPlaceIsReadOrRefusedSanely) {
    for (std::size_t at = 0; at < python.size(); ++at) {
        for (const char c : {'\'', '\\', '[', '}', ',', ':', '0', '\n', '\xC3', '\0', ' ', '#'}) {
            std::string damaged = python;
            damaged[at] = c;
            expect_sane(reading_of(read_python, damaged), damaged);
        }
    }
}

TEST(DamagedLiteral, NoByteOfRubbishIsBehindTheText) {
    std::mt19937 random(17);
    const std::string alphabet = "[](){},:'\"\\#\n xu0b1e_.-+NTFset";
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (auto size = random() % 12; size > 0; --size) {
            text += alphabet[random() % alphabet.size()];
        }
        expect_sane(reading_of(read_python, text), text);
        expect_sane(reading_of(read_json, text), text);
    }
}

TEST(DamagedLiteral, BlanksAroundItMakeNoDifference) {
    const Value wanted = parse_python_literal(python).value();
    for (const std::string blanks : {" ", "\t", "\n", "\r\n", " \f ", "\n# why\n"}) {
        EXPECT_EQ(parse_python_literal(python + blanks).value(), wanted);
        EXPECT_EQ(parse_python_literal(blanks + python).value(), wanted);
    }
    const Value other = parse_json(json).value();
    for (const std::string blanks : {" ", "\t", "\n", "\r\n"}) {
        EXPECT_EQ(parse_json(blanks + json + blanks).value(), other);
    }
}

TEST(DamagedLiteral, ParenthesesAroundAValueAreNoTuple) {
    const Value wanted = parse_python_literal(python).value();
    EXPECT_EQ(parse_python_literal("(" + python + ")").value(), wanted);
    EXPECT_EQ(parse_python_literal("((\n(" + python + ")))").value(), wanted);
    EXPECT_EQ(parse_python_literal("(" + python + ",)").value(), Value{List{wanted}});
}

TEST(DamagedLiteral, InvalidUtf8AndNulAreFoundWhereverTheyAre) {
    for (std::size_t at = 0; at <= json.size(); ++at) {
        std::string damaged = json;
        damaged.insert(at, 1, '\xFF');
        EXPECT_EQ(reading_of(read_json, damaged).error().reason, "invalid UTF-8");
        EXPECT_EQ(reading_of(read_json, damaged).error().offset, at);
        damaged[at] = '\0';
        EXPECT_EQ(reading_of(read_json, damaged).error().reason, "NUL");
        EXPECT_EQ(reading_of(read_json, damaged).error().offset, at);
    }
}

TEST(DamagedLiteral, TheMessageCountsBytesFromOne) {
    for (const std::string text : {"[1, x]", "[1,\n\n x]", "['é', x]", "['😀', x]"}) {
        const std::string wanted = "byte " + std::to_string(text.find('x') + 1) + ": ";
        EXPECT_EQ(parse_python_literal(text).error().message, wanted + "this is no Python literal");
    }
}

TEST(DamagedLiteral, AListColumnSpeaksOfTheLanguageThatFitsFurther) {
    const auto message = [](std::string_view text) {
        return parse_list_column(text).error().message;
    };
    EXPECT_TRUE(message(json.substr(0, 40)).starts_with("neither JSON nor a Python literal: byte ")
    );
    EXPECT_EQ(
        message("['a', nul]"),
        "neither JSON nor a Python literal: byte 7: this is no Python literal"
    );
    EXPECT_EQ(
        message(R"([null, true, "a", 01])"),
        "neither JSON nor a Python literal: byte 19: a number must not begin with 0"
    );
}

TEST(DamagedLiteral, OneDepthIsCountedForEveryKindOfBracket) {
    const auto nested = [](int depth, std::string_view open, std::string_view close) {
        std::string text;
        for (int i = 0; i < depth; ++i) text += open;
        text += '1';
        for (int i = 0; i < depth; ++i) text += close;
        return text;
    };
    const struct {
        std::string_view open;
        std::string_view close;
    } brackets[] = {{"[", "]"}, {"(", ")"}, {"(", ",)"}, {"{1:", "}"}, {"[2, ", "]"}};
    for (const auto& [open, close] : brackets) {
        EXPECT_TRUE(reading_of(read_python, nested(max_depth, open, close))) << open;
        const auto deeper = reading_of(read_python, nested(max_depth + 1, open, close));
        ASSERT_FALSE(deeper) << open;
        EXPECT_EQ(deeper.error().reason, "nested too deeply");
        EXPECT_TRUE(reading_of(read_python, "[" + nested(max_depth - 1, open, close) + ", [[1]]]"))
            << open;
    }
}

}  // namespace
}  // namespace reel::warehouse::literal
