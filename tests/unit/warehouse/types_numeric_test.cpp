#include <random>

#include "types_wire_reader.hpp"

namespace reel::warehouse {
namespace {

/// What the server would show for the text.
std::string through(std::string_view text, std::string_view type = "numeric") {
    std::string field = encode_as(type, text);
    if (field.starts_with('!')) return field;
    WireReader reader(field);
    std::string shown = reader.numeric();
    EXPECT_TRUE(reader.at_end());
    return shown;
}

TEST(Numeric, KeepsEveryDigit) {
    for (const char* text :
         {"0",
          "7",
          "-7",
          "9999",
          "10000",
          "10001",
          "100000000",
          "3.5",
          "0.5",
          "-0.0001",
          "0.00001",
          "12345.678900",
          "99999999999999999999999999999999.999",
          "0.00000000000000000000000000000001"}) {
        EXPECT_EQ(through(text), text);
    }
}

TEST(Numeric, ReadsEveryNotation) {
    EXPECT_EQ(through(" +1.50 "), "1.50");
    EXPECT_EQ(through("5."), "5");
    EXPECT_EQ(through(".5"), "0.5");
    EXPECT_EQ(through("8.2e-05"), "0.000082");
    EXPECT_EQ(through("1.5E3"), "1500");
    EXPECT_EQ(through("1.23456e+2"), "123.456");
    EXPECT_EQ(through("000123.4"), "123.4");
    EXPECT_EQ(through("-0.00"), "0.00");
    EXPECT_EQ(through("0e99999999999"), "0");
    EXPECT_EQ(through("nAn"), "NaN");
    EXPECT_EQ(through("NaN", "numeric(3,1)"), "NaN");
}

TEST(Numeric, RoundsToTheScaleHalfAwayFromZero) {
    EXPECT_EQ(through("3.45", "numeric(2,1)"), "3.5");
    EXPECT_EQ(through("3.449999", "numeric(2,1)"), "3.4");
    EXPECT_EQ(through("-2.5", "numeric(2,0)"), "-3");
    EXPECT_EQ(through("9.95", "numeric(3,1)"), "10.0");
    EXPECT_EQ(through("0.5", "numeric(1)"), "1");
    EXPECT_EQ(through("0.05", "numeric(2,1)"), "0.1");
    EXPECT_EQ(through("0.04", "numeric(2,1)"), "0.0");
    EXPECT_EQ(through("0.005", "numeric(2,1)"), "0.0");
    EXPECT_EQ(through("1e-99999999999", "numeric(2,1)"), "0.0");
    EXPECT_EQ(through("3", "numeric(4,2)"), "3.00");
    EXPECT_EQ(through("9999.99995", "numeric(9,4)"), "10000.0000");
}

TEST(Numeric, RefusesWhatDoesNotFitThePrecision) {
    EXPECT_EQ(through("10", "numeric(2,1)"), "!out of range for numeric(2,1)");
    EXPECT_EQ(through("9.95", "numeric(2,1)"), "!out of range for numeric(2,1)");
    EXPECT_EQ(through("-100", "numeric(2)"), "!out of range for numeric(2,0)");
    EXPECT_EQ(through("1e99999999999999999999", "numeric(2)"), "!out of range for numeric(2,0)");
    EXPECT_EQ(through("1e131072"), "!out of range for numeric");
    EXPECT_EQ(through("1e131071").size(), 131072U);
    EXPECT_EQ(through("1e-16384"), "!out of range for numeric");
    EXPECT_EQ(through("1e-16383").size(), 16385U);
}

TEST(Numeric, RefusesWhatIsNoNumber) {
    for (const char* text :
         {"", ".", "-", "1,5", "1e", "1e+", "0x10", "Infinity", "1.2.3", "1 2", "--1"}) {
        EXPECT_EQ(through(text), "!not a number") << text;
    }
}

TEST(Numeric, GivesBackRandomNumbersOfAnySize) {
    std::mt19937 random(11);
    for (int round = 0; round < 500; ++round) {
        std::string text = std::to_string(random() % 10);
        if (text != "0") {
            for (auto size = random() % 30; size > 0; --size) text += std::to_string(random() % 10);
        }
        const auto decimals = random() % 20;
        if (decimals > 0) text += '.';
        for (auto size = decimals; size > 0; --size) text += std::to_string(random() % 10);
        if (text.find_first_of("123456789") != std::string::npos && random() % 2 == 0) {
            text.insert(0, "-");
        }
        EXPECT_EQ(through(text), text);
    }
}

}  // namespace
}  // namespace reel::warehouse
