// Runs that have not ended when they should have.

#include <gmock/gmock.h>

#include "callbacks_fixture.hpp"

namespace reel::scheduler {
namespace {

using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Reference = core::Deadline::Reference;
using namespace std::chrono_literals;

class DeadlinesTest : public CallbacksFixture {
  protected:
    static core::Deadline deadline(Reference reference, core::Duration interval) {
        core::Deadline made{.reference = reference, .interval = interval};
        made.callbacks = {{.args = {"{}"}}};
        return made;
    }
    void use_with(std::vector<core::Deadline> deadlines) {
        use(a_dag("d").task("a").with([&](core::Dag& dag) { dag.deadlines = std::move(deadlines); })
        );
    }
    void clear_run() {
        ASSERT_TRUE(planner.clear(core::DagId("d"), {core::RunId("r1")}, {}, false, clock.now()));
        plan();
    }
};

TEST_F(DeadlinesTest, ARunThatHasNotEndedWhenItIsDueCallsOnce) {
    use_with({deadline(Reference::dagrun_queued_at, 30min)});
    trigger("d");
    plan();
    EXPECT_EQ(planner.next_due(), clock.now() + 30min);
    clock.advance(30min - 1us);
    plan();
    EXPECT_THAT(take_calls(), IsEmpty());
    clock.advance(1us);
    plan();
    EXPECT_THAT(
        take_calls(),
        ElementsAre("run r1 deadline 0: the run has not ended by 2026-01-01T00:30:00+00:00")
    );
    clock.advance(24h);
    plan();
    EXPECT_THAT(take_calls(), IsEmpty());
    EXPECT_EQ(planner.next_due(), std::nullopt);
}

TEST_F(DeadlinesTest, ARunThatHasEndedInTimeCallsNobody) {
    use_with({deadline(Reference::dagrun_queued_at, 30min)});
    trigger("d");
    plan();
    end("a");
    clock.advance(1h);
    plan();
    EXPECT_THAT(take_calls(), IsEmpty());
}

TEST_F(DeadlinesTest, AnEndAtTheVeryMomentIsInTime) {
    use_with({deadline(Reference::dagrun_queued_at, 30min)});
    trigger("d");
    plan();
    clock.advance(30min);
    end("a");
    EXPECT_THAT(take_calls(), IsEmpty());
}

TEST_F(DeadlinesTest, ARunThatFailsBeforeHasEnded) {
    use_with({deadline(Reference::dagrun_queued_at, 30min)});
    trigger("d");
    plan();
    end("a", TaskOutcome::failed);
    clock.advance(1h);
    plan();
    EXPECT_THAT(take_calls(), IsEmpty());
}

TEST_F(DeadlinesTest, OneThatIsOverWhenTheRunIsMadeCallsAtOnce) {
    use_with({deadline(Reference::dagrun_logical_date, 30min)});
    store::RunRecord late;
    late.dag_id = core::DagId("d");
    late.run_id = core::RunId("late");
    late.conf.text = "{}";
    late.logical_date = clock.now() - 1h;
    late.run_after = clock.now();
    late.queued_at = clock.now();
    ASSERT_TRUE(planner.add_run(late));
    plan();
    plan();
    EXPECT_THAT(
        take_calls(),
        ElementsAre("run late deadline 0: the run has not ended by 2025-12-31T23:30:00+00:00")
    );
}

TEST_F(DeadlinesTest, ARunWithoutLogicalDateCountsFromWhenItWasDue) {
    use_with({deadline(Reference::dagrun_logical_date, 5min)});
    trigger("d");
    plan();
    EXPECT_EQ(planner.next_due(), clock.now() + 5min);
}

TEST_F(DeadlinesTest, AFixedMomentIsTheSameForEveryRun) {
    core::Deadline fixed = deadline(Reference::fixed_datetime, 5min);
    fixed.fixed_at = clock.now() + 1h;
    use_with({fixed});
    trigger("d", "r1");
    plan();
    clock.advance(30min);
    trigger("d", "r2");
    plan();
    EXPECT_EQ(planner.next_due(), fixed.fixed_at + 5min);
    clock.advance(2h);
    plan();
    EXPECT_EQ(take_calls().size(), 2U);
}

TEST_F(DeadlinesTest, SeveralAreCalledEachAtItsTimeAndEachWithAllItsCallbacks) {
    core::Deadline loud = deadline(Reference::dagrun_queued_at, 10min);
    loud.callbacks = {{.args = {"{}"}}, {.kind = core::CallbackKind::slack, .args = {"{}"}}};
    use_with({deadline(Reference::dagrun_queued_at, 20min), loud});
    trigger("d");
    plan();
    clock.advance(10min);
    plan();
    ASSERT_EQ(calls.size(), 2U);
    EXPECT_EQ(calls[0].deadline, 1);
    EXPECT_EQ(calls[0].position, 0);
    EXPECT_EQ(calls[1].position, 1);
    EXPECT_EQ(calls[1].kind, core::CallbackKind::slack);
    take_calls();
    clock.advance(10min);
    plan();
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0].deadline, 0);
}

TEST_F(DeadlinesTest, ARunThatWaitsForItsTurnMissesItToo) {
    use(a_dag("d").task("a").with([&](core::Dag& dag) {
        dag.deadlines = {deadline(Reference::dagrun_queued_at, 5min)};
    }),
        true);
    trigger("d");
    plan();
    clock.advance(5min);
    plan();
    EXPECT_EQ(take_calls().size(), 1U);
}

TEST_F(DeadlinesTest, ARestartNeitherForgetsNorRepeats) {
    use_with(
        {deadline(Reference::dagrun_queued_at, 10min), deadline(Reference::dagrun_queued_at, 20min)}
    );
    trigger("d");
    plan();
    clock.advance(10min);
    plan();
    EXPECT_EQ(take_calls().size(), 1U);
    restart();
    plan();
    EXPECT_THAT(take_calls(), IsEmpty());
    EXPECT_EQ(planner.next_due(), clock.now() + 10min);
    clock.advance(10min);
    plan();
    restart();
    plan();
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0].deadline, 1);
}

TEST_F(DeadlinesTest, OneThatCameWhileNobodyWasThereIsCalledAtTheNextStart) {
    use_with({deadline(Reference::dagrun_queued_at, 10min)});
    trigger("d");
    plan();
    clock.advance(1h);
    restart();
    plan();
    EXPECT_EQ(take_calls().size(), 1U);
}

TEST_F(DeadlinesTest, ARunOfABackfillIsLateByItsOwnTimeAlone) {
    const core::Deadline queued = deadline(Reference::dagrun_queued_at, 10min);
    const core::Deadline logical = deadline(Reference::dagrun_logical_date, 10min);
    use(a_dag("d").task("a").with([&](core::Dag& dag) {
        dag.deadlines = {logical, queued};
        dag.schedule = core::DeltaSchedule{24h};
        dag.start_date = clock.now() - 48h;
    }));
    const auto backfill = store->create_backfill(
        {.id = 1, .dag_id = core::DagId("d"), .from_date = clock.now() - 24h, .to_date = clock.now()
        },
        {{.backfill_id = 1, .dag_id = core::DagId("d"), .logical_date = clock.now() - 24h}}
    );
    ASSERT_TRUE(backfill);
    for (auto& open : store->load_open_backfills()) planner.take_up_backfill(std::move(open));
    for (const auto& wish : planner.backfill_wishes()) {
        planner.supply_backfill_run(wish, std::nullopt, clock.now());
    }
    plan();
    const auto of_backfill = [&] {
        std::vector<int> which;
        for (const auto& call : calls) {
            if (call.key.run_id.str().starts_with("backfill__")) which.push_back(call.deadline);
        }
        return which;
    };
    EXPECT_THAT(of_backfill(), IsEmpty());
    clock.advance(10min);
    plan();
    EXPECT_THAT(of_backfill(), ElementsAre(1));
}

TEST_F(DeadlinesTest, AClearedRunCountsFromWhenItWasQueuedAgain) {
    use_with({deadline(Reference::dagrun_queued_at, 10min)});
    trigger("d");
    plan();
    end("a");
    clock.advance(1h);
    restart();
    planner.restore(store->load_run(core::DagId("d"), core::RunId("r1")).value(), clock.now());
    clear_run();
    EXPECT_THAT(take_calls(), IsEmpty());
    clock.advance(10min);
    plan();
    EXPECT_THAT(take_calls(), ElementsAre(::testing::StartsWith("run r1 deadline 0")));
}

TEST_F(DeadlinesTest, WhatWasOverWhenARunWasClearedIsPassedOverAndStaysSo) {
    use_with({deadline(Reference::dagrun_logical_date, 10min)});
    trigger("d");
    plan();
    end("a");
    clock.advance(1h);
    planner.restore(store->load_run(core::DagId("d"), core::RunId("r1")).value(), clock.now());
    clear_run();
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0].state, store::CallbackState::skipped);
    EXPECT_EQ(calls[0].next_try_at, std::nullopt);
    EXPECT_EQ(calls[0].ended_at, clock.now());
    take_calls();
    restart();
    plan();
    clock.advance(1h);
    plan();
    EXPECT_THAT(take_calls(), IsEmpty());
}

}  // namespace
}  // namespace reel::scheduler
