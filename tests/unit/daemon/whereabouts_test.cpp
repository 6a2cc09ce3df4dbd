#include "daemon/whereabouts.hpp"

#include <gtest/gtest.h>

namespace reel::daemon {
namespace {

using std::chrono::seconds;
using store::TermRecord;

constexpr core::Duration patience = seconds(300);
constexpr std::optional<core::Duration> here = std::nullopt;

TermRecord term(
    store::Epoch epoch,
    const std::string& home,
    core::AttemptId first,
    std::optional<core::Duration> since_end = {}
) {
    return {.epoch = epoch, .home = home, .first_attempt = first, .since_end = since_end};
}

TEST(Whereabouts, WithoutFormerTermsAllIsHere) {
    EXPECT_EQ(Whereabouts().elsewhere(7), here);
    EXPECT_EQ(Whereabouts({term(1, "a", 1)}, "a", patience).elsewhere(7), here);
}

TEST(Whereabouts, AnAttemptIsWhereTheTermWasThatGaveItOut) {
    // a: 1 to 999, b: 1000 to 1999, a again from 2000
    const Whereabouts all(
        {term(1, "a", 1, seconds(100)), term(2, "b", 1000, seconds(0)), term(3, "a", 2000)},
        "a",
        patience
    );
    EXPECT_EQ(all.elsewhere(1), here);
    EXPECT_EQ(all.elsewhere(999), here);
    EXPECT_EQ(all.elsewhere(1000), patience);
    EXPECT_EQ(all.elsewhere(1999), patience);
    EXPECT_EQ(all.elsewhere(2000), here);
}

TEST(Whereabouts, WhatIsOlderThanAllTermsIsHere) {
    const Whereabouts all({term(4, "b", 500, seconds(9)), term(5, "a", 600)}, "a", patience);
    EXPECT_EQ(all.elsewhere(499), here) << "a home that was upgraded has them in its runner";
    EXPECT_EQ(all.elsewhere(500), patience - seconds(9));
}

TEST(Whereabouts, ARunnerIsOutlastedFromTheEndOfItsHomesLatestTerm) {
    // b led twice: its runner was heard of until the end of the second time.
    const Whereabouts all(
        {term(1, "b", 1, seconds(1000)),
         term(2, "a", 100, seconds(200)),
         term(3, "b", 200, seconds(50)),
         term(4, "a", 300)},
        "a",
        patience
    );
    EXPECT_EQ(all.elsewhere(1), patience - seconds(50));
    EXPECT_EQ(all.elsewhere(250), patience - seconds(50));
}

TEST(Whereabouts, WhatIsOverNeedsNoWait) {
    const Whereabouts all({term(1, "b", 1, seconds(301)), term(2, "a", 100)}, "a", patience);
    EXPECT_EQ(all.elsewhere(1), core::Duration::zero());
}

TEST(Whereabouts, ATermThatGaveOutNothingHasNothing) {
    const Whereabouts all(
        {term(1, "b", 100, seconds(20)), term(2, "c", 100, seconds(10)), term(3, "a", 100)},
        "a",
        patience
    );
    EXPECT_EQ(all.elsewhere(100), here);
    EXPECT_EQ(all.elsewhere(99), here);
}

}  // namespace
}  // namespace reel::daemon
