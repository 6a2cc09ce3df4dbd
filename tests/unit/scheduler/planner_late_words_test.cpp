#include <gmock/gmock.h>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using core::TaskState;
using std::chrono::minutes;
using std::chrono::seconds;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Words that come too late, twice, or about what nobody knows.
class LateWords : public PlannerTest {
  protected:
    AttemptOrder begin_one_task() {
        use(a_dag("d").task("a"));
        trigger("d");
        plan();
        return live.at("a");
    }

    static AttemptEnded ended(const AttemptOrder& order, TaskOutcome outcome) {
        AttemptEnded event;
        event.attempt = order.attempt;
        event.key = order.key;
        event.outcome = outcome;
        return event;
    }

    core::Result<store::RunRecord> mark(RunState state, const std::string& run = "r1") {
        return planner.end_run(core::DagId("d"), core::RunId(run), state, clock.now());
    }
};

TEST_F(LateWords, AMarkAfterTheLastTaskEndedButBeforeTheCommitCounts) {
    const auto order = begin_one_task();
    planner.on_ended(ended(order, TaskOutcome::succeeded));
    const auto marked = mark(RunState::failed);
    ASSERT_TRUE(marked) << marked.error().describe();
    EXPECT_EQ(marked->state, RunState::failed);
    plan();
    EXPECT_EQ(run_states["r1"], RunState::failed);
    EXPECT_EQ(states["a"], TaskState::success) << "what has ended stays";
}

TEST_F(LateWords, AMarkThatTheRunHasAlreadyEarnedIsGranted) {
    const auto order = begin_one_task();
    planner.on_ended(ended(order, TaskOutcome::succeeded));
    const auto marked = mark(RunState::success);
    ASSERT_TRUE(marked) << marked.error().describe();
    EXPECT_EQ(marked->state, RunState::success);
}

TEST_F(LateWords, TheSecondOfTwoEqualMarksChangesNothing) {
    begin_one_task();
    ASSERT_TRUE(mark(RunState::failed));
    clock.advance(seconds(1));
    const auto again = mark(RunState::failed);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->end_date, clock.now() - seconds(1));
    EXPECT_THAT(plan().cancel, SizeIs(1));
}

TEST_F(LateWords, TheLastOfTwoDifferentMarksCounts) {
    begin_one_task();
    ASSERT_TRUE(mark(RunState::failed));
    ASSERT_TRUE(mark(RunState::success));
    EXPECT_THAT(plan().cancel, SizeIs(1));
    EXPECT_EQ(run_states["r1"], RunState::success);
    EXPECT_EQ(states["a"], TaskState::success);
}

TEST_F(LateWords, AMarkOfAQueuedRunTwiceCountsOnePlace) {
    use(a_dag("d").task("a").with([](core::Dag& dag) { dag.max_active_runs = 1; }), true);
    trigger("d");
    ASSERT_TRUE(mark(RunState::failed));
    ASSERT_TRUE(mark(RunState::failed));
    plan();
    planner.set_paused(core::DagId("d"), false, clock.now());
    trigger("d", "r2");
    plan();
    EXPECT_EQ(run_states["r2"], RunState::running);
}

TEST_F(LateWords, AMarkAfterTheCommitFindsNoActiveRun) {
    const auto order = begin_one_task();
    planner.on_ended(ended(order, TaskOutcome::succeeded));
    plan();
    const auto marked = mark(RunState::failed);
    EXPECT_EQ(marked.error().code, core::Errc::not_found);
    EXPECT_EQ(marked.error().message, "no active run 'r1' of DAG 'd'");
}

TEST_F(LateWords, AMarkOfAnUnknownDagFindsNone) {
    EXPECT_EQ(mark(RunState::failed, "x").error().code, core::Errc::not_found);
}

TEST_F(LateWords, AnEndThatIsToldTwiceCountsOnceAndIsReleasedTwice) {
    use(a_dag("d").task("a").task("b", {"a"}));
    trigger("d");
    plan();
    const auto order = live.at("a");
    planner.on_ended(ended(order, TaskOutcome::succeeded));
    planner.on_ended(ended(order, TaskOutcome::failed));
    const auto effects = plan();
    EXPECT_THAT(effects.release, ElementsAre(order.attempt, order.attempt));
    EXPECT_EQ(states["a"], TaskState::success);
    EXPECT_EQ(states["b"], TaskState::queued);
}

TEST_F(LateWords, AStartThatIsToldTwiceKeepsTheFirst) {
    const auto order = begin_one_task();
    AttemptStarted event;
    event.attempt = order.attempt;
    event.pid = 7;
    planner.on_started(event);
    event.pid = 8;
    planner.on_started(event);
    plan();
    EXPECT_EQ(records["a"].pid, 7);
    EXPECT_EQ(states["a"], TaskState::running);
}

TEST_F(LateWords, AStartAfterTheEndChangesNothing) {
    const auto order = begin_one_task();
    planner.on_ended(ended(order, TaskOutcome::succeeded));
    AttemptStarted event;
    event.attempt = order.attempt;
    planner.on_started(event);
    plan();
    EXPECT_EQ(states["a"], TaskState::success);
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(LateWords, AnAttemptThatNobodyKnowsIsOnlyReleased) {
    begin_one_task();
    AttemptEnded event;
    event.attempt = 4711;
    planner.on_ended(event);
    AttemptStarted start;
    start.attempt = 4712;
    planner.on_started(start);
    const auto effects = plan();
    EXPECT_TRUE(effects.commit.empty());
    EXPECT_THAT(effects.release, ElementsAre(4711));
}

TEST_F(LateWords, OfTheEndOfACancelledAttemptTheStoreHearsOnlyThatItIsGone) {
    const auto order = begin_one_task();
    ASSERT_TRUE(mark(RunState::failed));
    plan();
    planner.on_ended(ended(order, TaskOutcome::succeeded));
    const auto effects = plan();
    EXPECT_EQ(effects.commit, store::Commit{.gone = {order.attempt}});
    EXPECT_THAT(effects.release, ElementsAre(order.attempt));
    EXPECT_EQ(states["a"], TaskState::failed);
}

TEST_F(LateWords, AnAttemptThatNeverReportedItsStartHasOneWhenItEnds) {
    const auto order = begin_one_task();
    auto event = ended(order, TaskOutcome::failed);
    event.at = clock.now() + seconds(3);
    planner.on_ended(event);
    plan();
    EXPECT_EQ(records["a"].start_date, event.at);
    EXPECT_EQ(records["a"].end_date, event.at);
}

TEST_F(LateWords, ARunTimeoutAfterTheRunEndedDoesNothing) {
    use(a_dag("d").task("a").with([](core::Dag& dag) { dag.dagrun_timeout = minutes(1); }));
    trigger("d");
    plan();
    end("a");
    clock.advance(minutes(2));
    EXPECT_TRUE(plan().empty());
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(LateWords, ARetryThatIsDueAfterTheRunWasMarkedDoesNothing) {
    use(a_dag("d").task("a", {}, [](core::Task& task) {
        task.retries = 1;
        task.retry_delay = minutes(1);
    }));
    trigger("d");
    plan();
    end("a", TaskOutcome::failed);
    ASSERT_TRUE(mark(RunState::failed));
    plan();
    EXPECT_EQ(states["a"], TaskState::skipped);
    clock.advance(minutes(2));
    EXPECT_THAT(plan().start, IsEmpty());
}

TEST_F(LateWords, AMarkedRunSaysWhyItsTasksStandAsTheyDo) {
    use(a_dag("d").task("a").task("b", {"a"}));
    trigger("d");
    plan();
    ASSERT_TRUE(mark(RunState::success));
    plan();
    EXPECT_EQ(records["a"].message, "run marked success");
    EXPECT_EQ(records["b"].message, "run marked success");
    EXPECT_EQ(run_states["r1"], RunState::success);
}

TEST_F(LateWords, ADroppedRunLeavesNothingBehind) {
    const auto order = begin_one_task();
    planner.drop_run(core::DagId("d"), core::RunId("r1"));
    EXPECT_EQ(planner.live_attempts(), 0U);
    EXPECT_FALSE(planner.has_active_runs(core::DagId("d")));
    planner.on_ended(ended(order, TaskOutcome::succeeded));
    EXPECT_TRUE(plan().commit.empty());
}

TEST_F(LateWords, ADroppedQueuedRunFreesItsId) {
    use(a_dag("d").task("a"), true);
    trigger("d");
    planner.drop_run(core::DagId("d"), core::RunId("r1"));
    EXPECT_FALSE(planner.has_active_runs(core::DagId("d")));
    EXPECT_EQ(trigger("d").run_id.str(), "r1");
}

TEST_F(LateWords, DroppingWhatIsNotThereIsNothing) {
    use(a_dag("d").task("a"));
    planner.drop_run(core::DagId("d"), core::RunId("r1"));
    planner.drop_run(core::DagId("x"), core::RunId("r1"));
    EXPECT_TRUE(plan().commit.empty());
}

TEST_F(LateWords, PausingWhatIsNotThereIsNothing) {
    planner.set_paused(core::DagId("x"), true, clock.now());
    EXPECT_EQ(planner.find_dag(core::DagId("x")), nullptr);
    EXPECT_TRUE(plan().empty());
}

TEST_F(LateWords, AnUnknownDagIsNamedByTheRunThatWantsIt) {
    store::RunRecord run;
    run.dag_id = core::DagId("ghost");
    EXPECT_THAT(planner.add_run(run).error().message, HasSubstr("'ghost'"));
}

}  // namespace
}  // namespace reel::scheduler
