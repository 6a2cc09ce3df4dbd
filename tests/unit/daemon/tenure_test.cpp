#include "daemon/tenure.hpp"

#include <gtest/gtest.h>

namespace reel::daemon {
namespace {

using namespace std::chrono_literals;

constexpr core::Duration length = 10s;
const Moment begin = Moment(1000s);

TEST(Tenure, ActsUntilATenthBeforeTheEnd) {
    const Tenure tenure(begin, length);
    EXPECT_TRUE(tenure.may_act(begin));
    EXPECT_TRUE(tenure.may_act(begin + 8999ms));
    EXPECT_FALSE(tenure.may_act(begin + 9s));
    EXPECT_FALSE(tenure.may_act(begin + 1h)) << "it slept through the end";
}

TEST(Tenure, IsRenewedAtEachThirdOfTheLease) {
    Tenure tenure(begin, length);
    EXPECT_FALSE(tenure.is_renewal_due(begin + 3333ms));
    EXPECT_TRUE(tenure.is_renewal_due(begin + 3334ms));
    EXPECT_EQ(tenure.next(false), begin + length / 3);
    tenure.renewed(begin + 4s);
    EXPECT_FALSE(tenure.is_renewal_due(begin + 7s));
    EXPECT_TRUE(tenure.may_act(begin + 12999ms));
    EXPECT_FALSE(tenure.may_act(begin + 13s));
}

TEST(Tenure, CountsFromWhenItWasAskedFor) {
    Tenure tenure(begin, length);
    // The answer came at once or eight seconds later: nobody knows when the database heard of it.
    tenure.renewed(begin + 1s);
    EXPECT_FALSE(tenure.may_act(begin + 10s));
}

TEST(Tenure, ARenewalInVainIsTriedAgainSoonAndGainsNothing) {
    Tenure tenure(begin, length);
    tenure.tried_in_vain(begin + 4s);
    EXPECT_FALSE(tenure.is_renewal_due(begin + 4999ms));
    EXPECT_TRUE(tenure.is_renewal_due(begin + 5s));
    EXPECT_FALSE(tenure.may_act(begin + 9s));
}

TEST(Tenure, WhoAsksWaitsForTheEndOnly) {
    const Tenure tenure(begin, length);
    EXPECT_EQ(tenure.next(true), begin + 9s);
}

TEST(Tenure, TheEndIsNotMissedForARenewalThatComesLater) {
    Tenure tenure(begin, length);
    tenure.tried_in_vain(begin + 8900ms);
    EXPECT_EQ(tenure.next(false), begin + 9s);
}

TEST(Tenure, TheClockGoesOnAndIsNoWallClock) {
    const Moment before = BootClock::now();
    EXPECT_GE(BootClock::now(), before);
    EXPECT_LT(before, Moment(24h * 365 * 20)) << "since the machine was started";
}

}  // namespace
}  // namespace reel::daemon
