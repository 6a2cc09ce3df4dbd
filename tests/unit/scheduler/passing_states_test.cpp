// `scheduled` and `running` wait to be stored with what comes next.

#include <gmock/gmock.h>

#include "unit/scheduler/initial_tasks.hpp"
#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {

namespace {

using core::TaskState;
using std::chrono::milliseconds;
using support::a_dag;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Patience patience{.scheduled = milliseconds(200), .running = milliseconds(50)};

class PassingStates : public PlannerTest {
  protected:
    PassingStates() { planner = Planner(1, 1024, patience); }

    void start(const std::string& task) {
        const AttemptOrder& order = live.at(task);
        planner.on_started(
            {.attempt = order.attempt,
             .key = order.key,
             .at = clock.now(),
             .pid = 7,
             .hostname = "h"}
        );
    }
};

TEST_F(PassingStates, ATaskThatRunsForAMomentIsStoredOnlyAsItEnds) {
    use(a_dag("d").task("a"));
    trigger("d");
    plan();
    start("a");
    EXPECT_THAT(plan().commit.tasks, IsEmpty());
    EXPECT_EQ(planner.next_due(), clock.now() + patience.running);
    clock.advance(milliseconds(49));
    EXPECT_THAT(plan().commit.tasks, IsEmpty());
    end("a");
    EXPECT_EQ(states["a"], TaskState::success);
    EXPECT_EQ(records["a"].pid, 7);
}

TEST_F(PassingStates, ATaskThatRunsOnIsStoredInTime) {
    use(a_dag("d").task("a"));
    trigger("d");
    plan();
    start("a");
    plan();
    clock.advance(patience.running);
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.tasks, SizeIs(1));
    EXPECT_EQ(effects.commit.tasks[0].from, TaskState::queued);
    EXPECT_EQ(states["a"], TaskState::running);
}

TEST_F(PassingStates, ATaskThatSoonHasItsPlaceIsNeverStoredAsScheduled) {
    use(a_dag("d").task("first").task("second", {"first"}).task("other", {"first"}));
    trigger("d");
    plan();
    end("first");
    // One place: "second" or "other" has it, the one left over is scheduled.
    ASSERT_THAT(live, SizeIs(1));
    const std::string has_place = live.begin()->first;
    const std::string left_over = has_place == "second" ? "other" : "second";
    EXPECT_EQ(states[left_over], TaskState::none);
    clock.advance(milliseconds(10));
    end(has_place);
    EXPECT_EQ(states[left_over], TaskState::queued);
    EXPECT_TRUE(records[left_over].scheduled_at);
}

TEST_F(PassingStates, ATaskThatWaitsIsStoredAsScheduledInTime) {
    use(a_dag("d").task("first").task("second", {"first"}).task("other", {"first"}));
    trigger("d");
    plan();
    end("first");
    const std::string left_over = live.contains("second") ? "other" : "second";
    clock.advance(patience.scheduled - milliseconds(1));
    plan();
    EXPECT_EQ(states[left_over], TaskState::none);
    clock.advance(milliseconds(1));
    plan();
    EXPECT_EQ(states[left_over], TaskState::scheduled);
}

TEST_F(PassingStates, TheFirstThatIsDueIsWaitedFor) {
    use(a_dag("d").task("first").task("second", {"first"}).task("other", {"first"}));
    trigger("d");
    plan();
    end("first");
    const auto scheduled_at = clock.now();
    const std::string has_place = live.begin()->first;
    clock.advance(milliseconds(100));
    start(has_place);
    plan();
    EXPECT_EQ(planner.next_due(), clock.now() + patience.running);
    clock.advance(patience.running);
    plan();
    EXPECT_EQ(states[has_place], TaskState::running);
    EXPECT_EQ(planner.next_due(), scheduled_at + patience.scheduled);
}

TEST_F(PassingStates, ACallAboutAStartIsStoredWithTheStart) {
    use(a_dag("d").task("a", {}, [](core::Task& task) {
        task.callbacks[core::CallbackEvent::execute].push_back({});
    }));
    trigger("d");
    plan();
    start("a");
    const Effects effects = plan();
    EXPECT_THAT(effects.commit.callbacks, SizeIs(1));
    EXPECT_EQ(states["a"], TaskState::running) << "else a crash would have it called again";
}

TEST_F(PassingStates, ATaskThatGaveItsPlaceToAnotherOneIsStoredAtOnce) {
    use_all(
        {a_dag("d").task("light").shared(),
         a_dag("e").task("heavy", {}, [](core::Task& task) { task.priority_weight = 5; }).shared()}
    );
    trigger("d");
    plan();
    start("light");
    clock.advance(patience.running);
    plan();
    ASSERT_EQ(states["light"], TaskState::running);
    trigger("e");
    ASSERT_TRUE(planner.clear(core::DagId("d"), {core::RunId("r1")}, {}, false, clock.now()));
    plan();
    end("light", TaskOutcome::cancelled);
    ASSERT_TRUE(live.contains("heavy"));
    EXPECT_EQ(states["light"], TaskState::scheduled) << "the store would have two places taken";
}

TEST_F(PassingStates, AClearedTaskThatFindsNoPlaceIsStoredAtOnce) {
    use(a_dag("d").task("a").task("b"));
    trigger("d");
    plan();
    const std::string first = live.begin()->first;
    end(first);
    ASSERT_THAT(live, SizeIs(1)) << "the other one has the place";
    clock.advance(milliseconds(1));
    const TaskSelection only{.tasks = {{.task_id = core::TaskId(first), .map_index = {}}}};
    ASSERT_TRUE(planner.clear(core::DagId("d"), {core::RunId("r1")}, only, false, clock.now()));
    plan();
    EXPECT_EQ(states[first], TaskState::scheduled) << "after a crash it would have succeeded";
}

TEST_F(PassingStates, ARunThatIsTakenUpSchedulesWhatACrashTookBeforeItWasStored) {
    use(a_dag("d").task("first").task("second", {"first"}));
    auto tasks = initial_tasks(*planner.find_dag(core::DagId("d"))->dag, core::RunId("r1"));
    tasks[0].state = TaskState::success;
    store::RunRecord run;
    run.dag_id = core::DagId("d");
    run.run_id = core::RunId("r1");
    run.state = core::RunState::running;
    run.start_date = clock.now();
    planner.restore(
        {.dag = *planner.find_dag(core::DagId("d"))->dag, .run = run, .tasks = tasks, .facts = {}},
        clock.now()
    );
    plan();
    EXPECT_EQ(states["second"], TaskState::queued);
}

TEST_F(PassingStates, WhatANewRunBeginsWithIsStoredAtOnce) {
    use(a_dag("d").task("a").task("b"));
    trigger("d");
    plan();
    const std::string left_over = live.contains("a") ? "b" : "a";
    EXPECT_EQ(states[left_over], TaskState::scheduled);
}

TEST_F(PassingStates, AClockThatIsSetBackHoldsNothingBack) {
    use(a_dag("d").task("a"));
    trigger("d");
    plan();
    start("a");
    clock.advance(-std::chrono::hours(1));
    plan();
    EXPECT_EQ(states["a"], TaskState::running);
}

}  // namespace

}  // namespace reel::scheduler
