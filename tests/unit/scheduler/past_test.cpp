#include <gmock/gmock.h>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using core::TaskState;
using std::chrono::hours;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Tasks that look at the run before. The store is what was said with before().
class PastTest : public PlannerTest {
  protected:
    static support::DagBuilder looking_back() {
        return a_dag("d").task("a", {}, [](core::Task& task) { task.depends_on_past = true; });
    }

    /// A run of the DAG at an hour, begun.
    void begin(const std::string& run_id, int hour) {
        store::RunRecord run;
        run.dag_id = core::DagId("d");
        run.run_id = core::RunId(run_id);
        run.conf.text = "{}";
        run.logical_date = clock.now() + hours(hour);
        run.run_after = clock.now();
        ASSERT_TRUE(planner.add_run(run));
        round();
    }

    /// What the store would answer: task → state.
    void before(
        const core::Dag& dag,
        const std::string& run_id,
        const std::map<std::string, TaskState>& tasks
    ) {
        store::ActiveRun run{.dag = dag, .run = {}, .tasks = {}, .facts = {}};
        run.run.dag_id = dag.dag_id;
        run.run.run_id = core::RunId(run_id);
        for (const auto& [task, state] : tasks) {
            store::TaskInstanceRecord record;
            record.key = {dag.dag_id, run.run.run_id, core::TaskId(task), -1};
            record.state = state;
            run.tasks.push_back(record);
        }
        before_ = run;
    }

    /// A round, and what the loop does about wishes for the past, until there are none.
    void round() {
        plan();
        while (planner.has_past_wishes()) {
            for (const auto& wish : planner.take_past_wishes()) {
                planner.supply_past(wish, before_, clock.now());
            }
            plan();
        }
    }

    std::optional<store::ActiveRun> before_;
};

TEST_F(PastTest, TheFirstRunWaitsForNobody) {
    use(looking_back());
    begin("r1", 0);
    EXPECT_THAT(running(), ElementsAre("a"));
}

TEST_F(PastTest, ATaskWaitsUntilItEndedWellInTheRunBefore) {
    const auto dag = looking_back().build();
    use(looking_back());
    before(dag, "r0", {{"a", TaskState::failed}});
    begin("r1", 1);
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_THAT(
        planner.why(core::DagId("d"), core::RunId("r1"), {core::TaskId("a"), {}}, clock.now())
            ->front()
            .reason,
        HasSubstr("the run before 'r0'")
    );
}

TEST_F(PastTest, SkippedIsWellEnough) {
    const auto dag = looking_back().build();
    use(looking_back());
    before(dag, "r0", {{"a", TaskState::skipped}});
    begin("r1", 1);
    EXPECT_THAT(running(), ElementsAre("a"));
}

TEST_F(PastTest, ATaskThatTheRunBeforeDidNotHaveGoesAhead) {
    const auto dag = looking_back().build();
    use(looking_back());
    before(dag, "r0", {{"other", TaskState::failed}});
    begin("r1", 1);
    EXPECT_THAT(running(), ElementsAre("a"));
}

TEST_F(PastTest, ItGoesOnWhenTheRunBeforeGetsThere) {
    const auto dag = looking_back().build();
    use(looking_back());
    begin("r0", 0);
    before(dag, "r0", {{"a", TaskState::queued}});
    begin("r1", 1);
    ASSERT_THAT(running(), ElementsAre("a"));
    EXPECT_EQ(live.at("a").key.run_id.str(), "r0");
    end("a");
    ASSERT_TRUE(live.contains("a"));
    EXPECT_EQ(live.at("a").key.run_id.str(), "r1");
}

TEST_F(PastTest, WhatMovedWhileTheStoreWasAskedCountsToo) {
    const auto dag = looking_back().build();
    use(looking_back());
    begin("r0", 0);
    before(dag, "r0", {{"a", TaskState::running}});
    store::RunRecord next;
    next.dag_id = core::DagId("d");
    next.run_id = core::RunId("r1");
    next.conf.text = "{}";
    next.logical_date = clock.now() + hours(1);
    next.run_after = clock.now();
    ASSERT_TRUE(planner.add_run(next));
    plan();
    const auto wishes = planner.take_past_wishes();
    ASSERT_THAT(wishes, SizeIs(1));
    const AttemptOrder order = live.at("a");
    planner.on_ended({.attempt = order.attempt, .key = order.key, .at = clock.now()});
    planner.supply_past(wishes.front(), before_, clock.now());
    live.clear();
    round();
    EXPECT_THAT(running(), ElementsAre("a"));
}

TEST_F(PastTest, WaitForDownstreamLooksAtWhatStandsRightBehind) {
    const auto builder =
        a_dag("d")
            .task("a", {}, [](core::Task& task) { task.wait_for_downstream = true; })
            .task("b", {"a"})
            .task("c", {"b"});
    use(builder);
    before(builder.build(), "r0", {{"a", TaskState::success}, {"b", TaskState::failed}});
    begin("r1", 1);
    EXPECT_THAT(running(), IsEmpty());
    before(
        builder.build(),
        "r0",
        {{"a", TaskState::success}, {"b", TaskState::success}, {"c", TaskState::failed}}
    );
    begin("r2", 2);
    EXPECT_THAT(running(), ElementsAre("a"));
}

/// first ─▶ a, which waits to be skipped until the run before has done it.
support::DagBuilder skipped_late(bool depends_on_past = true) {
    return a_dag("d").task("first").task("a", {"first"}, [depends_on_past](core::Task& task) {
        task.depends_on_past = depends_on_past;
        task.wait_for_past_depends_before_skipping = true;
    });
}

TEST_F(PastTest, ATaskMayBeSkippedOnlyWhenItMightBegin) {
    use(skipped_late());
    begin("r0", 0);
    before(skipped_late().build(), "r0", {{"first", TaskState::queued}, {"a", TaskState::none}});
    const AttemptOrder first = live.at("first");
    begin("r1", 1);
    end("first", TaskOutcome::skipped);
    EXPECT_FALSE(states.contains("a")) << "its trigger rule says skip, the run before does not yet";
    live["first"] = first;
    end("first");
    end("a");
    EXPECT_EQ(states["a"], TaskState::skipped);
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(PastTest, ABranchSkipsItOnlyThen) {
    use(skipped_late());
    begin("r0", 0);
    before(skipped_late().build(), "r0", {{"first", TaskState::queued}, {"a", TaskState::none}});
    const AttemptOrder first = live.at("first");
    begin("r1", 1);
    AttemptEnded nowhere;
    nowhere.branch = BranchDecision{};
    end_so("first", nowhere);
    EXPECT_FALSE(states.contains("a"));
    live["first"] = first;
    end("first");
    end("a");
    EXPECT_EQ(states["a"], TaskState::skipped);
}

TEST_F(PastTest, WithoutDependsOnPastItIsSkippedAtOnce) {
    use(skipped_late(false));
    begin("r1", 1);
    end("first", TaskOutcome::skipped);
    EXPECT_EQ(states["a"], TaskState::skipped);
}

TEST_F(PastTest, AMarkInTheRunBeforeSetsItFree) {
    const auto builder = looking_back().task("other");
    use(builder);
    before(builder.build(), "r0", {{"a", TaskState::failed}, {"other", TaskState::success}});
    begin("r1", 1);
    ASSERT_THAT(running(), ElementsAre("other"));
    auto ended = *before_;
    ended.run.state = RunState::failed;
    planner.restore(ended, clock.now());
    ASSERT_TRUE(planner.mark(
        core::DagId("d"),
        core::RunId("r0"),
        {.tasks = {{core::TaskId("a"), {}}}},
        TaskState::success,
        false,
        clock.now()
    ));
    for (const auto& wish : planner.take_past_wishes()) {
        planner.supply_past(wish, before_, clock.now());
    }
    round();
    EXPECT_THAT(running(), ElementsAre("a", "other"));
}

}  // namespace
}  // namespace reel::scheduler
