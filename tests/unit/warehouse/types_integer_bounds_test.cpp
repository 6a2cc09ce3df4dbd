#include <random>

#include "types_wire_reader.hpp"

namespace reel::warehouse {
namespace {

struct IntegerType {
    std::string name;
    std::size_t size;
    std::string least;
    std::string most;
};

const std::vector<IntegerType>& integer_types() {
    static const std::vector<IntegerType> types = {
        {"smallint", 2, "-32768", "32767"},
        {"integer", 4, "-2147483648", "2147483647"},
        {"bigint", 8, "-9223372036854775808", "9223372036854775807"},
    };
    return types;
}

/// One further from zero, in decimal.
std::string beyond(std::string text) {
    std::size_t at = text.size() - 1;
    while (text[at] == '9') text[at--] = '0';
    ++text[at];
    return text;
}

class IntegerBounds : public testing::TestWithParam<IntegerType> {
  protected:
    std::string through(const std::string& text) const {
        return encode_integer(GetParam().name, std::string_view(text));
    }
    [[nodiscard]] std::string refusal() const { return "!out of range for " + GetParam().name; }
};

TEST_P(IntegerBounds, AreValuesThemselves) {
    EXPECT_EQ(through(GetParam().least), GetParam().least);
    EXPECT_EQ(through(GetParam().most), GetParam().most);
}

TEST_P(IntegerBounds, LetNothingBeyondThem) {
    EXPECT_EQ(through(beyond(GetParam().least)), refusal());
    EXPECT_EQ(through(beyond(GetParam().most)), refusal());
    for (const char* zero : {"0", "00000"}) {
        EXPECT_EQ(through(GetParam().most + zero), refusal());
        EXPECT_EQ(through(GetParam().least + zero), refusal());
    }
    EXPECT_EQ(through(std::string(400, '9')), refusal());
    EXPECT_EQ(through('-' + std::string(400, '9')), refusal());
}

TEST_P(IntegerBounds, AreNotMovedByZerosInFrontOrSigns) {
    const std::string zeros(50, '0');
    EXPECT_EQ(through(zeros + GetParam().most), GetParam().most);
    EXPECT_EQ(through('+' + GetParam().most), GetParam().most);
    EXPECT_EQ(through('-' + zeros + GetParam().least.substr(1)), GetParam().least);
    EXPECT_EQ(through('+' + GetParam().least.substr(1)), refusal());
    EXPECT_EQ(through("-0"), "0");
    EXPECT_EQ(through("+0"), "0");
    EXPECT_EQ(through(zeros), "0");
}

TEST_P(IntegerBounds, TakeTheSizeOfTheTypeOnTheWire) {
    for (const char* text : {"0", "1", "-1"}) {
        EXPECT_EQ(encode_as(GetParam().name, std::string_view(text)).size(), GetParam().size);
    }
}

TEST_P(IntegerBounds, HoldForEveryPowerOfTwo) {
    for (unsigned bit = 0; bit < GetParam().size * 8 - 1; ++bit) {
        const std::int64_t power = std::int64_t{1} << bit;
        for (const std::int64_t value : {power, power - 1, -power, -power - 1}) {
            EXPECT_EQ(through(std::to_string(value)), std::to_string(value));
        }
    }
}

TEST_P(IntegerBounds, MeanTheSameForALiteral) {
    for (const std::string& text : {GetParam().least, GetParam().most, std::string("0")}) {
        EXPECT_EQ(encode_integer(GetParam().name, literal::Value{std::stoll(text)}), text);
        EXPECT_EQ(encode_integer(GetParam().name, literal::Value{text}), text);
    }
    const literal::Value huge{literal::Number{"99999999999999999999"}};
    EXPECT_EQ(encode_integer(GetParam().name, huge), refusal());
    const literal::Value above{std::int64_t{32768}};
    EXPECT_EQ(encode_integer(GetParam().name, above), GetParam().size == 2 ? refusal() : "32768");
}

TEST_P(IntegerBounds, RefuseEverythingButASignAndDigits) {
    for (const std::string_view text :
         {"",    "+",   "-",       "--1",     "++1",    "-+1",    "1-",      "1+",    "1.",
          ".1",  "1.0", "1e0",     "0x1",     "0b1",    "1_000",  "1,000",   "1 000", "1\t2",
          "one", "NaN", "inf",     "null",    "None",   "True",   "\"1\"",   "'1'",   "1;",
          "$1",  "1%",  "\u00a01", "1\u00a0", "\u0661", "\uff11", "\u22121", "1\xFF"}) {
        EXPECT_EQ(through(std::string(text)), "!not an integer") << text;
    }
}

TEST_P(IntegerBounds, AllowBlanksAroundTheNumberOnly) {
    for (const std::string blank : {" ", "\t", "\n", "\r", "\v", "\f", "  \r\n"}) {
        EXPECT_EQ(through(blank + "7"), "7");
        EXPECT_EQ(through("7" + blank), "7");
        EXPECT_EQ(through("7" + blank + "7"), "!not an integer");
        EXPECT_EQ(through("-" + blank + "7"), "!not an integer");
        EXPECT_EQ(through(blank), "!not an integer");
    }
}

INSTANTIATE_TEST_SUITE_P(
    Types,
    IntegerBounds,
    testing::ValuesIn(integer_types()),
    [](const auto& info) { return info.param.name; }
);

TEST(IntegerTypes, AWiderTypeTakesAllThatANarrowerOneTakes) {
    std::mt19937_64 random(3);
    for (int round = 0; round < 300; ++round) {
        const auto value = static_cast<std::int64_t>(random()) >> (random() % 64);
        const std::string text = std::to_string(value);
        bool fitted = false;
        for (const IntegerType& type : integer_types()) {
            const std::string seen = encode_integer(type.name, std::string_view(text));
            EXPECT_TRUE(!fitted || seen == text) << type.name << ' ' << text;
            fitted = seen == text;
        }
        EXPECT_TRUE(fitted) << text;
    }
}

TEST(IntegerTypes, KeepTheOrderOfTheirValuesInTheBytes) {
    std::string before;
    for (const char* text : {"0", "1", "255", "256", "32767"}) {
        const std::string bytes = encode_as("smallint", std::string_view(text));
        EXPECT_LT(before, bytes) << "the first byte is the most significant one";
        before = bytes;
    }
}

struct FloatCase {
    std::string text;
    std::uint64_t bits;
};

class FloatBits : public testing::TestWithParam<FloatCase> {};

TEST_P(FloatBits, AreThoseOfTheNearestDouble) {
    const std::string field = encode_as("double precision", std::string_view(GetParam().text));
    ASSERT_EQ(field.size(), 8U) << field;
    EXPECT_EQ(static_cast<std::uint64_t>(WireReader(field).integer(8)), GetParam().bits);
}

INSTANTIATE_TEST_SUITE_P(
    Texts,
    FloatBits,
    testing::Values(
        FloatCase{"0", 0x0000000000000000U},
        FloatCase{"-0.0", 0x8000000000000000U},
        FloatCase{"1", 0x3FF0000000000000U},
        FloatCase{"+1", 0x3FF0000000000000U},
        FloatCase{"-2", 0xC000000000000000U},
        FloatCase{"0.1", 0x3FB999999999999AU},
        FloatCase{".5", 0x3FE0000000000000U},
        FloatCase{"5.", 0x4014000000000000U},
        FloatCase{"1e0", 0x3FF0000000000000U},
        FloatCase{"1E+0", 0x3FF0000000000000U},
        FloatCase{"10e-1", 0x3FF0000000000000U},
        FloatCase{"1.7976931348623157e308", 0x7FEFFFFFFFFFFFFFU},
        FloatCase{"2.2250738585072014e-308", 0x0010000000000000U},
        FloatCase{"4.9406564584124654e-324", 0x0000000000000001U},
        FloatCase{"9007199254740993", 0x4340000000000000U},
        FloatCase{"9007199254740993.00001", 0x4340000000000001U},
        FloatCase{"inf", 0x7FF0000000000000U},
        FloatCase{"+Infinity", 0x7FF0000000000000U},
        FloatCase{"-INF", 0xFFF0000000000000U}
    )
);

TEST(FloatTypes, RefuseWhatIsBeyondTheirBounds) {
    for (const std::string_view text : {"1e309", "-1e309", "1.8e308", "1e-400"}) {
        EXPECT_EQ(encode_as("float8", text), "!out of range for double precision") << text;
    }
    for (const std::string_view text : {"3.5e38", "-3.5e38", "1e-50", "1e300"}) {
        EXPECT_EQ(encode_as("real", text), "!out of range for real") << text;
    }
}

TEST(FloatTypes, RefuseWhatIsNoNumber) {
    for (const std::string_view type : {"real", "float8"}) {
        for (const std::string_view text :
             {"",    "+",      "-",    ".",       "e1",  "1e",  "1e+",
              "1,5", "1.2.3",  "0x10", "1_0",     "--1", "+-1", "-+1",
              "1 2", "nan(1)", "nano", "infinit", "1f",  "1d",  "$1"}) {
            EXPECT_EQ(encode_as(type, text), "!not a number") << type << ' ' << text;
        }
    }
}

}  // namespace
}  // namespace reel::warehouse
