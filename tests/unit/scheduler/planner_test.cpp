#include "scheduler/planner.hpp"

#include <gmock/gmock.h>

#include "unit/scheduler/initial_tasks.hpp"
#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using core::TaskState;
using std::chrono::minutes;
using std::chrono::seconds;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

support::DagBuilder diamond() {
    //      ┌─▶ left ──┐
    // top ─┤          ├─▶ bottom
    //      └─▶ right ─┘
    return a_dag("d")
        .task("top")
        .task("left", {"top"})
        .task("right", {"top"})
        .task("bottom", {"left", "right"});
}

TEST_F(PlannerTest, RunsADiamondInOrder) {
    use(diamond());
    trigger("d");
    plan();
    EXPECT_THAT(running(), ElementsAre("top"));
    end("top");
    EXPECT_THAT(running(), ElementsAre("left", "right"));
    end("left");
    EXPECT_THAT(running(), ElementsAre("right"));
    end("right");
    EXPECT_THAT(running(), ElementsAre("bottom"));
    end("bottom");
    EXPECT_EQ(run_states["r1"], RunState::success);
    EXPECT_EQ(planner.live_attempts(), 0U);
}

TEST_F(PlannerTest, CommitsAFinishedTaskTogetherWithTheStartOfItsSuccessors) {
    use(diamond());
    trigger("d");
    plan();
    const AttemptOrder top = live.at("top");
    AttemptEnded event;
    event.attempt = top.attempt;
    event.key = top.key;
    event.at = clock.now();
    planner.on_ended(event);
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.tasks, SizeIs(3));
    EXPECT_EQ(states["top"], TaskState::success);
    EXPECT_EQ(states["left"], TaskState::queued);
    EXPECT_EQ(states["right"], TaskState::queued);
    EXPECT_THAT(effects.release, ElementsAre(top.attempt));
}

TEST_F(PlannerTest, CreatesARunWithItsTasksInStateNone) {
    use(diamond());
    trigger("d");
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.new_runs, SizeIs(1));
    EXPECT_EQ(effects.commit.new_runs[0].run.state, RunState::queued);
    ASSERT_THAT(effects.commit.new_runs[0].tasks, SizeIs(4));
    for (const auto& task : effects.commit.new_runs[0].tasks)
        EXPECT_EQ(task.state, TaskState::none);
    ASSERT_THAT(effects.commit.runs, SizeIs(1));
    EXPECT_EQ(effects.commit.runs[0].from, RunState::queued);
    EXPECT_EQ(effects.commit.runs[0].after.state, RunState::running);
    ASSERT_THAT(effects.commit.tasks, SizeIs(1));
    EXPECT_EQ(effects.commit.tasks[0].from, TaskState::none);
    EXPECT_EQ(effects.commit.tasks[0].after.attempt, 1);
}

TEST_F(PlannerTest, FailsWhatStandsBehindAFailedTaskAndTheRun) {
    use(diamond());
    trigger("d");
    plan();
    end("top");
    end("left", TaskOutcome::failed, "exit code 3");
    end("right");
    EXPECT_EQ(records["left"].message, "exit code 3");
    EXPECT_EQ(states["bottom"], TaskState::upstream_failed);
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(PlannerTest, SkipsWhatStandsBehindASkippedTaskAndSucceeds) {
    use(a_dag("d").task("a").task("b", {"a"}));
    trigger("d");
    plan();
    end("a", TaskOutcome::skipped);
    EXPECT_EQ(states["b"], TaskState::skipped);
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(PlannerTest, RunsACleanupTaskWhateverHappenedAndLetsTheLeafDecide) {
    use(a_dag("d").task("work").task("cleanup", {"work"}, [](core::Task& task) {
        task.trigger_rule = core::TriggerRule::all_done;
    }));
    trigger("d");
    plan();
    end("work", TaskOutcome::failed);
    EXPECT_THAT(running(), ElementsAre("cleanup"));
    end("cleanup");
    EXPECT_EQ(run_states["r1"], RunState::success) << "Airflow's rule: only leaves count";
}

TEST_F(PlannerTest, RetriesAfterTheDelayUntilTriesAreExhausted) {
    use(a_dag("d").task("a", {}, [](core::Task& task) {
        task.retries = 2;
        task.retry_delay = minutes(5);
    }));
    trigger("d");
    plan();
    for (int attempt = 1; attempt <= 2; ++attempt) {
        end("a", TaskOutcome::failed);
        EXPECT_EQ(states["a"], TaskState::up_for_retry);
        EXPECT_EQ(planner.next_due(), clock.now() + minutes(5));
        clock.advance(minutes(5) - seconds(1));
        plan();
        EXPECT_THAT(running(), IsEmpty());
        clock.advance(seconds(1));
        plan();
        EXPECT_THAT(running(), ElementsAre("a"));
        EXPECT_EQ(records["a"].try_number, attempt + 1);
    }
    end("a", TaskOutcome::timed_out);
    EXPECT_EQ(states["a"], TaskState::failed);
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(PlannerTest, DoesNotRetryWhatRetryingCannotHelp) {
    use(a_dag("d").task("a", {}, [](core::Task& task) { task.retries = 5; }));
    trigger("d");
    plan();
    end("a", TaskOutcome::failed_finally);
    EXPECT_EQ(states["a"], TaskState::failed);
}

TEST_F(PlannerTest, GivesATryBackToATaskThatAShutdownInterrupted) {
    use(a_dag("d").task("a"));
    trigger("d");
    plan();
    planner.stop_granting();
    end("a", TaskOutcome::cancelled);
    EXPECT_EQ(states["a"], TaskState::scheduled) << "ready for the next start";
    EXPECT_EQ(records["a"].max_tries, 1);
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_EQ(run_states["r1"], RunState::running);
}

TEST_F(PlannerTest, GivesEveryAttemptANewTokenAndIgnoresTheOldOnes) {
    use(a_dag("d").task("a", {}, [](core::Task& task) {
        task.retries = 1;
        task.retry_delay = seconds(0);
    }));
    trigger("d");
    plan();
    const AttemptOrder first = live.at("a");
    end("a", TaskOutcome::lost);
    plan();
    const AttemptOrder second = live.at("a");
    EXPECT_GT(second.attempt, first.attempt);

    AttemptEnded late;
    late.attempt = first.attempt;
    late.key = first.key;
    planner.on_ended(late);
    const Effects effects = plan();
    EXPECT_TRUE(effects.commit.empty());
    EXPECT_THAT(effects.release, ElementsAre(first.attempt));
    EXPECT_EQ(states["a"], TaskState::queued);
}

TEST_F(PlannerTest, FinishesEmptyTasksWithoutAPlace) {
    use(a_dag("d").task(
                      "a", {}, [](core::Task& task) { task.operator_name = "empty"; }
    ).task("b", {"a"}, [](core::Task& task) { task.operator_name = "empty"; }));
    trigger("d");
    const Effects effects = plan();
    EXPECT_THAT(effects.start, IsEmpty());
    EXPECT_EQ(states["b"], TaskState::success);
    EXPECT_EQ(run_states["r1"], RunState::success);
    EXPECT_THAT(effects.ended_runs, SizeIs(1));
}

TEST_F(PlannerTest, EndsARunWithoutTasksAtOnce) {
    use(a_dag("d"));
    trigger("d");
    plan();
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(PlannerTest, KeepsARunOfAPausedDagQueuedUntilItIsUnpaused) {
    use(diamond(), true);
    trigger("d");
    plan();
    EXPECT_THAT(running(), IsEmpty());
    planner.set_paused(core::DagId("d"), false, clock.now());
    plan();
    EXPECT_THAT(running(), ElementsAre("top"));
}

TEST_F(PlannerTest, LetsTasksOfAPausedDagEndAndStartsNoOthers) {
    use(diamond());
    trigger("d");
    plan();
    planner.set_paused(core::DagId("d"), true, clock.now());
    end("top");
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_EQ(states["left"], TaskState::scheduled);
    planner.set_paused(core::DagId("d"), false, clock.now());
    plan();
    EXPECT_THAT(running(), ElementsAre("left", "right"));
}

TEST_F(PlannerTest, HoldsRunsBeyondMaxActiveRuns) {
    use(a_dag("d").task("a").with([](core::Dag& dag) { dag.max_active_runs = 1; }));
    trigger("d", "r1");
    clock.advance(seconds(1));
    trigger("d", "r2");
    plan();
    EXPECT_EQ(run_states["r1"], RunState::running);
    EXPECT_FALSE(run_states.contains("r2"));
    end("a");
    EXPECT_EQ(run_states["r1"], RunState::success);
    plan();
    EXPECT_EQ(run_states["r2"], RunState::running);
}

TEST_F(PlannerTest, HoldsTasksBeyondMaxActiveTasksOfARun) {
    use(a_dag("d").task("a").task("b").task("c").with([](core::Dag& dag) {
        dag.max_active_tasks = 2;
    }));
    trigger("d");
    plan();
    EXPECT_THAT(running(), ElementsAre("a", "b"));
    end("a");
    EXPECT_THAT(running(), ElementsAre("b", "c"));
}

TEST_F(PlannerTest, HoldsAttemptsBeyondParallelismAndGivesPlacesByWeight) {
    planner = Planner(1);
    use(a_dag("d").task("light").task("heavy", {}, [](core::Task& task) {
        task.priority_weight = 5;
    }));
    trigger("d");
    plan();
    EXPECT_THAT(running(), ElementsAre("heavy"));
    end("heavy");
    EXPECT_THAT(running(), ElementsAre("light"));
}

TEST_F(PlannerTest, WaitsForRunAfter) {
    use(a_dag("d").task("a"));
    store::RunRecord run;
    run.dag_id = core::DagId("d");
    run.run_id = core::RunId("later");
    run.run_after = clock.now() + minutes(1);
    ASSERT_TRUE(planner.add_run(run));
    plan();
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_EQ(planner.next_due(), run.run_after);
    clock.advance(minutes(1));
    plan();
    EXPECT_THAT(running(), ElementsAre("a"));
}

TEST_F(PlannerTest, RefusesARunTwiceAndARunOfAnUnknownDag) {
    use(a_dag("d").task("a"));
    const auto run = trigger("d");
    EXPECT_EQ(planner.add_run(run).error().code, core::Errc::already_exists);
    store::RunRecord stranger = run;
    stranger.dag_id = core::DagId("x");
    EXPECT_EQ(planner.add_run(stranger).error().code, core::Errc::not_found);
}

TEST_F(PlannerTest, MarkingARunFailedEndsItsAttemptsAndSkipsTheRest) {
    use(diamond());
    trigger("d");
    plan();
    const auto attempt = live.at("top").attempt;
    ASSERT_TRUE(planner.end_run(core::DagId("d"), core::RunId("r1"), RunState::failed, clock.now())
    );
    const Effects effects = plan();
    EXPECT_THAT(effects.cancel, ElementsAre(attempt));
    EXPECT_EQ(states["top"], TaskState::failed);
    EXPECT_EQ(states["bottom"], TaskState::skipped);
    EXPECT_EQ(run_states["r1"], RunState::failed);
    EXPECT_EQ(planner.live_attempts(), 1U) << "its process is there until its end is told";
    planner.on_ended({.attempt = attempt, .at = clock.now()});
    EXPECT_EQ(planner.live_attempts(), 0U);
}

TEST_F(PlannerTest, MarkingAQueuedRunFailedNeverStartsIt) {
    use(diamond(), true);
    trigger("d");
    plan();
    ASSERT_TRUE(planner.end_run(core::DagId("d"), core::RunId("r1"), RunState::failed, clock.now())
    );
    plan();
    EXPECT_EQ(run_states["r1"], RunState::failed);
    EXPECT_FALSE(planner.has_active_runs(core::DagId("d")));
}

TEST_F(PlannerTest, FailsARunThatTakesLongerThanDagrunTimeout) {
    use(diamond().with([](core::Dag& dag) { dag.dagrun_timeout = minutes(10); }));
    trigger("d");
    plan();
    EXPECT_EQ(planner.next_due(), clock.now() + minutes(10));
    clock.advance(minutes(10));
    const Effects effects = plan();
    EXPECT_THAT(effects.cancel, SizeIs(1));
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(PlannerTest, TheTimeoutOfAnEarlierRunDoesNotEndALaterOneOfTheSameId) {
    use(a_dag("d").task("a").with([](core::Dag& dag) { dag.dagrun_timeout = minutes(10); }));
    trigger("d");
    plan();
    end("a");
    planner.remove_dag(core::DagId("d"));
    clock.advance(minutes(6));
    use(a_dag("d").task("a").with([](core::Dag& dag) { dag.dagrun_timeout = minutes(10); }));
    trigger("d");
    plan();
    clock.advance(minutes(5));
    plan();
    EXPECT_EQ(run_states["r1"], RunState::running);
    clock.advance(minutes(5));
    plan();
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(PlannerTest, FailFastEndsEverythingAtTheFirstFailure) {
    use(diamond().with([](core::Dag& dag) { dag.fail_fast = true; }));
    trigger("d");
    plan();
    end("top");
    end("left", TaskOutcome::failed);
    EXPECT_EQ(states["right"], TaskState::failed);
    EXPECT_EQ(states["bottom"], TaskState::skipped);
    EXPECT_EQ(run_states["r1"], RunState::failed);
}

TEST_F(PlannerTest, TakesUpARunWhereItStoodAfterARestart) {
    const auto dag = diamond().shared();
    store::ActiveRun active;
    active.dag = *dag;
    active.run.dag_id = dag->dag_id;
    active.run.run_id = core::RunId("r1");
    active.run.state = RunState::running;
    active.run.start_date = clock.now();
    active.tasks = initial_tasks(*dag, active.run.run_id);
    std::swap(active.tasks.front(), active.tasks.back());  // the store's order means nothing
    for (auto& task : active.tasks) {
        if (task.key.task_id.str() == "top") task.state = TaskState::success;
        if (task.key.task_id.str() == "left") {
            task.state = TaskState::running;
            task.attempt = 77;
            task.try_number = 1;
        }
        if (task.key.task_id.str() == "right") task.state = TaskState::scheduled;
    }
    const auto alive = planner.restore(std::move(active), clock.now());
    use(diamond());
    ASSERT_THAT(alive, SizeIs(1));
    EXPECT_EQ(alive[0].attempt, 77);
    EXPECT_EQ(alive[0].task().task_id.str(), "left");
    live["left"] = alive[0];
    plan();
    EXPECT_THAT(running(), ElementsAre("left", "right"));
    end("right");
    AttemptEnded event;
    event.attempt = 77;
    event.at = clock.now();
    planner.on_ended(event);
    plan();
    EXPECT_EQ(states["bottom"], TaskState::queued);
}

TEST_F(PlannerTest, FinishesARunOfADagWhoseFileIsGone) {
    use(a_dag("d").task("a").task("b", {"a"}));
    trigger("d");
    plan();
    use_all({});
    EXPECT_EQ(planner.find_dag(core::DagId("d")), nullptr);
    end("a");
    end("b");
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(PlannerTest, KeepsARunOnTheVersionItBeganWith) {
    use(a_dag("d").task("a").task("b", {"a"}));
    trigger("d");
    plan();
    use(a_dag("d").task("a").task("c", {"a"}).with([](core::Dag& dag) { dag.version = "new"; }));
    end("a");
    EXPECT_THAT(running(), ElementsAre("b"));
}

}  // namespace
}  // namespace reel::scheduler
