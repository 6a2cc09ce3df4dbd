#include "store/ordering.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::store {

namespace {

using testing::ElementsAre;

TEST(Ordering, AMinusMeansDescending) {
    EXPECT_EQ(parse_ordering("-run_after").word, "run_after");
    EXPECT_TRUE(parse_ordering("-run_after").descending);
    EXPECT_FALSE(parse_ordering("run_after").descending);
    EXPECT_EQ(parse_ordering("").word, "");
}

TEST(Ordering, EqualRowsStayAsTheyWere) {
    std::vector<std::string> rows = {"b1", "a1", "b2", "a2"};
    const auto letter = [](const std::string& row) { return row[0]; };
    sort_by(rows, false, letter);
    EXPECT_THAT(rows, ElementsAre("a1", "a2", "b1", "b2"));
    sort_by(rows, true, letter);
    EXPECT_THAT(rows, ElementsAre("b1", "b2", "a1", "a2"));
}

}  // namespace

}  // namespace reel::store
