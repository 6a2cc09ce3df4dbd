#include "runner/proc.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

namespace reel::runner {

namespace {

constexpr const char* numbers =
    " S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654321 10 11 18446744073709551615 1 1";

TEST(ParseStat, ReadsStateGroupAndStart) {
    const auto stat = parse_stat(std::string("77 (sh)") + numbers);
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->group, 42);
    EXPECT_EQ(stat->start, 987'654'321U);
}

TEST(ParseStat, IsNotFooledByAProgramsName) {
    const auto stat = parse_stat(std::string("77 (a) R 9 9 (b c)") + numbers);
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->group, 42);
}

TEST(ParseStat, RefusesWhatIsCutShort) {
    EXPECT_FALSE(parse_stat(""));
    EXPECT_FALSE(parse_stat("77 (sh"));
    EXPECT_FALSE(parse_stat("77 (sh) S 1 42"));
    EXPECT_FALSE(parse_stat("77 (sh) S x y z"));
}

TEST(LoadStat, KnowsThisProcessAndNoSuchOne) {
    const auto stat = load_stat(::getpid());
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->group, ::getpgrp());
    EXPECT_GT(stat->start, 0U);
    EXPECT_FALSE(load_stat(-1));
}

TEST(LoadPids, ListsThisProcess) {
    const auto pids = load_pids();
    EXPECT_NE(std::ranges::find(pids, ::getpid()), pids.end());
}

TEST(LoadBootId, IsALineWithoutItsEnd) {
    const std::string id = load_boot_id();
    EXPECT_EQ(id.size(), 36U);
    EXPECT_EQ(id, load_boot_id());
}

TEST(HoldsMemfd, IsFalseForAnotherName) {
    EXPECT_FALSE(holds_memfd(::getpid(), "reel-none"));
}

}  // namespace

}  // namespace reel::runner
