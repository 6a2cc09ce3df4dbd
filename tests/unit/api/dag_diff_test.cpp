#include "api/dag_diff.hpp"

#include <gmock/gmock.h>

#include "api/dag_text.hpp"
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
        R"(description: films
schedule: "0 7 * * *"
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
