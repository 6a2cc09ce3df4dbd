#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reel/scheduler/params.hpp"
#include "scheduler/priority.hpp"
#include "scheduler/retry.hpp"
#include "scheduler/run_ids.hpp"
#include "support/dag_builder.hpp"

namespace reel::scheduler {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const core::TaskKey some_key{core::DagId("d"), core::RunId("r"), core::TaskId("t"), -1};

TEST(RetryDelay, IsFlatWithoutBackoff) {
    core::Task task;
    task.retry_delay = seconds(10);
    EXPECT_EQ(retry_delay(task, some_key, 1), seconds(10));
    EXPECT_EQ(retry_delay(task, some_key, 9), seconds(10));
}

TEST(RetryDelay, IsCappedOnlyWhereItGrows) {
    core::Task task;
    task.retry_delay = hours(48);
    task.max_retry_delay = minutes(1);
    EXPECT_EQ(retry_delay(task, some_key, 1), hours(48));
}

TEST(RetryDelay, GrowsWithBackoffWithinOneDoubling) {
    core::Task task;
    task.retry_delay = seconds(10);
    task.retry_exponential_backoff = 2;
    for (int attempt = 1; attempt <= 5; ++attempt) {
        const auto base = seconds(10) * (1 << (attempt - 1));
        EXPECT_GE(retry_delay(task, some_key, attempt), base);
        EXPECT_LT(retry_delay(task, some_key, attempt), 2 * base);
    }
}

TEST(RetryDelay, IsTheSameForTheSameTryAndSpreadOverTasks) {
    core::Task task;
    task.retry_delay = minutes(5);
    task.retry_exponential_backoff = 2;
    core::TaskKey other = some_key;
    other.task_id = core::TaskId("u");
    EXPECT_EQ(retry_delay(task, some_key, 2), retry_delay(task, some_key, 2));
    EXPECT_NE(retry_delay(task, some_key, 2), retry_delay(task, other, 2));
}

TEST(RetryDelay, IsCappedByMaxRetryDelayAndByADay) {
    core::Task task;
    task.retry_delay = hours(1);
    task.retry_exponential_backoff = 10;
    EXPECT_EQ(retry_delay(task, some_key, 30), hours(24));
    task.max_retry_delay = hours(2);
    EXPECT_EQ(retry_delay(task, some_key, 30), hours(2));
}

TEST(Weights, AddWhatStandsBehindOnceEach) {
    // a ─▶ b ─▶ d
    //  └─▶ c ─▶┘
    auto dag = a_dag("d").task("a").task("b", {"a"}).task("c", {"a"}).task("d", {"b", "c"}).build();
    EXPECT_THAT(effective_weights(dag), ElementsAre(4, 2, 2, 1));
    for (auto& task : dag.tasks) task.weight_rule = core::WeightRule::upstream;
    EXPECT_THAT(effective_weights(dag), ElementsAre(1, 2, 2, 4));
    for (auto& task : dag.tasks) {
        task.weight_rule = core::WeightRule::absolute;
        task.priority_weight = 7;
    }
    EXPECT_THAT(effective_weights(dag), ElementsAre(7, 7, 7, 7));
}

class Conf : public ::testing::Test {
  protected:
    core::Dag dag = a_dag("d")
                        .with([](core::Dag& d) {
                            d.params.text = R"({
                                "dataset": {"type": "string", "default": "x"},
                                "limit": {"type": ["integer", "null"], "default": null},
                                "mode": {"enum": ["fast", "safe"], "default": "safe"}})";
                        })
                        .build();

    std::string complaint(const std::string& conf) {
        const auto result = check_conf(dag, core::JsonText{conf});
        return result ? "" : result.error().message;
    }
};

TEST_F(Conf, FitsWhenTypesFitAndMayHoldOtherNames) {
    EXPECT_EQ(complaint("{}"), "");
    EXPECT_EQ(complaint(R"({"dataset": "y", "limit": 3, "mode": "fast", "free": [1]})"), "");
}

TEST_F(Conf, NamesTheParamThatDoesNotFit) {
    EXPECT_THAT(complaint(R"({"dataset": 7})"), HasSubstr("'dataset' must be of type string"));
    EXPECT_THAT(
        complaint(R"({"limit": "7"})"), HasSubstr("'limit' must be of type integer or null")
    );
    EXPECT_THAT(
        complaint(R"({"mode": "slow"})"), HasSubstr(R"('mode' must be one of ["fast","safe"])")
    );
}

TEST_F(Conf, SaysWhereInTheConfAndTellsAllAtOnce) {
    dag.params.text = R"({
        "ids": {"type": "array", "items": {"type": "integer"}, "default": []},
        "day": {"type": "string", "format": "date"}})";
    const auto one = check_conf(dag, {R"({"ids": [1, "x"], "day": "2026-01-31"})"});
    ASSERT_FALSE(one);
    EXPECT_EQ(
        one.error().describe(), "conf/ids/1: param 'ids' at /1 must be of type integer, not a text"
    );
    const auto two = check_conf(dag, {R"({"ids": [true]})"});
    ASSERT_FALSE(two);
    EXPECT_EQ(
        two.error().message,
        "conf: param 'day' has no default and was not given; "
        "conf/ids/0: param 'ids' at /0 must be of type integer, not a boolean"
    );
}

TEST_F(Conf, MustBeAnObject) {
    EXPECT_THAT(complaint("[1]"), HasSubstr("JSON object"));
    EXPECT_THAT(complaint("{"), HasSubstr("JSON object"));
}

TEST_F(Conf, MustGiveParamsWithoutADefault) {
    dag.params.text = R"({"must": {"type": "string"}})";
    EXPECT_THAT(complaint("{}"), HasSubstr("'must' has no default"));
}

TEST(RunIds, AreFilledInAirflowsWay) {
    const auto now = core::parse_timestamp("2026-11-21T07:00:00.5Z").value();
    TriggerRequest request;
    request.dag_id = core::DagId("d");
    const auto run = requested_run({}, request, now).value();
    EXPECT_EQ(run.run_id.str(), "manual__2026-11-21T07:00:00.500000+00:00");
    EXPECT_EQ(run.logical_date, std::nullopt);
    EXPECT_EQ(run.run_after, now);

    request.logical_date = core::parse_timestamp("2026-01-01").value();
    const auto dated = requested_run({}, request, now).value();
    EXPECT_EQ(dated.run_id.str(), "manual__2026-01-01T00:00:00+00:00");
    EXPECT_EQ(dated.data_interval->start, *request.logical_date);
}

TEST(RunIds, LeaveThoseOfTheScheduleToIt) {
    TriggerRequest request;
    request.run_id = core::RunId("scheduled__2026-01-01T00:00:00+00:00");
    EXPECT_THAT(
        requested_run({}, request, core::Timestamp{}).error().message, HasSubstr("reserved")
    );
}

TEST(RunIds, RefuseOtherCharacters) {
    TriggerRequest request;
    request.run_id = core::RunId("../etc");
    EXPECT_EQ(
        requested_run({}, request, core::Timestamp{}).error().code, core::Errc::invalid_argument
    );
}

}  // namespace
}  // namespace reel::scheduler
