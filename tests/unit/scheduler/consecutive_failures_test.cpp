// max_consecutive_failed_dag_runs.

#include <gmock/gmock.h>

#include "callbacks_fixture.hpp"

namespace reel::scheduler {
namespace {

using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class ConsecutiveFailures : public CallbacksFixture {
  protected:
    void use_limit(int limit) {
        use(a_dag("d").task("a").with([limit](core::Dag& dag) {
            dag.max_consecutive_failed_dag_runs = limit;
        }));
    }
    /// Runs it once; gives what the commit of its end did.
    Effects run_once(TaskOutcome outcome) {
        const std::string run_id = "run" + std::to_string(++runs);
        trigger("d", run_id);
        plan();
        const AttemptOrder order = live.at("a");
        live.erase("a");
        AttemptEnded event;
        event.attempt = order.attempt;
        event.key = order.key;
        event.outcome = outcome;
        event.at = clock.now();
        planner.on_ended(event);
        return plan();
    }
    void fail() { run_once(TaskOutcome::failed); }
    void succeed() { run_once(TaskOutcome::succeeded); }
    [[nodiscard]] bool is_paused() const { return planner.find_dag(core::DagId("d"))->is_paused; }
    [[nodiscard]] store::DagRecord stored() const {
        return store->get_dag(core::DagId("d")).value();
    }

    int runs = 0;
};

TEST_F(ConsecutiveFailures, PauseTheDagInTheCommitThatEndsTheLastOfThem) {
    use_limit(2);
    fail();
    EXPECT_FALSE(is_paused());
    EXPECT_EQ(stored().consecutive_failed_runs, 1);
    const Effects effects = run_once(TaskOutcome::failed);
    EXPECT_TRUE(is_paused());
    ASSERT_THAT(effects.commit.runs, SizeIs(1));
    EXPECT_EQ(effects.commit.runs[0].after.state, core::RunState::failed);
    EXPECT_EQ(effects.commit.standings.back().is_paused, true);
    ASSERT_THAT(effects.paused, SizeIs(1));
    EXPECT_EQ(effects.paused[0].consecutive_failed_runs, 2);
    EXPECT_TRUE(stored().is_paused);
    EXPECT_EQ(stored().consecutive_failed_runs, 2);
}

TEST_F(ConsecutiveFailures, ThatASuccessIsBetweenAreNone) {
    use_limit(2);
    for (int i = 0; i < 3; ++i) {
        fail();
        succeed();
    }
    EXPECT_FALSE(is_paused());
    EXPECT_EQ(stored().consecutive_failed_runs, 0);
}

TEST_F(ConsecutiveFailures, SuccessesThatFollowEachOtherWriteNothing) {
    use_limit(2);
    succeed();
    succeed();
    EXPECT_THAT(standings, IsEmpty());
}

TEST_F(ConsecutiveFailures, WithoutALimitAreNotCounted) {
    use_limit(0);
    for (int i = 0; i < 5; ++i) fail();
    EXPECT_FALSE(is_paused());
    EXPECT_THAT(standings, IsEmpty());
}

TEST_F(ConsecutiveFailures, AreCountedOverARestart) {
    use_limit(2);
    fail();
    restart();
    EXPECT_FALSE(is_paused());
    fail();
    EXPECT_TRUE(is_paused());
    restart();
    EXPECT_TRUE(is_paused());
}

TEST_F(ConsecutiveFailures, AreCountedAnewWhenItWasUnpausedByHand) {
    use_limit(2);
    fail();
    fail();
    ASSERT_TRUE(store->set_paused(core::DagId("d"), false));
    planner.set_paused(core::DagId("d"), false, clock.now());
    plan();
    EXPECT_FALSE(stored().is_paused);
    EXPECT_EQ(stored().consecutive_failed_runs, 0);
    fail();
    EXPECT_FALSE(is_paused());
    fail();
    EXPECT_TRUE(is_paused());
}

TEST_F(ConsecutiveFailures, AreCountedAnewWhenOneThatIsNotPausedIsUnpaused) {
    use_limit(2);
    fail();
    planner.set_paused(core::DagId("d"), false, clock.now());
    plan();
    fail();
    EXPECT_FALSE(is_paused());
    EXPECT_EQ(stored().consecutive_failed_runs, 1);
}

TEST_F(ConsecutiveFailures, GiveNoNextRunUntilItIsUnpaused) {
    use(a_dag("d").task("a").with([](core::Dag& dag) {
        dag.max_consecutive_failed_dag_runs = 1;
        dag.schedule = core::DeltaSchedule{1h};
        dag.start_date = core::Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1));
    }));
    plan();
    const Effects effects = run_once(TaskOutcome::failed);
    EXPECT_EQ(effects.next_runs.at(core::DagId("d")), std::nullopt);
    clock.advance(24h);
    EXPECT_THAT(plan().commit.new_runs, IsEmpty());
    planner.set_paused(core::DagId("d"), false, clock.now());
    EXPECT_THAT(plan().commit.new_runs, SizeIs(1));
}

TEST_F(ConsecutiveFailures, ARefreshOfTheFilesDoesNotUnpauseWhatTheStoreDoesNotKnowYet) {
    use_limit(1);
    fail();
    planner.set_dags({{.dag = dag, .is_paused = false, .last_scheduled = {}}}, {}, clock.now());
    EXPECT_TRUE(is_paused());
    planner.set_paused(core::DagId("d"), false, clock.now());
    planner.set_dags({{.dag = dag, .is_paused = false, .last_scheduled = {}}}, {}, clock.now());
    EXPECT_FALSE(is_paused());
}

TEST_F(ConsecutiveFailures, ARunThatIsMarkedFailedIsOneOfThem) {
    use_limit(1);
    trigger("d");
    plan();
    ASSERT_TRUE(
        planner.end_run(core::DagId("d"), core::RunId("r1"), core::RunState::failed, clock.now())
    );
    plan();
    EXPECT_TRUE(is_paused());
}

TEST_F(ConsecutiveFailures, OfRunsThatEndTogetherPauseOnce) {
    use_limit(2);
    for (const char* run : {"x", "y", "z"}) trigger("d", run);
    std::vector<AttemptOrder> orders = plan().start;
    ASSERT_THAT(orders, SizeIs(3));
    for (const AttemptOrder& order : orders) {
        AttemptEnded event;
        event.attempt = order.attempt;
        event.key = order.key;
        event.outcome = TaskOutcome::failed;
        event.at = clock.now();
        planner.on_ended(event);
    }
    const Effects effects = plan();
    EXPECT_THAT(effects.paused, SizeIs(1));
    EXPECT_TRUE(stored().is_paused);
    EXPECT_EQ(stored().consecutive_failed_runs, 3);
}

}  // namespace
}  // namespace reel::scheduler
