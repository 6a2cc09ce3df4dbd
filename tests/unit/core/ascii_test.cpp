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

}  // namespace
}  // namespace reel::core
