#include "executor/outcome.hpp"

#include <gtest/gtest.h>

#include "executor/task_spec.hpp"
#include "fixture.hpp"
#include "support/fake_runner_client.hpp"

namespace reel::executor {

using runner::ProcessEnd;
using scheduler::TaskOutcome;
using support::an_exit;

namespace {

scheduler::AttemptEnded bash_exit(int code, const Json& args = Json::object()) {
    return interpret_exit(an_order("bash", args), an_exit(17, ProcessEnd::exited, code));
}

scheduler::AttemptEnded exit_with(
    const std::string& operator_name, int code, const std::string& output
) {
    auto exit = an_exit(17, ProcessEnd::exited, code);
    exit.output = output;
    return interpret_exit(an_order(operator_name, Json::object()), exit);
}

}  // namespace

TEST(Outcome, OfBashIsItsExitStatus) {
    EXPECT_EQ(bash_exit(0).outcome, TaskOutcome::succeeded);
    EXPECT_EQ(bash_exit(0).message, "");
    EXPECT_EQ(bash_exit(3).outcome, TaskOutcome::failed);
    EXPECT_EQ(bash_exit(3).message, "exit code 3");
    EXPECT_EQ(bash_exit(2).outcome, TaskOutcome::failed);
}

TEST(Outcome, CarriesIdentityAndEnd) {
    const auto ended = bash_exit(0);
    EXPECT_EQ(ended.attempt, 17);
    EXPECT_EQ(ended.key.task_id.str(), "load");
    EXPECT_EQ(ended.at, support::fake_end());
}

TEST(Outcome, OfBashIsSkippedAtTheCodesThatSaySo) {
    EXPECT_EQ(bash_exit(99).outcome, TaskOutcome::skipped);
    EXPECT_EQ(bash_exit(99).message, "skipped itself with exit code 99");
    EXPECT_EQ(bash_exit(7, Json{{"skip_on_exit_code", 7}}).outcome, TaskOutcome::skipped);
    EXPECT_EQ(bash_exit(99, Json{{"skip_on_exit_code", 7}}).outcome, TaskOutcome::failed);
    const Json list{{"skip_on_exit_code", Json::array({5, 6})}};
    EXPECT_EQ(bash_exit(6, list).outcome, TaskOutcome::skipped);
    EXPECT_EQ(bash_exit(99, list).outcome, TaskOutcome::failed);
    EXPECT_EQ(bash_exit(99, Json{{"skip_on_exit_code", nullptr}}).outcome, TaskOutcome::failed);
}

TEST(Outcome, OfBashPushesItsLastLine) {
    auto exit = an_exit(17, ProcessEnd::exited, 0);
    exit.last_line = "42 rows";
    const auto ended = interpret_exit(an_order("bash", Json::object()), exit);
    ASSERT_EQ(ended.xcoms.size(), 1U);
    EXPECT_EQ(ended.xcoms[0].name, "return_value");
    EXPECT_EQ(ended.xcoms[0].value.text, "\"42 rows\"");
    EXPECT_EQ(ended.xcoms[0].key.task_id.str(), "load");
    EXPECT_EQ(ended.xcoms[0].at, support::fake_end());
}

TEST(Outcome, OfBashPushesOnlyWhatTheStoreCanKeep) {
    auto exit = an_exit(17, ProcessEnd::exited, 0);
    exit.last_line = std::string("a\0b\xff", 4);
    const auto ended = interpret_exit(an_order("bash", Json::object()), exit);
    ASSERT_EQ(ended.xcoms.size(), 1U);
    EXPECT_EQ(
        ended.xcoms[0].value.text,
        "\"a\xef\xbf\xbd"
        "b\xef\xbf\xbd\""
    );
}

TEST(Outcome, PushesNothingWhereTheTaskFailedOrSaysSo) {
    EXPECT_TRUE(bash_exit(3).xcoms.empty());
    EXPECT_TRUE(bash_exit(99).xcoms.empty());
    const auto order =
        an_order("bash", Json::object(), [](core::Dag& dag) { dag.tasks[0].do_xcom_push = false; });
    EXPECT_TRUE(interpret_exit(order, an_exit(17, ProcessEnd::exited, 0)).xcoms.empty());
}

TEST(Outcome, OfAReportPushesValueAndXComs) {
    const auto ended = exit_with("python", 0, R"({"return_value": [1], "xcoms": {"k": "v"}})");
    EXPECT_EQ(ended.outcome, TaskOutcome::succeeded);
    ASSERT_EQ(ended.xcoms.size(), 2U);
    EXPECT_EQ(ended.xcoms[0].value.text, "[1]");
    EXPECT_EQ(ended.xcoms[1].name, "k");
    EXPECT_EQ(ended.xcoms[1].value.text, "\"v\"");
    EXPECT_TRUE(exit_with("python", 0, R"({"return_value": null})").xcoms.empty());
}

TEST(Outcome, OfAStageTaskIsPushedEvenWhereItSaysNot) {
    const auto order = an_order("stage", Json::object(), [](core::Dag& dag) {
        dag.tasks[0].do_xcom_push = false;
    });
    auto exit = an_exit(17, ProcessEnd::exited, 0);
    exit.output = R"({"return_value": {"tables": {}}})";
    EXPECT_EQ(interpret_exit(order, exit).xcoms.size(), 1U);
}

TEST(Outcome, OfAReportedFailureSaysWhetherToTryAgain) {
    const auto again =
        exit_with("stage", 1, R"({"error": {"message": "no answer", "retryable": true}})");
    EXPECT_EQ(again.outcome, TaskOutcome::failed);
    EXPECT_EQ(again.message, "no answer");
    const auto never = exit_with(
        "stage", 2, R"({"error": {"message": "bad header", "hint": "see x", "retryable": false}})"
    );
    EXPECT_EQ(never.outcome, TaskOutcome::failed_finally);
    EXPECT_EQ(never.message, "bad header\nhint: see x");
}

TEST(Outcome, WithoutAReportIsTheExitStatus) {
    EXPECT_EQ(exit_with("python", 1, "").message, "exit code 1");
    EXPECT_EQ(exit_with("python", 2, "").outcome, TaskOutcome::failed);
    EXPECT_EQ(exit_with("sql", 2, "").outcome, TaskOutcome::failed_finally);
    EXPECT_EQ(exit_with("python", 99, "").outcome, TaskOutcome::skipped);
    EXPECT_EQ(exit_with("python", 99, R"({"return_value": null})").message, "skipped itself");
}

TEST(Outcome, OfAReportThatCannotBeReadIsAFailure) {
    const auto broken = exit_with("python", 0, "{half");
    EXPECT_EQ(broken.outcome, TaskOutcome::failed);
    EXPECT_EQ(broken.message, "what the task wrote to descriptor 4 is not JSON");
    EXPECT_EQ(exit_with("python", 5, "{half").message, "exit code 5");
}

TEST(Outcome, OfAReportThatIsTooLargeIsAFailureForGood) {
    auto exit = an_exit(17, ProcessEnd::exited, 0);
    exit.output_truncated = true;
    const auto ended = interpret_exit(an_order("python", Json::object()), exit);
    EXPECT_EQ(ended.outcome, TaskOutcome::failed_finally);
    EXPECT_NE(ended.message.find("larger than 8 MiB"), std::string::npos);
}

TEST(Outcome, NamesTheSignalThatKilledAProcess) {
    const auto order = an_order("bash", Json::object());
    const auto ended = interpret_exit(order, an_exit(17, ProcessEnd::signalled, 9));
    EXPECT_EQ(ended.outcome, TaskOutcome::failed);
    EXPECT_EQ(ended.message, "killed by signal 9 (SIGKILL)");
    EXPECT_EQ(
        interpret_exit(order, an_exit(17, ProcessEnd::signalled, 500)).message,
        "killed by signal 500"
    );
}

TEST(Outcome, NamesTheTimeoutOfTheTask) {
    const auto order = an_order("bash", Json::object(), [](core::Dag& dag) {
        dag.tasks[0].execution_timeout = std::chrono::minutes(5);
    });
    const auto ended = interpret_exit(order, an_exit(17, ProcessEnd::timed_out));
    EXPECT_EQ(ended.outcome, TaskOutcome::timed_out);
    EXPECT_EQ(ended.message, "timed out after 5m");
}

TEST(Outcome, KnowsEveryOtherEndOfAProcess) {
    const auto order = an_order("bash", Json::object());
    const auto cancelled = interpret_exit(order, an_exit(17, ProcessEnd::cancelled));
    EXPECT_EQ(cancelled.outcome, TaskOutcome::cancelled);
    const auto abandoned = interpret_exit(order, an_exit(17, ProcessEnd::abandoned));
    EXPECT_EQ(abandoned.outcome, TaskOutcome::lost);
    EXPECT_EQ(abandoned.message, "ended because no worker came back for it");
    auto exit = an_exit(17, ProcessEnd::not_started);
    exit.message = "no such file '/bin/zsh'";
    const auto not_started = interpret_exit(order, exit);
    EXPECT_EQ(not_started.outcome, TaskOutcome::failed);
    EXPECT_EQ(not_started.message, "the process could not be started: no such file '/bin/zsh'");
}

TEST(Outcome, OfAPreparationIsFinalUnlessTheWorldMayMend) {
    const auto of = [](core::Errc code) {
        return outcome_of_preparation(core::fail(code, "x").error());
    };
    EXPECT_EQ(of(core::Errc::unavailable), TaskOutcome::failed);
    EXPECT_EQ(of(core::Errc::internal), TaskOutcome::failed);
    EXPECT_EQ(of(core::Errc::invalid_argument), TaskOutcome::failed_finally);
    EXPECT_EQ(of(core::Errc::not_found), TaskOutcome::failed_finally);
    EXPECT_EQ(of(core::Errc::unsupported), TaskOutcome::failed_finally);
}

}  // namespace reel::executor
