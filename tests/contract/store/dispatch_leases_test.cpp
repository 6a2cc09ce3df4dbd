#include <gmock/gmock.h>

#include "contract/store/dispatch_fixture.hpp"

namespace reel::store {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(DispatchContract, AnAttemptWhoseLeaseEndedIsTakenFromItsWorkerOnce) {
    store->offer({an_offer(1), an_offer(2)});
    claim("one", 1);
    EXPECT_EQ(store->expire(), 0U);
    let_leases_end();
    EXPECT_EQ(store->expire(), 1U) << "what waits has no lease";
    EXPECT_EQ(store->expire(), 0U);
    const auto news = store->read_news({});
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_EQ(news[0].end, DispatchEnd::expired);
    EXPECT_EQ(news[0].worker, "one");
    EXPECT_THAT(refused("one", 1, ReportKind::started), ElementsAre(1));
    EXPECT_THAT(refused("one", 1, ReportKind::ended), ElementsAre(1)) << "its late result";
    EXPECT_EQ(store->read_news({})[0].end, DispatchEnd::expired);
}

TEST_P(DispatchContract, ALeaseThatEndedAndThatNobodyNoticedMayBeRenewed) {
    store->offer({an_offer(1)});
    claim("one");
    let_leases_end();
    EXPECT_THAT(store->renew(a_beat("one")).held, ElementsAre(1));
    EXPECT_EQ(store->expire(), 0U);
}

TEST_P(DispatchContract, ARenewalIsForAllThatTheWorkerHoldsAndSaysWhatThatIs) {
    store->offer({an_offer(1), an_offer(2), an_offer(3), an_offer(4)});
    claim("one", 3);
    claim("two", 1);
    EXPECT_THAT(refused("one", 2, ReportKind::ended), IsEmpty());
    store->cancel({3, 4});
    EXPECT_EQ(store->renew(a_beat("one")), (Renewal{.held = {1, 3}, .cancelled = {3}}));
    EXPECT_EQ(store->renew(a_beat("two")), (Renewal{.held = {4}, .cancelled = {4}}));
    EXPECT_EQ(store->renew(a_beat("three")), Renewal{});
    let_leases_end();
    store->renew(a_beat("one"));
    EXPECT_EQ(store->expire(), 1U) << "of two";
    EXPECT_THAT(store->renew(a_beat("two")).held, IsEmpty());
    EXPECT_THAT(store->renew(a_beat("one")).held, ElementsAre(1, 3));
}

TEST_P(DispatchContract, AWorkerIsListedWithWhatItSaysAndWhatItHolds) {
    EXPECT_THAT(store->list_workers(), IsEmpty());
    store->offer({an_offer(1), an_offer(2)});
    claim("two");
    store->renew(a_beat("two"));
    store->renew(a_beat("one"));
    const auto workers = store->list_workers();
    ASSERT_THAT(workers, SizeIs(2));
    EXPECT_EQ(workers[0].id, "one");
    EXPECT_EQ(workers[0].hostname, "host of one");
    EXPECT_EQ(workers[0].pid, 7);
    EXPECT_THAT(workers[0].queues, ElementsAre("default", "it's, \"ü\""));
    EXPECT_EQ(workers[0].concurrency, 4);
    EXPECT_EQ(workers[0].state, WorkerState::running);
    EXPECT_TRUE(workers[0].is_live);
    EXPECT_EQ(workers[0].claimed, 0);
    EXPECT_EQ(workers[1].id, "two");
    EXPECT_EQ(workers[1].claimed, 2);
    EXPECT_GE(workers[1].heartbeat, workers[1].started_at);
}

TEST_P(DispatchContract, AWorkerLivesUntilItStopsOrItsLeaseEnds) {
    WorkerBeat beat = a_beat("one");
    beat.state = WorkerState::draining;
    store->renew(beat);
    EXPECT_TRUE(store->list_workers()[0].is_live);
    EXPECT_EQ(store->list_workers()[0].state, WorkerState::draining);
    let_leases_end();
    EXPECT_FALSE(store->list_workers()[0].is_live);
    beat.state = WorkerState::stopped;
    store->renew(beat);
    EXPECT_FALSE(store->list_workers()[0].is_live);
    EXPECT_EQ(store->list_workers()[0].state, WorkerState::stopped);
    store->renew(a_beat("one"));
    EXPECT_TRUE(store->list_workers()[0].is_live);
}

TEST_P(DispatchContract, AWorkerThatWasStartedAgainIsTheSameInAnotherProcess) {
    store->offer({an_offer(1)});
    claim("one");
    store->renew(a_beat("one"));
    const auto before = store->list_workers()[0];
    clock.advance(std::chrono::seconds(1));
    WorkerBeat again = a_beat("one");
    again.pid = 8;
    again.queues = {"gpu"};
    EXPECT_THAT(store->renew(again).held, ElementsAre(1));
    const auto after = store->list_workers();
    ASSERT_THAT(after, SizeIs(1));
    EXPECT_EQ(after[0].pid, 8);
    EXPECT_THAT(after[0].queues, ElementsAre("gpu"));
    EXPECT_GT(after[0].started_at, before.started_at);
}

}  // namespace
}  // namespace reel::store
