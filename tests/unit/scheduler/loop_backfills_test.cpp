#include <gmock/gmock.h>

#include "unit/scheduler/loop_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::Errc;
using core::ReprocessBehavior;
using core::RunState;
using std::chrono::hours;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LoopBackfills : public LoopTest {
  protected:
    LoopBackfills() {
        tasks.on_start = [this](const AttemptOrder& order) {
            tasks.finish(order, TaskOutcome::succeeded, clock.now());
        };
    }

    static support::DagBuilder daily() {
        return a_dag("d").task("a").with([](core::Dag& dag) {
            dag.schedule = core::CronSchedule{"0 0 * * *"};
        });
    }

    BackfillRequest days(int count) {
        BackfillRequest request;
        request.dag_id = core::DagId("d");
        request.from_date = clock.now() - hours(24 * count);
        request.to_date = clock.now() - hours(1);
        request.max_active_runs = 2;
        return request;
    }

    asio::awaitable<void> completed(store::BackfillId id) {
        while (!store->get_backfill(id)->completed_at) co_await pool.run([] { return 0; });
    }

    std::vector<store::RunRecord> runs() { return store->list_runs({}).items; }
};

TEST_F(LoopBackfills, RunEveryFireAndComplete) {
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        const auto made = co_await scheduler->create_backfill(days(5));
        EXPECT_TRUE(made) << made.error().describe();
        co_await completed(made->id);
    });
    ASSERT_THAT(runs(), SizeIs(5));
    for (const auto& run : runs()) {
        EXPECT_EQ(run.state, RunState::success);
        EXPECT_EQ(run.type, core::RunType::backfill);
    }
    const auto fires = store->list_backfill_runs(store->list_backfills({}, {}).items.at(0).id);
    for (const auto& fire : fires) EXPECT_TRUE(fire.run_id);
}

TEST_F(LoopBackfills, AreTakenUpAfterARestart) {
    store->save_dags({daily().build()}, false, clock.now());
    store::BackfillRecord record;
    record.dag_id = core::DagId("d");
    store::BackfillRunRecord fire;
    fire.dag_id = record.dag_id;
    fire.logical_date = clock.now() - hours(24);
    fire.run_after = fire.logical_date;
    const auto open = store->create_backfill(record, {fire});
    ASSERT_TRUE(open);
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        co_await completed(open->id);
    });
    EXPECT_THAT(runs(), SizeIs(1));
}

TEST_F(LoopBackfills, AskTheStoreForTheRunsOfTheirDates) {
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        const auto first = co_await scheduler->create_backfill(days(2));
        co_await completed(first->id);
        auto again = days(3);
        EXPECT_THAT(
            *co_await scheduler->dry_run_backfill(again), ElementsAre(clock.now() - hours(72))
        );
        const auto second = co_await scheduler->create_backfill(again);
        co_await completed(second->id);
        EXPECT_THAT(runs(), SizeIs(3));
        again.reprocess_behavior = ReprocessBehavior::completed;
        EXPECT_THAT(*co_await scheduler->dry_run_backfill(again), SizeIs(3));
        const auto third = co_await scheduler->create_backfill(again);
        co_await completed(third->id);
    });
    EXPECT_THAT(runs(), SizeIs(3));
    for (const auto& run : runs()) {
        const core::TaskKey key{run.dag_id, run.run_id, core::TaskId("a"), -1};
        EXPECT_EQ(store->get_task_instance(key)->try_number, 2);
    }
}

TEST_F(LoopBackfills, AreRefusedWithAReason) {
    play([&]() -> asio::awaitable<void> {
        co_await load(support::a_dag("another").task("t"));
        const auto nobody = co_await scheduler->create_backfill(days(2));
        EXPECT_EQ(nobody.error().code, Errc::not_found);
        co_await load(daily().with([](core::Dag& dag) { dag.schedule = core::NoSchedule{}; }));
        const auto unscheduled = co_await scheduler->create_backfill(days(2));
        EXPECT_EQ(unscheduled.error().code, Errc::invalid_argument);
        auto odd = days(2);
        odd.dag_run_conf.text = "[1]";
        EXPECT_EQ((co_await scheduler->create_backfill(odd)).error().code, Errc::invalid_argument);
    });
    EXPECT_THAT(runs(), IsEmpty());
}

TEST_F(LoopBackfills, ArePausedAndCancelledWhileTheyAreOpen) {
    tasks.on_start = {};
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        const auto made = co_await scheduler->create_backfill(days(4));
        EXPECT_EQ(
            (co_await scheduler->create_backfill(days(1))).error().code, Errc::already_exists
        );
        while (tasks.started.size() < 2) co_await pool.run([] { return 0; });
        const auto paused = co_await scheduler->set_backfill_paused(made->id, true);
        EXPECT_TRUE(paused->is_paused);
        EXPECT_TRUE(store->get_backfill(made->id)->is_paused)
            << "the answer comes after the commit";
        const auto cancelled = co_await scheduler->cancel_backfill(made->id);
        EXPECT_TRUE(cancelled->completed_at);
        const auto late = co_await scheduler->cancel_backfill(made->id);
        EXPECT_EQ(late.error().code, Errc::conflict);
        const auto late_pause = co_await scheduler->set_backfill_paused(made->id, false);
        EXPECT_EQ(late_pause.error().code, Errc::conflict);
        const auto none = co_await scheduler->set_backfill_paused(99, true);
        EXPECT_EQ(none.error().code, Errc::not_found);
        for (const auto& order : std::vector(tasks.started)) {
            tasks.finish(order, TaskOutcome::succeeded, clock.now());
        }
    });
    EXPECT_THAT(runs(), SizeIs(2)) << "what was pending never came";
}

TEST_F(LoopBackfills, ExpiredRunsAreRemovedButThoseAtHand) {
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        co_await trigger("one");
        co_await trigger("two");
        for (const char* run : {"one", "two"}) {
            while (stored_state(core::RunId(run)) != RunState::success) {
                co_await pool.run([] { return 0; });
            }
        }
        clock.advance(hours(48));
        tasks.on_start = {};
        co_await scheduler->set_run_state(core::DagId("d"), core::RunId("two"), RunState::queued);
        const auto removed =
            co_await scheduler->remove_expired_runs({.before = clock.now() - hours(1)});
        EXPECT_THAT(removed, ElementsAre(store::RunName{core::DagId("d"), core::RunId("one")}));
        EXPECT_THAT(runs(), SizeIs(1));
        const auto none = co_await scheduler->remove_expired_runs({.before = clock.now()});
        EXPECT_THAT(none, IsEmpty());
        while (tasks.started.size() < 3) co_await pool.run([] { return 0; });
        tasks.finish(tasks.started.back(), TaskOutcome::succeeded, clock.now());
    });
    EXPECT_EQ(stored_state(core::RunId("two")), RunState::success);
}

}  // namespace
}  // namespace reel::scheduler
