#include "worker/worker_loop.hpp"

#include <gmock/gmock.h>

#include "worker_desk.hpp"

namespace reel::worker {

namespace {

using namespace std::chrono_literals;
using store::DispatchState;
using store::WorkerState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(WorkerTest, ClaimsCarriesOutAndTells) {
    offer(1, "r1");
    begin();
    turn();
    ASSERT_THAT(started(), ElementsAre(1));
    const auto& order = tasks.started[0];
    EXPECT_EQ(order.key, key_of("extract"));
    EXPECT_EQ(order.try_number, 2);
    EXPECT_EQ(order.priority, 3);
    EXPECT_EQ(order.task().task_id, core::TaskId("extract"));
    EXPECT_EQ(order.run.conf.text, R"({"from": 1})");
    tasks.tell_started(1, 99);
    turn();
    auto news = database->read_news({});
    ASSERT_THAT(news, SizeIs(1));
    EXPECT_TRUE(news[0].started);
    tasks.tell_ended(1);
    turn();
    news = database->read_news({});
    EXPECT_EQ(news[0].end, store::DispatchEnd::reported);
    EXPECT_THAT(tasks.released, ElementsAre(1)) << "the store has it, the runner may forget it";
    EXPECT_EQ(worker->live_attempts(), 0U);
}

TEST_F(WorkerTest, TakesNoMoreThanItHasPlacesFor) {
    for (core::AttemptId attempt = 1; attempt <= 4; ++attempt) {
        offer(attempt, "r" + std::to_string(attempt));
    }
    begin();
    turn();
    turn();
    EXPECT_THAT(started(), ElementsAre(1, 2));
    tasks.tell_ended(1);
    turn();
    EXPECT_THAT(started(), ElementsAre(1, 2, 3));
}

TEST_F(WorkerTest, TakesOnlyFromItsQueues) {
    database->offer({an_offer(1, "load", "r1")});
    begin();
    turn();
    EXPECT_THAT(started(), IsEmpty());
}

TEST_F(WorkerTest, SaysThatItLivesFromTheBeginningUntilItStops) {
    begin();
    auto workers = database->list_workers();
    ASSERT_THAT(workers, SizeIs(1));
    EXPECT_EQ(workers[0].id, "w1");
    EXPECT_THAT(workers[0].queues, ElementsAre("default"));
    EXPECT_EQ(workers[0].concurrency, 2);
    EXPECT_GT(workers[0].pid, 0);
    EXPECT_TRUE(workers[0].is_live);
    worker->stop();
    run([this] { return worker->run(); });
    EXPECT_EQ(database->list_workers()[0].state, WorkerState::stopped);
}

TEST_F(WorkerTest, RenewsItsClaimsWhenItIsTimeAndNotBefore) {
    begin();
    turn();
    const auto first = database->list_workers()[0].heartbeat;
    advance(options.silences.renew_every - 1ms);
    turn();
    EXPECT_EQ(database->list_workers()[0].heartbeat, first);
    advance(1ms);
    turn();
    EXPECT_EQ(database->list_workers()[0].heartbeat, clock.now());
}

TEST_F(WorkerTest, EndsWhatSomebodyWantsEndedAsSoonAsItHearsOfIt) {
    offer(1, "r1");
    begin();
    turn();
    database->cancel({1});
    worker->hear(store::offer_channel);
    turn();
    EXPECT_THAT(tasks.cancelled, IsEmpty());
    worker->hear(store::cancel_channel);
    turn();
    EXPECT_THAT(tasks.cancelled, ElementsAre(1));
    EXPECT_EQ(database->list_dispatches({})[0].state, DispatchState::ended);
}

TEST_F(WorkerTest, AdoptsWhatAnEarlierLifeHasClaimed) {
    offer(1, "r1");
    offer(2, "r2");
    begin();
    turn();
    tasks.tell_started(1);
    turn();
    make_worker();
    tasks.started.clear();
    begin();
    turn();
    EXPECT_THAT(tasks.adopted, SizeIs(2));
    EXPECT_THAT(started(), IsEmpty());
    EXPECT_EQ(worker->live_attempts(), 2U);
    tasks.tell_ended(1);
    turn();
    EXPECT_EQ(database->list_dispatches({})[0].state, DispatchState::ended);
}

TEST_F(WorkerTest, AdoptsNothingThatIsNotItsOwnAndHasTheRestEnded) {
    offer(1, "r1");
    database->claim("w2", {"default"}, 5min, 1);
    begin();
    EXPECT_THAT(tasks.adopted, IsEmpty());
    EXPECT_EQ(tasks.adoptions, 1) << "whatever the runner still has is ended by it";
}

TEST_F(WorkerTest, WhatCannotBeLookedUpFails) {
    offer(1, "no such run");
    auto strange = an_offer(2, "extract", "r2");
    strange.dag_version = "v9";
    database->offer({strange});
    begin();
    turn();
    turn();
    EXPECT_THAT(started(), IsEmpty());
    EXPECT_THAT(database->read_news({}), SizeIs(2));
    EXPECT_EQ(worker->live_attempts(), 0U);
}

TEST_F(WorkerTest, ClaimsNoMoreOnceItIsToStopAndWaitsForWhatItHas) {
    offer(1, "r1");
    begin();
    turn();
    worker->stop();
    offer(2, "r2");
    turn();
    EXPECT_EQ(database->list_workers()[0].state, WorkerState::draining);
    EXPECT_THAT(started(), ElementsAre(1));
    EXPECT_EQ(worker->live_attempts(), 1U);
    tasks.tell_ended(1);
    turn();
    EXPECT_EQ(database->list_dispatches({})[0].state, DispatchState::ended);
}

TEST_F(WorkerTest, RunsUntilItIsStoppedAndWhatItHasIsTold) {
    offer(1, "r1");
    bool done = false;
    boost::asio::co_spawn(
        io,
        [this] { return worker->run(); },
        [&](const std::exception_ptr& failure) {
            EXPECT_FALSE(failure);
            done = true;
        }
    );
    poll();
    EXPECT_THAT(started(), ElementsAre(1));
    worker->stop();
    poll();
    EXPECT_FALSE(done);
    worker->interrupt_tasks();
    poll();
    EXPECT_TRUE(done);
    EXPECT_THAT(tasks.cancelled, ElementsAre(1));
    EXPECT_THAT(tasks.released, ElementsAre(1));
    EXPECT_EQ(database->list_workers()[0].state, WorkerState::stopped);
}

}  // namespace
}  // namespace reel::worker
