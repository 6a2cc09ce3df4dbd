#include "executor/waiting/trigger_run.hpp"

#include <gmock/gmock.h>

#include "unit/executor/fixture.hpp"

namespace reel::executor {

using core::RunState;
using ::testing::HasSubstr;

namespace {

core::Result<TriggerRun> parse(const Json& args, int map_index = -1) {
    auto order = an_order("trigger_dag", args);
    order.started_at = a_date();
    order.key.map_index = map_index;
    return parse_trigger(order, args);
}

}  // namespace

TEST(TriggerRun, IsNamedAfterItsAttempt) {
    const auto trigger = parse({{"trigger_dag_id", "other"}}).value();
    EXPECT_EQ(trigger.request.dag_id.str(), "other");
    EXPECT_EQ(trigger.request.run_id->str(), "manual__2024-01-31T07:00:00+00:00__17");
    EXPECT_EQ(trigger.request.logical_date, std::nullopt);
    EXPECT_EQ(trigger.request.conf.text, "{}");
    EXPECT_EQ(trigger.request.triggered_by, core::TriggeredBy::operator_);
    EXPECT_EQ(trigger.request.triggering_user, "movies manual__1 load try 1");
    EXPECT_EQ(
        parse({{"trigger_dag_id", "o"}}, 3)->request.triggering_user,
        "movies manual__1 load[3] try 1"
    );
    EXPECT_FALSE(trigger.then);
}

TEST(TriggerRun, TakesIdDateConfAndNote) {
    const auto trigger = parse({{"trigger_dag_id", "other"},
                                {"trigger_run_id", "mine"},
                                {"logical_date", "2024-02-01"},
                                {"conf", {{"n", 1}}},
                                {"note", "why"},
                                {"reset_dag_run", true},
                                {"skip_when_already_exists", true}}
    ).value();
    EXPECT_EQ(trigger.request.run_id->str(), "mine");
    EXPECT_EQ(core::format_api(*trigger.request.logical_date), "2024-02-01T00:00:00Z");
    EXPECT_EQ(trigger.request.conf.text, R"({"n":1})");
    EXPECT_EQ(trigger.request.note, "why");
    EXPECT_TRUE(trigger.reset_dag_run);
    EXPECT_TRUE(trigger.skip_when_already_exists);
    EXPECT_EQ(
        parse({{"trigger_dag_id", "o"}, {"logical_date", "2024-02-01"}})->request.run_id->str(),
        "manual__2024-02-01T00:00:00+00:00"
    );
}

TEST(TriggerRun, TakesConfAsATemplateGaveIt) {
    EXPECT_EQ(
        parse({{"trigger_dag_id", "o"}, {"conf", R"({"a": [1]})"}})->request.conf.text,
        R"({"a":[1]})"
    );
    const auto bad = parse({{"trigger_dag_id", "o"}, {"conf", "{'a': 1}"}});
    ASSERT_FALSE(bad);
    EXPECT_THAT(bad.error().message, HasSubstr("'conf' must be a map"));
    EXPECT_THAT(bad.error().hint, HasSubstr("tojson"));
    EXPECT_FALSE(parse({{"trigger_dag_id", "o"}, {"logical_date", "yesterday"}}));
}

TEST(TriggerRun, WaitsForTheStatesThatItIsTold) {
    const auto trigger = parse({{"trigger_dag_id", "o"}, {"wait_for_completion", true}}).value();
    ASSERT_TRUE(trigger.then);
    EXPECT_EQ(trigger.then->question.run_id, trigger.request.run_id);
    const auto finding = [&](std::optional<RunState> state) {
        return trigger.then->judge({.run = state, .tasks = {}}).finding;
    };
    EXPECT_EQ(finding(RunState::queued), Finding::not_yet);
    EXPECT_EQ(finding(RunState::running), Finding::not_yet);
    EXPECT_EQ(finding(RunState::success), Finding::met);
    EXPECT_EQ(finding(RunState::failed), Finding::failed);
    EXPECT_EQ(finding(std::nullopt), Finding::failed) << "somebody has deleted it";
    const auto either = parse({{"trigger_dag_id", "o"},
                               {"wait_for_completion", true},
                               {"allowed_states", {"success", "failed"}},
                               {"failed_states", Json::array()}}
    ).value();
    EXPECT_EQ(either.then->judge({.run = RunState::failed, .tasks = {}}).finding, Finding::met);
}

}  // namespace reel::executor
