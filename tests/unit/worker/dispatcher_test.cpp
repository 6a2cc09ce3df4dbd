#include "worker/dispatcher.hpp"

#include <gmock/gmock.h>

#include "worker/dispatching_executor.hpp"
#include "worker/report_json.hpp"
#include "worker_desk.hpp"

namespace reel::worker {

namespace {

using namespace std::chrono_literals;
using scheduler::TaskOutcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(DispatcherTest, BringsAnAttemptToAWorkerAndItsEndBack) {
    start_with();
    dispatcher->start(an_order(1, "load"));
    poll();
    ASSERT_THAT(claim(), ElementsAre(1));
    database->report(
        "w1",
        {{.attempt = 1,
          .kind = store::ReportKind::started,
          .body = to_json(scheduler::AttemptStarted{.pid = 9, .hostname = "far"})}}
    );
    turn();
    ASSERT_THAT(started, SizeIs(1));
    EXPECT_EQ(started[0].hostname, "far");
    EXPECT_EQ(started[0].key, key_of("load"));
    EXPECT_THAT(ended, IsEmpty());
    report_end(1);
    turn();
    turn();
    EXPECT_THAT(ends(), ElementsAre(1));
    EXPECT_THAT(started, SizeIs(1));
    dispatcher->release(1);
    poll();
    EXPECT_THAT(database->list_dispatches({}), IsEmpty());
    EXPECT_THAT(local->started, IsEmpty());
}

TEST_F(DispatcherTest, OffersManyAtOnce) {
    start_with();
    for (core::AttemptId attempt = 1; attempt <= 100; ++attempt) {
        dispatcher->start(an_order(attempt, "extract", "r" + std::to_string(attempt)));
    }
    const int before = faults.calls;
    poll();
    EXPECT_LE(faults.calls - before, 4) << "one offer, and the looks of one turn";
    EXPECT_THAT(database->list_dispatches({}), SizeIs(100));
}

TEST_F(DispatcherTest, KeepsWhatNeedsNoProcess) {
    start_with({an_order(1, "choose")});
    dispatcher->start(an_order(2, "choose"));
    poll();
    EXPECT_THAT(local->started, SizeIs(2));
    EXPECT_THAT(database->list_dispatches({}), IsEmpty());
    local->tell_ended(1);
    EXPECT_THAT(ends(), ElementsAre(1));
    dispatcher->release(1);
    dispatcher->cancel(2);
    EXPECT_THAT(local->released, ElementsAre(1));
    EXPECT_THAT(local->cancelled, ElementsAre(2));
    EXPECT_EQ(local->adoptions, 0) << "its runner is not needed";
}

TEST_F(DispatcherTest, CleansUpAfterRunsHere) {
    start_with();
    dispatcher->run_ended(an_order(1).run, an_order(1).dag);
    EXPECT_THAT(local->ended_runs, SizeIs(1));
}

TEST_F(DispatcherTest, CancelsWhatWaitsAtOnceAndAsksTheWorkerOfTheRest) {
    start_with();
    dispatcher->start(an_order(1, "extract", "r1"));
    poll();
    claim();
    dispatcher->start(an_order(2, "extract", "r2"));
    dispatcher->cancel(1);
    dispatcher->cancel(2);
    poll();
    turn();
    ASSERT_THAT(ends(), ElementsAre(2));
    EXPECT_EQ(ended[0].outcome, TaskOutcome::cancelled);
    EXPECT_TRUE(database->list_dispatches("w1")[0].cancel_requested);
}

TEST_F(DispatcherTest, WhatLingeredInAnEarlierLifeIsEndedByItsWorkerAndTold) {
    start_with();
    dispatcher->start(an_order(1));
    poll();
    claim();
    dispatcher->abandon();
    poll();
    make_dispatcher();
    dispatcher->end_lingering(
        {support::a_lingering(1, key_of("extract")), support::a_lingering(2, key_of("load"))}
    );
    start_with();
    poll();
    EXPECT_THAT(ends(), ElementsAre(2)) << "no worker has it";
    EXPECT_TRUE(database->list_dispatches("w1")[0].cancel_requested);
    report_end(1);
    turn();
    EXPECT_THAT(ends(), ElementsAre(2, 1));
    EXPECT_THAT(database->list_dispatches({}), SizeIs(1)) << "until its end is stored";
    dispatcher->release(1);
    poll();
    EXPECT_THAT(database->list_dispatches({}), IsEmpty());
}

TEST_F(DispatcherTest, AnAttemptOfASilentWorkerIsLostOnceAndItsLateEndUnheard) {
    start_with();
    dispatcher->start(an_order(1));
    poll();
    claim();
    advance(1min);
    turn();
    EXPECT_THAT(ended, IsEmpty()) << "its lease is of five";
    advance(5min);
    turn();
    turn();
    ASSERT_THAT(ends(), ElementsAre(1));
    EXPECT_EQ(ended[0].outcome, TaskOutcome::lost);
    EXPECT_THAT(
        database->report("w1", {{.attempt = 1, .kind = store::ReportKind::ended}}), ElementsAre(1)
    );
    turn();
    EXPECT_THAT(ended, SizeIs(1));
}

TEST_F(DispatcherTest, TakesUpWhatRunsOnWorkersAfterARestartAndRepeatsNothing) {
    database->offer({an_offer(1, "extract", "r1"), an_offer(2, "extract", "r2")});
    claim();
    report_end(2);
    start_with(
        {an_order(1, "extract", "r1"), an_order(2, "extract", "r2"), an_order(3, "extract", "r3")}
    );
    EXPECT_THAT(ends(), ElementsAre(2)) << "it ended while nobody was there";
    EXPECT_THAT(claim("w2"), ElementsAre(3)) << "it had not been offered yet";
    report_end(1);
    turn();
    EXPECT_THAT(ends(), ElementsAre(2, 1));
}

TEST_F(DispatcherTest, EndsAndForgetsWhatIsNobodysAfterARestart) {
    database->offer({an_offer(1, "extract", "r1"), an_offer(2, "load", "r2")});
    const auto claimed = database->claim("w1", {"default"}, 5min, 10);
    start_with();
    EXPECT_TRUE(database->list_dispatches("w1")[0].cancel_requested);
    EXPECT_THAT(claim(), IsEmpty());
    report_end(1);
    turn();
    turn();
    EXPECT_THAT(ended, IsEmpty());
    EXPECT_THAT(database->list_dispatches({}), IsEmpty());
}

TEST_F(DispatcherTest, ExplainsWithTheWorkersThatItHasSeen) {
    start_with();
    dispatcher->start(an_order(1, "load"));
    poll();
    EXPECT_THAT(dispatcher->explain(1).value(), HasSubstr("no live worker"));
    database->renew({.id = "w1", .pid = 1, .queues = {"loads"}, .concurrency = 1, .lease = 5min});
    turn();
    EXPECT_THAT(dispatcher->explain(1).value(), HasSubstr("no live worker")) << "a moment ago";
    advance(3s);
    turn();
    EXPECT_THAT(dispatcher->explain(1).value(), HasSubstr("about to be claimed"));
    EXPECT_FALSE(dispatcher->explain(2));
}

TEST_F(DispatcherTest, IsAnExecutorThatLeavesItsWorkersAloneWhenItStops) {
    auto process_executor = std::make_unique<FakeProcessExecutor>();
    auto* const fake = process_executor.get();
    auto executor = make_dispatching_executor(
        io.get_executor(),
        pool,
        DispatcherParts{
            .store = std::make_unique<FaultyDispatches>(*database, faults),
            .local = std::move(process_executor),
            .listener = nullptr,
            .ticks = [this] { return ticks; },
        }
    );
    std::vector<scheduler::AttemptEnded> heard;
    executor->listen({
        .started = {},
        .ended = [&](const scheduler::AttemptEnded& event) { heard.push_back(event); },
    });
    run([&]() -> boost::asio::awaitable<void> { co_await executor->adopt({an_order(1)}); });
    EXPECT_TRUE(executor->explain(1));
    claim();
    run([&]() -> boost::asio::awaitable<void> { co_await executor->stop(true); });
    report_end(1);
    poll();
    EXPECT_THAT(heard, IsEmpty());
    EXPECT_THAT(fake->stopped, ElementsAre(true));
    EXPECT_THAT(database->list_dispatches({}), SizeIs(1)) << "for the next one to take up";
}

}  // namespace
}  // namespace reel::worker
