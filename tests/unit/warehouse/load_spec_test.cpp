#include "warehouse/load/load_spec.hpp"

#include <gmock/gmock.h>

#include <string>

namespace reel::warehouse {
namespace {

using testing::HasSubstr;

const std::string two_tasks = R"([
    {"task_id": "stage_m", "operator": "stage", "source": {"path": "m.csv"},
     "tables": {"m": {"key": ["id"], "columns": {"id": {"type": "integer"}, "b": "text"}}}},
    {"task_id": "upsert_m", "operator": "upsert", "dependencies": ["stage_m"],
     "from": "stage_m.m", "into": "s.m", "key": ["id"]}])";

core::Result<LoadPlan> parsed(const std::string& document, const LoadWishes& wishes = {}) {
    return parse_load_spec(Json::parse(document), wishes);
}

core::Error refused(const std::string& document, const LoadWishes& wishes = {}) {
    const auto plan = parsed(document, wishes);
    EXPECT_FALSE(plan) << plan->stage.text;
    return plan ? core::Error{} : plan.error();
}

void expect_two_tasks(const core::Result<LoadPlan>& plan) {
    ASSERT_TRUE(plan) << plan.error().describe();
    EXPECT_EQ(plan->stage_task, "stage_m");
    EXPECT_EQ(
        Json::parse(plan->stage.text),
        Json::parse(R"({"source": {"path": "m.csv"}, "tables": {"m": {"key": ["id"],
            "columns": {"id": {"type": "integer"}, "b": "text"}}}})")
    );
    ASSERT_EQ(plan->upserts.size(), 1U);
    EXPECT_EQ(
        Json::parse(plan->upserts[0].text),
        Json::parse(R"({"from": "stage_m.m", "into": "s.m", "key": ["id"]})")
    );
}

TEST(LoadSpec, IsTheStageAndUpsertTasksOfADag) {
    expect_two_tasks(parsed(two_tasks));
    expect_two_tasks(parsed(R"({"tasks": )" + two_tasks + "}"));
    expect_two_tasks(
        parsed(R"({"default": {"x": 1}, "load_m": {"schedule": null, "tasks": )" + two_tasks + "}}")
    );
    expect_two_tasks(parsed(R"({"d": {"tasks": {
        "stage_m": {"operator": "stage", "source": {"path": "m.csv"}, "tables": {"m": {"key": ["id"],
            "columns": {"id": {"type": "integer"}, "b": "text"}}}},
        "up": {"operator": "upsert", "from": "stage_m.m", "into": "s.m", "key": ["id"]}}}})"));
}

TEST(LoadSpec, ChecksBesideTheOneTableAreThoseOfItsStagedRows) {
    const auto plan = parsed(R"({"source": "m.csv", "into": "s.m", "columns": {"id": "integer"},
        "checks": [{"not_null": "id"}]})");
    ASSERT_TRUE(plan) << plan.error().describe();
    EXPECT_EQ(
        Json::parse(plan->stage.text)["tables"]["m"]["checks"],
        Json::parse(R"([{"not_null": "id"}])")
    );
    EXPECT_FALSE(Json::parse(plan->upserts[0].text).contains("checks"));
}

TEST(LoadSpec, IsASourceWithItsOneTableBesideIt) {
    const auto plan = parsed(R"({"source": "m.csv", "rejects": "1%", "into": "s.m",
        "mode": "replace", "key": "id", "columns": {"id": "integer"}})");
    ASSERT_TRUE(plan) << plan.error().describe();
    EXPECT_EQ(Json::parse(plan->stage.text), Json::parse(R"({"source": "m.csv", "rejects": "1%",
            "tables": {"m": {"key": "id", "columns": {"id": "integer"}}}})"));
    EXPECT_EQ(
        Json::parse(plan->upserts.at(0).text),
        Json::parse(R"({"from": "stage.m", "into": "s.m", "mode": "replace", "key": "id"})")
    );
}

TEST(LoadSpec, IsASourceWithTablesThatSayWhereTheyGo) {
    const auto plan = parsed(R"({"source": "m.csv", "tables": {
        "m": {"into": "s.m", "columns": {"id": "integer"}},
        "g": {"each": "genres", "into": "s.g", "key": "gid", "columns": {"gid": "integer"}}}})");
    ASSERT_TRUE(plan) << plan.error().describe();
    ASSERT_EQ(plan->upserts.size(), 2U);
    EXPECT_EQ(
        Json::parse(plan->upserts[0].text), Json::parse(R"({"from": "stage.m", "into": "s.m"})")
    );
    EXPECT_EQ(
        Json::parse(plan->upserts[1].text),
        Json::parse(R"({"from": "stage.g", "into": "s.g", "key": "gid"})")
    );
    EXPECT_FALSE(plan->stage.text.contains("into"));
}

TEST(LoadSpec, GivesWayToTheCommandLine) {
    const auto plan = parsed(
        two_tasks,
        {.file = "/other.csv", .into = "t.x", .key = {"b"}, .mode = "upsert", .rejects = "5"}
    );
    ASSERT_TRUE(plan) << plan.error().describe();
    const Json stage = Json::parse(plan->stage.text);
    EXPECT_EQ(stage["source"]["path"], "/other.csv");
    EXPECT_EQ(stage["rejects"]["max"], "5");
    EXPECT_EQ(stage["tables"]["m"]["key"], Json::array({"b"}));
    EXPECT_EQ(
        Json::parse(plan->upserts.at(0).text),
        Json::parse(R"({"from": "stage_m.m", "into": "t.x", "key": ["b"], "mode": "upsert"})")
    );
    const auto named = parsed(R"({"source": "m.csv", "columns": {"a": "text"}})", {.into = "s.t"});
    ASSERT_TRUE(named) << named.error().describe();
    EXPECT_EQ(Json::parse(named->upserts.at(0).text).at("into"), "s.t");
}

TEST(LoadSpec, OfSeveralTablesHasNoOneTable) {
    const auto error = refused(
        R"({"source": "m.csv", "tables": {"m": {"into": "s.m", "columns": {"id": "integer"}},
            "n": {"into": "s.n", "columns": {"id": "integer"}}}})",
        {.into = "s.x"}
    );
    EXPECT_THAT(error.message, HasSubstr("need a spec of one table"));
}

TEST(LoadSpec, RefusesWhatIsNoLoad) {
    for (const char* const other : {"null", "5", "{}", R"({"a": 1})", R"({"a": {"tasks": []},
             "b": {"tasks": []}})"}) {
        EXPECT_EQ(refused(other).message, "there is no load in it") << other;
    }
    EXPECT_THAT(refused("[]").message, HasSubstr("there is no stage task"));
    EXPECT_THAT(refused("[5]").message, HasSubstr("a map was expected for each task"));
    EXPECT_THAT(
        refused(R"([{"task_id": "d", "operator": "download", "from": "x"}])").message,
        HasSubstr("d: operator 'download' is no part of a load")
    );
    EXPECT_THAT(
        refused(R"({"source": "m.csv", "columns": {"a": "text"}})").message,
        HasSubstr("--table names it")
    );
}

TEST(LoadSpec, NamesEveryMistake) {
    std::string document = two_tasks;
    document.replace(document.find("integer"), 7, "integr");
    EXPECT_THAT(refused(document).message, HasSubstr("integr"));
    document = two_tasks;
    document.replace(document.find("stage_m.m"), 9, "other.m");
    EXPECT_THAT(refused(document).message, HasSubstr("'other.m' is no table of task 'stage_m'"));
    document = two_tasks;
    document.replace(document.find("m.csv"), 5, "{{ ds }}.csv");
    EXPECT_THAT(
        refused(document).message, HasSubstr("source.path: templates are rendered in DAGs")
    );
    document = two_tasks.substr(0, two_tasks.rfind(']')) + "," + two_tasks.substr(1);
    EXPECT_THAT(refused(document).message, HasSubstr("a second stage task"));
}

}  // namespace
}  // namespace reel::warehouse
