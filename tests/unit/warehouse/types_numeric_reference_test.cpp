#include <random>

#include "types_wire_reader.hpp"

namespace reel::warehouse {
namespace {

std::string through(const std::string& text, const std::string& type = "numeric") {
    std::string field = encode_as(type, std::string_view(text));
    if (field.starts_with('!')) return field;
    return WireReader(field).numeric();
}

/// A decimal number as whole units of its last place, small enough for plain arithmetic.
std::string show(std::int64_t units, int scale) {
    const bool minus = units < 0;
    std::string digits = std::to_string(minus ? -units : units);
    const auto places = static_cast<std::size_t>(scale);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    if (places > 0) digits.insert(digits.size() - places, ".");
    return (minus ? "-" : "") + digits;
}

std::int64_t power_of_ten(int exponent) {
    std::int64_t power = 1;
    for (; exponent > 0; --exponent) power *= 10;
    return power;
}

/// Half away from zero.
std::int64_t round_units(std::int64_t units, int places) {
    const std::int64_t divisor = power_of_ten(places);
    const std::int64_t half = divisor / 2;
    return units >= 0 ? (units + half) / divisor : -((-units + half) / divisor);
}

/// What numeric(precision, scale) makes of units of 10^-from.
std::string wanted_of(std::int64_t units, int from, int precision, int scale) {
    const std::int64_t rounded =
        from > scale ? round_units(units, from - scale) : units * power_of_ten(scale - from);
    if (std::abs(rounded) >= power_of_ten(precision)) {
        return "!out of range for numeric(" + std::to_string(precision) + ',' +
               std::to_string(scale) + ')';
    }
    return show(rounded, scale);
}

std::string type_of(int precision, int scale) {
    return "numeric(" + std::to_string(precision) + ',' + std::to_string(scale) + ')';
}

TEST(NumericReference, RoundsEveryThousandthAsWholeNumbersDo) {
    for (int units = -1105; units <= 1105; units += 5) {
        for (int scale = 0; scale <= 3; ++scale) {
            const std::string text = show(units, 3);
            EXPECT_EQ(through(text, type_of(4, scale)), wanted_of(units, 3, 4, scale)) << text;
        }
    }
}

TEST(NumericReference, AgreesOnRandomNumbersPrecisionsAndScales) {
    std::mt19937 random(23);
    for (int round = 0; round < 1500; ++round) {
        const int from = static_cast<int>(random() % 6);
        const auto units = static_cast<std::int64_t>(random() % 20000001) - 10000000;
        const int precision = 1 + static_cast<int>(random() % 12);
        const int scale = static_cast<int>(random()) & 3 & precision;
        const std::string text = show(units, from);
        EXPECT_EQ(
            through(text, type_of(precision, scale)), wanted_of(units, from, precision, scale)
        ) << text
          << ' ' << type_of(precision, scale);
    }
}

TEST(NumericReference, TheExponentMovesThePointAndNothingElse) {
    for (int exponent = 0; exponent <= 12; ++exponent) {
        const std::string moved = "1234567e-" + std::to_string(exponent);
        EXPECT_EQ(through(moved), show(1234567, exponent)) << moved;
        const std::string back = "0.000000000001234567e" + std::to_string(exponent);
        EXPECT_EQ(through(back), show(1234567, 18 - exponent)) << back;
    }
}

TEST(NumericReference, EverySpellingOfANumberGivesTheSameBytes) {
    const std::string wanted = encode_as("numeric(10,3)", std::string_view("12.5"));
    for (const std::string_view text :
         {"12.5",
          "+12.5",
          "012.5",
          "12.50",
          "12.500000000000000000000",
          "1.25e1",
          "1.25E+1",
          "125e-1",
          "0.00125e4",
          "12500e-3",
          " 12.5\n",
          "00000012.5"}) {
        EXPECT_EQ(encode_as("numeric(10,3)", text), wanted) << text;
    }
}

TEST(NumericReference, RoundingTwiceToTheSameScaleChangesNothing) {
    std::mt19937 random(29);
    for (int round = 0; round < 300; ++round) {
        const std::string text = show(static_cast<std::int64_t>(random()), 7);
        const std::string once = through(text, "numeric(20,2)");
        EXPECT_EQ(through(once, "numeric(20,2)"), once) << text;
        EXPECT_EQ(through(once), once) << text;
    }
}

TEST(NumericReference, TheOppositeNumberHasTheSameDigits) {
    std::mt19937 random(31);
    for (int round = 0; round < 200; ++round) {
        const std::string text = show(static_cast<std::int64_t>(random()) + 1000, 4);
        const std::string plus = through(text, "numeric(20,1)");
        EXPECT_EQ(through('-' + text, "numeric(20,1)"), '-' + plus) << text;
    }
}

struct PrecisionCase {
    int precision;
    int scale;
};

class NumericPrecision : public testing::TestWithParam<PrecisionCase> {
  protected:
    [[nodiscard]] std::string type() const {
        return type_of(GetParam().precision, GetParam().scale);
    }
    /// The largest number of the type: nines only.
    [[nodiscard]] std::string nines() const {
        const auto whole = static_cast<std::size_t>(GetParam().precision - GetParam().scale);
        const auto places = static_cast<std::size_t>(GetParam().scale);
        return (whole == 0 ? "0" : std::string(whole, '9')) +
               (places == 0 ? "" : '.' + std::string(places, '9'));
    }
};

TEST_P(NumericPrecision, HoldsAsManyNinesAsItSays) {
    EXPECT_EQ(through(nines(), type()), nines());
    EXPECT_EQ(through('-' + nines(), type()), '-' + nines());
}

TEST_P(NumericPrecision, RefusesTheNextPowerOfTen) {
    const std::string power = "1e" + std::to_string(GetParam().precision - GetParam().scale);
    EXPECT_EQ(through(power, type()), "!out of range for " + type());
    EXPECT_EQ(through('-' + power, type()), "!out of range for " + type());
}

TEST_P(NumericPrecision, RoundsOffWhatIsBehindTheLastPlace) {
    const std::string point = GetParam().scale == 0 ? "." : "";
    EXPECT_EQ(through(nines() + point + "4999", type()), nines());
    EXPECT_EQ(through(nines() + point + "5", type()), "!out of range for " + type());
}

TEST_P(NumericPrecision, HoldsZeroWithItsPlaces) {
    const auto places = static_cast<std::size_t>(GetParam().scale);
    const std::string zero = places == 0 ? "0" : "0." + std::string(places, '0');
    for (const char* text : {"0", "-0", "0.000", "0e5", "-0.0e-3"}) {
        EXPECT_EQ(through(text, type()), zero) << text;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Types,
    NumericPrecision,
    testing::Values(
        PrecisionCase{1, 0},
        PrecisionCase{1, 1},
        PrecisionCase{2, 1},
        PrecisionCase{4, 0},
        PrecisionCase{4, 4},
        PrecisionCase{5, 0},
        PrecisionCase{5, 2},
        PrecisionCase{8, 4},
        PrecisionCase{9, 4},
        PrecisionCase{12, 3},
        PrecisionCase{38, 10},
        PrecisionCase{1000, 0},
        PrecisionCase{1000, 1000}
    )
);

TEST(NumericGroups, BreakAtEveryFourthDigitFromThePoint) {
    for (int power = -9; power <= 9; ++power) {
        for (const char* digits : {"1", "12", "1234", "12345", "10000001"}) {
            const std::string text = std::string(digits) + "e" + std::to_string(power);
            std::string wanted = digits;
            if (power >= 0) {
                wanted.append(static_cast<std::size_t>(power), '0');
            } else {
                wanted = show(std::stoll(digits), -power);
            }
            EXPECT_EQ(through(text), wanted) << text;
        }
    }
}

}  // namespace
}  // namespace reel::warehouse
