#include "api/dag_diff.hpp"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "api/dag_text.hpp"
#include "reel/store/dag_json.hpp"
#include "unit/api/api_fixture.hpp"

namespace reel::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

core::Dag movies() {
    core::Dag dag = movies_dag();
    dag.display_name = "movies";
    for (core::Task& task : dag.tasks) task.display_name = task.task_id.str();
    return dag;
}

DagDiff diff(const core::Dag& from, const core::Dag& to) {
    return compare_dags(from, 1, to, 2);
}

TEST(DagText, SaysWhatIsNotAtItsDefaultOneValueALine) {
    core::Dag dag = movies();
    dag.tasks.resize(1);
    dag.tasks[0].args.text =
        R"({"bash_command": "set -e\n\necho 1\n", "env": {"A": "x y", "B": []}})";
    dag.tasks[0].retries = 3;
    EXPECT_EQ(
        dag_text(dag),
        R"(schedule: "0 7 * * *"
description: films
tags:
  - films
  - movies
params:
  dataset:
    type: string
    default: x.zip
tasks:
  extract:
    operator: bash
    retries: 3
    bash_command: |
      set -e
      
      echo 1
    env:
      A: "x y"
      B: []
)"
    );
}

/// What is stored and says nothing of its own: names that are keys, what follows from the rest, and
/// where it stands in which file.
const std::set<std::string> left_out{
    "dag_id", "fileloc", "relative_fileloc", "version", "downstream", "file", "line", "column"
};

/// A value of the same kind that reads well and is another one.
nlohmann::json changed(const std::string& key, const nlohmann::json& value) {
    static const std::map<std::string, nlohmann::json> others{
        {"trigger_rule", "all_done"},
        {"weight_rule", "absolute"},
        {"schedule", {{"type", "once"}}},
        {"dst", {{"gap", "skip"}}},
        {"intervals", {{"between_fires", true}, {"length", 0}}},
        {"callbacks", {{"failure", {{{"kind", "command"}, {"args", R"({"command":"x"})"}}}}}},
        {"deadlines",
         {{{"reference", "dagrun_queued_at"},
           {"fixed_at", 0},
           {"interval", 60000000},
           {"callbacks", nlohmann::json::array()}}}},
        {"asset_condition", nullptr},
        {"mapping",
         {{{"argument", "x"}, {"literal", "[1]"}, {"upstream", nullptr}, {"xcom_key", ""}}}},
        {"inlets", {{{"uri", "s3://b"}, {"name", "b"}, {"group", "asset"}, {"extra", "{}"}}}},
        {"outlets", {{{"uri", "s3://b"}, {"name", "b"}, {"group", "asset"}, {"extra", "{}"}}}},
        {"args", R"({"bash_command":"other"})"},
        {"params", R"({"other":1})"},
        {"default_args", R"({"owner":"other"})"},
        {"is_paused_upon_creation", true},
        {"tags", {"other"}},
        {"outlet_aliases", {"other"}},
        {"retry_exit_codes", {3}},
        {"upstream", {1}},
        {"max_retry_delay", 7000000},
        {"execution_timeout", 7000000},
        {"dagrun_timeout", 7000000},
        {"start_date", 7000000},
        {"end_date", 7000000},
        {"max_active_tis_per_dag", 7},
        {"max_active_tis_per_dagrun", 7},
    };
    if (const auto found = others.find(key); found != others.end()) return found->second;
    if (value.is_boolean()) return !value.get<bool>();
    if (value.is_number()) return value.get<double>() + 7;
    return "other";
}

/// Each member of this part of the stored form, changed by itself, is seen in the text.
void expect_each_is_seen(const nlohmann::json& form, const nlohmann::json::json_pointer& part) {
    const std::string before = dag_text(store::dag_from_json({form.dump()}).value());
    for (const auto& [key, value] : form[part].items()) {
        if (left_out.contains(key) || key == "tasks" || key == "groups") continue;
        nlohmann::json other = form;
        other[part][key] = changed(key, value);
        const auto dag = store::dag_from_json({other.dump()});
        ASSERT_TRUE(dag) << key << ": " << dag.error().message;
        EXPECT_NE(dag_text(*dag), before) << part.to_string() << "/" << key;
    }
}

TEST(DagText, ShowsEveryFieldThatIsStored) {
    core::Dag dag = movies();
    dag.groups = {{.group_id = "g", .label = "g", .tooltip = "all of it"}};
    dag.asset_condition = core::parse_asset_condition("s3://a").value();
    const auto form = nlohmann::json::parse(store::dag_to_json(dag).text);
    for (const char* const part : {"", "/tasks/0", "/groups/0"}) {
        expect_each_is_seen(form, nlohmann::json::json_pointer(part));
    }
}

TEST(DagText, NamesTasksAndNotTheirPlaces) {
    core::Dag dag = movies();
    EXPECT_THAT(dag_text(dag), HasSubstr("    dependencies:\n      - clean\n      - audit\n"));
    core::Dag moved = dag;
    moved.tasks[0].position = {"/f.yaml", 7, 3};
    moved.fileloc = "/elsewhere";
    EXPECT_EQ(dag_text(moved), dag_text(dag));
}

TEST(DagText, KnowsMappingsAssetsAndGroups) {
    core::Dag dag = movies();
    dag.groups = {{.group_id = "g", .label = "g", .tooltip = "all of it"}};
    dag.tasks[1].group = "g";
    dag.tasks[1].mapping = core::Mapping{
        {{.argument = "x", .literal = {"[1]"}, .upstream = {}},
         {.argument = "y", .literal = {}, .upstream = 0, .xcom_key = "parts"}}
    };
    dag.tasks[1].outlets = {core::make_asset("s3://a"), {.uri = "s3://b", .name = "b"}};
    dag.tasks[1].outlet_aliases = {"daily"};
    dag.asset_condition = core::parse_asset_condition("s3://a | s3://b").value();
    const OrderedJson content = dag_content(dag);
    EXPECT_EQ(content["task_groups"]["g"]["tooltip"], "all of it");
    const OrderedJson& task = content["tasks"]["clean"];
    EXPECT_EQ(task["expand"]["x"], OrderedJson::parse("[1]"));
    EXPECT_EQ(task["expand"]["y"], "+extract[\"parts\"]");
    EXPECT_EQ(task["outlets"][0], "s3://a");
    EXPECT_EQ(task["outlets"][1]["name"], "b");
    EXPECT_EQ(task["outlets"][2]["alias"], "daily");
    EXPECT_TRUE(content["assets"].contains("any"));
}

TEST(DagDiff, OfEqualVersionsIsEmpty) {
    const DagDiff same = diff(movies(), movies());
    EXPECT_THAT(same.text, IsEmpty());
    EXPECT_THAT(same.tasks_changed, IsEmpty());
    EXPECT_THAT(same.fields_changed, IsEmpty());
}

TEST(DagDiff, TellsTasksThatCameAndWent) {
    core::Dag to = movies();
    to.tasks[1].task_id = core::TaskId("scrub");
    const DagDiff found = diff(movies(), to);
    EXPECT_THAT(found.tasks_added, ElementsAre("scrub"));
    EXPECT_THAT(found.tasks_removed, ElementsAre("clean"));
    EXPECT_THAT(found.tasks_changed, ElementsAre(ChangedTask{"load", {"dependencies"}}))
        << "it waits for another task now";
}

TEST(DagDiff, TellsArgumentsAndFieldsThatChanged) {
    core::Dag from = movies();
    from.tasks[0].args.text = R"({"bash_command": "echo 1", "cwd": "a"})";
    core::Dag to = from;
    to.tasks[0].args.text = R"({"bash_command": "echo 2", "env": {}})";
    to.tasks[0].pool = "small";
    to.schedule = core::NoSchedule{};
    to.max_active_runs = 1;
    const DagDiff found = diff(from, to);
    EXPECT_THAT(
        found.tasks_changed,
        ElementsAre(ChangedTask{"extract", {"bash_command", "cwd", "env", "pool"}})
    );
    EXPECT_THAT(found.fields_changed, ElementsAre("max_active_runs", "schedule"));
    EXPECT_THAT(found.text, HasSubstr("-    bash_command: \"echo 1\"\n"));
    EXPECT_THAT(found.text, HasSubstr("+    bash_command: \"echo 2\"\n"));
    EXPECT_THAT(found.text, HasSubstr("--- movies version 1\n+++ movies version 2\n"));
    EXPECT_THAT(found.text, Not(HasSubstr("-  audit")));
}

}  // namespace
}  // namespace reel::api
