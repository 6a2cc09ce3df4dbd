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

TEST(Misses, TellWhatToDoAboutAnActiveDagOrATakenName) {
    EXPECT_EQ(dag_is_active(core::DagId("x")).error().code, Errc::conflict);
    EXPECT_FALSE(dag_is_active(core::DagId("x")).error().hint.empty());
    EXPECT_EQ(connection_exists("x").error().code, Errc::already_exists);
}

}  // namespace

}  // namespace reel::store
