#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "worker.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;
using testing::HasSubstr;
using testing::Not;

TEST(BashTask, RunsItsScriptAndPushesItsLastLine) {
    Worker worker;
    const auto ended = worker.run(
        "bash", Json{{"bash_command", "echo begin {{ ds }}\nif true; then\n  echo 42\nfi"}}
    );
    EXPECT_EQ(ended.outcome, TaskOutcome::succeeded) << ended.message;
    ASSERT_EQ(ended.xcoms.size(), 1U);
    EXPECT_EQ(ended.xcoms[0].value.text, "\"42\"");
    EXPECT_THAT(worker.last_log(), HasSubstr("reel begins task load operator=bash"));
    EXPECT_THAT(worker.last_log(), HasSubstr("\nbegin 2024-01-31\n42\n"));
    EXPECT_THAT(worker.last_log(), HasSubstr("INFO task succeeded in "));
    EXPECT_EQ(worker.started.size(), 1U);
    EXPECT_GT(worker.started.begin()->second.pid, 0);
}

TEST(BashTask, RunsUnderAPlainShellToo) {
    Worker worker;
    const auto ended =
        worker.run("bash", Json{{"bash_command", "x=5; echo $((x + 1))"}, {"shell", "/bin/sh"}});
    ASSERT_EQ(ended.xcoms.size(), 1U) << ended.message;
    EXPECT_EQ(ended.xcoms[0].value.text, "\"6\"");
}

TEST(BashTask, PushesNothingOfTheLogsOwnLines) {
    Worker worker;
    const auto ended = worker.run("bash", Json{{"bash_command", "true"}});
    ASSERT_EQ(ended.xcoms.size(), 1U);
    EXPECT_EQ(ended.xcoms[0].value.text, "\"\"");
}

TEST(BashTask, FailsWithItsExitCodeAndSkipsAt99) {
    Worker worker;
    const auto failed = worker.run("bash", Json{{"bash_command", "false; echo on; exit 3"}});
    EXPECT_EQ(failed.outcome, TaskOutcome::failed);
    EXPECT_EQ(failed.message, "exit code 3");
    EXPECT_THAT(worker.last_log(), HasSubstr("\non\n")) << "a failing command does not end it";
    const auto skipped = worker.run("bash", Json{{"bash_command", "exit 99"}});
    EXPECT_EQ(skipped.outcome, TaskOutcome::skipped);
}

TEST(BashTask, HasAirflowsNamesAndNoSecretInItsEnvironment) {
    Worker worker;
    (void)worker.run("bash", Json{{"bash_command", "env; cat /proc/$$/cmdline"}});
    EXPECT_THAT(worker.last_log(), HasSubstr("AIRFLOW_CTX_DAG_ID=movies\n"));
    EXPECT_THAT(worker.last_log(), HasSubstr("AIRFLOW_CTX_TRY_NUMBER=1\n"));
    EXPECT_THAT(worker.last_log(), Not(HasSubstr("env-secret")));
}

TEST(BashTask, CanUseAPasswordThatNobodyElseSees) {
    Worker worker;
    worker.options.environment["REEL_CONN_MART"] = "postgresql://u:conn-secret@h/db";
    worker.crash_and_come_back();
    const auto order = worker.order(
        "bash",
        Json{
            {"bash_command",
             "p='{{ conn.mart.password }}'\necho length $(printf %s \"$p\" | wc -c)\n"
             "tr '\\0' ' ' < /proc/$$/cmdline\ntr '\\0' '\\n' < /proc/$$/environ"}
        }
    );
    (void)worker.run(order);
    EXPECT_THAT(worker.last_log(), HasSubstr("length 11"));
    EXPECT_THAT(worker.last_log(), Not(HasSubstr("conn-secret")));
}

TEST(BashTask, IsEndedAtItsTimeout) {
    Worker worker;
    auto order = worker.order("bash", Json{{"bash_command", "while true; do sleep 1; done"}});
    auto dag = std::make_shared<core::Dag>(*order.dag);
    dag->tasks[0].execution_timeout = std::chrono::milliseconds(300);
    order.dag = dag;
    const auto ended = worker.run(order);
    EXPECT_EQ(ended.outcome, TaskOutcome::timed_out);
    EXPECT_EQ(ended.message, "timed out after 300ms");
}

TEST(BashTask, IsEndedOnRequest) {
    Worker worker;
    const auto order = worker.order("bash", Json{{"bash_command", "while true; do sleep 1; done"}});
    worker.executor->start(order);
    worker.run_until([&] { return worker.started.contains(order.attempt); });
    worker.executor->cancel(order.attempt);
    EXPECT_EQ(worker.await_end(order.attempt).outcome, TaskOutcome::cancelled);
}

TEST(BashTask, NamesTheSignalThatKilledIt) {
    Worker worker;
    const auto ended = worker.run("bash", Json{{"bash_command", "kill -9 $$"}});
    EXPECT_EQ(ended.outcome, TaskOutcome::failed);
    EXPECT_EQ(ended.message, "killed by signal 9 (SIGKILL)");
}

TEST(BashTask, SaysWhenItsShellDoesNotExist) {
    Worker worker;
    const auto ended =
        worker.run("bash", Json{{"bash_command", "true"}, {"shell", "/bin/no-such-shell"}});
    EXPECT_EQ(ended.outcome, TaskOutcome::failed);
    EXPECT_THAT(ended.message, HasSubstr("/bin/no-such-shell"));
    EXPECT_TRUE(worker.started.empty());
}

TEST(Adoption, FindsWhatStillRunsAfterACrash) {
    Worker worker;
    const auto gate = worker.root / "gate";
    const auto order = worker.order(
        "bash",
        Json{
            {"bash_command",
             "until [ -e " + gate.string() +
                 " ]; do sleep 0.05; done\n"
                 "echo survived"}
        }
    );
    worker.executor->start(order);
    worker.run_until([&] { return worker.started.contains(order.attempt); });
    const int pid = worker.started.at(order.attempt).pid;

    worker.crash_and_come_back();
    worker.started.clear();
    worker.adopt({order});
    ASSERT_TRUE(worker.started.contains(order.attempt));
    EXPECT_EQ(worker.started.at(order.attempt).pid, pid);
    worker.write("gate", "");
    const auto ended = worker.await_end(order.attempt);
    EXPECT_EQ(ended.outcome, TaskOutcome::succeeded) << ended.message;
    EXPECT_EQ(ended.xcoms.at(0).value.text, "\"survived\"");
}

TEST(Adoption, CollectsWhatEndedWhileNobodyListened) {
    Worker worker;
    const auto done = worker.root / "done";
    const auto order =
        worker.order("bash", Json{{"bash_command", "touch " + done.string() + "; exit 5"}});
    worker.executor->start(order);
    worker.run_until([&] { return worker.started.contains(order.attempt); });
    worker.crash_and_come_back();
    worker.ended.clear();
    worker.run_until([&] { return std::filesystem::exists(done); });
    worker.adopt({order});
    EXPECT_EQ(worker.await_end(order.attempt).message, "exit code 5");
}

TEST(Adoption, BeginsWhatNeverBegan) {
    Worker worker;
    const auto order = worker.order("bash", Json{{"bash_command", "echo now"}});
    worker.adopt({order});
    EXPECT_EQ(worker.await_end(order.attempt).outcome, TaskOutcome::succeeded);
}

TEST(Adoption, EndsWhatIsNobodys) {
    Worker worker;
    const auto order = worker.order("bash", Json{{"bash_command", "while true; do sleep 1; done"}});
    worker.executor->start(order);
    worker.run_until([&] { return worker.started.contains(order.attempt); });
    const int pid = worker.started.at(order.attempt).pid;
    worker.crash_and_come_back();
    worker.adopt({});
    worker.run_until([&] { return ::kill(pid, 0) != 0; });
    EXPECT_NE(::kill(pid, 0), 0);
    EXPECT_FALSE(worker.ended.contains(order.attempt));
}

}  // namespace reel::executor
