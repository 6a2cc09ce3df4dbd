#include <gmock/gmock.h>

#include <boost/asio/post.hpp>

#include "support/lingering.hpp"
#include "unit/scheduler/loop_fixture.hpp"

namespace reel::scheduler {
namespace {

using std::chrono::hours;
using store::LostLeadership;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const store::LeaseHolder somebody{.hostname = "h", .pid = 1, .home = "x", .address = "h:1"};

/// A loop that leads term 1 of a lease, and may be told that its time is over.
class LoopLeadership : public LoopTest {
  protected:
    LoopLeadership() {
        EXPECT_TRUE(store->acquire_lease(somebody, core::Duration::zero(), {}));
        store->fence(1);
        scheduler = make_scheduler(
            {.executor = io.get_executor(),
             .pool = pool,
             .store = *store,
             .tasks = tasks,
             .clock = clock,
             .may_act = [this] { return may_act_; }},
            {.paused_at_creation = false, .database_retry = std::chrono::microseconds(1)}
        );
    }
    void another_takes_over() { EXPECT_TRUE(store->acquire_lease(somebody, hours(1), {})); }

    bool may_act_ = true;
};

TEST_F(LoopLeadership, WithinItsTermItDoesAsEver) {
    tasks.on_start = [this](const AttemptOrder& order) {
        tasks.finish(order, TaskOutcome::succeeded, clock.now());
    };
    play([this]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        EXPECT_TRUE(co_await trigger("r"));
    });
    EXPECT_EQ(stored_state(core::RunId("r")), core::RunState::success);
}

TEST_F(LoopLeadership, ACommitAfterTheTermEndsTheLoopAndStartsNothing) {
    EXPECT_THROW(
        play([this]() -> asio::awaitable<void> {
            co_await load(a_dag("d").task("a"));
            another_takes_over();
            co_await trigger("r");
        }),
        LostLeadership
    );
    EXPECT_THAT(tasks.started, IsEmpty());
    EXPECT_EQ(store->list_runs({}).total, 0U);
}

TEST_F(LoopLeadership, WhatWasStoredIsNotActedOnOnceTheLeaseHasRunOut) {
    EXPECT_THROW(
        play([this]() -> asio::awaitable<void> {
            co_await load(a_dag("d").task("a"));
            co_await trigger("within");
            // As if it had slept between the commit and the start.
            may_act_ = false;
            co_await trigger("after");
        }),
        LostLeadership
    );
    EXPECT_THAT(tasks.started, SizeIs(1));
    EXPECT_EQ(store->list_runs({}).total, 2U) << "it is the next leader's to start";
}

TEST_F(LoopLeadership, WhatLingersIsTakenOverAndHoldsItsTask) {
    const auto run_id = store_running(a_dag("d").task("a").build(), 1);
    const core::TaskKey key{core::DagId("d"), run_id, core::TaskId("a"), -1};
    auto task = store->get_task_instance(key).value();
    task.state = core::TaskState::failed;
    auto run = store->get_run(key.dag_id, run_id).value();
    run.state = core::RunState::failed;
    const auto attempt = support::a_lingering(1, key);
    ASSERT_TRUE(store->commit(
        {.runs = {{core::RunState::running, run}},
         .tasks = {{core::TaskState::queued, task}},
         .lingering = {attempt}}
    ));
    store->reserve_attempts(5);
    tasks.on_start = [this](const AttemptOrder& order) {
        tasks.finish(order, TaskOutcome::succeeded, clock.now());
    };
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        co_await scheduler->clear(key.dag_id, {run_id}, {}, false);
        EXPECT_THAT(tasks.started, IsEmpty());
        EXPECT_EQ(scheduler->live_attempts(), 1U);
        tasks.end(1, key, TaskOutcome::cancelled, clock.now());
        co_await trigger("next");
    });
    EXPECT_THAT(tasks.lingering, ElementsAre(attempt));
    EXPECT_THAT(tasks.started, SizeIs(2));
    EXPECT_THAT(store->load_lingering(), IsEmpty());
    EXPECT_EQ(stored_state(run_id), core::RunState::success);
}

TEST_F(LoopLeadership, AStopWaitsForNothingThatNobodyHereCanEnd) {
    const auto run_id = store_running(a_dag("d").task("a").build(), 1);
    tasks.unreachable = 1;
    play([&]() -> asio::awaitable<void> { co_await load(a_dag("d").task("a")); });
    EXPECT_EQ(stored_state(run_id), core::RunState::running) << "it is the next leader's";
}

TEST_F(LoopLeadership, WhoWaitsForACommitIsToldThatNoneWillCome) {
    std::exception_ptr failure;
    asio::co_spawn(
        io,
        [this]() -> asio::awaitable<void> {
            co_await load(a_dag("d").task("a"));
            asio::post(io, [this] { scheduler->abandon(); });
            // Nobody turns the loop, so this waits.
            co_await trigger();
        },
        [&](const std::exception_ptr& error) { failure = error; }
    );
    io.run();
    ASSERT_TRUE(failure);
    EXPECT_THROW(std::rethrow_exception(failure), LostLeadership);
    EXPECT_EQ(store->list_runs({}).total, 0U);
}

TEST_F(LoopLeadership, AfterwardsNobodyIsPromisedAnything) {
    std::exception_ptr failure;
    scheduler->abandon();
    asio::co_spawn(
        io,
        [this]() -> asio::awaitable<void> { co_await load(a_dag("d").task("a")); },
        [&](const std::exception_ptr& error) { failure = error; }
    );
    io.run();
    ASSERT_TRUE(failure);
    EXPECT_THROW(std::rethrow_exception(failure), LostLeadership);
    EXPECT_THAT(store->list_dags({}).items, IsEmpty());
}

}  // namespace
}  // namespace reel::scheduler
