#include "executor/task_exec.hpp"

#include <gtest/gtest.h>

#include "fixture.hpp"
#include "reel/postgres/error.hpp"
#include "support/manual_clock.hpp"

namespace reel::executor {

namespace {

class TaskExecTest : public testing::Test {
  protected:
    TaskExecTest() {
        const auto operation = [this](const std::string& name) {
            return [this, name](
                       const core::JsonText& args, const warehouse::OperationContext& context
                   ) -> core::Result<core::JsonText> {
                called = name;
                seen_args = args.text;
                seen = context;
                context.log("connected with s3cret-word");
                return answer();
            };
        };
        operations.stage = operation("stage");
        operations.upsert = operation("upsert");
        operations.quality = operation("quality");
        operations.run_sql = operation("sql");
        spec.operator_name = "stage";
        spec.uri = "postgresql://u:s3cret-word@h/db";
        spec.identity.key = an_order("stage", {}).key;
        spec.identity.attempt = 17;
        spec.data_dir = "/data/run";
        spec.secrets = {"s3cret-word"};
    }

    TaskExecution run() {
        return execute_task(to_json(spec), operations, clock, [this](const std::string& line) {
            log += line;
        });
    }

    TaskSpec spec;
    Operations operations;
    support::ManualClock clock;
    std::function<core::Result<core::JsonText>()> answer = [] {
        return core::JsonText{R"({"rows": 3})"};
    };
    std::string called;
    std::string seen_args;
    warehouse::OperationContext seen;
    std::string log;
};

}  // namespace

TEST_F(TaskExecTest, RunsTheOperatorThatIsNamed) {
    for (const char* const name : {"stage", "upsert", "quality", "sql"}) {
        spec.operator_name = name;
        EXPECT_EQ(run().exit_status, 0);
        EXPECT_EQ(called, name);
    }
}

TEST_F(TaskExecTest, HandsOverArgumentsAndContext) {
    spec.args = Json{{"b", 1}, {"a", 2}};
    spec.staged["t.x"] = {.physical = "p", .columns = {"[]"}, .key = {"[]"}};
    const auto execution = run();
    EXPECT_EQ(execution.report.return_value, (Json{{"rows", 3}}));
    EXPECT_FALSE(execution.report.failure);
    EXPECT_EQ(seen_args, R"({"b":1,"a":2})");
    EXPECT_EQ(seen.uri, spec.uri);
    EXPECT_EQ(seen.identity.attempt, 17);
    EXPECT_EQ(seen.data_dir, "/data/run");
    EXPECT_EQ(seen.staged.at("t.x").physical, "p");
}

TEST_F(TaskExecTest, LogsStampedLinesWithoutSecrets) {
    (void)run();
    EXPECT_EQ(log, "2026-01-01T00:00:00.000Z INFO connected with ***\n");
}

TEST_F(TaskExecTest, ReportsAnErrorWithPlaceAndHintAndWithoutSecrets) {
    answer = []() -> core::Result<core::JsonText> {
        return core::fail(
            core::Errc::unavailable, "no answer for s3cret-word", "try s3cret-word", "movies.csv:3"
        );
    };
    const auto execution = run();
    EXPECT_EQ(execution.exit_status, 1);
    ASSERT_TRUE(execution.report.failure);
    EXPECT_EQ(execution.report.failure->message, "movies.csv:3: no answer for ***");
    EXPECT_EQ(execution.report.failure->hint, "try ***");
    EXPECT_TRUE(execution.report.failure->retryable);
}

TEST_F(TaskExecTest, FailsForGoodWhereNoLaterTryCanHelp) {
    answer = []() -> core::Result<core::JsonText> {
        return core::fail(core::Errc::corrupt_data, "6 % of the records are rejected");
    };
    const auto execution = run();
    EXPECT_EQ(execution.exit_status, 2);
    ASSERT_TRUE(execution.report.failure);
    EXPECT_FALSE(execution.report.failure->retryable);
}

TEST_F(TaskExecTest, TreatsALostDatabaseAsAFailureThatMayBeTriedAgain) {
    answer = []() -> core::Result<core::JsonText> {
        throw postgres::DatabaseError(
            postgres::FailureKind::transient, "57P01", "terminating connection of s3cret-word"
        );
    };
    const auto execution = run();
    EXPECT_EQ(execution.exit_status, 1);
    ASSERT_TRUE(execution.report.failure);
    EXPECT_TRUE(execution.report.failure->retryable);
    EXPECT_EQ(execution.report.failure->message, "terminating connection of ***");
}

TEST_F(TaskExecTest, TurnsWhateverIsThrownIntoAFailure) {
    answer = []() -> core::Result<core::JsonText> { throw std::runtime_error("out of luck"); };
    const auto execution = run();
    EXPECT_EQ(execution.exit_status, 1);
    ASSERT_TRUE(execution.report.failure);
    EXPECT_EQ(execution.report.failure->message, "out of luck");
}

TEST_F(TaskExecTest, RefusesAReportThatIsNotJson) {
    answer = [] { return core::JsonText{"{half"}; };
    const auto execution = run();
    EXPECT_EQ(execution.exit_status, 1);
    ASSERT_TRUE(execution.report.failure);
    EXPECT_EQ(execution.report.failure->message, "the operator's report is not JSON");
}

TEST_F(TaskExecTest, RefusesWhatIsNoSpecificationOrNoOperator) {
    const auto nothing = execute_task("", operations, clock, [](const std::string&) {});
    EXPECT_EQ(nothing.exit_status, 2);
    EXPECT_EQ(nothing.report.failure->message, "descriptor 3 holds no task specification");
    spec.operator_name = "docker";
    const auto unknown = run();
    EXPECT_EQ(unknown.exit_status, 2);
    EXPECT_EQ(unknown.report.failure->message, "there is no operator 'docker'");
}

TEST(IsFinal, IsWhatTryingAgainCannotMend) {
    EXPECT_TRUE(is_final("stage", core::Errc::invalid_argument));
    EXPECT_TRUE(is_final("download", core::Errc::unsupported));
    EXPECT_TRUE(is_final("quality", core::Errc::corrupt_data));
    EXPECT_FALSE(is_final("download", core::Errc::corrupt_data));
    EXPECT_FALSE(is_final("sql", core::Errc::corrupt_data));
    EXPECT_FALSE(is_final("download", core::Errc::not_found));
    EXPECT_FALSE(is_final("sql", core::Errc::internal));
    EXPECT_FALSE(is_final("upsert", core::Errc::conflict));
}

}  // namespace reel::executor
