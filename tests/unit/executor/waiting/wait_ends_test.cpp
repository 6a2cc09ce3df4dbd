// How a wait ends, by what was found and by the rules of the task.

#include <gmock/gmock.h>

#include "wait_desk.hpp"

namespace reel::executor {

using core::RunState;
using scheduler::TaskOutcome;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using namespace std::chrono_literals;

namespace {

struct Softness {
    bool soft_fail = false;
    bool never_fail = false;
    bool silent_fail = false;

    [[nodiscard]] Json onto(Json args) const {
        args["soft_fail"] = soft_fail;
        args["never_fail"] = never_fail;
        args["silent_fail"] = silent_fail;
        return args;
    }
    [[nodiscard]] std::string words() const {
        return std::string(soft_fail ? "soft " : "") + (never_fail ? "never " : "") +
               (silent_fail ? "silent" : "");
    }
};

std::vector<Softness> all_softness() {
    std::vector<Softness> all;
    for (int bits = 0; bits < 8; ++bits) {
        all.push_back({(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0});
    }
    return all;
}

const Json external{
    {"external_dag_id", "other"},
    {"failed_states", Json::array({"failed"})},
    {"skipped_states", Json::array({"queued"})},
    {"timeout", 90},
};

/// Starts a task that waits for a run in this state, and lets ten minutes pass.
void wait_over(WaitDesk& desk, const scheduler::AttemptOrder& order, RunState state) {
    desk.store.on_question = [state](const auto&) {
        return store::StateAnswer{.run = state, .tasks = {}};
    };
    desk.start(order);
    for (int i = 0; i < 10; ++i) desk.pass(1min);
}

scheduler::AttemptOrder limited(scheduler::AttemptOrder order, core::Duration limit) {
    auto dag = std::make_shared<core::Dag>(*order.dag);
    dag->tasks[0].execution_timeout = limit;
    order.dag = dag;
    return order;
}

scheduler::AttemptOrder file_order(const WaitDesk& desk, Json more = Json::object()) {
    more["filepath"] = (desk.scratch.path() / "in/a.csv").string();
    return wait_order("sensor.file", more);
}

/// Of a failure that both rules can soften.
TaskOutcome softened(const Softness& softness, TaskOutcome outcome) {
    return softness.soft_fail || softness.never_fail ? TaskOutcome::skipped : outcome;
}

std::string rule_of(const Softness& softness) {
    return softness.soft_fail ? "(soft_fail)" : softness.never_fail ? "(never_fail)" : "";
}

}  // namespace

TEST(WaitEnds, AFailureElsewhereIsSoftenedByEitherRule) {
    for (const Softness& softness : all_softness()) {
        WaitDesk desk;
        const auto order = wait_order("sensor.external_task", softness.onto(external));
        wait_over(desk, order, RunState::failed);
        EXPECT_EQ(desk.only_end().outcome, softened(softness, TaskOutcome::failed))
            << softness.words();
        EXPECT_THAT(desk.only_end().message, HasSubstr("the run is failed"));
        EXPECT_THAT(desk.only_end().message, EndsWith(rule_of(softness)));
    }
}

TEST(WaitEnds, ATimeoutIsSoftenedByEitherRule) {
    for (const Softness& softness : all_softness()) {
        WaitDesk desk;
        const auto order = wait_order("sensor.external_task", softness.onto(external));
        wait_over(desk, order, RunState::running);
        EXPECT_EQ(desk.only_end().outcome, softened(softness, TaskOutcome::failed_finally))
            << softness.words();
        EXPECT_THAT(
            desk.only_end().message,
            HasSubstr("timed out after 1m 30s of waiting for the run of DAG 'other' at "
                      "2024-01-31T07:00:00+00:00: the run is running")
        );
        EXPECT_THAT(desk.only_end().message, EndsWith(rule_of(softness)));
    }
}

TEST(WaitEnds, TheTimeoutOfATryIsSoftenedByEitherRule) {
    for (const Softness& softness : all_softness()) {
        WaitDesk desk;
        const auto order = wait_order("sensor.external_task", softness.onto(external));
        wait_over(desk, limited(order, 30s), RunState::running);
        EXPECT_EQ(desk.only_end().outcome, softened(softness, TaskOutcome::timed_out))
            << softness.words();
        EXPECT_THAT(desk.only_end().message, HasSubstr("timed out after 30s"));
    }
}

TEST(WaitEnds, ASkippedStateSkipsWhateverTheRules) {
    for (const Softness& softness : all_softness()) {
        WaitDesk desk;
        const auto order = wait_order("sensor.external_task", softness.onto(external));
        wait_over(desk, order, RunState::queued);
        EXPECT_EQ(desk.only_end().outcome, TaskOutcome::skipped) << softness.words();
        EXPECT_EQ(desk.only_end().message, "the run is queued");
    }
}

TEST(WaitEnds, ALookThatFailsIsSilentBeforeItIsNever) {
    const Json args{{"trigger_dag_id", "other"}, {"wait_for_completion", true}};
    for (const Softness& softness : all_softness()) {
        WaitDesk desk;
        wait_over(desk, wait_order("trigger_dag", softness.onto(args)), RunState::failed);
        if (softness.silent_fail) {
            EXPECT_THAT(desk.ended, IsEmpty()) << softness.words();
            EXPECT_THAT(desk.store.questions, SizeIs(11)) << "it looks on, once a minute";
            continue;
        }
        const auto expected = softness.never_fail ? TaskOutcome::skipped : TaskOutcome::failed;
        EXPECT_EQ(desk.only_end().outcome, expected) << softness.words();
    }
}

TEST(WaitEnds, TheShorterOfTwoTimeoutsDecidesHowFinalItIs) {
    for (const auto& [limit, outcome] : std::vector<std::pair<core::Duration, TaskOutcome>>{
             {89s, TaskOutcome::timed_out},
             {90s, TaskOutcome::failed_finally},
             {91s, TaskOutcome::failed_finally},
         }) {
        WaitDesk desk;
        wait_over(
            desk, limited(wait_order("sensor.external_task", external), limit), RunState::running
        );
        EXPECT_EQ(desk.only_end().outcome, outcome) << limit.count();
    }
}

TEST(WaitEnds, NothingIsPushedWhereItIsNotWanted) {
    WaitDesk desk;
    desk.scratch.write("in/a.csv", "x");
    auto order = file_order(desk);
    auto dag = std::make_shared<core::Dag>(*order.dag);
    dag->tasks[0].do_xcom_push = false;
    order.dag = dag;
    desk.start(order);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    EXPECT_THAT(desk.only_end().xcoms, IsEmpty());
}

TEST(WaitEnds, ARunThatWasThereAlreadyIsNotPushedAsTriggered) {
    WaitDesk desk;
    desk.control.failures = {
        {.code = core::Errc::already_exists, .message = "there is one", .where = {}, .hint = {}}
    };
    desk.start(
        wait_order("trigger_dag", {{"trigger_dag_id", "other"}, {"skip_when_already_exists", true}})
    );
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::skipped);
    EXPECT_THAT(desk.only_end().xcoms, IsEmpty());
    EXPECT_THAT(desk.only_end().message, EndsWith("already exists"));
    EXPECT_THAT(desk.log(), Not(HasSubstr("triggered run")));
}

TEST(WaitEnds, ASecretIsInNoMessageNorLogNorExplanation) {
    WaitDesk desk;
    desk.store.variables["api_token"] = "hunter22";
    desk.start(wait_order(
        "sensor.file", {{"filepath", "/nowhere/{{ var.value.api_token }}/a"}, {"timeout", 60}}
    ));
    const std::string text = desk.waits->explain(17).value();
    EXPECT_THAT(text, HasSubstr("the file /nowhere/***/a"));
    EXPECT_THAT(text, Not(HasSubstr("hunter22")));
    desk.pass(1min);
    EXPECT_THAT(desk.only_end().message, HasSubstr("/nowhere/***/a"));
    EXPECT_THAT(desk.only_end().message, Not(HasSubstr("hunter22")));
    EXPECT_THAT(desk.log(), Not(HasSubstr("hunter22")));
}

TEST(WaitEnds, EveryTryAndEveryInstanceHasItsLog) {
    WaitDesk desk;
    desk.scratch.write("in/a.csv", "x");
    auto order = file_order(desk);
    order.try_number = 2;
    order.key.map_index = 3;
    desk.start(order);
    const std::string log = desk.scratch.read(
        "logs/dag_id=movies/run_id=manual__1/task_id=load.map_index=3.attempt=2.log"
    );
    EXPECT_THAT(log, HasSubstr("try=2"));
    EXPECT_THAT(log, HasSubstr("INFO found "));
    EXPECT_EQ(desk.only_end().key.map_index, 3);
    EXPECT_EQ(desk.only_end().xcoms.at(0).key.map_index, 3);
}

TEST(WaitEnds, ASensorWithoutPatienceLooksOnce) {
    WaitDesk desk;
    desk.start(file_order(desk, {{"timeout", 0}}));
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::failed_finally);
    EXPECT_THAT(desk.only_end().message, HasSubstr("there is no "));
    WaitDesk lucky;
    lucky.scratch.write("in/a.csv", "x");
    lucky.start(file_order(lucky, {{"timeout", 0}}));
    EXPECT_EQ(lucky.only_end().outcome, TaskOutcome::succeeded);
}

TEST(WaitEnds, WhatChangesIsLoggedEachTime) {
    WaitDesk desk;
    desk.start(file_order(desk, {{"min_size", 3}}));
    desk.scratch.write("in/a.csv", "x");
    desk.pass(1min);
    desk.scratch.write("in/a.csv", "xyz");
    desk.pass(1min);
    EXPECT_EQ(desk.only_end().outcome, TaskOutcome::succeeded);
    const std::string log = desk.log();
    const auto first = log.find("there is no ");
    const auto second = log.find("has fewer than 3 bytes");
    const auto third = log.find("found ");
    EXPECT_LT(first, second) << log;
    EXPECT_LT(second, third) << log;
    EXPECT_NE(third, std::string::npos) << log;
}

}  // namespace reel::executor
