#include <gmock/gmock.h>

#include "reel/warehouse/replay.hpp"
#include "warehouse/args.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

LoadPlan replay_plan(const std::string& document, const std::string& stage_task = "") {
    auto plan = parse_replay_spec({document}, stage_task);
    EXPECT_TRUE(plan) << plan.error().describe();
    return plan.value_or(LoadPlan{});
}

std::string replay_mistake(const std::string& document, const std::string& stage_task = "") {
    const auto plan = parse_replay_spec({document}, stage_task);
    EXPECT_FALSE(plan);
    return plan ? "" : plan.error().describe();
}

constexpr const char* dag = R"({"shop": {"schedule": "@daily", "tasks": [
    {"task_id": "fetch", "operator": "download", "from": "{{ params.url }}"},
    {"task_id": "one", "operator": "stage", "dependencies": ["fetch"],
     "source": {"path": "{{ ds }}.zip", "member": "a.csv", "encoding": "latin1", "delimiter": ";",
                "skip": 3, "rejoin": true},
     "rejects": "1%", "tables": {"t": {"columns": {"a": "integer"}}}},
    {"task_id": "two", "operator": "stage", "source": "b.csv",
     "tables": {"u": {"columns": {"a": "integer"}}}},
    {"task_id": "up", "operator": "upsert", "from": "one.t", "into": "s.t", "key": ["a"],
     "mode": "replace"},
    {"task_id": "ask", "operator": "upsert", "into": "s.q", "mode": "replace",
     "query": "select a from {{ staged('one.t') }}"},
    {"task_id": "other", "operator": "upsert", "from": "two.u", "into": "s.u"}]}})";

TEST(ReplaySpec, TakesAStageTaskAndWhatIsPublishedOfIt) {
    const auto plan = replay_plan(dag, "one");
    EXPECT_EQ(plan.stage_task, "one");
    const auto stage = Json::parse(plan.stage.text);
    EXPECT_EQ(
        stage.at("source"),
        Json::parse(R"({"path": "reel.quarantine", "delimiter": ";", "rejoin": true})")
    ) << "what the record is read with, and nothing of where it came from";
    EXPECT_FALSE(stage.contains("rejects"));
    EXPECT_FALSE(stage.contains("task_id"));
    ASSERT_EQ(plan.upserts.size(), 2U);
    EXPECT_EQ(Json::parse(plan.upserts[0].text).at("mode"), "upsert") << "replace with a key";
    EXPECT_EQ(Json::parse(plan.upserts[1].text).at("mode"), "append") << "and without";
    EXPECT_EQ(replay_plan(dag, "two").upserts.size(), 1U);
}

TEST(ReplaySpec, NamesTheStageTasksToChooseFrom) {
    EXPECT_THAT(replay_mistake(dag), HasSubstr("--task-id names one: one, two"));
    EXPECT_THAT(replay_mistake(dag, "three"), HasSubstr("there is no stage task 'three'"));
    EXPECT_THAT(replay_mistake("[]"), HasSubstr("there are 0 stage tasks"));
    EXPECT_THAT(replay_mistake("{}"), HasSubstr("there is no load in it"));
    EXPECT_THAT(
        replay_mistake(R"([{"task_id": "s", "operator": "stage", "source": "x", "tables": {}}])"),
        HasSubstr("nothing is published of what 's' stages")
    );
}

TEST(ReplaySpec, LeavesOutWhatWouldTakeRowsAwayOrJudgeAWholeTable) {
    const auto plan = replay_plan(R"([
        {"task_id": "s", "operator": "stage", "source": "x", "tables": {"t": {"columns": {"a": {}}}}},
        {"task_id": "u", "operator": "upsert", "from": "s.t", "into": "a.b", "key": ["a"],
         "delete_missing": "hard", "max_deleted": "10%", "checks": [
            {"row_count": {"min": 1000}}, {"not_null": "a"}, {"change": {"of": "row_count"}}]},
        {"task_id": "w", "operator": "upsert", "from": "s.t", "into": "a.c",
         "mode": "delete_insert", "window": "a", "checks": [{"freshness": {"column": "a"}}]}])");
    const auto upsert = Json::parse(plan.upserts.at(0).text);
    EXPECT_EQ(
        upsert,
        Json::parse(R"({"from": "s.t", "into": "a.b", "key": ["a"], "checks": [{"not_null": "a"}]})"
        )
    );
    EXPECT_EQ(
        Json::parse(plan.upserts.at(1).text),
        Json::parse(R"({"from": "s.t", "into": "a.c", "mode": "append"})")
    );
}

TEST(ReplaySpec, TakesTheShortFormOfALoad) {
    const auto plan = replay_plan(
        R"({"source": {"path": "x", "format": "jsonl"}, "into": "s.t", "columns": {"a": "integer"}})"
    );
    EXPECT_EQ(Json::parse(plan.stage.text).at("source").at("format"), "jsonl");
    EXPECT_EQ(Json::parse(plan.upserts.at(0).text).at("into"), "s.t");
}

}  // namespace
}  // namespace reel::warehouse
