// Tasks that wait without a process: sensors and trigger_dag.

#include <gmock/gmock.h>

#include "planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::TaskState;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

void sensor(core::Task& task) {
    task.operator_name = "sensor.file";
}

support::DagBuilder sensor_and_work() {
    return a_dag("d").task("wait", {}, sensor).task("work", {"wait"});
}

class WaitingTest : public PlannerTest {
  protected:
    /// Ends an attempt that never reported a start.
    void end_waiting(const std::string& task, TaskOutcome outcome, const std::string& why = {}) {
        AttemptEnded event;
        event.attempt = live.at(task).attempt;
        event.key = live.at(task).key;
        event.outcome = outcome;
        event.at = clock.now();
        event.message = why;
        live.erase(task);
        planner.on_ended(event);
        plan();
    }
};

TEST(WaitsWithoutProcess, SensorsAndTriggerDagDo) {
    const auto waits = [](const std::string& operator_name) {
        core::Task task;
        task.operator_name = operator_name;
        return waits_without_process(task);
    };
    EXPECT_TRUE(waits("sensor.file"));
    EXPECT_TRUE(waits("sensor.time"));
    EXPECT_TRUE(waits("trigger_dag"));
    EXPECT_FALSE(waits("bash"));
    EXPECT_FALSE(waits("branch.sql"));
    EXPECT_FALSE(waits("empty"));
}

TEST_F(WaitingTest, ASensorIsDeferredFromTheMomentItBegins) {
    use(sensor_and_work());
    trigger("d");
    const Effects effects = plan();
    ASSERT_THAT(effects.start, SizeIs(1));
    EXPECT_EQ(effects.start[0].started_at, clock.now()) << "its timeout counts from here";
    EXPECT_EQ(states["wait"], TaskState::deferred);
    EXPECT_EQ(records["wait"].try_number, 1);
    EXPECT_EQ(records["wait"].start_date, clock.now());
    EXPECT_EQ(planner.live_attempts(), 0U) << "it holds no place";
}

TEST_F(WaitingTest, WhatStandsBehindASensorRunsWhenItEnds) {
    use(sensor_and_work());
    trigger("d");
    plan();
    clock.advance(5min);
    end_waiting("wait", TaskOutcome::succeeded);
    EXPECT_EQ(states["wait"], TaskState::success);
    EXPECT_EQ(records["wait"].end_date, clock.now());
    EXPECT_THAT(running(), ElementsAre("work"));
}

TEST_F(WaitingTest, ASensorThatIsSkippedSkipsWhatStandsBehindIt) {
    use(sensor_and_work());
    trigger("d");
    plan();
    end_waiting("wait", TaskOutcome::skipped);
    EXPECT_EQ(states["wait"], TaskState::skipped);
    EXPECT_EQ(states["work"], TaskState::skipped);
}

TEST_F(WaitingTest, SensorsWaitBesideFullPlaces) {
    Planner narrow(1);
    const auto dag = a_dag("d")
                         .task("busy")
                         .task("one", {}, sensor)
                         .task("two", {}, sensor)
                         .with([](core::Dag& each) { each.max_active_tasks = 1; })
                         .shared();
    narrow.set_dags({{.dag = dag, .is_paused = false}}, {}, clock.now());
    store::RunRecord run;
    run.dag_id = core::DagId("d");
    run.run_id = core::RunId("r");
    run.run_after = clock.now();
    ASSERT_TRUE(narrow.add_run(run));
    narrow.supply_attempts(1, 10);
    EXPECT_THAT(narrow.plan(clock.now()).start, SizeIs(3));
    EXPECT_EQ(narrow.live_attempts(), 1U);
}

TEST_F(WaitingTest, APoolThatCountsThemHoldsThemBack) {
    planner.set_pools({{.name = "default_pool", .slots = 1, .include_deferred = true}});
    use(a_dag("d").task("one", {}, sensor).task("two", {}, sensor));
    trigger("d");
    plan();
    EXPECT_THAT(running(), ElementsAre("one"));
    EXPECT_EQ(states["two"], TaskState::scheduled);
    end_waiting("one", TaskOutcome::succeeded);
    EXPECT_THAT(running(), ElementsAre("two"));
}

TEST_F(WaitingTest, APoolThatDoesNotCountThemIsNoLimit) {
    planner.set_pools({{.name = "default_pool", .slots = 1}});
    use(a_dag("d").task("one", {}, sensor).task("two", {}, sensor).task("work"));
    trigger("d");
    plan();
    EXPECT_THAT(running(), ElementsAre("one", "two", "work"));
}

TEST_F(WaitingTest, ALimitOfTheTaskItselfHoldsForSensors) {
    use(a_dag("d").task("wait", {}, [](core::Task& task) {
        sensor(task);
        task.max_active_tis_per_dag = 1;
    }));
    trigger("d", "r1");
    trigger("d", "r2");
    EXPECT_THAT(plan().start, SizeIs(1));
}

TEST_F(WaitingTest, ASensorThatFailsIsTriedAgain) {
    use(a_dag("d").task("wait", {}, [](core::Task& task) {
        sensor(task);
        task.retries = 1;
        task.retry_delay = 1min;
    }));
    trigger("d");
    plan();
    end_waiting("wait", TaskOutcome::failed, "HTTP 500");
    EXPECT_EQ(states["wait"], TaskState::up_for_retry);
    EXPECT_EQ(records["wait"].message, "HTTP 500");
    clock.advance(1min);
    const Effects effects = plan();
    EXPECT_EQ(states["wait"], TaskState::deferred);
    ASSERT_THAT(effects.start, SizeIs(1));
    EXPECT_EQ(effects.start[0].try_number, 2);
    EXPECT_EQ(effects.start[0].started_at, clock.now());
    end_waiting("wait", TaskOutcome::failed);
    EXPECT_EQ(states["wait"], TaskState::failed);
}

TEST_F(WaitingTest, ASensorThatTimedOutForGoodIsNotTriedAgain) {
    use(a_dag("d").task("wait", {}, [](core::Task& task) {
        sensor(task);
        task.retries = 5;
    }));
    trigger("d");
    plan();
    end_waiting("wait", TaskOutcome::failed_finally, "timed out after 7d");
    EXPECT_EQ(states["wait"], TaskState::failed);
    EXPECT_EQ(run_states["r1"], core::RunState::failed);
}

TEST_F(WaitingTest, AClearedSensorIsCancelledAndBeginsAnew) {
    use(sensor_and_work());
    trigger("d");
    plan();
    const auto first = live.at("wait");
    ASSERT_TRUE(planner.clear(
        core::DagId("d"),
        {core::RunId("r1")},
        {.tasks = {{core::TaskId("wait"), {}}}},
        false,
        clock.now()
    ));
    const Effects effects = plan();
    EXPECT_THAT(effects.cancel, ElementsAre(first.attempt));
    ASSERT_THAT(effects.start, SizeIs(1));
    EXPECT_GT(effects.start[0].attempt, first.attempt);
    planner.on_ended({.attempt = first.attempt, .key = first.key, .outcome = TaskOutcome::succeeded}
    );
    plan();
    EXPECT_EQ(states["wait"], TaskState::deferred) << "the end of the old attempt is fenced off";
}

TEST_F(WaitingTest, AMarkedSensorIsCancelledAndItsRunGoesOn) {
    use(sensor_and_work());
    trigger("d");
    plan();
    const auto attempt = live.at("wait").attempt;
    ASSERT_TRUE(planner.mark(
        core::DagId("d"),
        core::RunId("r1"),
        {.tasks = {{core::TaskId("wait"), {}}}},
        TaskState::success,
        false,
        clock.now()
    ));
    EXPECT_THAT(plan().cancel, ElementsAre(attempt));
    EXPECT_EQ(states["wait"], TaskState::success);
    EXPECT_EQ(states["work"], TaskState::queued);
}

TEST_F(WaitingTest, ARunThatTimesOutTakesItsSensorsWithIt) {
    use(sensor_and_work().with([](core::Dag& dag) { dag.dagrun_timeout = 10min; }));
    trigger("d");
    plan();
    const auto attempt = live.at("wait").attempt;
    clock.advance(10min);
    EXPECT_THAT(plan().cancel, ElementsAre(attempt));
    EXPECT_EQ(states["wait"], TaskState::failed);
    EXPECT_EQ(run_states["r1"], core::RunState::failed);
}

TEST_F(WaitingTest, ARestoredSensorGoesOnAsTheAttemptThatItWas) {
    use(sensor_and_work());
    const auto run = trigger("d");
    const auto dag = sensor_and_work().build();
    const Effects begun = plan();
    store::ActiveRun active{
        .dag = dag,
        .run = begun.commit.runs[0].after,
        .tasks = begun.commit.new_runs[0].tasks,
        .facts = {}
    };
    active.tasks[0] = records["wait"];
    clock.advance(1h);
    Planner next(32);
    const auto alive = next.restore(active, clock.now());
    ASSERT_THAT(alive, SizeIs(1));
    EXPECT_EQ(alive[0].attempt, live.at("wait").attempt);
    EXPECT_EQ(alive[0].started_at, clock.now() - 1h) << "its timeout counts from its first start";
    EXPECT_EQ(next.live_attempts(), 0U);
    EXPECT_THAT(next.plan(clock.now()).start, IsEmpty());
}

TEST_F(WaitingTest, APausedDagBeginsNoFurtherSensors) {
    use(a_dag("d").task("first").task("wait", {"first"}, sensor));
    trigger("d");
    plan();
    planner.set_paused(core::DagId("d"), true, clock.now());
    end("first");
    EXPECT_EQ(states["wait"], TaskState::scheduled);
    planner.set_paused(core::DagId("d"), false, clock.now());
    plan();
    EXPECT_EQ(states["wait"], TaskState::deferred);
}

TEST_F(WaitingTest, MoreSensorsThanAttemptIdsGetTheirsInTheNextRound) {
    auto dag = a_dag("d");
    for (int i = 0; i < 5; ++i) dag.task("wait" + std::to_string(i), {}, sensor);
    use(dag);
    trigger("d");
    planner.supply_attempts(1, 3);
    EXPECT_THAT(planner.plan(clock.now()).start, SizeIs(3));
    EXPECT_LE(planner.next_due(), clock.now()) << "at once";
    EXPECT_GE(planner.attempts_wanted(), 2);
    planner.supply_attempts(100, 100);
    EXPECT_THAT(planner.plan(clock.now()).start, SizeIs(2));
    EXPECT_EQ(planner.next_due(), std::nullopt);
}

TEST_F(WaitingTest, TheAttemptOfATaskThatWaitsIsKnown) {
    use(a_dag("d").task("wait", {}, sensor).task("work"));
    trigger("d");
    plan();
    const auto attempt_of = [&](const std::string& task) {
        return planner.waiting_attempt(
            core::DagId("d"), core::RunId("r1"), {core::TaskId(task), {}}
        );
    };
    EXPECT_EQ(attempt_of("wait"), live.at("wait").attempt);
    EXPECT_EQ(attempt_of("work"), live.at("work").attempt) << "its process has not begun";
    EXPECT_EQ(attempt_of("ghost"), std::nullopt);
}

}  // namespace
}  // namespace reel::scheduler
