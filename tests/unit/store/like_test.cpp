#include "store/like.hpp"

#include <gtest/gtest.h>

namespace reel::store {

namespace {

TEST(Like, WithoutWildcardsIsEquality) {
    EXPECT_TRUE(is_like("movies", "movies"));
    EXPECT_FALSE(is_like("movies", "movie"));
    EXPECT_FALSE(is_like("movie", "movies"));
    EXPECT_FALSE(is_like("Movies", "movies"));
    EXPECT_TRUE(is_like("", ""));
}

TEST(Like, PercentIsAnyText) {
    EXPECT_TRUE(is_like("", "%"));
    EXPECT_TRUE(is_like("movies", "mo%es"));
    EXPECT_TRUE(is_like("movies", "%vi%"));
    EXPECT_TRUE(is_like("aXbXc", "a%X%c"));
    EXPECT_FALSE(is_like("movies", "%x%"));
}

TEST(Like, UnderscoreIsOneCharacter) {
    EXPECT_TRUE(is_like("abc", "a_c"));
    EXPECT_FALSE(is_like("ac", "a_c"));
    EXPECT_FALSE(is_like("", "_"));
}

TEST(Like, ABackslashTakesTheNextAsItIs) {
    EXPECT_TRUE(is_like("a_c", "a\\_c"));
    EXPECT_FALSE(is_like("abc", "a\\_c"));
    EXPECT_TRUE(is_like("100%", "100\\%"));
    EXPECT_FALSE(is_like("1000", "100\\%"));
}

}  // namespace

}  // namespace reel::store
