#include "store/commit_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::store {

namespace {

using core::RunState;
using core::TaskState;

TaskInstanceRecord a_task(TaskState state, core::AttemptId attempt = 0, int map_index = -1) {
    TaskInstanceRecord task;
    task.key = {core::DagId("movies"), core::RunId("r1"), core::TaskId("load"), map_index};
    task.state = state;
    task.attempt = attempt;
    return task;
}

RunRecord a_run(RunState state) {
    RunRecord run;
    run.dag_id = core::DagId("movies");
    run.run_id = core::RunId("r1");
    run.state = state;
    return run;
}

TEST(CommitPlan, OfNothingIsNothing) {
    const auto plan = plan_commit({});
    ASSERT_TRUE(plan);
    EXPECT_TRUE(plan->tasks.empty() && plan->runs.empty() && plan->attempts.empty());
}

TEST(CommitPlan, KeepsAssetEventsAndWhatRunsConsume) {
    const NewAssetEvent event{
        .event = {.id = 7, .uri = "s3://a"}, .queued_for = {core::DagId("d")}
    };
    const NewRun run{.run = a_run(RunState::queued), .tasks = {}, .consumed_events = {7}};
    const auto plan = plan_commit(
        {.asset_events = {event}, .new_runs = {run}, .dropped_events = {{core::DagId("d"), 8}}}
    );
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->asset_events.at(0).event, event.event);
    EXPECT_EQ(plan->asset_events.at(0).queued_for.size(), 1U);
    EXPECT_EQ(plan->new_runs.at(0).consumed_events, std::vector<std::int64_t>{7});
    EXPECT_EQ(plan->dropped_events.at(0).event_id, 8);
    const auto twice = plan_commit({.asset_events = {event, event}});
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, core::Errc::conflict);
}

TEST(CommitPlan, FoldsTheChangesOfOneTask) {
    const auto plan = plan_commit({
        .tasks =
            {{TaskState::none, a_task(TaskState::scheduled)},
             {TaskState::none, a_task(TaskState::skipped, 0, 3)},
             {TaskState::scheduled, a_task(TaskState::queued, 7)}},
    });
    ASSERT_TRUE(plan);
    ASSERT_EQ(plan->tasks.size(), 2U);
    EXPECT_EQ(plan->tasks[0].from, TaskState::none);
    EXPECT_EQ(plan->tasks[0].after, a_task(TaskState::queued, 7));
    EXPECT_EQ(plan->tasks[1].after.key.map_index, 3);
}

TEST(CommitPlan, FoldsTheChangesOfOneRun) {
    const auto plan = plan_commit({
        .runs =
            {{RunState::queued, a_run(RunState::running)},
             {RunState::running, a_run(RunState::success)}},
    });
    ASSERT_TRUE(plan);
    ASSERT_EQ(plan->runs.size(), 1U);
    EXPECT_EQ(plan->runs[0].from, RunState::queued);
    EXPECT_EQ(plan->runs[0].after.state, RunState::success);
}

TEST(CommitPlan, FoldsChangesIntoANewRun) {
    const auto plan = plan_commit({
        .new_runs = {{a_run(RunState::queued), {a_task(TaskState::none)}}},
        .runs = {{RunState::queued, a_run(RunState::running)}},
        .tasks = {{TaskState::none, a_task(TaskState::queued, 7)}},
    });
    ASSERT_TRUE(plan);
    EXPECT_TRUE(plan->runs.empty());
    EXPECT_TRUE(plan->tasks.empty());
    EXPECT_EQ(plan->new_runs.at(0).run.state, RunState::running);
    EXPECT_EQ(plan->new_runs.at(0).tasks.at(0).attempt, 7);
    EXPECT_TRUE(plan->attempts.empty()) << "its task tells about it";
}

TEST(CommitPlan, RefusesChangesThatDoNotFollowEachOther) {
    const auto tasks = plan_commit({
        .tasks =
            {{TaskState::none, a_task(TaskState::scheduled)},
             {TaskState::running, a_task(TaskState::success)}},
    });
    ASSERT_FALSE(tasks);
    EXPECT_EQ(tasks.error().code, core::Errc::conflict);
    const auto runs = plan_commit({
        .runs =
            {{RunState::queued, a_run(RunState::running)},
             {RunState::queued, a_run(RunState::failed)}},
    });
    EXPECT_FALSE(runs);
    const auto fresh = plan_commit({
        .new_runs = {{a_run(RunState::queued), {}}},
        .runs = {{RunState::running, a_run(RunState::failed)}},
    });
    EXPECT_FALSE(fresh);
}

TEST(CommitPlan, RefusesAnAttemptThatGoesBack) {
    const auto plan = plan_commit({
        .tasks =
            {{TaskState::scheduled, a_task(TaskState::queued, 8)},
             {TaskState::queued, a_task(TaskState::running, 7)}},
    });
    EXPECT_FALSE(plan);
}

TEST(CommitPlan, KeepsTheEndOfEachAttempt) {
    const auto plan = plan_commit({
        .tasks =
            {{TaskState::running, a_task(TaskState::up_for_retry, 7)},
             {TaskState::up_for_retry, a_task(TaskState::scheduled, 7)},
             {TaskState::scheduled, a_task(TaskState::queued, 8)},
             {TaskState::queued, a_task(TaskState::running, 8)}},
    });
    ASSERT_TRUE(plan);
    ASSERT_EQ(plan->attempts.size(), 1U);
    EXPECT_EQ(plan->attempts[0].attempt, 7);
    EXPECT_EQ(plan->attempts[0].state, TaskState::up_for_retry);
    const auto live = live_attempt_of(plan->tasks.at(0).after);
    ASSERT_TRUE(live);
    EXPECT_EQ(live->attempt, 8);
    EXPECT_EQ(live->state, TaskState::running);
}

TEST(CommitPlan, WhatEndsOrWaitsIsToldByAnAttemptOfItsOwn) {
    for (const TaskState state : core::all_task_states) {
        const auto plan = plan_commit({.tasks = {{TaskState::queued, a_task(state, 7)}}});
        ASSERT_TRUE(plan);
        const bool is_live = state == TaskState::queued || state == TaskState::running;
        EXPECT_EQ(live_attempt_of(a_task(state, 7)).has_value(), is_live);
        const bool goes_back = state == TaskState::none || state == TaskState::scheduled ||
                               state == TaskState::removed;
        EXPECT_EQ(plan->attempts.size(), is_live || goes_back ? 0U : 1U) << to_string(state);
    }
    EXPECT_FALSE(live_attempt_of(a_task(TaskState::queued, 0)));
}

TEST(CommitPlan, LeavesHistoryAloneWhenATaskIsClearedOrNeverRuns) {
    const auto plan = plan_commit({
        .tasks =
            {{TaskState::success, a_task(TaskState::none, 7)},
             {TaskState::none, a_task(TaskState::skipped, 7)},
             {TaskState::skipped, a_task(TaskState::removed, 7)}},
    });
    ASSERT_TRUE(plan);
    EXPECT_TRUE(plan->attempts.empty());
}

TEST(CommitPlan, KeepsTheLastXComOfAName) {
    const core::TaskKey key = a_task(TaskState::none).key;
    const auto plan = plan_commit({
        .xcoms = {{key, "a", {"1"}, {}}, {key, "b", {"2"}, {}}, {key, "a", {"3"}, {}}},
    });
    ASSERT_TRUE(plan);
    ASSERT_EQ(plan->xcoms.size(), 2U);
    EXPECT_EQ(plan->xcoms[0].value.text, "3");
}

TEST(CommitPlan, KeepsTheLastWordOnABackfillAndOnEachOfItsFires) {
    BackfillRecord open;
    open.id = 3;
    BackfillRecord paused = open;
    paused.is_paused = true;
    BackfillRunRecord fire;
    fire.backfill_id = 3;
    BackfillRunRecord made = fire;
    made.run_id = core::RunId("r1");
    BackfillRunRecord other = fire;
    other.sort_ordinal = 2;
    const auto plan =
        plan_commit({.backfills = {open, paused}, .backfill_runs = {other, fire, made}});
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->backfills, std::vector{paused});
    EXPECT_EQ(plan->backfill_runs, (std::vector{made, other}));
    EXPECT_FALSE(Commit{.backfills = {open}}.empty());
    EXPECT_FALSE(Commit{.backfill_runs = {fire}}.empty());
}

}  // namespace

}  // namespace reel::store
