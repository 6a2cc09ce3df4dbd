// Setups and teardowns: what was set up is taken down again, whatever happens between.

#include <gmock/gmock.h>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using core::TaskState;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

void is_setup(core::Task& task) {
    task.is_setup = true;
}

void is_teardown(core::Task& task) {
    task.is_teardown = true;
    task.trigger_rule = core::TriggerRule::all_done_setup_success;
}

class SetupTest : public PlannerTest {
  protected:
    // make ─▶ work ─▶ check ─▶ drop
    //  └───────────────────────▶┘
    static support::DagBuilder one_scope() {
        return a_dag("d")
            .task("make", {}, is_setup)
            .task("work", {"make"})
            .task("check", {"work"})
            .task("drop", {"make", "check"}, is_teardown);
    }

    void mark_run(RunState state) {
        ASSERT_TRUE(planner.end_run(core::DagId("d"), core::RunId("r1"), state, clock.now()));
        plan();
    }

    /// What a clear of these tasks would clear in a run that has ended well.
    Names cleared(const support::DagBuilder& dag, TaskSelection selection, const Names& tasks) {
        store::ActiveRun ended{.dag = dag.build(), .run = {}, .tasks = {}, .facts = {}};
        ended.run.dag_id = core::DagId("d");
        ended.run.run_id = core::RunId("r1");
        ended.run.state = RunState::success;
        for (const auto& task : ended.dag.tasks) {
            const bool is_mapped = ended.dag.mapping_of(task) != nullptr;
            for (const int index : is_mapped ? std::vector{0, 1} : std::vector{-1}) {
                store::TaskInstanceRecord record;
                record.key = {ended.run.dag_id, ended.run.run_id, task.task_id, index};
                record.state = TaskState::success;
                ended.tasks.push_back(record);
            }
        }
        use(dag);
        planner.restore(std::move(ended), clock.now());
        for (const auto& task : tasks) {
            selection.tasks.push_back({.task_id = core::TaskId(task), .map_index = map_index});
        }
        Names names;
        const auto meant =
            planner.clear(core::DagId("d"), {core::RunId("r1")}, selection, true, clock.now());
        for (const auto& record : meant.value()) names.push_back(name_of(record.key));
        plan();
        return names;
    }

    std::optional<int> map_index;
};

TEST_F(SetupTest, AShortCircuitSkipsNoTeardown) {
    use(a_dag("d")
            .task("make", {}, is_setup)
            .task("gate", {"make"})
            .task("work", {"gate"})
            .task("drop", {"make", "work"}, is_teardown)
            .task("after", {"drop"}));
    trigger("d");
    plan();
    end("make");
    AttemptEnded stop;
    stop.branch = BranchDecision{.follow = {}, .all_downstream = true};
    end_so("gate", stop);
    EXPECT_EQ(states["work"], TaskState::skipped);
    EXPECT_EQ(states["after"], TaskState::skipped);
    EXPECT_THAT(running(), ElementsAre("drop"));
    end("drop");
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(SetupTest, ARunThatIsMarkedFailedIsTakenDownBeforeItEnds) {
    use(one_scope());
    trigger("d");
    plan();
    end("make");
    live.erase("work");  // its process is ended
    mark_run(RunState::failed);
    EXPECT_EQ(states["work"], TaskState::failed);
    EXPECT_EQ(run_states["r1"], RunState::running);
    EXPECT_THAT(running(), ElementsAre("drop"));
    end("drop");
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(SetupTest, ARunThatIsMarkedFailedFailsAlsoWhereNothingOfItRan) {
    use(one_scope().with([](core::Dag& dag) { dag.max_active_tasks = 1; }));
    trigger("d");
    plan();
    end("make");
    live.clear();
    const TaskSelection work{.tasks = {{.task_id = core::TaskId("work"), .map_index = {}}}};
    ASSERT_TRUE(planner.mark(
        core::DagId("d"), core::RunId("r1"), work, TaskState::success, false, clock.now()
    ));
    mark_run(RunState::failed);
    EXPECT_EQ(states["check"], TaskState::failed) << "it decides over the run";
    EXPECT_THAT(running(), ElementsAre("drop"));
    end("drop");
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(SetupTest, ATeardownThatRunsIsNotEndedWithItsRun) {
    use(one_scope());
    trigger("d");
    plan();
    for (const auto& task : Names{"make", "work", "check"}) end(task);
    ASSERT_TRUE(planner.end_run(core::DagId("d"), core::RunId("r1"), RunState::success, clock.now())
    );
    EXPECT_THAT(plan().cancel, IsEmpty());
    EXPECT_THAT(running(), ElementsAre("drop"));
    end("drop");
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(SetupTest, ARunThatIsMarkedSuccessIsTakenDownToo) {
    use(one_scope());
    trigger("d");
    plan();
    end("make");
    live.erase("work");
    mark_run(RunState::success);
    EXPECT_EQ(states["check"], TaskState::success);
    EXPECT_THAT(running(), ElementsAre("drop"));
    end("drop", TaskOutcome::failed);
    EXPECT_EQ(run_states["r1"], RunState::success) << "a teardown does not decide over the run";
}

TEST_F(SetupTest, AQueuedRunThatIsMarkedFailedTakesNothingDown) {
    use(one_scope(), true);
    trigger("d");
    mark_run(RunState::failed);
    EXPECT_EQ(states["make"], TaskState::skipped);
    EXPECT_EQ(states["drop"], TaskState::skipped);
    EXPECT_EQ(run_states["r1"], RunState::failed);
    EXPECT_FALSE(planner.has_active_runs(core::DagId("d")));
}

// It would take a place among max_active_runs that it was not given.
TEST_F(SetupTest, AQueuedRunThatIsMarkedSuccessTakesNothingDown) {
    use(one_scope(), true);
    trigger("d");
    mark_run(RunState::success);
    EXPECT_EQ(states["make"], TaskState::success);
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_EQ(run_states["r1"], RunState::success);
    EXPECT_FALSE(planner.has_active_runs(core::DagId("d")));
}

TEST_F(SetupTest, FailFastStopsNoTeardown) {
    use(one_scope().task("other").with([](core::Dag& dag) { dag.fail_fast = true; }));
    trigger("d");
    plan();
    end("make");
    live.erase("work");
    end("other", TaskOutcome::failed);
    EXPECT_EQ(states["work"], TaskState::failed);
    EXPECT_THAT(running(), ElementsAre("drop"));
    end("drop");
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(SetupTest, ATimeoutEndsTeardownsToo) {
    use(one_scope().with([](core::Dag& dag) { dag.dagrun_timeout = std::chrono::minutes(1); }));
    trigger("d");
    plan();
    end("make");
    clock.advance(std::chrono::minutes(2));
    plan();
    EXPECT_EQ(states["drop"], TaskState::skipped);
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(SetupTest, AClearedTaskBringsItsSetupAndTeardown) {
    EXPECT_THAT(cleared(one_scope(), {}, {"work"}), ElementsAre("make", "work", "drop"));
}

TEST_F(SetupTest, WhatIsClearedBehindATaskBringsItsOwnSetups) {
    // a ─▶ b ─▶ drop, make ─▶ b
    const auto dag = a_dag("d")
                         .task("a")
                         .task("make", {}, is_setup)
                         .task("b", {"a", "make"})
                         .task("drop", {"make", "b"}, is_teardown);
    EXPECT_THAT(cleared(dag, {}, {"a"}), ElementsAre("a"));
    EXPECT_THAT(
        cleared(dag, {.tasks = {}, .downstream = true}, {"a"}),
        ElementsAre("a", "make", "b", "drop")
    );
}

TEST_F(SetupTest, AClearedSetupBringsItsTeardownAndATeardownNobody) {
    EXPECT_THAT(cleared(one_scope(), {}, {"make"}), ElementsAre("make", "drop"));
    EXPECT_THAT(cleared(one_scope(), {}, {"drop"}), ElementsAre("drop"));
}

TEST_F(SetupTest, AClearedSetupWithoutWorkBringsItsTeardown) {
    const auto dag = a_dag("d").task("make", {}, is_setup).task("drop", {"make"}, is_teardown);
    EXPECT_THAT(cleared(dag, {}, {"make"}), ElementsAre("make", "drop"));
}

TEST_F(SetupTest, ASetupThatWasTakenDownBeforeATaskIsNotItsOwn) {
    const auto dag = one_scope().task("later", {"drop"});
    EXPECT_THAT(cleared(dag, {}, {"later"}), ElementsAre("later"));
}

TEST_F(SetupTest, ASetupWithoutATeardownIsThereForAllBehindIt) {
    const auto dag = a_dag("d").task("make", {}, is_setup).task("a", {"make"}).task("b", {"a"});
    EXPECT_THAT(cleared(dag, {}, {"b"}), ElementsAre("make", "b"));
}

TEST_F(SetupTest, InAMappedGroupASetupOfTheSameMapIndexIsBrought) {
    const auto dag = one_scope().with([](core::Dag& d) {
        for (auto& task : d.tasks) task.group = "g";
        d.groups.push_back(
            {.group_id = "g",
             .label = "g",
             .mapping = core::Mapping{{{.argument = "n", .literal = {"[1,2]"}, .upstream = {}}}}}
        );
    });
    map_index = 1;
    EXPECT_THAT(cleared(dag, {}, {"work"}), ElementsAre("make[1]", "work[1]", "drop[1]"));
}

}  // namespace
}  // namespace reel::scheduler
