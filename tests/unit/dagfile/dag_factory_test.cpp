// The shapes of dag-factory's examples: tests/data/dag_factory has a file for each.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "parsing.hpp"
#include "reel/core/schedule.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::string text_of(const std::string& name) {
    std::ifstream file(std::string(REEL_DAG_FACTORY) + "/" + name);
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

LoadedFile load(const std::string& name) {
    return parse(text_of(name), {{"defaults.yml", text_of("defaults.yml")}});
}

/// The DAGs of a file that must load as it stands, by their ids.
std::map<std::string, core::Dag> dags_of(const std::string& name) {
    std::map<std::string, core::Dag> dags;
    LoadedFile file = load(name);
    for (const Diagnostic& diagnostic : file.diagnostics) ADD_FAILURE() << diagnostic.describe();
    for (core::Dag& dag : file.dags) {
        const std::string id = dag.dag_id.str();
        dags.emplace(id, std::move(dag));
    }
    return dags;
}

std::string day_of(const std::optional<core::Timestamp>& at) {
    return at ? core::format_iso(*at).substr(0, 10) : "none";
}

std::string command_of(const core::Dag& dag, const char* task) {
    return args_of(dag, task).value("bash_command", "");
}

/// "((a & b) | c)"
std::string words(const core::AssetExpression& expression) {
    if (expression.kind == core::AssetExpression::Kind::asset) return expression.asset.uri;
    std::string text;
    for (const core::AssetExpression& operand : expression.operands) {
        const char* sign = expression.kind == core::AssetExpression::Kind::all ? " & " : " | ";
        text += (text.empty() ? "" : sign) + words(operand);
    }
    return "(" + text + ")";
}

TEST(DagFactory, BasicExample) {
    const core::Dag dag = dags_of("basic.yml").at("orders");
    EXPECT_EQ(dag.description, "orders of the day");
    EXPECT_EQ(core::summarize_timetable(dag), "0 4 * * *");
    EXPECT_TRUE(dag.render_template_as_native_obj);
    EXPECT_EQ(day_of(dag.start_date), "2024-11-01") << "the file's default over defaults.yml";
    EXPECT_EQ(task_of(dag, "fetch").owner, "sales");
    EXPECT_EQ(task_of(dag, "fetch").retries, 4) << "of defaults.yml";
    EXPECT_THAT(upstreams_of(dag, "report"), ElementsAre("fetch"));
    EXPECT_THAT(upstreams_of(dag, "checks.count"), ElementsAre("fetch"));
    ASSERT_THAT(dag.groups, SizeIs(1));
    EXPECT_EQ(dag.groups[0].tooltip, "what must hold before anybody looks");
}

TEST(DagFactory, TasksAndGroupsAsMaps) {
    const core::Dag dag = dags_of("maps.yml").at("orders_as_maps");
    EXPECT_THAT(dag.tasks, SizeIs(3));
    EXPECT_THAT(upstreams_of(dag, "checks.count"), ElementsAre("fetch"));
    EXPECT_THAT(upstreams_of(dag, "report"), ElementsAre("checks.count"));
}

TEST(DagFactory, TasksOfTheDefaultBlock) {
    const auto dags = dags_of("shared_tasks.yml");
    const core::Dag& north = dags.at("north");
    EXPECT_THAT(north.tags, ElementsAre("shared"));
    EXPECT_THAT(north.tasks, SizeIs(3));
    EXPECT_EQ(command_of(north, "put"), "echo north");
    EXPECT_THAT(upstreams_of(north, "put"), ElementsAre("clean"));
    const core::Dag& south = dags.at("south");
    EXPECT_THAT(south.tags, ElementsAre("only_south"));
    EXPECT_EQ(task_of(south, "put").retries, 2);
    EXPECT_THAT(upstreams_of(south, "tell"), ElementsAre("put"));
    EXPECT_EQ(command_of(south, "get"), "echo get");
}

TEST(DagFactory, SeveralDagsWithTheirDefaults) {
    const auto dags = dags_of("several_dags.yml");
    const core::Dag& first = dags.at("first");
    EXPECT_EQ(first.display_name, "The first");
    EXPECT_EQ(first.doc_md, "## all about it");
    EXPECT_EQ(first.max_active_tasks, 2) << "concurrency is its older name";
    EXPECT_EQ(first.max_active_runs, 1);
    EXPECT_EQ(first.dagrun_timeout, std::chrono::minutes(10));
    EXPECT_EQ(day_of(first.start_date), "2024-05-15") << "two days ago, at midnight";
    EXPECT_EQ(day_of(first.end_date), "2030-03-05");
    EXPECT_EQ(core::summarize_timetable(first), "0 3 * * *");
    EXPECT_EQ(task_of(first, "one").owner, "custom_owner");
    EXPECT_EQ(task_of(first, "one").retries, 1);
    EXPECT_EQ(task_of(first, "one").retry_delay, std::chrono::minutes(5));
    const core::Dag& second = dags.at("second");
    EXPECT_FALSE(core::is_scheduled(second));
    EXPECT_EQ(second.timezone, "Europe/Amsterdam");
    EXPECT_EQ(task_of(second, "one").retry_delay, std::chrono::seconds(30)) << "days, seconds";
    EXPECT_FALSE(core::is_scheduled(dags.at("third")));
}

TEST(DagFactory, NestedGroups) {
    const core::Dag dag = dags_of("groups.yml").at("nested");
    EXPECT_THAT(upstreams_of(dag, "outer.middle"), ElementsAre("begin"));
    EXPECT_THAT(upstreams_of(dag, "outer.inner.deep"), ElementsAre("outer.middle"));
    EXPECT_THAT(upstreams_of(dag, "end"), ElementsAre("outer.inner.deep"));
    EXPECT_EQ(task_of(dag, "outer.middle").retries, 3);
    EXPECT_EQ(task_of(dag, "outer.inner.deep").retries, 1) << "the innermost group's";
    EXPECT_EQ(task_of(dag, "outer.inner.deep").owner, "outer_owner");
    EXPECT_EQ(task_of(dag, "begin").owner, "default_owner");
}

TEST(DagFactory, DynamicTaskMapping) {
    const core::Dag dag = dags_of("mapping.yml").at("mapped");
    const auto source = [&](const char* task, std::size_t at = 0) {
        return task_of(dag, task).mapping.value().sources.at(at);
    };
    const auto regions = dag.index_of(core::TaskId("regions"));
    for (const char* task : {"of_output", "of_task", "of_argument"}) {
        EXPECT_EQ(source(task).argument, "env") << task;
        EXPECT_EQ(source(task).upstream, regions) << task;
        EXPECT_THAT(upstreams_of(dag, task), ElementsAre("regions")) << task;
    }
    EXPECT_EQ(args_of(dag, "of_output")["append_env"], true) << "of partial";
    EXPECT_EQ(json::parse(source("of_list").literal.text).size(), 3U);
    EXPECT_EQ(task_of(dag, "of_list").map_index_template, "{{ task.bash_command }}");
    EXPECT_EQ(source("of_both", 0).argument, "bash_command");
    EXPECT_EQ(source("of_both", 1).upstream, regions);
}

TEST(DagFactory, Params) {
    const core::Dag dag = dags_of("params.yml").at("with_params");
    const json params = json::parse(dag.params.text);
    EXPECT_EQ(params["model_version"]["default"], "1.0.0");
    EXPECT_EQ(params["limit"]["default"], 10);
    EXPECT_EQ(params["limit"]["minimum"], 1);
    EXPECT_FALSE(params["limit"].contains("__type__"));
    EXPECT_EQ(params["day"]["format"], "date");
    EXPECT_THAT(upstreams_of(dag, "tell"), ElementsAre("show"));
}

TEST(DagFactory, Timetables) {
    const auto dags = dags_of("timetables.yml");
    std::map<std::string, std::string> schedules;
    for (const auto& [id, dag] : dags) schedules[id] = core::summarize_timetable(dag);
    EXPECT_THAT(
        schedules,
        UnorderedElementsAre(
            Pair("by_arguments", "0 1 * * 3"),
            Pair("by_name", "*/5 * * * *"),
            Pair("by_interval", "0 0 * * *"),
            Pair("by_timedelta", "0:00:30"),
            Pair("by_relativedelta", HasSubstr("months=+1")),
            Pair("by_block", "0 1 * * 3"),
            Pair("by_block_of_several", HasSubstr("0 2 * * 4")),
            Pair("by_block_of_intervals", "2:00:00"),
            Pair("by_block_of_events", "Christmas"),
            Pair("by_preset", "0 0 * * *")
        )
    );
    EXPECT_EQ(std::get<core::CronSchedule>(dags.at("by_name").schedule).timezone, "Europe/Berlin");
    EXPECT_TRUE(dags.at("by_interval").intervals.between_fires);
    EXPECT_TRUE(dags.at("by_block_of_intervals").intervals.between_fires);
    EXPECT_FALSE(dags.at("by_block").intervals.between_fires);
}

TEST(DagFactory, ConditionsOverDatasetsAndAssets) {
    const auto dags = dags_of("conditions.yml");
    const auto condition = [&](const char* id) { return words(*dags.at(id).asset_condition); };
    for (const char* id : {"list_of_uris", "list_of_objects", "list_by_type"}) {
        EXPECT_EQ(condition(id), "(s3://lake/a.json & s3://lake/b.json)") << id;
    }
    for (const char* id : {"as_text", "as_words", "as_words_alone", "as_tags"}) {
        EXPECT_EQ(condition(id), "((s3://lake/a.json & s3://lake/b.json) | s3://lake/c.json)")
            << id;
    }
    EXPECT_EQ(core::assets_of(*dags.at("list_of_objects").asset_condition)[1].name, "b");
    EXPECT_EQ(condition("or_time"), "((one & two) | three)");
    EXPECT_EQ(core::summarize_schedule(dags.at("or_time").schedule), "0 1 * * 5");
}

TEST(DagFactory, InletsAndOutlets) {
    const auto dags = dags_of("producers.yml");
    const core::Dag& makes = dags.at("makes");
    EXPECT_EQ(task_of(makes, "make").inlets.at(0).uri, "s3://lake/source.json");
    EXPECT_EQ(task_of(makes, "make").outlets.at(0).uri, "s3://lake/a.json");
    EXPECT_EQ(task_of(makes, "describe").outlets.at(0).name, "b_asset");
    EXPECT_THAT(task_of(makes, "name_at_run_time").outlet_aliases, ElementsAre("dynamic_outputs"));
    EXPECT_EQ(words(*dags.at("reads").asset_condition), "file:///data/b.csv");
}

TEST(DagFactory, JoinedTexts) {
    const core::Dag dag = dags_of("joined.yml").at("joined");
    EXPECT_EQ(command_of(dag, "by_key"), "echo hello world");
    EXPECT_EQ(command_of(dag, "by_tag"), "echo hello 42");
}

TEST(DagFactory, Sensors) {
    const core::Dag dag = dags_of("sensors.yml").at("waits");
    EXPECT_EQ(task_of(dag, "wait_for_task").operator_name, "sensor.external_task");
    EXPECT_EQ(args_of(dag, "wait_for_task")["poke_interval"], 30.0);
    EXPECT_EQ(args_of(dag, "wait_for_yesterday")["execution_delta"], 86400.0);
    EXPECT_EQ(task_of(dag, "wait_for_answer").operator_name, "sensor.http");
    EXPECT_THAT(upstreams_of(dag, "go_on"), SizeIs(3));
}

/// Message and hint of each diagnostic that says something of `word`.
std::vector<std::string> told_of(const LoadedFile& file, const std::string& word) {
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : file.diagnostics) {
        if (diagnostic.message.find(word) == std::string::npos) continue;
        lines.push_back(diagnostic.message + " | " + diagnostic.hint);
    }
    return lines;
}

TEST(DagFactory, EveryOldKeyNamesItsSuccessor) {
    const LoadedFile file = load("legacy.yml");
    const std::pair<const char*, const char*> keys[] = {
        {"'schedule_interval'", "write 'schedule'"},
        {"'timetable'", "write 'schedule'"},
        {"'doc_md_file_path'", "'doc_md'"},
        {"'decorator'", "operator: python"},
        {"'variables_as_arguments'", "{{ var.value.NAME }}"},
        {"'catchup'", "of the DAG itself"},
    };
    for (const auto& [key, hint] : keys) {
        EXPECT_THAT(told_of(file, key), ElementsAre(HasSubstr(hint))) << key;
    }
}

TEST(DagFactory, OperatorsThatAreNotHereSayWhatElseToDo) {
    const LoadedFile file = load("legacy.yml");
    EXPECT_THAT(
        told_of(file, "KubernetesPodOperator"),
        ElementsAre(testing::AllOf(HasSubstr("is not supported yet"), HasSubstr("kubectl run")))
    );
    EXPECT_THAT(
        told_of(file, "SimpleHttpOperator"),
        ElementsAre(testing::AllOf(HasSubstr("is not supported yet"), HasSubstr("curl")))
    );
    EXPECT_THAT(told_of(file, "MakeBreadOperator"), ElementsAre(HasSubstr("operator: python")));
    EXPECT_THAT(file.dags, IsEmpty());
}

TEST(DagFactory, FormsThatAreWrongAreTold) {
    const auto told = [](const std::string& value) {
        return mistakes_in("d:\n  description: " + value + "\n  tasks: {a: {operator: empty}}\n");
    };
    EXPECT_THAT(told("!join [a, [b]]"), ElementsAre("2:26 '!join' joins texts, not a list"));
    EXPECT_THAT(told("{__join__: a}"), ElementsAre(HasSubstr("'__join__' must hold a list")));
    EXPECT_THAT(told("!unknown [a]"), testing::Contains(HasSubstr("the tag '!unknown'")));
    EXPECT_THAT(told("!join {a: b}"), testing::Contains(HasSubstr("'!join' must hold a list")));
    EXPECT_THAT(
        told("{__type__: builtins.list, items: 5}"),
        testing::Contains(HasSubstr("'items' must be a list, not 5"))
    );
}

}  // namespace
}  // namespace reel::dagfile
