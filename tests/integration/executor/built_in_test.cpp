#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reel/postgres/link.hpp"
#include "support/test_cluster.hpp"
#include "worker.hpp"

namespace reel::executor {

namespace {

/// A task "publish" in the run of a stage task "load".
scheduler::AttemptOrder publish_after(
    const scheduler::AttemptOrder& stage, scheduler::AttemptOrder upsert
) {
    auto dag = std::make_shared<core::Dag>(*upsert.dag);
    dag->tasks[0].task_id = core::TaskId("publish");
    dag->tasks.push_back(stage.task());
    upsert.key.task_id = core::TaskId("publish");
    upsert.dag = std::move(dag);
    return upsert;
}

}  // namespace

using scheduler::TaskOutcome;
using testing::HasSubstr;
using testing::Not;

TEST(DownloadTask, BringsAFileIntoTheRunsFolderForTheNextTask) {
    Worker worker;
    worker.write("dags/data/cpi.csv", "DATE,CPI\n1999-01-01,102.7\n");
    const auto ended = worker.run("download", Json{{"from", "data/cpi.csv"}});
    ASSERT_EQ(ended.outcome, TaskOutcome::succeeded) << ended.message;
    const Json report = Json::parse(ended.xcoms.at(0).value.text);
    EXPECT_EQ(report["files"][0]["path"], "cpi.csv");
    EXPECT_THAT(worker.last_log(), HasSubstr(" INFO cpi.csv (26 bytes)\n"));
    const auto next = worker.run("bash", Json{{"bash_command", "tail -1 $REEL_DATA_DIR/cpi.csv"}});
    EXPECT_EQ(next.xcoms.at(0).value.text, "\"1999-01-01,102.7\"");
}

TEST(DownloadTask, SaysWhichFileIsMissing) {
    Worker worker;
    const auto ended = worker.run("download", Json{{"from", "data/none.csv"}});
    EXPECT_NE(ended.outcome, TaskOutcome::succeeded);
    EXPECT_THAT(ended.message, HasSubstr((worker.root / "dags/data/none.csv").string()));
    EXPECT_THAT(worker.last_log(), HasSubstr("ERROR task failed"));
}

TEST(SqlTask, RunsInTheWarehouseAndPushesItsRows) {
    Worker worker;
    worker.options.default_warehouse_uri = support::test_database();
    worker.crash_and_come_back();
    worker.write(
        "sql/one.sql",
        "create table t (a text);\ninsert into t values ('{{ ds }}');\n"
        "select a from t;\n"
    );
    const auto ended = worker.run("sql", Json{{"sql", "sql/one.sql"}});
    ASSERT_EQ(ended.outcome, TaskOutcome::succeeded) << ended.message;
    EXPECT_THAT(ended.xcoms.at(0).value.text, HasSubstr(R"("a":"2024-01-31")"));
}

TEST(SqlTask, FailsWithTheDatabasesWords) {
    Worker worker;
    worker.options.default_warehouse_uri = support::test_database();
    worker.crash_and_come_back();
    const auto ended = worker.run("sql", Json{{"sql", "select * from no_such_table"}});
    EXPECT_NE(ended.outcome, TaskOutcome::succeeded);
    EXPECT_THAT(ended.message, HasSubstr("no_such_table"));
}

TEST(SqlTask, MayBeTriedAgainWhereTheWarehouseDoesNotAnswer) {
    Worker worker;
    worker.options.default_warehouse_uri =
        "postgresql://u:conn-secret@/db?host=" + (worker.root / "nowhere").string();
    worker.crash_and_come_back();
    const auto ended = worker.run("sql", Json{{"sql", "select 1"}});
    EXPECT_EQ(ended.outcome, TaskOutcome::failed) << ended.message;
    EXPECT_THAT(ended.message + worker.last_log(), Not(HasSubstr("conn-secret")));
}

TEST(StageTask, HandsItsTablesToAnUpsertAndIsCleanedUpAfterTheRun) {
    Worker worker;
    worker.options.default_warehouse_uri = support::test_database();
    worker.crash_and_come_back();
    const auto file = worker.write("data.csv", "id,name\n1,one\n2,two\n2,zwei\n");
    const Json columns{
        {"id", Json{{"type", "integer"}, {"not_null", true}}}, {"name", Json{{"type", "text"}}}
    };
    const Json table{{"key", Json::array({"id"})}, {"columns", columns}};
    auto stage = worker.order(
        "stage",
        Json{
            {"source", Json{{"path", file.string()}, {"format", "csv"}}},
            {"tables", Json{{"numbers", table}}}
        }
    );
    const auto staged = worker.run(stage);
    ASSERT_EQ(staged.outcome, TaskOutcome::succeeded) << staged.message;
    const Json report = Json::parse(staged.xcoms.at(0).value.text);
    EXPECT_EQ(report["tables"]["numbers"]["staged"], 2);
    EXPECT_EQ(report["tables"]["numbers"]["duplicates"], 1);

    worker.keep(stage, staged);
    const auto upsert = publish_after(
        stage,
        worker.order(
            "upsert",
            Json{{"from", "load.numbers"}, {"into", "numbers"}, {"key", Json::array({"id"})}}
        )
    );
    const auto published = worker.run(upsert);
    ASSERT_EQ(published.outcome, TaskOutcome::succeeded) << published.message;
    EXPECT_EQ(Json::parse(published.xcoms.at(0).value.text)["inserted"], 2);

    const auto cleaned = [&] {
        postgres::Link link(worker.options.default_warehouse_uri);
        return link.exec("select 1 from pg_tables where schemaname = 'reel_staging'").empty();
    };
    EXPECT_FALSE(cleaned());
    stage.run.state = core::RunState::success;
    worker.executor->run_ended(stage.run, stage.dag);
    worker.run_until(cleaned);
}

}  // namespace reel::executor
