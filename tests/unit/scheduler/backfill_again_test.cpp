#include <gmock/gmock.h>

#include "unit/scheduler/backfill_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::ReprocessBehavior;
using core::RunState;
using core::TaskState;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(BackfillTest, LeavesRunsThatAreThereAlone) {
    use(daily());
    there(3, RunState::success, "scheduled__one");
    there(2, RunState::failed, "scheduled__two");
    backfill(3);
    round();
    round();
    EXPECT_THAT(active(), ElementsAre("backfill__2025-12-31T00:00:00+00:00"));
    EXPECT_EQ(open.runs[0].exception_reason, "already exists");
    EXPECT_EQ(open.runs[1].exception_reason, "already exists");
    finish();
    EXPECT_TRUE(open.backfill.completed_at);
}

TEST_F(BackfillTest, RunsFailedRunsAgainAsItsOwn) {
    use(daily());
    there(3, RunState::success, "scheduled__one");
    there(2, RunState::failed, "scheduled__two");
    backfill(3, [](BackfillRequest& request) {
        request.reprocess_behavior = ReprocessBehavior::failed;
    });
    const auto commit = round().commit;
    EXPECT_THAT(active(), ElementsAre("scheduled__two"));
    ASSERT_FALSE(commit.runs.empty());
    EXPECT_EQ(commit.runs.back().from, RunState::failed);
    EXPECT_EQ(commit.runs.back().after.type, core::RunType::backfill);
    EXPECT_EQ(commit.runs.back().after.state, RunState::running);
    ASSERT_THAT(orders, SizeIs(1));
    EXPECT_EQ(orders[0].try_number, 2);
    round();
    EXPECT_THAT(active(), SizeIs(2));
    finish();
    finish();
    EXPECT_EQ(run_states["scheduled__two"], RunState::success);
    EXPECT_TRUE(open.backfill.completed_at);
}

TEST_F(BackfillTest, RunsCompletedRunsAgainToo) {
    use(daily());
    there(2, RunState::success, "scheduled__one");
    there(1, RunState::failed, "scheduled__two");
    backfill(2, [](BackfillRequest& request) {
        request.reprocess_behavior = ReprocessBehavior::completed;
    });
    round();
    EXPECT_THAT(active(), ElementsAre("scheduled__one", "scheduled__two"));
}

TEST_F(BackfillTest, PassesOverARunThatIsInFlight) {
    use(daily());
    store::RunRecord mine;
    mine.dag_id = core::DagId("d");
    mine.run_id = core::RunId("mine");
    mine.conf.text = "{}";
    mine.logical_date = clock.now() - hours(48);
    mine.run_after = clock.now();
    ASSERT_TRUE(planner.add_run(mine));
    backfill(2, [](BackfillRequest& request) {
        request.reprocess_behavior = ReprocessBehavior::completed;
    });
    round();
    EXPECT_EQ(open.runs[0].exception_reason, "in flight");
    EXPECT_TRUE(open.runs[1].run_id);
}

TEST_F(BackfillTest, ATickWhoseDateItHasGivesNoSecondRun) {
    use(daily().with([](core::Dag& dag) {
        dag.catchup = true;
        dag.start_date = core::parse_timestamp("2025-12-31T00:00:00Z").value();
    }),
        true);
    backfill(1);
    planner.set_paused(core::DagId("d"), false, clock.now());
    round();
    const auto ids = active();
    EXPECT_EQ(std::ranges::count(ids, "backfill__2025-12-31T00:00:00+00:00"), 1);
    EXPECT_EQ(std::ranges::count(ids, "scheduled__2025-12-31T00:00:00+00:00"), 0);
}

TEST_F(BackfillTest, GoesOnWhereItStoodAfterARestart) {
    use(daily());
    backfill(4);
    const auto commit = round().commit;
    // What the store holds then: two runs that run, two fires that are pending.
    std::vector<store::ActiveRun> runs;
    for (const auto& made : commit.new_runs) {
        store::ActiveRun run{
            .dag = daily().build(), .run = made.run, .tasks = made.tasks, .facts = {}
        };
        run.run.state = RunState::running;
        for (const auto& task : commit.tasks) {
            if (task.after.key.run_id == run.run.run_id) run.tasks = {task.after};
        }
        runs.push_back(std::move(run));
    }
    planner = Planner(32);
    planner.take_up_backfill(open);
    for (auto& run : runs) planner.restore(std::move(run), clock.now());
    use(daily());
    round();
    EXPECT_THAT(run_states, SizeIs(2)) << "two run already";
    finish();
    finish();
    EXPECT_THAT(active(), SizeIs(2));
    EXPECT_THAT(run_states, SizeIs(4));
    clock.advance(hours(24));
    round();
    EXPECT_THAT(active(), SizeIs(3)) << "restored ones do not count for max_active_runs either";
}

TEST_F(BackfillTest, ARunThatIsClearedWaitsForRoomAmongItsOwn) {
    use(daily());
    backfill(2);
    round();
    const core::RunId first("backfill__2025-12-30T00:00:00+00:00");
    store::ActiveRun ended{.dag = daily().build(), .run = orders[0].run, .tasks = {}, .facts = {}};
    finish();
    ended.run.state = RunState::success;
    store::TaskInstanceRecord task;
    task.key = {core::DagId("d"), first, core::TaskId("a"), -1};
    task.state = TaskState::success;
    task.try_number = 1;
    ended.tasks.push_back(task);
    open.backfill.max_active_runs = 1;
    planner = Planner(32);
    planner.take_up_backfill(open);
    use(daily());
    store::ActiveRun second{.dag = daily().build(), .run = orders[0].run, .tasks = {}, .facts = {}};
    second.run.state = RunState::running;
    task.key.run_id = second.run.run_id;
    task.state = TaskState::queued;
    task.attempt = orders[0].attempt;
    second.tasks.push_back(task);
    planner.restore(second, clock.now());
    planner.restore(ended, clock.now());
    ASSERT_TRUE(planner.clear(core::DagId("d"), {first}, {}, false, clock.now()));
    round();
    EXPECT_EQ(run_states[first.str()], RunState::queued);
    const auto why = planner.why(
        core::DagId("d"), first, {.task_id = core::TaskId("a"), .map_index = {}}, clock.now()
    );
    EXPECT_THAT(why->at(0).reason, HasSubstr("backfill 1 has 1 runs active"));
    EXPECT_TRUE(planner.has_active_runs(core::DagId("d")));
    finish();
    EXPECT_EQ(run_states[first.str()], RunState::running);
    EXPECT_FALSE(open.backfill.completed_at);
    finish();
    EXPECT_TRUE(open.backfill.completed_at);
}

TEST_F(BackfillTest, CancellingFailsItsQueuedRuns) {
    use(daily());
    backfill(1);
    open.runs[0].run_id = core::RunId("backfill__x");
    store::ActiveRun queued{.dag = daily().build(), .run = {}, .tasks = {}, .facts = {}};
    queued.run.dag_id = core::DagId("d");
    queued.run.run_id = core::RunId("backfill__x");
    queued.run.type = core::RunType::backfill;
    planner = Planner(32);
    open.backfill.is_paused = true;
    planner.take_up_backfill(open);
    use(daily());
    planner.restore(queued, clock.now());
    round();
    EXPECT_FALSE(open.backfill.completed_at);
    ASSERT_TRUE(planner.cancel_backfill(1, clock.now()));
    round();
    EXPECT_EQ(run_states["backfill__x"], RunState::failed);
    EXPECT_TRUE(open.backfill.completed_at);
}

}  // namespace
}  // namespace reel::scheduler
