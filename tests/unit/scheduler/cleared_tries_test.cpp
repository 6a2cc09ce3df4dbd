// What the history says of a try that was cleared before it had ended.

#include <gmock/gmock.h>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {

namespace {

using core::TaskState;
using support::a_dag;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ClearedTries : public PlannerTest {
  protected:
    void clear() {
        const auto cleared =
            planner.clear(core::DagId("d"), {core::RunId("r1")}, {}, false, clock.now());
        ASSERT_TRUE(cleared);
    }

    static void expect_end(const Effects& effects, core::AttemptId attempt) {
        ASSERT_THAT(effects.commit.attempts, SizeIs(1));
        const store::AttemptRecord& end = effects.commit.attempts[0];
        EXPECT_EQ(end.state, TaskState::failed);
        EXPECT_EQ(end.attempt, attempt);
        EXPECT_EQ(end.try_number, 1);
        EXPECT_EQ(end.message, "cleared before it had ended");
        EXPECT_TRUE(end.end_date);
    }

    AttemptEnded gone(const AttemptOrder& order) {
        AttemptEnded event;
        event.attempt = order.attempt;
        event.key = order.key;
        event.at = clock.now();
        event.outcome = TaskOutcome::cancelled;
        return event;
    }
};

TEST_F(ClearedTries, OneThatRanEndsWithItsProcess) {
    use(a_dag("d").task("a"));
    trigger("d");
    plan();
    const AttemptOrder first = live.at("a");
    clear();
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.tasks, SizeIs(1)) << "its process is still there";
    EXPECT_EQ(effects.commit.tasks[0].after.state, TaskState::restarting);
    EXPECT_THAT(effects.commit.attempts, IsEmpty());
    planner.on_ended(gone(first));
    expect_end(plan(), first.attempt);
    EXPECT_EQ(states["a"], TaskState::queued);
    EXPECT_EQ(records["a"].try_number, 2);
    EXPECT_TRUE(records["a"].message.empty());
}

TEST_F(ClearedTries, OneThatRanIsNotLostWhenItsProcessEndsInTheSameRound) {
    use(a_dag("d").task("a"));
    trigger("d");
    plan();
    const AttemptOrder first = live.at("a");
    clear();
    planner.on_ended(gone(first));
    expect_end(plan(), first.attempt);
    EXPECT_EQ(records["a"].try_number, 2);
}

TEST_F(ClearedTries, OneThatWaitedEndsAtOnce) {
    use(a_dag("d").task("a", {}, [](core::Task& task) { task.operator_name = "sensor.file"; }));
    trigger("d");
    plan();
    const core::AttemptId first = live.at("a").attempt;
    clear();
    const Effects effects = plan();
    expect_end(effects, first);
    EXPECT_EQ(states["a"], TaskState::deferred);
    EXPECT_GT(live.at("a").attempt, first);
    EXPECT_THAT(effects.commit.callbacks, IsEmpty());
}

TEST_F(ClearedTries, OneThatHadEndedHasItsEndAlready) {
    use(a_dag("d").task("a").task("b", {"a"}));
    trigger("d");
    plan();
    end("a");
    clear();
    EXPECT_THAT(plan().commit.attempts, IsEmpty());
}

}  // namespace

}  // namespace reel::scheduler
