// Waiting over a restart of the server, and many that wait at one time.

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "wait_desk.hpp"

namespace reel::executor {

using core::RunState;
using scheduler::TaskOutcome;
using ::testing::Each;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;
using namespace std::chrono_literals;

namespace {

scheduler::AttemptOrder file_order(
    const WaitDesk& desk, core::AttemptId attempt = 17, Json more = Json::object()
) {
    more["filepath"] = (desk.scratch.path() / "in/a.csv").string();
    return wait_order("sensor.file", more, attempt);
}

const Json waiting_trigger{{"trigger_dag_id", "other"}, {"wait_for_completion", true}};

std::function<store::StateAnswer(const store::StateQuestion&)> always(RunState state) {
    return [state](const auto&) { return store::StateAnswer{.run = state, .tasks = {}}; };
}

}  // namespace

TEST(Restarts, ATimeOfTheDayIsOfTheDayOnWhichTheTryBegan) {
    WaitDesk desk;
    desk.clock->advance(30h);  // 06:00 of the next day
    desk.adopt(wait_order("sensor.time", {{"target_time", "12:00"}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded) << "noon of the first day is over";
}

TEST(Restarts, AMomentThatIsStillToComeIsWaitedFor) {
    WaitDesk desk;
    desk.clock->advance(11h);
    desk.adopt(wait_order("sensor.time", {{"target_time", "12:00"}}));
    desk.pass(59min);
    EXPECT_THAT(desk.ended, IsEmpty());
    desk.pass(1min);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    EXPECT_THAT(desk.log(), EndsWith("INFO task succeeded in 12h\n"));
}

TEST(Restarts, AnAdoptedAttemptIsNotAnnouncedAgain) {
    WaitDesk desk;
    desk.adopt(file_order(desk));
    EXPECT_THAT(desk.log(), Not(HasSubstr("reel begins task")));
    EXPECT_THAT(desk.log(), HasSubstr("INFO goes on waiting after a restart of the server"));
    EXPECT_THAT(desk.log(), HasSubstr("INFO waits for the file "));
}

TEST(Restarts, AnAttemptIsAdoptedOnce) {
    WaitDesk desk;
    desk.scratch.write("in/a.csv", "x");
    desk.waits->adopt(file_order(desk));
    desk.waits->adopt(file_order(desk));
    desk.waits->start(file_order(desk));
    desk.run();
    EXPECT_THAT(desk.ended, SizeIs(1));
}

TEST(Restarts, AnAdoptedAttemptCanBeCancelled) {
    WaitDesk desk;
    desk.adopt(file_order(desk));
    desk.waits->cancel(17);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::cancelled);
    EXPECT_EQ(desk.only_end().message, "ended on request");
    EXPECT_EQ(desk.waits->explain(17), std::nullopt);
}

TEST(Restarts, ATriggerThatWaitsAsksForTheRunThatItMadeBefore) {
    WaitDesk before;
    before.store.on_question = always(RunState::running);
    before.start(wait_order("trigger_dag", waiting_trigger));
    ASSERT_THAT(before.control.triggered, SizeIs(1));
    const scheduler::TriggerRequest& request = before.control.triggered[0];

    WaitDesk after;
    after.clock->advance(3h);
    after.control.failures = {
        {.code = core::Errc::already_exists, .message = "there is one", .where = {}, .hint = {}}
    };
    store::RunRecord made;
    made.triggering_user = request.triggering_user;
    after.store.runs[request.run_id->str()] = made;
    after.store.on_question = always(RunState::success);
    after.adopt(wait_order("trigger_dag", waiting_trigger));
    EXPECT_EQ(after.control.triggered.at(0).run_id, request.run_id);
    EXPECT_EQ(after.store.questions.at(0).at(0).run_id, request.run_id);
    EXPECT_EQ(after.only_end().outcome, TaskOutcome::succeeded);
    EXPECT_EQ(after.only_end().xcoms.at(0).value.text, "\"" + request.run_id->str() + "\"");
}

TEST(Restarts, ARunOfAnEarlierTryIsNotTakenForItsOwn) {
    WaitDesk desk;
    desk.control.failures = {
        {.code = core::Errc::already_exists, .message = "there is one", .where = {}, .hint = {}}
    };
    store::RunRecord made;
    made.triggering_user = "movies manual__1 load try 1";
    desk.store.runs["mine"] = made;
    auto order = wait_order("trigger_dag", {{"trigger_dag_id", "o"}, {"trigger_run_id", "mine"}});
    order.try_number = 2;
    desk.start(order);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
}

TEST(TriggerDag, NoAllowedStatesAreTheUsualOneAndNoFailedStatesAreNone) {
    Json args = waiting_trigger;
    args["allowed_states"] = Json::array();
    args["failed_states"] = Json::array();
    WaitDesk desk;
    desk.store.on_question = always(RunState::failed);
    desk.start(wait_order("trigger_dag", args));
    EXPECT_THAT(desk.ended, IsEmpty()) << "no state fails it";
    desk.store.on_question = always(RunState::success);
    desk.pass(1min);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
}

TEST(ManyWaits, LookOneAfterTheOtherAndAllAreServed) {
    WaitDesk desk;  // one may look outside at a time
    constexpr core::AttemptId count = 200;
    for (core::AttemptId id = 1; id <= count; ++id) desk.waits->start(file_order(desk, id));
    desk.run();
    EXPECT_THAT(desk.ended, IsEmpty());
    desk.scratch.write("in/a.csv", "x");
    desk.pass(1min);
    EXPECT_THAT(desk.ended, SizeIs(count));
    EXPECT_THAT(
        desk.ended, Each(testing::Field(&scheduler::AttemptEnded::outcome, TaskOutcome::succeeded))
    );
}

TEST(ManyWaits, WhoIsCancelledInTheQueueIsPassedOver) {
    WaitDesk desk;
    for (core::AttemptId id = 1; id <= 20; ++id) desk.waits->start(file_order(desk, id));
    desk.run();
    desk.scratch.write("in/a.csv", "x");
    desk.clock->advance(1min);
    desk.waits->turn();
    for (core::AttemptId id = 2; id <= 20; id += 2) desk.waits->cancel(id);
    desk.run();
    EXPECT_THAT(desk.ended, SizeIs(20));
    for (const auto& each : desk.ended) {
        EXPECT_EQ(
            each.outcome, each.attempt % 2 == 0 ? TaskOutcome::cancelled : TaskOutcome::succeeded
        ) << each.attempt;
    }
}

TEST(ManyWaits, TheAlarmIsSetForTheEarliestAndForFiveSecondsAtMost) {
    WaitDesk desk;
    desk.start(file_order(desk, 1, {{"poke_interval", 4}}));
    EXPECT_EQ(desk.alarms.back(), 4s);
    desk.start(file_order(desk, 2, {{"poke_interval", 2}}));
    EXPECT_EQ(desk.alarms.back(), 2s);
    desk.waits->cancel(2);
    desk.pass(1s);
    EXPECT_EQ(desk.alarms.back(), 3s) << "what is left of the four seconds";
    desk.start(wait_order("sensor.time", {{"target_time", "23:00"}}, 3));
    EXPECT_THAT(desk.alarms, Each(Le(core::Duration(5s))));
}

TEST(ManyWaits, ThoseWhoAskForOneDagDoNotStirTheOthers) {
    WaitDesk desk;
    for (core::AttemptId id = 1; id <= 4; ++id) {
        const std::string dag = id <= 2 ? "one" : "two";
        desk.waits->start(wait_order("sensor.external_task", {{"external_dag_id", dag}}, id));
    }
    desk.run();
    const std::size_t asked = desk.store.questions.size();
    desk.clock->advance(1s);
    desk.waits->moved(core::DagId("two"), core::RunId("r"), a_date());
    desk.run();
    ASSERT_THAT(desk.store.questions, SizeIs(asked + 1));
    EXPECT_THAT(desk.store.questions.back(), SizeIs(2));
    for (const auto& question : desk.store.questions.back()) {
        EXPECT_EQ(question.dag_id.str(), "two");
    }
}

TEST(Waits, StopWaitsForNobodyWhereNobodyLooks) {
    WaitDesk desk;
    desk.start(file_order(desk));
    bool stopped = false;
    boost::asio::co_spawn(
        desk.io,
        [&]() -> boost::asio::awaitable<void> {
            co_await desk.waits->stop();
            stopped = true;
        },
        boost::asio::detached
    );
    desk.run();
    EXPECT_TRUE(stopped);
    desk.start(file_order(desk, 18));
    desk.adopt(file_order(desk, 19));
    desk.pass(24h * 30);
    EXPECT_THAT(desk.ended, IsEmpty()) << "who waits is taken up by the next life of the program";
}

TEST(Waits, ExplainATriggerWithoutTimeAndASensorWithBoth) {
    WaitDesk desk;
    desk.store.on_question = always(RunState::queued);
    desk.start(wait_order("trigger_dag", waiting_trigger));
    EXPECT_EQ(
        desk.waits->explain(17),
        "it waits for run 'manual__2026-01-01T00:00:00+00:00__17' of DAG 'other'; last seen: the "
        "triggered run is queued; it looks again at 2026-01-01T00:01:00+00:00"
    );
    desk.start(wait_order("sensor.time", {{"target_time", "12:00"}, {"timeout", "1h"}}, 18));
    EXPECT_EQ(
        desk.waits->explain(18),
        "it waits for 2026-01-01T12:00:00+00:00; it times out at 2026-01-01T01:00:00+00:00"
    );
}

}  // namespace reel::executor
