#include "reel/core/ascii.hpp"

#include <gtest/gtest.h>

namespace reel::core {
namespace {

TEST(Ascii, LowersLettersAndLeavesAllElse) {
    EXPECT_EQ(lowered("Content-TYPE @[`{ 09"), "content-type @[`{ 09");
    EXPECT_EQ(lowered("Größe Ä"), "größe Ä");
    EXPECT_EQ(lowered(""), "");
}

TEST(Ascii, ComparesIgnoringCase) {
    EXPECT_TRUE(equals_ignoring_case("Bearer", "bEARER"));
    EXPECT_FALSE(equals_ignoring_case("bearer", "bearer "));
    EXPECT_FALSE(equals_ignoring_case("[", "{"));
}

TEST(Ascii, TrimsBlanksAtBothEnds) {
    EXPECT_EQ(trim(" \t\r\n\v\fa b\n"), "a b");
    EXPECT_EQ(trim(" \n "), "");
    EXPECT_EQ(trim("\xC2\xA0x"), "\xC2\xA0x");
}

TEST(Ascii, KnowsHexadecimalDigits) {
    for (int value = 0; value < 16; ++value) {
        EXPECT_EQ(hex_value("0123456789abcdef"[value]), value);
        EXPECT_EQ(hex_value("0123456789ABCDEF"[value]), value);
    }
    for (const char c : {'/', ':', '@', 'G', '`', 'g', ' ', '\0', '\xC3'}) {
        EXPECT_EQ(hex_value(c), -1) << c;
    }
}

}  // namespace
}  // namespace reel::core
