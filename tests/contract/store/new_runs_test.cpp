#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::Errc;
using core::RunState;
using core::TaskState;

TEST_P(RunStoreContract, KeepsEveryFieldOfANewRunAndItsTasks) {
    save_dag("movies");
    NewRun added = a_run("movies", "r1");
    added.run.state = RunState::running;
    added.run.type = core::RunType::manual;
    added.run.triggered_by = core::TriggeredBy::operator_;
    added.run.triggering_user = "ann";
    added.run.conf.text = R"({"b": 1.0, "a": "it's \"x\"\n\\ ü {1,2}"})";
    added.run.start_date = at(1, 123456);
    added.run.end_date = at(2, -1);
    added.run.note = "a note";
    added.run.version_number = 3;
    TaskInstanceRecord& task = added.tasks[1];
    task.state = TaskState::up_for_retry;
    task.try_number = 2;
    task.max_tries = 5;
    task.attempt = 9;
    task.scheduled_at = at(1);
    task.queued_at = at(1, 1);
    task.start_date = at(1, 2);
    task.end_date = at(1, 3);
    task.next_retry_at = at(1, 4);
    task.pool = "small";
    task.pool_slots = 2;
    task.priority_weight = 7;
    task.queue = "gpu";
    task.hostname = "host1";
    task.pid = 4711;
    task.message = "exit code 3";
    task.note = "see above";
    task.rendered_map_index = "Köln";

    ASSERT_TRUE(store->commit({.new_runs = {added}}));

    EXPECT_EQ(store->get_run(core::DagId("movies"), core::RunId("r1")).value(), added.run);
    EXPECT_EQ(store->get_task_instance(added.tasks[0].key).value(), added.tasks[0]);
    EXPECT_EQ(store->get_task_instance(task.key).value(), task);
}

TEST_P(RunStoreContract, KeepsARunWithoutDates) {
    save_dag("movies");
    NewRun added = a_run("movies", "manual__1");
    added.run.logical_date.reset();
    added.run.data_interval.reset();
    ASSERT_TRUE(store->commit({.new_runs = {added}}));
    NewRun second = added;
    second.run.run_id = core::RunId("manual__2");
    second.tasks.clear();
    EXPECT_TRUE(store->commit({.new_runs = {second}})) << "runs without a date do not collide";
    EXPECT_EQ(store->get_run(core::DagId("movies"), core::RunId("manual__1")).value(), added.run);
}

TEST_P(RunStoreContract, KeepsMappedTasksApart) {
    save_dag("movies");
    NewRun added = a_run("movies", "r1");
    added.tasks[1] = added.tasks[0];
    added.tasks[0].key.map_index = 0;
    added.tasks[1].key.map_index = 1;
    ASSERT_TRUE(store->commit({.new_runs = {added}}));
    change(added.tasks[1], TaskState::scheduled);
    EXPECT_EQ(store->get_task_instance(added.tasks[0].key)->state, TaskState::none);
    EXPECT_EQ(store->get_task_instance(added.tasks[1].key)->state, TaskState::scheduled);
}

TEST_P(RunStoreContract, ANewRunCommittedTwiceIsThereOnce) {
    save_dag("movies");
    const NewRun added = start_run("movies", "r1");
    EXPECT_TRUE(store->commit({.new_runs = {added}}));
    EXPECT_EQ(store->list_runs({}).total, 1U);
    EXPECT_EQ(store->list_task_instances({}).total, 2U);
}

TEST_P(RunStoreContract, ANewRunWithATakenIdExistsAlready) {
    save_dag("movies");
    NewRun other = start_run("movies", "r1");
    other.run.note = "another one";
    EXPECT_EQ(code_of(store->commit({.new_runs = {other}})), Errc::already_exists);
    EXPECT_EQ(store->get_run(core::DagId("movies"), core::RunId("r1"))->note, "");
}

TEST_P(RunStoreContract, ANewRunForATakenLogicalDateExistsAlready) {
    save_dag("movies");
    save_dag("other");
    start_run("movies", "r1", 5);
    EXPECT_EQ(
        code_of(store->commit({.new_runs = {a_run("movies", "r2", 5)}})), Errc::already_exists
    );
    EXPECT_TRUE(store->commit({.new_runs = {a_run("other", "r2", 5)}}));
}

TEST_P(RunStoreContract, TwoNewRunsForOneLogicalDateInOneCommitAreRefused) {
    save_dag("movies");
    const Commit commit{.new_runs = {a_run("movies", "r1", 5), a_run("movies", "r2", 5)}};
    EXPECT_EQ(code_of(store->commit(commit)), Errc::already_exists);
    EXPECT_EQ(store->list_runs({}).total, 0U);
}

TEST_P(RunStoreContract, ANewRunTwiceInOneCommitIsRefused) {
    save_dag("movies");
    const Commit commit{.new_runs = {a_run("movies", "r1", 5), a_run("movies", "r1", 6)}};
    EXPECT_EQ(code_of(store->commit(commit)), Errc::already_exists);
}

TEST_P(RunStoreContract, ANewRunOfAnUnknownVersionIsNotFound) {
    EXPECT_EQ(code_of(store->commit({.new_runs = {a_run("movies", "r1")}})), Errc::not_found);
    save_dag("movies", "v2");
    EXPECT_EQ(code_of(store->commit({.new_runs = {a_run("movies", "r1")}})), Errc::not_found);
}

TEST_P(RunStoreContract, ARunMayBeginAndMoveInOneCommitAppliedTwice) {
    save_dag("movies");
    NewRun added = a_run("movies", "r1");
    RunRecord running = added.run;
    running.state = RunState::running;
    running.start_date = at(1);
    TaskInstanceRecord scheduled = added.tasks[0];
    scheduled.state = TaskState::scheduled;
    TaskInstanceRecord queued = scheduled;
    queued.state = TaskState::queued;
    queued.attempt = 4;
    queued.queued_at = at(1);
    const Commit commit{
        .new_runs = {added},
        .runs = {{RunState::queued, running}},
        .tasks = {{TaskState::none, scheduled}, {TaskState::scheduled, queued}},
    };
    for (int i = 0; i < 2; ++i) {
        const auto committed = store->commit(commit);
        ASSERT_TRUE(committed) << committed.error().describe();
        EXPECT_EQ(store->get_run(running.dag_id, running.run_id).value(), running);
        EXPECT_EQ(store->get_task_instance(queued.key).value(), queued);
        EXPECT_EQ(store->list_attempts(queued.key).size(), 1U);
    }
}

TEST_P(RunStoreContract, TextThatIsNotUtf8IsTakenAllTheSame) {
    save_dag("movies");
    NewRun added = a_run("movies", "r1");
    added.run.note = std::string("a\0b\xff", 4);
    ASSERT_TRUE(store->commit({.new_runs = {added}}));
    EXPECT_TRUE(store->commit({.new_runs = {added}}));
    EXPECT_THAT(
        store->get_run(added.run.dag_id, added.run.run_id)->note,
        testing::AllOf(testing::StartsWith("a"), testing::HasSubstr("b"))
    );
    EXPECT_EQ(code_of(store->get_run(core::DagId("\xff"), core::RunId("r"))), Errc::not_found);
}

}  // namespace

}  // namespace reel::store
