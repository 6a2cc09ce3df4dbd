#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::all_task_states;
using core::Errc;
using core::RunState;
using core::TaskState;

constexpr std::array run_states{
    RunState::queued, RunState::running, RunState::success, RunState::failed
};

/// A run with one task in each state.
NewRun a_run_of_all_states() {
    NewRun added = a_run("movies", "r1");
    added.tasks.clear();
    for (const TaskState state : all_task_states) {
        TaskInstanceRecord task;
        task.key = key_of("movies", "r1", "t_" + std::string(core::to_string(state)));
        task.state = state;
        task.operator_name = "bash";
        added.tasks.push_back(task);
    }
    return added;
}

TEST_P(RunStoreContract, EveryTaskStateIsKeptAndFoundByItself) {
    save_dag("movies");
    const NewRun added = a_run_of_all_states();
    ASSERT_TRUE(store->commit({.new_runs = {added}}));
    for (const TaskInstanceRecord& task : added.tasks) {
        EXPECT_EQ(store->get_task_instance(task.key).value(), task);
        const auto found = store->list_task_instances({.states = {task.state}});
        ASSERT_EQ(found.total, 1U) << core::to_string(task.state);
        EXPECT_EQ(found.items[0], task);
    }
}

TEST_P(RunStoreContract, ATaskChangesOnlyFromTheStateItIsIn) {
    save_dag("movies");
    const NewRun added = a_run_of_all_states();
    ASSERT_TRUE(store->commit({.new_runs = {added}}));
    for (const TaskInstanceRecord& task : added.tasks) {
        for (const TaskState from : all_task_states) {
            if (from == task.state) continue;
            TaskInstanceRecord after = task;
            after.note = "changed";
            EXPECT_EQ(code_of(store->commit({.tasks = {{from, after}}})), Errc::conflict)
                << core::to_string(task.state) << " is not " << core::to_string(from);
        }
        EXPECT_EQ(store->get_task_instance(task.key).value(), task);
    }
}

TEST_P(RunStoreContract, ATaskMayGoToAnyStateFromTheOneItIsIn) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    for (const TaskState to : all_task_states) {
        task.message = std::string(core::to_string(to));
        task = change(task, to, 3);
        EXPECT_EQ(store->get_task_instance(task.key).value(), task);
    }
    for (const TaskState to : all_task_states) task = change(task, to);
    EXPECT_EQ(store->list_attempts(task.key).size(), 1U) << "one attempt, however often it moved";
}

TEST_P(RunStoreContract, ATaskMayChangeWithoutLeavingItsState) {
    save_dag("movies");
    const NewRun added = a_run_of_all_states();
    ASSERT_TRUE(store->commit({.new_runs = {added}}));
    for (TaskInstanceRecord task : added.tasks) {
        task.note = "seen";
        ASSERT_TRUE(store->commit({.tasks = {{task.state, task}}}));
        EXPECT_EQ(store->get_task_instance(task.key)->note, "seen");
    }
}

TEST_P(RunStoreContract, AChangeThatIsDoneAlreadyIsAcceptedFromAnyState) {
    save_dag("movies");
    const NewRun added = a_run_of_all_states();
    ASSERT_TRUE(store->commit({.new_runs = {added}}));
    for (const TaskInstanceRecord& task : added.tasks) {
        for (const TaskState from : all_task_states) {
            EXPECT_TRUE(store->commit({.tasks = {{from, task}}}))
                << core::to_string(task.state) << " from " << core::to_string(from);
        }
    }
}

TEST_P(RunStoreContract, ARunChangesOnlyFromTheStateItIsIn) {
    save_dag("movies");
    int hour = 0;
    for (const RunState state : run_states) {
        ++hour;
        NewRun added = a_run("movies", "r" + std::to_string(hour), hour);
        added.run.state = state;
        ASSERT_TRUE(store->commit({.new_runs = {added}}));
        for (const RunState from : run_states) {
            RunRecord after = added.run;
            after.note = "changed";
            const auto code = code_of(store->commit({.runs = {{from, after}}}));
            if (from == state) {
                EXPECT_EQ(code, std::nullopt);
                ASSERT_TRUE(store->commit({.runs = {{from, added.run}}}));
            } else {
                EXPECT_EQ(code, Errc::conflict) << core::to_string(state);
            }
        }
        EXPECT_EQ(store->get_run(added.run.dag_id, added.run.run_id).value(), added.run);
    }
}

TEST_P(RunStoreContract, OnlyQueuedAndRunningRunsAreActive) {
    save_dag("movies");
    int hour = 0;
    for (const RunState state : run_states) {
        NewRun added = a_run("movies", std::string(core::to_string(state)), ++hour);
        added.run.state = state;
        ASSERT_TRUE(store->commit({.new_runs = {added}}));
    }
    std::vector<std::string> active;
    for (const ActiveRun& run : store->load_active()) active.push_back(run.run.run_id.str());
    EXPECT_THAT(active, testing::ElementsAre("queued", "running"));
}

TEST_P(RunStoreContract, ADagWithAnActiveRunCannotBeDeleted) {
    save_dag("movies");
    RunRecord run = start_run("movies", "r1").run;
    for (const RunState to : {RunState::running, RunState::success}) {
        EXPECT_EQ(code_of(store->delete_dag(run.dag_id)), Errc::conflict);
        const RunState from = run.state;
        run.state = to;
        ASSERT_TRUE(store->commit({.runs = {{from, run}}}));
    }
    EXPECT_TRUE(store->delete_dag(run.dag_id));
}

TEST_P(RunStoreContract, AHigherAttemptTakesOverAndALowerOneIsTooLate) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    task = change(task, TaskState::queued, 10);
    for (const core::AttemptId attempt : {11, 15, 1000000}) {
        task = change(change(task, TaskState::up_for_retry), TaskState::queued, attempt);
        for (const core::AttemptId late : {core::AttemptId{0}, core::AttemptId{9}, attempt - 1}) {
            TaskInstanceRecord stale = task;
            stale.attempt = late;
            stale.state = TaskState::failed;
            EXPECT_EQ(
                code_of(store->commit({.tasks = {{TaskState::queued, stale}}})), Errc::conflict
            ) << late;
        }
    }
    EXPECT_EQ(store->list_attempts(task.key).size(), 4U);
    EXPECT_EQ(store->get_task_instance(task.key).value(), task);
}

TEST_P(RunStoreContract, EveryKindAndOriginOfARunIsKept) {
    using core::RunType;
    using core::TriggeredBy;
    save_dag("movies");
    int hour = 0;
    for (const RunType type :
         {RunType::scheduled,
          RunType::manual,
          RunType::backfill,
          RunType::asset_triggered,
          RunType::asset_materialization}) {
        for (const TriggeredBy by :
             {TriggeredBy::cli,
              TriggeredBy::operator_,
              TriggeredBy::rest_api,
              TriggeredBy::ui,
              TriggeredBy::test,
              TriggeredBy::timetable,
              TriggeredBy::asset,
              TriggeredBy::backfill}) {
            ++hour;
            NewRun added = a_run("movies", "r" + std::to_string(hour), hour);
            added.run.type = type;
            added.run.triggered_by = by;
            added.tasks.clear();
            ASSERT_TRUE(store->commit({.new_runs = {added}}));
            EXPECT_EQ(store->get_run(added.run.dag_id, added.run.run_id).value(), added.run);
        }
    }
}

TEST_P(RunStoreContract, OnlyAScheduledRunIsTheTimetablesLatest) {
    using core::RunType;
    save_dag("movies");
    start_run("movies", "scheduled", 1);
    int hour = 1;
    for (const RunType type :
         {RunType::manual,
          RunType::backfill,
          RunType::asset_triggered,
          RunType::asset_materialization}) {
        NewRun added = a_run("movies", std::string(core::to_string(type)), ++hour);
        added.run.type = type;
        ASSERT_TRUE(store->commit({.new_runs = {added}}));
        EXPECT_EQ(
            latest_scheduled_run(*store, core::DagId("movies"))->run_id, core::RunId("scheduled")
        );
    }
}

}  // namespace

}  // namespace reel::store
