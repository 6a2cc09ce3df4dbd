#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/commit_plan.hpp"

namespace reel::store {

namespace {

using core::Errc;
using core::RunState;
using core::TaskState;

TaskInstanceRecord a_task(
    const std::string& name, TaskState state = TaskState::none, core::AttemptId attempt = 0
) {
    TaskInstanceRecord task;
    task.key = {core::DagId("movies"), core::RunId("r1"), core::TaskId(name), -1};
    task.state = state;
    task.attempt = attempt;
    return task;
}

NewRun a_run(std::vector<TaskInstanceRecord> tasks) {
    NewRun added;
    added.run.dag_id = core::DagId("movies");
    added.run.run_id = core::RunId("r1");
    added.tasks = std::move(tasks);
    return added;
}

std::optional<Errc> code_of(const Commit& commit) {
    const auto plan = plan_commit(commit);
    return plan ? std::nullopt : std::optional(plan.error().code);
}

TEST(CommitFlaws, ATaskIsMadeOnceAndWithItsOwnRun) {
    EXPECT_EQ(code_of({.new_runs = {a_run({a_task("a"), a_task("b")})}}), std::nullopt);
    EXPECT_EQ(
        code_of({.new_runs = {a_run({a_task("a"), a_task("b"), a_task("a")})}}),
        Errc::invalid_argument
    );
    TaskInstanceRecord mapped = a_task("a");
    mapped.key.map_index = 0;
    EXPECT_EQ(code_of({.new_runs = {a_run({a_task("a"), mapped})}}), std::nullopt);
    TaskInstanceRecord stranger = a_task("a");
    stranger.key.run_id = core::RunId("r2");
    EXPECT_EQ(code_of({.new_runs = {a_run({stranger})}}), Errc::invalid_argument);
    stranger = a_task("a");
    stranger.key.dag_id = core::DagId("ratings");
    EXPECT_EQ(code_of({.new_runs = {a_run({stranger})}}), Errc::invalid_argument);
}

struct Numbers {
    int map_index;
    int try_number;
    int max_tries;
    core::AttemptId attempt;
    bool possible;
};

TEST(CommitFlaws, NumbersOfATaskAreThoseThatTheTablesHold) {
    const Numbers cases[] = {
        {-1, 0, 0, 0, true},
        {0, 1, 1, 1, true},
        {std::numeric_limits<int>::max(), std::numeric_limits<int>::max(), 0, 0, true},
        {0, 0, 0, std::numeric_limits<core::AttemptId>::max(), true},
        {-2, 0, 0, 0, false},
        {-1, -1, 0, 0, false},
        {-1, 0, -1, 0, false},
        {-1, 0, 0, -1, false},
    };
    for (const Numbers& numbers : cases) {
        TaskInstanceRecord task = a_task("a", TaskState::scheduled, numbers.attempt);
        task.key.map_index = numbers.map_index;
        task.try_number = numbers.try_number;
        task.max_tries = numbers.max_tries;
        const auto wanted = numbers.possible ? std::nullopt : std::optional(Errc::invalid_argument);
        EXPECT_EQ(code_of({.new_runs = {a_run({task})}}), wanted) << numbers.attempt;
        EXPECT_EQ(code_of({.tasks = {{TaskState::none, task}}}), wanted) << numbers.attempt;
    }
}

TEST(CommitFlaws, AnAttemptIsOfOneTask) {
    const TaskChange first{TaskState::none, a_task("a", TaskState::queued, 7)};
    const TaskChange second{TaskState::none, a_task("b", TaskState::queued, 7)};
    EXPECT_EQ(code_of({.tasks = {first, second}}), Errc::conflict);
    EXPECT_EQ(
        code_of({.new_runs = {a_run({a_task("a"), a_task("b")})}, .tasks = {first, second}}),
        Errc::conflict
    );
    const TaskChange onwards{TaskState::queued, a_task("a", TaskState::running, 7)};
    EXPECT_EQ(code_of({.tasks = {first, onwards}}), std::nullopt);
    // A task that was skipped tells nothing of an attempt, whatever number it still shows.
    const TaskChange skipped{TaskState::none, a_task("b", TaskState::skipped, 7)};
    EXPECT_EQ(code_of({.tasks = {first, skipped}}), std::nullopt);
}

TEST(CommitFlaws, TheFirstOfSeveralIsTold) {
    const NewRun twice = a_run({a_task("a"), a_task("a")});
    const TaskChange negative{TaskState::none, a_task("a", TaskState::queued, -1)};
    RunChange strange;
    strange.from = RunState::failed;
    strange.after = twice.run;
    EXPECT_EQ(code_of({.new_runs = {twice, twice}}), Errc::invalid_argument);
    EXPECT_EQ(code_of({.new_runs = {a_run({}), twice}, .tasks = {negative}}), Errc::already_exists);
    EXPECT_EQ(
        code_of({.new_runs = {a_run({})}, .runs = {strange}, .tasks = {negative}}), Errc::conflict
    );
}

struct ChangeCase {
    RunState from;
    std::optional<core::Timestamp> date;
    std::optional<Errc> code;
};

TEST(CheckChange, WantsARunInItsStateAndForItsDate) {
    const core::Timestamp day{core::Duration(86'400'000'000)};
    RunRecord now;
    now.state = RunState::running;
    now.logical_date = day;
    const ChangeCase cases[] = {
        {RunState::running, day, std::nullopt},
        {RunState::queued, day, Errc::conflict},
        {RunState::running, day + core::Duration(1), Errc::conflict},
        {RunState::running, std::nullopt, Errc::conflict},
    };
    for (const ChangeCase& one : cases) {
        RunChange change{one.from, now};
        change.after.state = RunState::success;
        change.after.logical_date = one.date;
        const auto allowed = check_change(change, now);
        EXPECT_EQ(allowed ? std::nullopt : std::optional(allowed.error().code), one.code);
    }
}

TEST(CheckChange, WantsATaskInItsStateAndOfNoLaterAttempt) {
    const TaskInstanceRecord now = a_task("a", TaskState::running, 7);
    for (const core::AttemptId attempt : {0, 6, 7, 8}) {
        for (const TaskState from : core::all_task_states) {
            const TaskChange change{from, a_task("a", TaskState::success, attempt)};
            EXPECT_EQ(
                check_change(change, now).has_value(), from == TaskState::running && attempt >= 7
            ) << core::to_string(from)
              << " " << attempt;
        }
    }
}

TEST(CommitPlanOfNewRuns, TakesChangesOfSeveralRunsEachToItsOwn) {
    NewRun other = a_run({});
    other.run.run_id = core::RunId("r2");
    RunRecord running = other.run;
    running.state = RunState::running;
    const auto plan = plan_commit(
        {.new_runs = {a_run({a_task("a")}), other},
         .runs = {{RunState::queued, running}},
         .tasks = {{TaskState::none, a_task("a", TaskState::skipped)}}}
    );
    ASSERT_TRUE(plan);
    ASSERT_EQ(plan->new_runs.size(), 2U);
    EXPECT_EQ(plan->new_runs[0].run.state, RunState::queued);
    EXPECT_EQ(plan->new_runs[0].tasks[0].state, TaskState::skipped);
    EXPECT_EQ(plan->new_runs[1].run.state, RunState::running);
}

}  // namespace

}  // namespace reel::store
