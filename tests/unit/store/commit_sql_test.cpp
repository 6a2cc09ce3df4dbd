#include "store/commit_sql.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace reel::store {

namespace {

std::size_t count_of(std::string_view part, std::string_view text) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

// Two lists that are joined on the link of commits are a loop in a loop: a commit of ten thousand
// tasks compared a hundred million pairs.
TEST(CommitSql, UnpacksItsArraysOnce) {
    for (const InTheWay what : {InTheWay::fails, InTheWay::is_passed}) {
        for (const std::string& sql :
             {insert_runs(any_rows, what),
              update_runs(any_rows, what),
              insert_tasks(any_rows),
              update_tasks(any_rows, what)}) {
            EXPECT_EQ(count_of("unnest(", sql), 1U) << sql;
            EXPECT_EQ(count_of("with ordinality", sql), 1U) << sql;
        }
    }
}

TEST(CommitSql, AnUpdateTakesTheStatesThatRowsComeFromLast) {
    const auto what = InTheWay::fails;
    EXPECT_EQ(count_of("$17::int[], $18::text[])", update_runs(any_rows, what)), 1U);
    EXPECT_EQ(count_of("$23::text[], $24::text[])", update_tasks(any_rows, what)), 1U);
    EXPECT_EQ(count_of("$24::text, 1)", update_tasks(1, what)), 1U);
    EXPECT_EQ(count_of("$18", insert_runs(any_rows, what)), 0U);
    EXPECT_EQ(count_of("$24", insert_tasks(any_rows)), 0U);
}

TEST(CommitSql, WhatIsSentFirstLooksAtNothingButWhereARowComesFrom) {
    EXPECT_EQ(count_of("exists", insert_runs(1, InTheWay::fails)), 0U);
    EXPECT_EQ(count_of("exists", update_runs(1, InTheWay::fails)), 0U);
    EXPECT_EQ(count_of(" or ", update_tasks(1, InTheWay::fails)), 0U);
    EXPECT_EQ(count_of("exists", update_runs(1, InTheWay::is_passed)), 1U);
    EXPECT_EQ(count_of(" or ", update_tasks(1, InTheWay::is_passed)), 1U);
}

}  // namespace

}  // namespace reel::store
