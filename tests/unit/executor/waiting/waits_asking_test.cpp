// Sensors that ask the store, and runs that are triggered.

#include <gmock/gmock.h>

#include "wait_desk.hpp"

namespace reel::executor {

using core::Errc;
using core::RunState;
using core::TaskState;
using scheduler::TaskOutcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

namespace {

const Json other_run{{"external_dag_id", "other"}};

core::Error exists() {
    return {
        .code = Errc::already_exists, .message = "there is a run 'mine'", .where = {}, .hint = {}
    };
}

store::RunRecord run_of(const std::string& triggered_by) {
    store::RunRecord run;
    run.triggering_user = triggered_by;
    return run;
}

store::StateAnswer in_state(RunState state) {
    return {.run = state, .tasks = {}};
}

}  // namespace

TEST(WaitsForOthers, AnExternalSensorAsksAtItsInterval) {
    WaitDesk desk;
    desk.start(wait_order("sensor.external_task", other_run));
    EXPECT_THAT(desk.store.questions, SizeIs(1));
    desk.pass(59s);
    EXPECT_THAT(desk.store.questions, SizeIs(1));
    desk.store.on_question = [](const auto&) { return in_state(RunState::success); };
    desk.pass(1s);
    EXPECT_THAT(desk.store.questions, SizeIs(2));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
}

TEST(WaitsForOthers, ManyOfThemAskTogether) {
    WaitDesk desk;
    for (core::AttemptId id = 1; id <= 300; ++id) {
        desk.waits->start(wait_order("sensor.external_task", other_run, id));
    }
    desk.run();
    const std::size_t asked_at_first = desk.store.questions.size();
    desk.pass(10min);
    EXPECT_THAT(desk.store.questions, SizeIs(asked_at_first + 1)) << "one query for all of them";
    EXPECT_THAT(desk.store.questions.back(), SizeIs(300));
}

TEST(WaitsForOthers, WhatHasEndedIsSeenAtOnce) {
    WaitDesk desk;
    desk.start(wait_order("sensor.external_task", other_run));
    desk.clock->advance(1s);
    desk.store.on_question = [](const auto&) { return in_state(RunState::success); };
    desk.waits->moved(core::DagId("another"), core::RunId("r"), a_date());
    desk.waits->moved(core::DagId("other"), core::RunId("r"), a_date() + 24h);
    desk.waits->moved(core::DagId("other"), core::RunId("r"), std::nullopt);
    desk.run();
    EXPECT_THAT(desk.store.questions, SizeIs(1)) << "none of these is what it waits for";
    desk.waits->moved(core::DagId("other"), core::RunId("r"), a_date());
    desk.run();
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    desk.waits->moved(core::DagId("other"), core::RunId("r"), a_date());
    desk.run();
    EXPECT_THAT(desk.ended, SizeIs(1));
}

TEST(WaitsForOthers, AFailedTaskElsewhereFailsTheTryOrSkips) {
    for (const bool soft : {false, true}) {
        WaitDesk desk;
        desk.store.on_question = [](const auto&) {
            return store::StateAnswer{
                .run = RunState::running, .tasks = {{core::TaskId("a"), TaskState::failed}}
            };
        };
        desk.start(wait_order(
            "sensor.external_task",
            {{"external_dag_id", "other"},
             {"external_task_id", "a"},
             {"failed_states", Json::array({"failed"})},
             {"soft_fail", soft}}
        ));
        EXPECT_EQ(desk.only_end().outcome, soft ? TaskOutcome::skipped : TaskOutcome::failed)
            << "it may be run again, and have ended well by the next try";
        EXPECT_THAT(desk.only_end().message, HasSubstr("task 'a' is failed"));
    }
}

TEST(WaitsForOthers, TheDatabaseMayBeAwayWhenTheyAsk) {
    WaitDesk desk;
    desk.store.away = 2;
    desk.store.on_question = [](const auto&) { return in_state(RunState::success); };
    desk.start(wait_order("sensor.external_task", other_run));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    EXPECT_THAT(desk.pauses, ElementsAre(1, 2));
}

TEST(Waits, ThousandsOfTimeSensorsAskNobodyAnything) {
    WaitDesk desk;
    constexpr core::AttemptId count = 400;  // the log of each is a file
    for (core::AttemptId id = 1; id <= count; ++id) {
        auto order = wait_order("sensor.time", {{"target_time", "12:00"}}, id);
        order.key.map_index = static_cast<int>(id % 100);
        desk.waits->start(std::move(order));
    }
    desk.run();
    EXPECT_THAT(desk.ended, IsEmpty());
    for (int hour = 0; hour < 11; ++hour) desk.pass(1h);
    EXPECT_EQ(desk.store.look_ups, 0);
    EXPECT_THAT(desk.store.questions, IsEmpty());
    EXPECT_THAT(desk.ended, IsEmpty());
    desk.pass(1h);
    EXPECT_THAT(desk.ended, SizeIs(count));
    EXPECT_EQ(desk.store.look_ups, 0);
}

TEST(TriggerDag, EndsAsSoonAsTheRunExists) {
    WaitDesk desk;
    desk.start(
        wait_order("trigger_dag", {{"trigger_dag_id", "other"}, {"conf", {{"day", "{{ ds }}"}}}})
    );
    ASSERT_THAT(desk.control.triggered, SizeIs(1));
    EXPECT_EQ(desk.control.triggered[0].conf.text, R"({"day":"2024-01-31"})");
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    EXPECT_EQ(desk.only_end().xcoms.at(0).name, "trigger_run_id");
    EXPECT_EQ(
        desk.only_end().xcoms.at(0).value.text,
        "\"" + desk.control.triggered[0].run_id->str() + "\""
    );
    EXPECT_THAT(
        desk.log(),
        HasSubstr("triggered run 'manual__2026-01-01T00:00:00+00:00__17' of DAG 'other'")
    );
}

TEST(TriggerDag, WaitsForTheRunAndLearnsOfItsEndAtOnce) {
    WaitDesk desk;
    desk.store.on_question = [](const auto&) { return in_state(RunState::running); };
    desk.start(wait_order(
        "trigger_dag",
        {{"trigger_dag_id", "other"}, {"trigger_run_id", "mine"}, {"wait_for_completion", true}}
    ));
    EXPECT_THAT(desk.ended, IsEmpty());
    EXPECT_THAT(desk.waits->explain(17).value(), HasSubstr("waits for run 'mine' of DAG 'other'"));
    desk.store.on_question = [](const auto&) { return in_state(RunState::failed); };
    desk.waits->moved(core::DagId("other"), core::RunId("not mine"), a_date());
    desk.run();
    EXPECT_THAT(desk.ended, IsEmpty());
    desk.waits->moved(core::DagId("other"), core::RunId("mine"), std::nullopt);
    desk.run();
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed);
    EXPECT_EQ(desk.only_end().message, "the triggered run is failed");
}

TEST(TriggerDag, HasNoTimeoutOfItsOwn) {
    WaitDesk desk;
    desk.store.on_question = [](const auto&) { return in_state(RunState::running); };
    desk.start(
        wait_order("trigger_dag", {{"trigger_dag_id", "other"}, {"wait_for_completion", true}})
    );
    desk.pass(24h * 365);
    EXPECT_THAT(desk.ended, IsEmpty());
}

TEST(TriggerDag, ARunThatExistsFailsForGood) {
    WaitDesk desk;
    desk.control.failures = {exists()};
    desk.store.runs["mine"] = run_of("somebody");
    desk.start(wait_order("trigger_dag", {{"trigger_dag_id", "other"}, {"trigger_run_id", "mine"}})
    );
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(desk.only_end().message, HasSubstr("there is a run 'mine'"));
}

TEST(TriggerDag, ARunThatExistsSkipsWhereItIsTold) {
    WaitDesk desk;
    desk.control.failures = {exists()};
    desk.start(wait_order(
        "trigger_dag",
        {{"trigger_dag_id", "other"}, {"trigger_run_id", "mine"}, {"skip_when_already_exists", true}
        }
    ));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::skipped);
}

TEST(TriggerDag, ARunThatExistsBeginsAnewWhereItIsTold) {
    WaitDesk desk;
    desk.control.failures = {exists()};
    desk.store.runs["mine"] = run_of("somebody");
    desk.start(wait_order(
        "trigger_dag",
        {{"trigger_dag_id", "other"}, {"trigger_run_id", "mine"}, {"reset_dag_run", true}}
    ));
    EXPECT_THAT(desk.control.reset, ElementsAre("mine queued"));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
}

TEST(TriggerDag, AfterARestartFindsTheRunThatItMade) {
    WaitDesk desk;
    desk.control.failures = {exists()};
    desk.store.runs["mine"] = run_of("movies manual__1 load try 1");
    desk.adopt(wait_order(
        "trigger_dag",
        {{"trigger_dag_id", "other"}, {"trigger_run_id", "mine"}, {"reset_dag_run", true}}
    ));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    EXPECT_THAT(desk.control.reset, IsEmpty());
}

TEST(TriggerDag, ADagThatIsNotThereFailsForGood) {
    WaitDesk desk;
    desk.control.failures = {
        {.code = Errc::not_found, .message = "there is no DAG 'other'", .where = {}, .hint = {}}
    };
    desk.start(wait_order("trigger_dag", {{"trigger_dag_id", "other"}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(desk.only_end().message, HasSubstr("there is no DAG 'other'"));
}

TEST(TriggerDag, TheDatabaseOrTheSchedulerMayBeAway) {
    WaitDesk desk;
    desk.control.away = 2;
    desk.control.stopped = 1;
    desk.start(wait_order("trigger_dag", {{"trigger_dag_id", "other"}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    EXPECT_THAT(desk.control.triggered, SizeIs(4));
    EXPECT_EQ(desk.control.triggered[0].run_id, desk.control.triggered[3].run_id);
}

}  // namespace reel::executor
