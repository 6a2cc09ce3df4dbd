#include <gtest/gtest.h>

#include "reel/postgres/database.hpp"

namespace reel::postgres {

namespace {

TEST(ArrayLiteral, OfNothingIsEmpty) {
    EXPECT_EQ(array_literal({}), "{}");
}

TEST(ArrayLiteral, QuotesEveryTextSoThatNoneIsTakenForNull) {
    EXPECT_EQ(array_literal({"a", "", "NULL", "b,{c}"}), R"({"a","","NULL","b,{c}"})");
}

TEST(ArrayLiteral, WritesNull) {
    EXPECT_EQ(array_literal({std::nullopt, "a", std::nullopt}), R"({NULL,"a",NULL})");
}

TEST(ArrayLiteral, EscapesQuotesAndBackslashes) {
    EXPECT_EQ(array_literal({R"(say "x\y")"}), R"({"say \"x\\y\""})");
}

TEST(Rows, FindsColumnsByNameAndChecksIndices) {
    const Rows rows({"a", "b"}, {{"1", std::nullopt}}, 7);
    EXPECT_EQ(rows.at(0, "a"), "1");
    EXPECT_EQ(rows.at(0, "b"), std::nullopt);
    EXPECT_EQ(rows.affected(), 7U);
    EXPECT_THROW((void)rows.at(0, "c"), std::out_of_range);
    EXPECT_THROW((void)rows.at(1, "a"), std::out_of_range);
    EXPECT_THROW((void)rows.at(0, 2), std::out_of_range);
}

}  // namespace

}  // namespace reel::postgres
