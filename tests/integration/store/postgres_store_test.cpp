#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "reel/postgres/link.hpp"
#include "reel/store/migrations.hpp"
#include "reel/store/run_store.hpp"
#include "support/commit_end.hpp"
#include "support/test_cluster.hpp"

namespace reel::store {

namespace {

using core::TaskState;
using postgres::Link;
using support::end_of;

class PostgresStoreTest : public testing::Test {
  protected:
    PostgresStoreTest() : uri(support::test_database()) {
        EXPECT_TRUE(migrate(uri));
        store = make_postgres_store(uri);
    }

    /// A run of one task in state none.
    TaskInstanceRecord start_run() {
        core::Dag dag;
        dag.dag_id = core::DagId("movies");
        dag.version = "v1";
        store->save_dags({dag}, false, {});
        NewRun added;
        added.run.dag_id = dag.dag_id;
        added.run.run_id = core::RunId("r1");
        added.run.conf.text = "{}";
        added.run.dag_version = "v1";
        added.tasks.emplace_back();
        added.tasks[0].key = {dag.dag_id, added.run.run_id, core::TaskId("load"), -1};
        EXPECT_TRUE(store->commit({.new_runs = {added}}));
        return added.tasks[0];
    }

    /// The first write connects.
    Commit queueing(core::AttemptId attempt) {
        TaskInstanceRecord task = start_run();
        task.state = TaskState::queued;
        task.attempt = attempt;
        return {.tasks = {{TaskState::none, task}}};
    }
    void end_connections() const {
        Link(uri).exec(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        );
    }

    std::string uri;
    std::unique_ptr<RunStore> store;
};

TEST_F(PostgresStoreTest, ACommitUnderWayIsStoredOnceItSaysSo) {
    const Commit commit = queueing(1);
    const auto under_way = store->begin(commit);
    ASSERT_TRUE(under_way);
    EXPECT_FALSE(std::async(std::launch::async, [&] { return store->begin(commit); }).get())
        << "one at a time";
    EXPECT_EQ(end_of(*under_way), CommitUnderWay::Progress::stored);
    EXPECT_EQ(store->get_task_instance(commit.tasks[0].after.key).value(), commit.tasks[0].after);
}

TEST_F(PostgresStoreTest, OthersWaitForACommitUnderWay) {
    const Commit commit = queueing(1);
    std::atomic<bool> has_ended = false;
    std::jthread other;
    // Dropped before the thread is waited for, whatever happens.
    auto under_way = store->begin(commit);
    ASSERT_TRUE(under_way);
    other = std::jthread([&] {
        store->reserve_attempts(1);
        EXPECT_TRUE(has_ended);
    });
    EXPECT_EQ(end_of(*under_way), CommitUnderWay::Progress::stored);
    has_ended = true;
    under_way.reset();
}

TEST_F(PostgresStoreTest, WhatIsInTheWayOfACommitUnderWayIsForCommitToTell) {
    const Commit commit = queueing(1);
    Commit other = commit;
    other.tasks[0].after.attempt = 2;
    ASSERT_TRUE(store->commit(other));
    EXPECT_EQ(end_of(*store->begin(commit)), CommitUnderWay::Progress::in_the_way);
    EXPECT_EQ(store->commit(commit).error().code, core::Errc::conflict);
    ASSERT_TRUE(store->begin(other)) << "the connection is of use still";
}

TEST_F(PostgresStoreTest, NothingIsInTheWayOfWhatATaskDoesFromItsStartToItsEnd) {
    TaskInstanceRecord task = start_run();
    store->reserve_attempts(1);
    task.attempt = 1;
    using enum TaskState;
    for (const TaskState to :
         {queued,
          running,
          up_for_retry,
          deferred,
          success,
          none,
          deferred,
          up_for_retry,
          queued,
          running,
          restarting,
          none}) {
        const TaskState from = std::exchange(task.state, to);
        if (from == up_for_retry) ++task.attempt;
        Commit commit{.tasks = {{from, task}}};
        commit.xcoms.push_back({.key = task.key, .name = "return_value", .value = {"1"}, .at = {}});
        if (from == restarting) {
            commit.attempts.push_back(attempt_of(task));
            commit.attempts[0].state = failed;
        }
        const auto under_way = store->begin(commit);
        ASSERT_TRUE(under_way);
        EXPECT_EQ(end_of(*under_way), CommitUnderWay::Progress::stored)
            << "the longer way is for trouble: " << core::to_string(to);
    }
}

TEST_F(PostgresStoreTest, TheLiveAttemptThatAnOlderProgramWroteIsToldOnce) {
    const Commit commit = queueing(1);
    ASSERT_TRUE(store->commit(commit));
    Link(uri).exec(
        "insert into reel.task_attempt select attempt, dag_id, run_id, task_id, map_index, 9, "
        "'queued', now(), null, null, '', 0, '' from reel.task_instance"
    );
    const auto attempts = store->list_attempts(commit.tasks[0].after.key);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].try_number, commit.tasks[0].after.try_number) << "its task knows better";
}

TEST_F(PostgresStoreTest, WhatIsLargeOrNeedsAConnectionIsNotBegun) {
    Commit commit = queueing(1);
    end_connections();
    EXPECT_FALSE(store->begin(commit));
    ASSERT_TRUE(store->commit(commit));
    commit.xcoms.push_back(
        {.key = commit.tasks[0].after.key,
         .name = "return_value",
         .value = {'"' + std::string(100'000, 'x') + '"'}}
    );
    EXPECT_FALSE(store->begin(commit));
    EXPECT_TRUE(store->commit(commit));
}

TEST_F(PostgresStoreTest, ACommitUnderWayWhoseConnectionIsLostIsInDoubt) {
    const Commit commit = queueing(1);
    {
        const auto under_way = store->begin(commit);
        ASSERT_TRUE(under_way);
        end_connections();
        // What came before the end may say all.
        try {
            EXPECT_EQ(end_of(*under_way), CommitUnderWay::Progress::stored);
        } catch (const postgres::DatabaseError& error) {
            EXPECT_NE(error.kind(), postgres::FailureKind::bug);
        }
    }
    EXPECT_TRUE(store->commit(commit)) << "doing it again settles the doubt";
}

TEST_F(PostgresStoreTest, ACommitUnderWayMayBeDropped) {
    const Commit commit = queueing(1);
    ASSERT_TRUE(store->begin(commit));
    EXPECT_TRUE(store->commit(commit));
    EXPECT_EQ(store->list_attempts(commit.tasks[0].after.key).size(), 1U);
    EXPECT_TRUE(store->begin(commit)) << "another connection has taken its place";
}

TEST_F(PostgresStoreTest, AttemptIdsAreUniqueAcrossConnections) {
    std::set<core::AttemptId> ids;
    std::mutex mutex;
    {
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                const auto own = make_postgres_store(uri);
                for (int j = 0; j < 10; ++j) {
                    const core::AttemptId first = own->reserve_attempts(3);
                    const std::scoped_lock lock(mutex);
                    for (core::AttemptId id = first; id < first + 3; ++id) ids.insert(id);
                }
            });
        }
    }
    EXPECT_EQ(ids.size(), 120U);
}

TEST_F(PostgresStoreTest, OfTwoCommitsOfOneTaskOneWins) {
    const TaskInstanceRecord task = start_run();
    std::atomic<int> won = 0;
    {
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int i = 1; i <= 4; ++i) {
            threads.emplace_back([&, i] {
                TaskInstanceRecord after = task;
                after.state = TaskState::queued;
                after.attempt = i;
                if (make_postgres_store(uri)->commit({.tasks = {{TaskState::none, after}}})) ++won;
            });
        }
    }
    EXPECT_EQ(won, 1);
    EXPECT_EQ(store->list_attempts(task.key).size(), 1U);
}

TEST_F(PostgresStoreTest, ACommitWhoseAnswerWasLostIsFoundDone) {
    TaskInstanceRecord task = start_run();
    Link(uri).exec_script(R"(
        create function die() returns trigger language plpgsql as
            'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
        create constraint trigger dies after update on reel.task_instance
            deferrable initially deferred for each row execute function die();)");
    task.state = TaskState::queued;
    task.attempt = 1;
    const Commit commit{.tasks = {{TaskState::none, task}}};
    try {
        [[maybe_unused]] const auto ignored = store->commit(commit);
        ADD_FAILURE() << "nothing was thrown";
    } catch (const postgres::DatabaseError& error) {
        EXPECT_EQ(error.kind(), postgres::FailureKind::in_doubt);
    }
    Link(uri).exec("drop trigger dies on reel.task_instance");
    EXPECT_TRUE(store->commit(commit)) << "doing it again settles the doubt";
    EXPECT_TRUE(store->commit(commit));
    EXPECT_EQ(store->get_task_instance(task.key).value(), task);
}

TEST_F(PostgresStoreTest, AnIdleConnectionThatTheServerEndedIsReplacedUnnoticed) {
    store->ping();
    Link(uri).exec(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    );
    EXPECT_EQ(store->list_runs({}).total, 0U);
}

/// Its plans are made while there are no runs yet, when every index looks as good as any other.
TEST_F(PostgresStoreTest, ARunIsFoundByItsKeyHoweverManyItsDagHas) {
    constexpr int runs = 1000;
    const TaskInstanceRecord first = start_run();
    for (int i = 0; i < runs; ++i) {
        NewRun added{
            .run = store->get_run(first.key.dag_id, first.key.run_id).value(), .tasks = {first}
        };
        added.run.run_id = core::RunId("more" + std::to_string(i));
        added.run.logical_date = core::Timestamp(std::chrono::hours(i));
        added.tasks[0].key.run_id = added.run.run_id;
        ASSERT_TRUE(store->commit({.new_runs = {added}}));
        RunRecord after = added.run;
        after.state = core::RunState::running;
        ASSERT_TRUE(store->commit({.runs = {{.from = added.run.state, .after = after}}}));
    }
    for (int i = 0; i < runs / 10; ++i) {
        StateQuestion question{
            .dag_id = first.key.dag_id, .run_id = {}, .logical_date = {}, .tasks = {}
        };
        if (i % 2 == 0) question.run_id = first.key.run_id;
        question.logical_date = core::Timestamp(std::chrono::hours(i));
        EXPECT_TRUE(store->find_states({question}).at(0).run);
    }
    Link link(uri);
    // Sessions count for themselves until they end.
    link.exec(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    );
    const auto rows =
        link.exec("select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'dag_run'");
    EXPECT_LT(std::stoll(rows.at(0, 0).value()), 100 * runs);
}

TEST_F(PostgresStoreTest, AStateThatIsNoneIsNullAndAnUnknownOneIsRefused) {
    start_run();
    Link link(uri);
    EXPECT_EQ(link.exec("select state from reel.task_instance").at(0, 0), std::nullopt);
    EXPECT_THROW(link.exec("update reel.task_instance set state = 'odd'"), postgres::DatabaseError);
    EXPECT_THROW(link.exec("update reel.dag_run set state = 'skipped'"), postgres::DatabaseError);
}

TEST_F(PostgresStoreTest, AStoredDagThatCannotBeReadIsSaidSo) {
    start_run();
    Link(uri).exec("update reel.dag_version set body = '{}'");
    EXPECT_THROW(
        [[maybe_unused]] const auto dag = store->get_dag(core::DagId("movies")),
        postgres::DatabaseError
    );
    EXPECT_THROW(
        [[maybe_unused]] const auto active = store->load_active(), postgres::DatabaseError
    );
}

TEST_F(PostgresStoreTest, ADatabaseThatWasNotMigratedIsABug) {
    const auto bare = make_postgres_store(support::test_database());
    try {
        [[maybe_unused]] const auto ignored = bare->list_runs({});
        ADD_FAILURE() << "nothing was thrown";
    } catch (const postgres::DatabaseError& error) {
        EXPECT_EQ(error.kind(), postgres::FailureKind::bug);
    }
}

}  // namespace

}  // namespace reel::store
