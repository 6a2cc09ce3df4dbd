#include "scheduler/run_plan.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "support/dag_builder.hpp"
#include "support/manual_clock.hpp"

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

store::RunRecord a_run() {
    store::RunRecord run;
    run.dag_id = core::DagId("d");
    run.run_id = core::RunId("r");
    run.conf.text = "{}";
    return run;
}

class RunPlanTest : public ::testing::Test {
  protected:
    RunPlan begin(const support::DagBuilder& builder) {
        auto plan = RunPlan::begin(make_blueprint(builder.shared()), a_run());
        plan.start(clock.now());
        return plan;
    }

    [[nodiscard]] AttemptEnded ended(TaskOutcome outcome, const std::string& message = {}) const {
        AttemptEnded event;
        event.outcome = outcome;
        event.at = clock.now();
        event.message = message;
        return event;
    }

    static store::Commit flushed(RunPlan& plan) {
        store::Commit commit;
        plan.flush(commit, {}, {});
        return commit;
    }

    support::ManualClock clock;
};

TEST_F(RunPlanTest, BeginsQueuedWithEveryTaskInStateNone) {
    auto plan =
        RunPlan::begin(make_blueprint(a_dag("d").task("a").task("b", {"a"}).shared()), a_run());
    EXPECT_EQ(plan.run().state, RunState::queued);
    EXPECT_EQ(plan.task_count(), 2U);
    EXPECT_EQ(plan.task(0).state, TaskState::none);
    EXPECT_THAT(plan.take_newly_scheduled(), IsEmpty());
    const auto commit = flushed(plan);
    ASSERT_THAT(commit.new_runs, SizeIs(1));
    EXPECT_THAT(commit.new_runs[0].tasks, SizeIs(2));
}

TEST_F(RunPlanTest, SchedulesItsRootsWhenItStarts) {
    auto plan = begin(a_dag("d").task("a").task("b", {"a"}).task("c"));
    EXPECT_THAT(plan.take_newly_scheduled(), ElementsAre(0U, 2U));
    EXPECT_THAT(plan.take_newly_scheduled(), IsEmpty()) << "taken once";
    EXPECT_EQ(plan.run().start_date, clock.now());
}

TEST_F(RunPlanTest, AFlushThatFollowsAFlushHoldsNothing) {
    auto plan = begin(a_dag("d").task("a"));
    EXPECT_FALSE(flushed(plan).empty());
    EXPECT_TRUE(flushed(plan).empty());
}

TEST_F(RunPlanTest, AFlushNamesTheStateBeforeTheFirstOfSeveralSteps) {
    auto plan = begin(a_dag("d").task("a"));
    static_cast<void>(flushed(plan));
    plan.grant(0, 5, clock.now());
    plan.task_started(0, {.attempt = 5, .key = {}, .at = clock.now(), .pid = 1, .hostname = "h"});
    const auto commit = flushed(plan);
    ASSERT_THAT(commit.tasks, SizeIs(1));
    EXPECT_EQ(commit.tasks[0].from, TaskState::scheduled);
    EXPECT_EQ(commit.tasks[0].after.state, TaskState::running);
}

TEST_F(RunPlanTest, AGrantBeginsACleanTry) {
    auto plan = begin(a_dag("d").task("a", {}, [](core::Task& task) { task.retries = 1; }));
    plan.grant(0, 5, clock.now());
    plan.task_started(0, {.attempt = 5, .key = {}, .at = clock.now(), .pid = 77, .hostname = "h"});
    plan.task_ended(0, ended(TaskOutcome::failed, "exit code 1"));
    EXPECT_EQ(plan.task(0).message, "exit code 1");
    clock.advance(minutes(5));
    plan.retry_due(0, clock.now());
    plan.grant(0, 6, clock.now());
    const auto& task = plan.task(0);
    EXPECT_EQ(task.attempt, 6);
    EXPECT_EQ(task.try_number, 2);
    EXPECT_EQ(task.queued_at, clock.now());
    EXPECT_EQ(task.start_date, std::nullopt);
    EXPECT_EQ(task.end_date, std::nullopt);
    EXPECT_EQ(task.next_retry_at, std::nullopt);
    EXPECT_EQ(task.pid, 0);
    EXPECT_EQ(task.hostname, "");
    EXPECT_EQ(task.message, "");
}

TEST_F(RunPlanTest, CountsThePlacesThatItsTasksTake) {
    auto plan = begin(a_dag("d").task("a").task("b"));
    EXPECT_EQ(plan.occupying(), 0);
    plan.grant(0, 1, clock.now());
    plan.grant(1, 2, clock.now());
    EXPECT_EQ(plan.occupying(), 2);
    plan.task_started(0, {.attempt = 1, .key = {}, .at = clock.now(), .pid = 1, .hostname = ""});
    EXPECT_EQ(plan.occupying(), 2) << "queued and running take the same place";
    plan.task_ended(0, ended(TaskOutcome::succeeded));
    EXPECT_EQ(plan.occupying(), 1);
    plan.end(RunState::failed, clock.now(), "why");
    EXPECT_EQ(plan.occupying(), 0);
}

TEST_F(RunPlanTest, AnOrderHoldsAllThatAnAttemptNeeds) {
    auto plan = begin(a_dag("d").task("a").task("b"));
    plan.grant(1, 9, clock.now());
    const AttemptOrder order = plan.order(1);
    EXPECT_EQ(order.attempt, 9);
    EXPECT_EQ(order.try_number, 1);
    EXPECT_EQ(order.task().task_id.str(), "b");
    EXPECT_EQ(order.key.run_id.str(), "r");
    EXPECT_EQ(order.run.state, RunState::running);
}

struct OutcomeCase {
    TaskOutcome outcome;
    int retries;
    TaskState state;
};

TEST_F(RunPlanTest, EachOutcomeLeadsToItsState) {
    const OutcomeCase cases[] = {
        {TaskOutcome::succeeded, 0, TaskState::success},
        {TaskOutcome::succeeded, 3, TaskState::success},
        {TaskOutcome::skipped, 0, TaskState::skipped},
        {TaskOutcome::skipped, 3, TaskState::skipped},
        {TaskOutcome::failed, 0, TaskState::failed},
        {TaskOutcome::failed, 1, TaskState::up_for_retry},
        {TaskOutcome::timed_out, 0, TaskState::failed},
        {TaskOutcome::timed_out, 1, TaskState::up_for_retry},
        {TaskOutcome::lost, 0, TaskState::failed},
        {TaskOutcome::lost, 1, TaskState::up_for_retry},
        {TaskOutcome::failed_finally, 0, TaskState::failed},
        {TaskOutcome::failed_finally, 9, TaskState::failed},
        {TaskOutcome::cancelled, 0, TaskState::up_for_retry},
        {TaskOutcome::cancelled, 1, TaskState::up_for_retry},
    };
    for (const auto& each : cases) {
        auto plan =
            begin(a_dag("d").task("a", {}, [&](core::Task& task) { task.retries = each.retries; }));
        plan.grant(0, 1, clock.now());
        plan.task_ended(0, ended(each.outcome));
        EXPECT_EQ(plan.task(0).state, each.state)
            << static_cast<int>(each.outcome) << " with " << each.retries << " retries";
    }
}

TEST_F(RunPlanTest, ACancelledTryCostsNone) {
    auto plan = begin(a_dag("d").task("a", {}, [](core::Task& task) { task.retries = 1; }));
    plan.grant(0, 1, clock.now());
    plan.task_ended(0, ended(TaskOutcome::cancelled));
    EXPECT_EQ(plan.task(0).max_tries, 2);
    EXPECT_EQ(plan.task(0).next_retry_at, clock.now()) << "at once, without the retry delay";
    EXPECT_THAT(plan.take_retries(), ElementsAre(0U));
}

TEST_F(RunPlanTest, TheEndOfATryIsStoredAlsoWhereTheNextOneBeginsInTheSameCommit) {
    auto plan = begin(a_dag("d").task("a", {}, [](core::Task& task) { task.retries = 1; }));
    plan.grant(0, 1, clock.now());
    flushed(plan);
    plan.task_ended(0, ended(TaskOutcome::failed, "exit code 3"));
    plan.retry_due(0, clock.now());
    plan.grant(0, 2, clock.now());
    const auto commit = flushed(plan);
    ASSERT_THAT(commit.tasks, SizeIs(2));
    EXPECT_EQ(commit.tasks[0].from, TaskState::queued);
    EXPECT_EQ(commit.tasks[0].after.state, TaskState::up_for_retry);
    EXPECT_EQ(commit.tasks[0].after.attempt, 1);
    EXPECT_EQ(commit.tasks[0].after.message, "exit code 3");
    EXPECT_EQ(commit.tasks[1].from, TaskState::up_for_retry);
    EXPECT_EQ(commit.tasks[1].after.attempt, 2);
    EXPECT_TRUE(flushed(plan).tasks.empty());
}

TEST_F(RunPlanTest, ARetryComesAfterItsDelay) {
    auto plan = begin(a_dag("d").task("a", {}, [](core::Task& task) {
        task.retries = 1;
        task.retry_delay = seconds(90);
    }));
    plan.grant(0, 1, clock.now());
    plan.task_ended(0, ended(TaskOutcome::failed));
    EXPECT_EQ(plan.task(0).next_retry_at, clock.now() + seconds(90));
    EXPECT_EQ(plan.task(0).end_date, clock.now());
    plan.retry_due(0, clock.now() + seconds(90));
    EXPECT_EQ(plan.task(0).state, TaskState::scheduled);
    EXPECT_EQ(plan.task(0).next_retry_at, std::nullopt);
}

TEST_F(RunPlanTest, ARetryThatNobodyWaitsForIsNothing) {
    auto plan = begin(a_dag("d").task("a"));
    plan.grant(0, 1, clock.now());
    plan.retry_due(0, clock.now());
    EXPECT_EQ(plan.task(0).state, TaskState::queued);
}

TEST_F(RunPlanTest, AnEndOfATaskThatDoesNotRunIsNothing) {
    auto plan = begin(a_dag("d").task("a"));
    plan.task_ended(0, ended(TaskOutcome::succeeded, "out of nowhere"));
    EXPECT_EQ(plan.task(0).state, TaskState::scheduled);
    EXPECT_EQ(plan.task(0).message, "");
}

TEST_F(RunPlanTest, KeepsWhatAnAttemptPushedForTheNextFlush) {
    auto plan = begin(a_dag("d").task("a"));
    plan.grant(0, 1, clock.now());
    auto event = ended(TaskOutcome::succeeded);
    event.xcoms.push_back({.key = plan.task(0).key, .name = "rows", .value = {"7"}, .at = {}});
    plan.task_ended(0, event);
    const auto commit = flushed(plan);
    ASSERT_THAT(commit.xcoms, SizeIs(1));
    EXPECT_EQ(commit.xcoms[0].name, "rows");
    EXPECT_THAT(flushed(plan).xcoms, IsEmpty());
}

TEST_F(RunPlanTest, EndsByDecreeWithTheRightWordForEveryTask) {
    auto plan =
        begin(a_dag("d").task("done").task("lives").task("waits").task("behind", {"waits"}));
    plan.grant(0, 1, clock.now());
    plan.task_ended(0, ended(TaskOutcome::succeeded));
    plan.grant(1, 2, clock.now());
    plan.end(RunState::failed, clock.now(), "somebody said so");
    EXPECT_EQ(plan.task(0).state, TaskState::success);
    EXPECT_EQ(plan.task(0).message, "");
    EXPECT_EQ(plan.task(1).state, TaskState::failed);
    EXPECT_EQ(plan.task(1).message, "somebody said so");
    EXPECT_EQ(plan.task(2).state, TaskState::skipped);
    EXPECT_EQ(plan.task(3).state, TaskState::skipped);
    EXPECT_THAT(plan.take_cancelled(), ElementsAre(2));
    EXPECT_THAT(plan.take_newly_scheduled(), IsEmpty());
    EXPECT_EQ(plan.run().end_date, clock.now());
}

TEST_F(RunPlanTest, OnlyLeavesDecideHowItEnds) {
    const auto dag = a_dag("d").task("root").task("leaf", {"root"}, [](core::Task& task) {
        task.trigger_rule = core::TriggerRule::all_done;
    });
    for (const bool leaf_fails : {false, true}) {
        auto plan = begin(dag);
        plan.grant(0, 1, clock.now());
        plan.task_ended(0, ended(leaf_fails ? TaskOutcome::succeeded : TaskOutcome::failed));
        plan.grant(1, 2, clock.now());
        plan.task_ended(1, ended(leaf_fails ? TaskOutcome::failed : TaskOutcome::succeeded));
        EXPECT_EQ(plan.run().state, leaf_fails ? RunState::failed : RunState::success);
    }
}

TEST_F(RunPlanTest, ALongChainOfEmptyTasksEndsInOneStep) {
    constexpr int length = 3000;
    auto builder = a_dag("d");
    for (int i = 0; i < length; ++i) {
        const std::vector<std::string> before =
            i == 0 ? std::vector<std::string>{} : std::vector{"t" + std::to_string(i - 1)};
        builder.task("t" + std::to_string(i), before, [](core::Task& task) {
            task.operator_name = "empty";
        });
    }
    auto plan = begin(builder);
    EXPECT_EQ(plan.run().state, RunState::success) << "and without recursion";
    EXPECT_EQ(plan.task(length - 1).try_number, 1);
}

}  // namespace
}  // namespace reel::scheduler
