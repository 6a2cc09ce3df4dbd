#include "executor/waiting/waits.hpp"

#include <gmock/gmock.h>

#include "wait_desk.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using namespace std::chrono_literals;

namespace {

/// Waits for a file in the scratch folder.
scheduler::AttemptOrder file_order(const WaitDesk& desk, Json more = Json::object()) {
    more["filepath"] = (desk.scratch.path() / "in/a.csv").string();
    return wait_order("sensor.file", more);
}

scheduler::AttemptOrder limited(scheduler::AttemptOrder order, core::Duration limit) {
    auto dag = std::make_shared<core::Dag>(*order.dag);
    dag->tasks[0].execution_timeout = limit;
    order.dag = dag;
    return order;
}

}  // namespace

TEST(Waits, ATimeSensorEndsWhenItsMomentHasCome) {
    WaitDesk desk;
    desk.start(wait_order("sensor.time", {{"target_time", "00:10"}}));
    EXPECT_THAT(desk.ended, IsEmpty());
    EXPECT_THAT(desk.alarms, ElementsAre(5s)) << "five seconds at most: the clock may be set";
    desk.pass(9min);
    EXPECT_THAT(desk.ended, IsEmpty());
    desk.pass(1min);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    EXPECT_EQ(desk.only_end().at, desk.clock->now());
    EXPECT_EQ(
        desk.log(),
        "2026-01-01T00:00:00.000Z INFO reel begins task load operator=sensor.time dag=movies "
        "run=manual__1 try=1 host=host1\n"
        "2026-01-01T00:00:00.000Z INFO waits for 2026-01-01T00:10:00+00:00\n"
        "2026-01-01T00:10:00.000Z INFO task succeeded in 10m\n"
    );
}

TEST(Waits, ATimeThatIsOverEndsAtOnceAndATemplateIsRendered) {
    WaitDesk desk;
    desk.start(wait_order("sensor.time", {{"target_time", "{{ data_interval_end }}"}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
}

TEST(Waits, ADeltaSensorCountsFromTheEndOfTheInterval) {
    WaitDesk desk;
    auto order = wait_order("sensor.delta", {{"delta", 3600}});
    order.run.data_interval = {desk.clock->now() - 24h, desk.clock->now() - 30min};
    desk.start(order);
    desk.pass(29min);
    EXPECT_THAT(desk.ended, IsEmpty());
    desk.pass(1min);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
}

TEST(Waits, AFileSensorLooksUntilTheFileIsThere) {
    WaitDesk desk;
    desk.start(file_order(desk));
    desk.pass(59s);
    desk.scratch.write("in/a.csv", "x");
    EXPECT_THAT(desk.ended, IsEmpty());
    desk.pass(1s);
    ASSERT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    EXPECT_EQ(desk.only_end().xcoms.at(0).name, "return_value");
    EXPECT_THAT(desk.only_end().xcoms.at(0).value.text, HasSubstr("in/a.csv"));
    EXPECT_THAT(desk.log(), HasSubstr("INFO there is no "));
    EXPECT_THAT(desk.log(), HasSubstr("INFO found "));
}

TEST(Waits, WhatIsSeenAgainIsLoggedOnce) {
    WaitDesk desk;
    desk.start(file_order(desk));
    for (int i = 0; i < 100; ++i) desk.pass(1min);
    const std::string log = desk.log();
    EXPECT_EQ(std::ranges::count(log, '\n'), 3) << log;
}

TEST(Waits, ATimeoutIsFinal) {
    WaitDesk desk;
    desk.start(file_order(desk, {{"timeout", 90}}));
    desk.pass(1min);
    desk.pass(29s);
    EXPECT_THAT(desk.ended, IsEmpty());
    desk.pass(1s);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(
        desk.only_end().message, HasSubstr("timed out after 1m 30s of waiting for the file")
    );
    EXPECT_THAT(desk.only_end().message, HasSubstr("there is no "));
}

TEST(Waits, WhatIsThereAtTheDeadlineIsInTime) {
    WaitDesk desk;
    desk.start(file_order(desk, {{"timeout", 30}}));
    desk.scratch.write("in/a.csv", "x");
    desk.pass(30s);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
}

TEST(Waits, ASoftFailureSkips) {
    WaitDesk desk;
    desk.start(file_order(desk, {{"timeout", 10}, {"soft_fail", true}}));
    desk.pass(10s);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::skipped);
    EXPECT_THAT(desk.only_end().message, HasSubstr("(soft_fail)"));
}

TEST(Waits, ASleeperTimesOutToo) {
    WaitDesk desk;
    desk.start(wait_order("sensor.time", {{"target_time", "12:00"}, {"timeout", 60}}));
    desk.pass(1min);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
}

TEST(Waits, AnExecutionTimeoutEndsTheTryAlone) {
    WaitDesk desk;
    desk.start(limited(file_order(desk), 5min));
    desk.pass(5min);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::timed_out) << "there may be another try";
    EXPECT_THAT(desk.only_end().message, HasSubstr("timed out after 5m"));
}

TEST(Waits, ATimeoutGoesOnCountingOverARestart) {
    WaitDesk desk;
    desk.clock->advance(50min);
    desk.adopt(file_order(desk, {{"timeout", "1h"}}));
    EXPECT_THAT(desk.log(), HasSubstr("goes on waiting after a restart of the server"));
    desk.pass(9min);
    EXPECT_THAT(desk.ended, IsEmpty());
    desk.pass(1min);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(desk.log(), HasSubstr("after 1h"));
}

TEST(Waits, WhoseDeadlinePassedDuringARestartLooksOnceMore) {
    WaitDesk desk;
    desk.clock->advance(2h);
    desk.scratch.write("in/a.csv", "x");
    desk.adopt(file_order(desk, {{"timeout", "1h"}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
}

TEST(Waits, InModeRescheduleTheTimeoutIsOneOverAllTries) {
    WaitDesk desk;
    auto order = file_order(desk, {{"timeout", "1h"}, {"mode", "reschedule"}});
    desk.clock->advance(50min);
    order.try_number = 4;
    order.started_at = desk.clock->now();
    desk.store.task_instance.max_tries =
        3;  // of a task without retries that was cleared after try 3
    store::AttemptRecord before_clear;
    before_clear.try_number = 3;
    before_clear.start_date = desk.clock->now() - 10h;
    desk.store.attempts = {before_clear};
    desk.start(order);
    desk.pass(59min);
    EXPECT_THAT(desk.ended, IsEmpty()) << "what was before the clear does not count";

    WaitDesk second;
    order = file_order(second, {{"timeout", "1h"}, {"mode", "reschedule"}});
    second.clock->advance(50min);
    order.try_number = 2;
    order.started_at = second.clock->now();
    second.store.task_instance.max_tries = 0;
    store::AttemptRecord first;
    first.start_date = second.clock->now() - 50min;
    second.store.attempts = {first};
    second.start(order);
    second.pass(10min);
    EXPECT_EQ(second.only_end().outcome, TaskOutcome::failed_finally);
}

TEST(Waits, AnUndefinedTemplateNameFailsForGood) {
    WaitDesk desk;
    desk.start(wait_order("sensor.file", {{"filepath", "{{ dss }}"}, {"soft_fail", true}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(desk.only_end().message, HasSubstr("load.filepath"));
    EXPECT_THAT(desk.log(), HasSubstr("dss"));
}

TEST(Waits, AnOperatorThatIsNoneFailsForGood) {
    WaitDesk desk;
    desk.start(wait_order("sensor.moon", Json::object()));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(desk.only_end().message, HasSubstr("'sensor.moon' cannot be run"));
}

TEST(Waits, TheDatabaseMayBeAwayWhenAnAttemptBegins) {
    WaitDesk desk;
    desk.store.variables["folder"] = desk.scratch.path().string();
    desk.store.away = 3;
    desk.scratch.write("a.csv", "x");
    desk.start(wait_order("sensor.file", {{"filepath", "{{ var.value.folder }}/a.csv"}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    EXPECT_THAT(desk.pauses, ElementsAre(1, 2, 3));
}

TEST(Waits, ALookThatFailsForGoodSkipsWhereNothingMayFail) {
    WaitDesk desk;
    desk.start(wait_order("sensor.http", {{"url", "file:///etc/passwd"}, {"never_fail", true}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::skipped);
    EXPECT_THAT(desk.only_end().message, HasSubstr("(never_fail)"));
}

TEST(Waits, ALookThatFailsFailsTheTryUnlessItIsSilent) {
    // A run that is waited for and gone.
    const Json args{{"trigger_dag_id", "other"}, {"wait_for_completion", true}};
    WaitDesk desk;
    desk.start(wait_order("trigger_dag", args));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed);
    WaitDesk silent;
    Json silently = args;
    silently["silent_fail"] = true;
    silent.start(wait_order("trigger_dag", silently));
    EXPECT_THAT(silent.ended, IsEmpty());
    EXPECT_THAT(silent.log(), HasSubstr("the triggered run is no more"));
}

TEST(Waits, AConnectionThatIsNoDatabaseFailsForGood) {
    WaitDesk desk;
    desk.store.connections["w"].conn_type = "http";
    desk.start(wait_order("sensor.sql", {{"sql", "select 1"}, {"conn_id", "w"}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
}

TEST(Waits, ACancelledAttemptEndsOnceAndLooksNoMore) {
    WaitDesk desk;
    desk.start(file_order(desk));
    desk.waits->cancel(17);
    desk.waits->cancel(17);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::cancelled);
    desk.scratch.write("in/a.csv", "x");
    desk.pass(1h);
    EXPECT_THAT(desk.ended, SizeIs(1));
}

TEST(Waits, AnAttemptCancelledBeforeItIsPreparedEndsOnce) {
    WaitDesk desk;
    desk.waits->start(file_order(desk));
    desk.waits->cancel(17);
    desk.run();
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::cancelled);
}

TEST(Waits, StartsAnAttemptOnce) {
    WaitDesk desk;
    desk.scratch.write("in/a.csv", "x");
    desk.waits->start(file_order(desk));
    desk.waits->start(file_order(desk));
    desk.run();
    EXPECT_THAT(desk.ended, SizeIs(1));
}

TEST(Waits, AfterItIsAbandonedNobodyIsCalled) {
    WaitDesk desk;
    desk.waits->start(file_order(desk));
    desk.waits->abandon();
    desk.scratch.write("in/a.csv", "x");
    desk.pass(1h);
    EXPECT_THAT(desk.ended, IsEmpty());
}

TEST(Waits, ExplainsWhatIsWaitedForAndWhenItLooksAgain) {
    WaitDesk desk;
    EXPECT_EQ(desk.waits->explain(17), std::nullopt);
    desk.start(file_order(desk, {{"timeout", "1h"}}));
    const std::string text = desk.waits->explain(17).value();
    EXPECT_THAT(text, HasSubstr("it waits for the file "));
    EXPECT_THAT(text, HasSubstr("last seen: there is no "));
    EXPECT_THAT(text, HasSubstr("looks again at 2026-01-01T00:01:00+00:00"));
    EXPECT_THAT(text, HasSubstr("times out at 2026-01-01T01:00:00+00:00"));
    desk.start(wait_order("sensor.time", {{"target_time", "12:00"}}, 18));
    EXPECT_THAT(desk.waits->explain(18).value(), Not(HasSubstr("looks again")));
}

}  // namespace reel::executor
