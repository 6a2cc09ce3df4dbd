#include "runner/proc.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

namespace reel::runner {

namespace {

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
