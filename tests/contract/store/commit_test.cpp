#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::Errc;
using core::RunState;
using core::TaskState;
using testing::HasSubstr;

TEST_P(RunStoreContract, AttemptIdsAreHandedOutInBlocksOnce) {
    const core::AttemptId first = store->reserve_attempts(10);
    EXPECT_GE(first, 1);
    EXPECT_EQ(store->reserve_attempts(1), first + 10);
    EXPECT_EQ(store->reserve_attempts(1000), first + 11);
    EXPECT_EQ(store->reserve_attempts(1), first + 1011);
}

TEST_P(RunStoreContract, AnEmptyCommitIsNothing) {
    EXPECT_TRUE(store->commit({}));
}

TEST_P(RunStoreContract, ChangesARunThatIsInItsState) {
    save_dag("movies");
    RunRecord run = start_run("movies", "r1").run;
    run.state = RunState::running;
    run.start_date = at(3);
    const Commit commit{.runs = {{RunState::queued, run}}};
    ASSERT_TRUE(store->commit(commit));
    EXPECT_EQ(store->get_run(run.dag_id, run.run_id).value(), run);
    EXPECT_TRUE(store->commit(commit)) << "a second time changes nothing";
    EXPECT_EQ(store->get_run(run.dag_id, run.run_id).value(), run);
}

TEST_P(RunStoreContract, ARunThatIsInAnotherStateIsAConflict) {
    save_dag("movies");
    RunRecord run = start_run("movies", "r1").run;
    run.state = RunState::success;
    const auto committed = store->commit({.runs = {{RunState::running, run}}});
    ASSERT_EQ(code_of(committed), Errc::conflict);
    EXPECT_THAT(committed.error().message, HasSubstr("movies/r1 is queued, not running"));
}

TEST_P(RunStoreContract, ARunAlreadyInTheStateButWithOtherFieldsIsAConflict) {
    save_dag("movies");
    RunRecord run = start_run("movies", "r1").run;
    run.note = "different";
    EXPECT_EQ(code_of(store->commit({.runs = {{RunState::running, run}}})), Errc::conflict);
}

TEST_P(RunStoreContract, AnUnknownRunIsNotFound) {
    save_dag("movies");
    const RunRecord run = a_run("movies", "r1").run;
    EXPECT_EQ(code_of(store->commit({.runs = {{RunState::queued, run}}})), Errc::not_found);
}

TEST_P(RunStoreContract, ChangesATaskThatIsInItsState) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    task.state = TaskState::queued;
    task.attempt = 5;
    task.try_number = 1;
    task.queued_at = at(1);
    const Commit commit{.tasks = {{TaskState::none, task}}};
    ASSERT_TRUE(store->commit(commit));
    EXPECT_EQ(store->get_task_instance(task.key).value(), task);
    EXPECT_TRUE(store->commit(commit)) << "a second time changes nothing";
    EXPECT_EQ(store->get_task_instance(task.key).value(), task);
}

TEST_P(RunStoreContract, ATaskInAnotherStateIsAConflictAndNothingIsWritten) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    TaskInstanceRecord first = run.tasks[0];
    first.state = TaskState::scheduled;
    TaskInstanceRecord second = run.tasks[1];
    second.state = TaskState::success;
    RunRecord running = run.run;
    running.state = RunState::running;
    const auto committed = store->commit({
        .runs = {{RunState::queued, running}},
        .tasks = {{TaskState::none, first}, {TaskState::running, second}},
        .xcoms = {{first.key, "return_value", {"1"}, at(1)}},
    });
    ASSERT_EQ(code_of(committed), Errc::conflict);
    EXPECT_THAT(
        committed.error().message,
        HasSubstr("movies/r1/load is none (attempt 0), not running (attempt 0)")
    );
    EXPECT_EQ(store->get_run(running.dag_id, running.run_id)->state, RunState::queued);
    EXPECT_EQ(store->get_task_instance(first.key)->state, TaskState::none);
    EXPECT_TRUE(store->list_xcoms(running.dag_id, running.run_id).empty());
}

TEST_P(RunStoreContract, AStaleAttemptIsAConflict) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    task = change(task, TaskState::queued, 8);
    task = change(task, TaskState::running);
    TaskInstanceRecord stale = task;
    stale.attempt = 7;
    stale.state = TaskState::success;
    EXPECT_EQ(code_of(store->commit({.tasks = {{TaskState::running, stale}}})), Errc::conflict);
    EXPECT_EQ(store->get_task_instance(task.key).value(), task);
}

TEST_P(RunStoreContract, AnUnknownTaskIsNotFound) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    task.key.task_id = core::TaskId("missing");
    EXPECT_EQ(code_of(store->commit({.tasks = {{TaskState::none, task}}})), Errc::not_found);
}

TEST_P(RunStoreContract, ChangesOfOneTaskApplyInOrderAndTwice) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    Commit commit;
    for (const TaskState to : {TaskState::scheduled, TaskState::queued, TaskState::running}) {
        const TaskState from = task.state;
        task.state = to;
        task.attempt = to == TaskState::scheduled ? 0 : 3;
        commit.tasks.push_back({from, task});
    }
    ASSERT_TRUE(store->commit(commit));
    EXPECT_TRUE(store->commit(commit));
    EXPECT_EQ(store->get_task_instance(task.key).value(), task);
    EXPECT_EQ(store->list_attempts(task.key).size(), 1U);
}

TEST_P(RunStoreContract, ChangesOfOneTaskThatDoNotFollowEachOtherAreAConflict) {
    save_dag("movies");
    TaskInstanceRecord scheduled = start_run("movies", "r1").tasks[0];
    scheduled.state = TaskState::scheduled;
    TaskInstanceRecord done = scheduled;
    done.state = TaskState::success;
    const Commit commit{
        .tasks = {{TaskState::none, scheduled}, {TaskState::running, done}},
    };
    EXPECT_EQ(code_of(store->commit(commit)), Errc::conflict);
    EXPECT_EQ(store->get_task_instance(done.key)->state, TaskState::none);
}

/// Few rows travel in another way than many.
TEST_P(RunStoreContract, EachOfAnyNumberOfChangesIsWrittenWhole) {
    save_dag("movies");
    core::AttemptId attempt = 0;
    for (int count = 1; count <= 4; ++count) {
        NewRun run = a_run("movies", "r" + std::to_string(count));
        run.run.logical_date.reset();
        run.tasks.clear();
        Commit commit;
        for (int i = 0; i < count; ++i) {
            TaskInstanceRecord task = a_run("movies", run.run.run_id.str()).tasks[0];
            task.key.map_index = i;
            run.tasks.push_back(task);
            task.state = TaskState::queued;
            task.attempt = ++attempt;
            task.try_number = i + 1;
            if (i % 2 == 0) task.queued_at = at(i + 1);
            task.message = "it's \"" + std::to_string(i) + "\", {}";
            commit.tasks.push_back({TaskState::none, task});
        }
        ASSERT_TRUE(store->commit({.new_runs = {run}}));
        ASSERT_TRUE(store->commit(commit));
        for (const TaskChange& change : commit.tasks) {
            EXPECT_EQ(store->get_task_instance(change.after.key).value(), change.after);
            const auto attempts = store->list_attempts(change.after.key);
            ASSERT_EQ(attempts.size(), 1U);
            EXPECT_EQ(attempts[0].attempt, change.after.attempt);
            EXPECT_EQ(attempts[0].message, change.after.message);
        }
    }
}

TEST_P(RunStoreContract, AThousandChangesAreOneCommit) {
    save_dag("movies");
    NewRun run = a_run("movies", "r1");
    run.tasks.clear();
    Commit commit;
    for (int i = 0; i < 1000; ++i) {
        TaskInstanceRecord task = a_run("movies", "r1").tasks[0];
        task.key.map_index = i;
        run.tasks.push_back(task);
        task.state = TaskState::queued;
        task.attempt = i + 1;
        commit.tasks.push_back({TaskState::none, task});
    }
    ASSERT_TRUE(store->commit({.new_runs = {run}}));
    ASSERT_TRUE(store->commit(commit));
    EXPECT_EQ(store->list_task_instances({.states = {TaskState::queued}}).total, 1000U);
}

TEST_P(RunStoreContract, XComsAreReplacedByName) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    const core::TaskKey key = run.tasks[0].key;
    const XComRecord first{key, "return_value", {R"({"rows": [1, 2.50]})"}, at(1)};
    const XComRecord other{key, "path", {R"("/tmp/x\u0000")"}, at(1, 1)};
    ASSERT_TRUE(store->commit({.xcoms = {first, other}}));
    EXPECT_EQ(store->get_xcom(key, "return_value").value(), first);
    const XComRecord second{key, "return_value", {"2"}, at(2)};
    ASSERT_TRUE(store->commit({.xcoms = {first, second}}));
    EXPECT_EQ(store->get_xcom(key, "return_value").value(), second);
    EXPECT_THAT(
        store->list_xcoms(run.run.dag_id, run.run.run_id), testing::ElementsAre(other, second)
    );
    EXPECT_EQ(code_of(store->get_xcom(key, "missing")), Errc::not_found);
}

TEST_P(RunStoreContract, AnXComOfAnUnknownTaskIsNotFound) {
    save_dag("movies");
    const XComRecord xcom{key_of("movies", "r1", "extract"), "return_value", {"1"}, at(1)};
    EXPECT_EQ(code_of(store->commit({.xcoms = {xcom}})), Errc::not_found);
}

TEST_P(RunStoreContract, AnswersAPing) {
    EXPECT_NO_THROW(store->ping());
}

}  // namespace

}  // namespace reel::store
