#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::TaskState;

TEST_P(RunStoreContract, AnAttemptBeginsWhenItsTaskIsQueued) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    task = change(task, TaskState::scheduled);
    EXPECT_TRUE(store->list_attempts(task.key).empty());
    task.try_number = 1;
    task.queued_at = at(1);
    task = change(task, TaskState::queued, 11);

    const auto attempts = store->list_attempts(task.key);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].attempt, 11);
    EXPECT_EQ(attempts[0].key, task.key);
    EXPECT_EQ(attempts[0].try_number, 1);
    EXPECT_EQ(attempts[0].state, TaskState::queued);
    EXPECT_EQ(attempts[0].queued_at, at(1));
    EXPECT_EQ(attempts[0].start_date, std::nullopt);
}

TEST_P(RunStoreContract, AnAttemptFollowsItsTaskToItsEnd) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    task = change(task, TaskState::queued, 11);
    task.start_date = at(2);
    task.hostname = "host1";
    task.pid = 4711;
    task = change(task, TaskState::running);
    task.end_date = at(3);
    task.message = "exit code 3";
    task = change(task, TaskState::failed);

    const auto attempts = store->list_attempts(task.key);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].state, TaskState::failed);
    EXPECT_EQ(attempts[0].start_date, at(2));
    EXPECT_EQ(attempts[0].end_date, at(3));
    EXPECT_EQ(attempts[0].hostname, "host1");
    EXPECT_EQ(attempts[0].pid, 4711);
    EXPECT_EQ(attempts[0].message, "exit code 3");
}

TEST_P(RunStoreContract, AnAttemptThatWasTakenBackBeforeItBeganIsNotInTheHistory) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    task = change(task, TaskState::queued, 11);
    task = change(task, TaskState::scheduled);
    EXPECT_THAT(store->list_attempts(task.key), ::testing::IsEmpty());
    task = change(task, TaskState::queued, 12);
    EXPECT_THAT(
        store->list_attempts(task.key),
        ::testing::ElementsAre(::testing::Field(&AttemptRecord::attempt, 12))
    );
}

TEST_P(RunStoreContract, AnAttemptThatIsBeingEndedStaysInTheHistory) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    task = change(task, TaskState::queued, 11);
    task = change(task, TaskState::running);
    task = change(task, TaskState::restarting);
    task = change(task, TaskState::none);
    EXPECT_THAT(
        store->list_attempts(task.key),
        ::testing::ElementsAre(::testing::Field(&AttemptRecord::state, TaskState::restarting))
    );
}

TEST_P(RunStoreContract, AnEndMayBeToldBesideItsTask) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    const TaskInstanceRecord task = change(run.tasks[0], TaskState::queued, 11);
    AttemptRecord end = attempt_of(task);
    end.state = TaskState::failed;
    end.end_date = at(3);
    TaskInstanceRecord after = task;
    after.state = TaskState::none;
    const Commit commit{.tasks = {{TaskState::queued, after}}, .attempts = {end}};
    ASSERT_TRUE(store->commit(commit));
    ASSERT_TRUE(store->commit(commit)) << "the answer may have been lost";
    EXPECT_THAT(store->list_attempts(task.key), ::testing::ElementsAre(end));
    end.key = run.tasks[1].key;
    EXPECT_EQ(code_of(store->commit({.attempts = {end}})), core::Errc::conflict);
    end.key.task_id = core::TaskId("missing");
    end.attempt = 12;
    EXPECT_EQ(code_of(store->commit({.attempts = {end}})), core::Errc::not_found);
}

TEST_P(RunStoreContract, EveryTryIsKept) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    task = change(task, TaskState::queued, 11);
    task = change(task, TaskState::running);
    task.message = "exit code 1";
    task = change(task, TaskState::up_for_retry);
    task.message = "";
    task = change(task, TaskState::scheduled);
    task.try_number = 2;
    task = change(task, TaskState::queued, 12);
    task = change(task, TaskState::running);
    task = change(task, TaskState::success);

    const auto attempts = store->list_attempts(task.key);
    ASSERT_EQ(attempts.size(), 2U);
    EXPECT_EQ(attempts[0].attempt, 11);
    EXPECT_EQ(attempts[0].state, TaskState::up_for_retry);
    EXPECT_EQ(attempts[0].message, "exit code 1");
    EXPECT_EQ(attempts[1].attempt, 12);
    EXPECT_EQ(attempts[1].try_number, 2);
    EXPECT_EQ(attempts[1].state, TaskState::success);
}

TEST_P(RunStoreContract, ClearingATaskLeavesItsHistory) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    task = change(task, TaskState::queued, 11);
    task = change(task, TaskState::running);
    task = change(task, TaskState::success);
    task = change(task, TaskState::none);
    task = change(task, TaskState::upstream_failed);
    EXPECT_EQ(store->list_attempts(task.key).at(0).state, TaskState::success);
}

TEST_P(RunStoreContract, AWholeTryInOneCommitIsInTheHistory) {
    save_dag("movies");
    TaskInstanceRecord task = start_run("movies", "r1").tasks[0];
    Commit commit;
    task.attempt = 11;
    for (const TaskState to : {TaskState::queued, TaskState::running, TaskState::success}) {
        const TaskState from = task.state;
        task.state = to;
        commit.tasks.push_back({from, task});
    }
    ASSERT_TRUE(store->commit(commit));
    ASSERT_TRUE(store->commit(commit));
    const auto attempts = store->list_attempts(task.key);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].state, TaskState::success);
}

TEST_P(RunStoreContract, AttemptsOfOtherTasksAreNotListed) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    change(run.tasks[0], TaskState::queued, 11);
    change(run.tasks[1], TaskState::queued, 12);
    const auto attempts = store->list_attempts(run.tasks[1].key);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].attempt, 12);
}

}  // namespace

}  // namespace reel::store
