#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

#include "desk.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;

TEST(Executor, HandsAnAttemptToTheRunnerAndReportsItsLife) {
    Desk desk;
    desk.start(bash_order(17, "echo {{ ds }}"));
    ASSERT_EQ(desk.runner.started.size(), 1U);
    EXPECT_EQ(desk.runner.started[0].input, "echo 2024-01-31\n");
    EXPECT_TRUE(desk.started.empty());

    desk.runner.tell_started(17);
    ASSERT_EQ(desk.started.size(), 1U);
    EXPECT_EQ(desk.started[0].attempt, 17);
    EXPECT_EQ(desk.started[0].pid, 4711);
    EXPECT_EQ(desk.started[0].hostname, "host1");
    EXPECT_EQ(desk.started[0].at, support::fake_start());

    desk.runner.tell_exited(17, 0, {}, "42");
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::succeeded);
    EXPECT_EQ(desk.ended[0].xcoms.at(0).value.text, "\"42\"");
    EXPECT_TRUE(desk.runner.acknowledged.empty()) << "not before its end is committed";
    desk.executor->release(17);
    EXPECT_EQ(desk.runner.acknowledged, std::vector<core::AttemptId>{17});
}

TEST(Executor, TellsTheStoryInTheAttemptsLog) {
    Desk desk;
    desk.start(bash_order(17));
    desk.runner.tell_exited(17, 3);
    EXPECT_EQ(
        desk.runner.started.at(0).log_header,
        "2026-01-01T00:00:00.000Z INFO reel begins task load operator=bash dag=movies "
        "run=manual__1 try=1 host=host1\n"
    );
    EXPECT_EQ(desk.log(), "2026-01-02T00:00:01.200Z ERROR task failed after 1.2s: exit code 3\n");
}

TEST(Executor, EndsAnEmptyTaskWithoutAProcessAndNotFromInsideTheCaller) {
    Desk desk;
    desk.executor->start(an_order("empty", Json::object()));
    EXPECT_TRUE(desk.ended.empty());
    desk.run();
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::succeeded);
    EXPECT_EQ(desk.started.size(), 1U);
    EXPECT_EQ(desk.runner.attached, 0);
}

TEST(Executor, AttachesOnceForManyAttempts) {
    Desk desk;
    desk.executor->start(bash_order(1));
    desk.executor->start(bash_order(2));
    desk.run();
    desk.start(bash_order(3));
    EXPECT_EQ(desk.runner.attached, 1);
    EXPECT_EQ(desk.runner.started.size(), 3U);
}

TEST(Executor, StartsAnAttemptOnce) {
    Desk desk;
    desk.start(bash_order(17));
    desk.start(bash_order(17));
    EXPECT_EQ(desk.runner.started.size(), 1U);
    desk.runner.tell_exited(17, 0);
    desk.start(bash_order(17));
    EXPECT_EQ(desk.runner.started.size(), 1U);
    EXPECT_EQ(desk.ended.size(), 1U);
}

TEST(Executor, FailsForGoodWhereATemplateIsWrong) {
    Desk desk;
    desk.start(bash_order(17, "echo {{ dss }}"));
    EXPECT_TRUE(desk.runner.started.empty());
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::failed_finally);
    EXPECT_NE(desk.ended[0].message.find("load.bash_command"), std::string::npos);
    EXPECT_NE(desk.log().find("dss"), std::string::npos) << "the message is in the log, too";
    EXPECT_TRUE(desk.started.empty());
}

TEST(Executor, FailsForGoodWhereAConnectionIsMissing) {
    Desk desk;
    desk.start(an_order("sql", Json{{"sql", "select 1"}}));
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::failed_finally);
    EXPECT_NE(desk.ended[0].message.find("there is no connection 'warehouse'"), std::string::npos);
    EXPECT_NE(desk.log().find("hint: reel connections add warehouse"), std::string::npos);
}

TEST(Executor, WaitsForTheDatabaseAsLongAsItIsAway) {
    Desk desk;
    desk.store.variables["region"] = "eu";
    desk.store.away = 4;
    desk.start(bash_order(17, "echo {{ var.value.region }}"));
    ASSERT_EQ(desk.runner.started.size(), 1U);
    EXPECT_EQ(desk.runner.started[0].input, "echo eu\n");
    EXPECT_EQ(desk.pauses, (std::vector<int>{1, 2, 3, 4}));
    EXPECT_TRUE(desk.ended.empty());
}

TEST(Executor, FailsWhereTheDatabaseSaysThatWeAreWrong) {
    Desk desk;
    desk.store.away = 1;
    desk.store.failure = postgres::FailureKind::bug;
    desk.start(bash_order(17, "echo {{ var.value.region }}"));
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::failed);
    EXPECT_TRUE(desk.pauses.empty());
}

TEST(Executor, WaitsForADatabaseThatBrokeInTheMiddle) {
    Desk desk;
    desk.store.add_database("warehouse", "word-of-it");
    desk.store.away = 1;
    desk.store.failure = postgres::FailureKind::in_doubt;
    desk.start(an_order("sql", Json{{"sql", "select 1"}}));
    EXPECT_EQ(desk.pauses, std::vector<int>{1});
    ASSERT_EQ(desk.runner.started.size(), 1U);
    EXPECT_TRUE(desk.ended.empty());
}

TEST(Executor, FailsAnAttemptAndNothingElseWhereItsPreparationBreaksDown) {
    Desk desk;
    desk.store.on_look_up = [] { throw std::runtime_error("a broken invariant"); };
    desk.executor->start(bash_order(17, "echo {{ var.value.region }}"));
    desk.executor->start(bash_order(18));
    desk.run();
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].attempt, 17);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::failed);
    EXPECT_EQ(desk.ended[0].message, "a broken invariant");
    EXPECT_EQ(desk.runner.started.size(), 1U);
}

TEST(Executor, PreparesAttemptsWithoutHoldingUpTheLoop) {
    Desk desk;
    std::promise<void> answer;
    desk.store.on_look_up = [&] { answer.get_future().wait(); };
    desk.executor->start(bash_order(17, "echo {{ var.value.get('region', 'eu') }}"));
    auto empty = an_order("empty", Json::object());
    empty.attempt = 18;
    desk.executor->start(empty);
    while (desk.ended.empty()) {
        desk.io.run_one();
    }
    EXPECT_EQ(desk.ended[0].attempt, 18);
    answer.set_value();
    desk.run();
    EXPECT_EQ(desk.runner.started.size(), 1U);
}

TEST(Executor, PassesTheTimeoutAndTheLogToTheRunner) {
    Desk desk;
    auto order = bash_order(17);
    auto dag = std::make_shared<core::Dag>(*order.dag);
    dag->tasks[0].execution_timeout = std::chrono::minutes(5);
    order.dag = dag;
    order.try_number = 4;
    desk.start(order);
    ASSERT_EQ(desk.runner.started.size(), 1U);
    EXPECT_EQ(desk.runner.started[0].timeout, std::chrono::minutes(5));
    EXPECT_EQ(desk.runner.started[0].log_file, log_path(desk.options.logs, order.key, 4));
    desk.runner.tell_ended(support::an_exit(17, runner::ProcessEnd::timed_out));
    EXPECT_EQ(desk.ended.at(0).message, "timed out after 5m");
}

TEST(Executor, ReportsOneEndHoweverOftenItIsTold) {
    Desk desk;
    desk.start(bash_order(17));
    desk.runner.tell_exited(17, 0);
    desk.runner.tell_exited(17, 1);
    EXPECT_EQ(desk.ended.size(), 1U);
    EXPECT_TRUE(desk.runner.acknowledged.empty());
}

TEST(Executor, ReportsTheStartOfAProcessWhoseEndIsToldFirst) {
    Desk desk;
    desk.start(bash_order(17));
    desk.runner.tell_exited(17, 0);
    ASSERT_EQ(desk.started.size(), 1U);
    EXPECT_EQ(desk.started[0].at, support::fake_start());
    desk.start(bash_order(18));
    auto exit = support::an_exit(18, runner::ProcessEnd::not_started);
    exit.message = "no such shell";
    desk.runner.tell_ended(exit);
    EXPECT_EQ(desk.started.size(), 1U) << "it never ran";
    EXPECT_EQ(desk.ended.back().message, "the process could not be started: no such shell");
}

TEST(Executor, MasksSecretsInItsMessages) {
    Desk desk;
    desk.store.add_database("warehouse", "s3cret-word");
    desk.start(bash_order(17, "{{ conn.warehouse.password }}"));
    auto exit = support::an_exit(17, runner::ProcessEnd::not_started);
    exit.message = "cannot run s3cret-word";
    desk.runner.tell_ended(exit);
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].message, "the process could not be started: cannot run ***");
    EXPECT_EQ(desk.log().find("s3cret-word"), std::string::npos);
}

TEST(Executor, CleansUpAfterARunThatSucceeded) {
    Desk desk;
    desk.scratch.write("data/dag_id=movies/run_id=manual__1/a.csv", "x");
    desk.store.add_database("warehouse", "word");
    auto run = a_run();
    run.state = core::RunState::success;
    desk.executor->run_ended(run, an_order("stage", Json::object()).dag);
    desk.run();
    EXPECT_EQ(desk.dropped.size(), 1U);
    EXPECT_FALSE(
        std::filesystem::exists(desk.scratch.path() / "data/dag_id=movies/run_id=manual__1")
    );
}

}  // namespace reel::executor
