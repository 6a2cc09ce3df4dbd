#include "store/misses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::store {

namespace {

using core::Errc;
using testing::HasSubstr;

TEST(Misses, NameWhatIsMissing) {
    const core::DagId dag("movies");
    EXPECT_THAT(no_such_dag(dag).error().message, HasSubstr("\"movies\""));
    EXPECT_THAT(no_such_version(dag, "abc").error().message, HasSubstr("abc"));
    EXPECT_THAT(no_such_run(dag, core::RunId("r1")).error().message, HasSubstr("\"r1\""));
    EXPECT_THAT(no_such_variable("path").error().message, HasSubstr("\"path\""));
    EXPECT_THAT(no_such_connection("db").error().message, HasSubstr("\"db\""));
    EXPECT_THAT(no_such_asset("s3://a").error().message, HasSubstr("\"s3://a\""));
    EXPECT_THAT(
        event_not_queued(dag, 7).error().message, HasSubstr("7 is not queued for DAG \"movies")
    );
    EXPECT_EQ(no_such_dag(dag).error().code, Errc::not_found);
}

TEST(Misses, DescribeATaskWithItsMapIndex) {
    core::TaskKey key{core::DagId("d"), core::RunId("r"), core::TaskId("t"), -1};
    EXPECT_EQ(describe(key), "d/r/t");
    key.map_index = 0;
    EXPECT_EQ(describe(key), "d/r/t[0]");
    EXPECT_THAT(no_such_task(key).error().message, HasSubstr("d/r/t[0]"));
    EXPECT_THAT(no_such_xcom(key, "path").error().message, HasSubstr("\"path\""));
}

TEST(Misses, SayWhichRunExists) {
    RunRecord run;
    run.dag_id = core::DagId("movies");
    run.run_id = core::RunId("r1");
    EXPECT_EQ(run_exists(run).error().code, Errc::already_exists);
    EXPECT_EQ(run_exists(run).error().message, "DAG \"movies\" has a run \"r1\" already");
    run.logical_date = core::Timestamp();
    EXPECT_THAT(run_exists(run).error().message, HasSubstr("or for 1970-01-01T00:00:00+00:00"));
}

TEST(Misses, SayWhatMovedOn) {
    TaskInstanceRecord now;
    now.state = core::TaskState::success;
    now.attempt = 8;
    TaskInstanceRecord after = now;
    after.attempt = 7;
    const auto task = task_moved_on({core::TaskState::running, after}, now);
    EXPECT_EQ(task.error().code, Errc::conflict);
    EXPECT_THAT(task.error().message, HasSubstr("is success (attempt 8), not running (attempt 7)"));
    const auto run = run_moved_on({core::RunState::queued, {}}, core::RunState::failed);
    EXPECT_THAT(run.error().message, HasSubstr("is failed, not queued"));
}

TEST(Misses, SayWhatContradictsItself) {
    RunRecord run;
    run.dag_id = core::DagId("movies");
    run.run_id = core::RunId("r1");
    TaskInstanceRecord task;
    task.key = {core::DagId("movies"), core::RunId("r2"), core::TaskId("load"), -2};
    task.try_number = 3;
    task.max_tries = 4;
    task.attempt = -5;
    EXPECT_EQ(
        task_of_another_run(task.key, run).error().message,
        "task movies/r2/load is not of run movies/r1, with which it is to be made"
    );
    EXPECT_EQ(task_made_twice(task.key).error().message, "task movies/r2/load is to be made twice");
    EXPECT_EQ(
        impossible_numbers(task).error().message,
        "task movies/r2/load cannot have map index -2, try 3 of 4, attempt -5"
    );
    for (const Miss& miss :
         {task_of_another_run(task.key, run), task_made_twice(task.key), impossible_numbers(task)
         }) {
        EXPECT_EQ(miss.error().code, Errc::invalid_argument);
    }
}

TEST(Misses, SayForWhichDateARunIs) {
    RunRecord dated;
    dated.dag_id = core::DagId("movies");
    dated.run_id = core::RunId("r1");
    RunRecord undated = dated;
    dated.logical_date = core::Timestamp();
    EXPECT_EQ(
        run_keeps_date({core::RunState::queued, undated}, dated).error().message,
        "run movies/r1 is for 1970-01-01T00:00:00+00:00, not for no logical date"
    );
    EXPECT_EQ(
        run_keeps_date({core::RunState::queued, dated}, undated).error().message,
        "run movies/r1 is for no logical date, not for 1970-01-01T00:00:00+00:00"
    );
    EXPECT_EQ(run_keeps_date({}, dated).error().code, Errc::conflict);
}

TEST(Misses, TellWhatToDoAboutAnActiveDagOrATakenName) {
    EXPECT_EQ(dag_is_active(core::DagId("x")).error().code, Errc::conflict);
    EXPECT_FALSE(dag_is_active(core::DagId("x")).error().hint.empty());
    EXPECT_EQ(connection_exists("x").error().code, Errc::already_exists);
}

}  // namespace

}  // namespace reel::store
