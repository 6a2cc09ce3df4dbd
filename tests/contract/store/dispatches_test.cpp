#include <gmock/gmock.h>

#include "contract/store/dispatch_fixture.hpp"

namespace reel::store {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(DispatchContract, AnOfferIsClaimedOnceAsItWasMade) {
    const DispatchOffer offer = an_offer(7, "loads", -3);
    store->offer({offer});
    EXPECT_THAT(store->claim("one", {"loads"}, std::chrono::minutes(5), 10), ElementsAre(offer));
    EXPECT_THAT(claim("one"), IsEmpty());
    EXPECT_THAT(claim("two"), IsEmpty());
}

TEST_P(DispatchContract, OfferingAgainChangesNothing) {
    store->offer({an_offer(1)});
    EXPECT_THAT(claim("one"), ElementsAre(1));
    store->offer({an_offer(1), an_offer(2)});
    EXPECT_THAT(claim("two"), ElementsAre(2));
}

TEST_P(DispatchContract, AWorkerClaimsOnlyFromItsQueues) {
    store->offer({an_offer(1, "gpu"), an_offer(2, "loads"), an_offer(3)});
    EXPECT_THAT(store->claim("one", {}, std::chrono::minutes(1), 10), IsEmpty());
    EXPECT_THAT(claim("one"), ElementsAre(2, 3));
    const auto left = store->claim("two", {"gpu", "none"}, std::chrono::minutes(1), 10);
    EXPECT_THAT(left, ElementsAre(an_offer(1, "gpu")));
}

TEST_P(DispatchContract, TheHeaviestGoesFirstOfEqualsTheOldestAndNoMoreThanWanted) {
    store->offer({an_offer(1), an_offer(2, "default", 9), an_offer(3), an_offer(4, "loads", 5)});
    EXPECT_THAT(claim("one", 3), ElementsAre(2, 4, 1));
    EXPECT_THAT(claim("one", 0), IsEmpty());
    EXPECT_THAT(claim("two", 3), ElementsAre(3));
}

TEST_P(DispatchContract, ATaskInstanceIsInOneWorkersHandsAtOneTime) {
    DispatchOffer next = an_offer(2);
    next.key = an_offer(1).key;
    store->offer({an_offer(1)});
    ASSERT_THAT(claim("one"), ElementsAre(1));
    store->offer({next});
    EXPECT_THAT(claim("two"), IsEmpty()) << "its first attempt lives";
    EXPECT_THAT(refused("one", 1, ReportKind::ended), IsEmpty());
    EXPECT_THAT(claim("two"), ElementsAre(2));
}

TEST_P(DispatchContract, ReportsAreReadUntilTheyAreSeenAndForgotten) {
    store->offer({an_offer(1), an_offer(2)});
    claim("one");
    EXPECT_THAT(store->read_news({}), IsEmpty());
    EXPECT_THAT(refused("one", 1, ReportKind::started, R"({"pid":5})"), IsEmpty());
    auto news = store->read_news({});
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_EQ(news[0].attempt, 1);
    EXPECT_EQ(news[0].worker, "one");
    EXPECT_EQ(news[0].started, core::JsonText{R"({"pid":5})"});
    EXPECT_FALSE(news[0].end);
    EXPECT_THAT(store->read_news({.started = {1}, .ended = {}}), IsEmpty());

    EXPECT_THAT(refused("one", 1, ReportKind::ended, R"({"ü":"\u0000"})"), IsEmpty());
    news = store->read_news({.started = {1}, .ended = {}});
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_EQ(news[0].end, DispatchEnd::reported);
    EXPECT_EQ(news[0].ended.text, R"({"ü":"\u0000"})");
    EXPECT_THAT(store->read_news({.started = {1}, .ended = {1}}), IsEmpty());
    store->forget({1, 2, 99});
    EXPECT_THAT(store->read_news({}), IsEmpty());
    EXPECT_THAT(store->list_dispatches({}), SizeIs(1)) << "what has not ended is not forgotten";
}

TEST_P(DispatchContract, StartAndEndMayComeTogetherAndTwice) {
    store->offer({an_offer(1)});
    claim("one");
    const std::vector<DispatchReport> both{
        {.attempt = 1, .kind = ReportKind::started, .body = {"{}"}},
        {.attempt = 1, .kind = ReportKind::ended, .body = {"[1]"}},
    };
    EXPECT_THAT(store->report("one", both), IsEmpty());
    EXPECT_THAT(store->report("one", both), IsEmpty()) << "its first answer was lost";
    EXPECT_THAT(refused("one", 1, ReportKind::ended, "[2]"), ElementsAre(1));
    const auto news = store->read_news({});
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_TRUE(news[0].started);
    EXPECT_EQ(news[0].ended.text, "[1]");
}

TEST_P(DispatchContract, OnlyTheHolderOfTheClaimIsHeard) {
    store->offer({an_offer(1)});
    EXPECT_THAT(refused("one", 1, ReportKind::ended), ElementsAre(1)) << "nobody has claimed it";
    claim("one");
    for (const ReportKind kind : {ReportKind::started, ReportKind::ended}) {
        EXPECT_THAT(refused("two", 1, kind), ElementsAre(1));
        EXPECT_THAT(refused("one", 2, kind), ElementsAre(2)) << "there is none";
    }
    EXPECT_THAT(store->read_news({}), IsEmpty());
    EXPECT_THAT(refused("one", 1, ReportKind::ended), IsEmpty());
}

TEST_P(DispatchContract, AStaleReportAmongOthersIsRefusedAlone) {
    store->offer({an_offer(1), an_offer(2)});
    claim("one", 1);
    claim("two", 1);
    const std::vector<DispatchReport> reports{
        {.attempt = 1, .kind = ReportKind::ended, .body = {"{}"}},
        {.attempt = 2, .kind = ReportKind::ended, .body = {"{}"}},
    };
    EXPECT_THAT(store->report("one", reports), ElementsAre(2));
    EXPECT_THAT(store->read_news({}), SizeIs(1));
}

TEST_P(DispatchContract, WhatNobodyHasClaimedIsCancelledAtOnce) {
    store->offer({an_offer(1), an_offer(2)});
    store->cancel({1, 99});
    EXPECT_THAT(claim("one"), ElementsAre(2));
    const auto news = store->read_news({});
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_EQ(news[0].attempt, 1);
    EXPECT_EQ(news[0].end, DispatchEnd::cancelled);
    EXPECT_EQ(news[0].ended.text, "null");
    EXPECT_EQ(news[0].worker, "");
}

TEST_P(DispatchContract, DispatchesAreListedByAttemptOrByTheirHolder) {
    store->offer({an_offer(3), an_offer(1), an_offer(2)});
    claim("one", 1);
    claim("two", 1);
    store->cancel({2, 3});
    const auto all = store->list_dispatches({});
    ASSERT_THAT(all, SizeIs(3));
    EXPECT_EQ(all[0].offer, an_offer(1));
    EXPECT_EQ(all[0].state, DispatchState::claimed);
    EXPECT_EQ(all[0].worker, "one");
    EXPECT_FALSE(all[0].cancel_requested);
    EXPECT_EQ(all[1].state, DispatchState::claimed);
    EXPECT_TRUE(all[1].cancel_requested);
    EXPECT_EQ(all[2].state, DispatchState::ended);
    EXPECT_EQ(store->list_dispatches("two"), std::vector{all[1]});
    EXPECT_THAT(store->list_dispatches("three"), IsEmpty());
}

}  // namespace
}  // namespace reel::store
