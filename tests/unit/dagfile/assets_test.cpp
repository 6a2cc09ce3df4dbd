#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using core::Asset;
using core::AssetExpression;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string dag(const std::string& schedule, const std::string& more = {}) {
    return "d:\n  schedule: " + schedule + "\n" + more +
           "  tasks:\n  - {task_id: a, operator: empty}\n";
}

/// "s3://a" or "(s3://a & (b | c))".
std::string words(const AssetExpression& expression) {
    if (expression.kind == AssetExpression::Kind::asset) return expression.asset.uri;
    std::string text;
    for (const AssetExpression& operand : expression.operands) {
        const char* sign = expression.kind == AssetExpression::Kind::all ? " & " : " | ";
        text += (text.empty() ? "" : sign) + words(operand);
    }
    return "(" + text + ")";
}

std::string condition_of(const std::string& schedule) {
    const core::Dag dag_of = parse_one(dag(schedule));
    return dag_of.asset_condition ? words(*dag_of.asset_condition) : "none";
}

TEST(AssetSchedule, HasManyForms) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"s3://bucket/key", "s3://bucket/key"},
        {"[s3://bucket/key]", "s3://bucket/key"},
        {"['s3://a', 's3://b']", "(s3://a & s3://b)"},
        {"[s3://a, table]", "(s3://a & table)"},
        {"[table]", "table"},
        {"'(a & b) | c'", "((a & b) | c)"},
        {"{uri: s3://a}", "s3://a"},
        {"{name: sales}", "sales"},
        {"[{__type__: airflow.sdk.Asset, uri: s3://a}]", "s3://a"},
        {"[{__type__: airflow.sdk.Asset, __args__: [sales]}]", "sales"},
        {"[{__type__: airflow.datasets.Dataset, __args__: [sales, s3://a]}]", "s3://a"},
        {"{and: [s3://a, {or: [s3://b, s3://c]}]}", "(s3://a & (s3://b | s3://c))"},
        {"{__or__: [{__type__: airflow.sdk.Asset, uri: s3://a}, {__and__: [b, c]}]}",
         "(s3://a | (b & c))"},
        {"{__type__: airflow.sdk.AssetAll, __args__: [a, b]}", "(a & b)"},
        {"{__type__: airflow.datasets.DatasetAny, __args__: [a, b]}", "(a | b)"},
        {"{assets: [a, b]}", "(a & b)"},
        {"{datasets: 'a | b'}", "(a | b)"},
        {"'@daily'", "none"},
    };
    for (const auto& [schedule, condition] : table) {
        EXPECT_EQ(condition_of(schedule), condition) << schedule;
    }
}

TEST(AssetSchedule, LeavesTimesAlone) {
    const core::Dag only = parse_one(dag("[s3://a]"));
    EXPECT_EQ(only.schedule, core::Schedule(core::NoSchedule{}));
    const core::Dag both =
        parse_one(dag("{assets: [s3://a], timetable: '0 7 * * *'}", "  start_date: 2024-01-01\n"));
    EXPECT_EQ(both.schedule, core::Schedule(core::CronSchedule{"0 7 * * *"}));
    EXPECT_TRUE(both.asset_condition);
    const core::Dag classes = parse_one(
        dag("{__type__: airflow.timetables.assets.AssetOrTimeSchedule, assets: s3://a & s3://b, "
            "timetable: {__type__: CronDataIntervalTimetable, cron: '@daily'}}")
    );
    EXPECT_TRUE(classes.intervals.between_fires);
    EXPECT_EQ(words(*classes.asset_condition), "(s3://a & s3://b)");
}

TEST(AssetSchedule, ThatCannotBeReadIsAMistake) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"['@dayly']", "'schedule.1' of DAG 'd' must be a cron expression"},
        {"['5m']", "'schedule.1' of DAG 'd' must be a cron expression"},
        {"'a & '", "2:13 'schedule' of DAG 'd' is not valid: an asset is missing at the end"},
        {"'(s3://a'", "2:13 'schedule' of DAG 'd' is not valid: a ')' is missing"},
        {"[s3://a, '']", "2:22 'schedule.2' of DAG 'd' is no asset: it must have 1 to 1500 bytes"},
        {"[s3://a, 5]", "2:22 'schedule.2' of DAG 'd' must be an asset, not"},
        {"{assets: []}", "2:22 'schedule.assets' of DAG 'd' must not be empty"},
        {"{or: []}", "2:18 'schedule.or' of DAG 'd' must not be empty"},
        {"{or: s3://a}", "2:18 'schedule.or' of DAG 'd' must be a list, not"},
        {"{or: [a, b], and: [c, d]}", "'or' does not go with 'and', in 'schedule' of DAG 'd'"},
        {"{uri: s3://a, nmae: x}", "2:27 unknown key 'nmae' in 'schedule' of DAG 'd'"},
        {"[{uri: 'airflow://x'}]", "2:20 'schedule.1.uri' of DAG 'd' must not begin with 'airflow:'"
        },
        {"[{uri: 's3://me:pw@b/k'}]", "must not hold a user or a password"},
        {"[{__type__: airflow.sdk.AssetRef, name: x}]",
         "'schedule.1.__type__' of DAG 'd' is 'airflow.sdk.AssetRef'"},
        {"[{__type__: mine.Asset, name: x}]", "is 'mine.Asset'"},
        {"[{uri: s3://a, watchers: [x]}]", "'watchers' is not supported yet"},
        {"{__type__: airflow.sdk.AssetAll}", "lacks '__args__'"},
        {"{assets: [a], datasets: [b]}", "'datasets' and 'assets' are the same"},
        {"{assets: [a], timetabel: '@daily'}", "unknown key 'timetabel' in 'schedule'"},
        {"{assets: [a], timetable: s3://b}",
         "2:38 'schedule.timetable' of DAG 'd' must be times, not assets"},
        {"{assets: [a], timetable: '61 * * * *'}", "'schedule.timetable' of DAG 'd' is not valid"},
        {"{datasets: 'a & b', file: datasets.yml}",
         "2:39 'schedule.file' of DAG 'd' is 'datasets.yml', which cannot be read"},
        {"{__type__: airflow.timetables.assets.AssetOrTimeSchedule, assets: [a]}",
         "2:13 'schedule' of DAG 'd' lacks 'timetable'"},
    };
    for (const auto& [schedule, message] : table) {
        EXPECT_THAT(mistakes_in(dag(schedule)), ElementsAre(HasSubstr(message))) << schedule;
    }
}

TEST(AssetSchedule, HintsAtTheFormForTimesAndAssets) {
    const LoadedFile file = parse(dag("[s3://a, '0 7 * * *']"));
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_THAT(file.diagnostics[0].hint, HasSubstr("{assets: …, timetable: …}"));
}

TEST(AssetSchedule, NeedsADefaultForEveryParam) {
    EXPECT_THAT(
        mistakes_in(dag("[s3://a]", "  params:\n    x: {type: string}\n")),
        ElementsAre(HasSubstr("param 'x' lacks a default"))
    );
}

TEST(Outlets, AreUrisOrMaps) {
    const core::Dag dag_of =
        parse_one(bash_task("    inlets: [s3://raw]\n"
                            "    outlets:\n"
                            "    - s3://bucket/a.json\n"
                            "    - {uri: 's3://b', name: sales, group: tables, extra: {rows: 5}}\n"
                            "    - {name: prices}\n"
                            "    - {__type__: airflow.sdk.Asset, uri: s3://c}\n"));
    const core::Task& task = task_of(dag_of, "a");
    EXPECT_THAT(task.inlets, ElementsAre(core::make_asset("s3://raw")));
    EXPECT_THAT(
        task.outlets,
        ElementsAre(
            core::make_asset("s3://bucket/a.json"),
            Asset{.uri = "s3://b", .name = "sales", .group = "tables", .extra = {R"({"rows":5})"}},
            core::make_asset("prices"),
            core::make_asset("s3://c")
        )
    );
    EXPECT_FALSE(args_of(dag_of, "a").contains("outlets"));
}

TEST(Outlets, MayComeFromDefaultArgs) {
    const core::Dag dag_of = parse_one(
        "d:\n  default_args: {outlets: [s3://a]}\n  tasks:\n  - {task_id: a, operator: empty}\n"
        "  - {task_id: b, operator: empty, outlets: []}\n"
    );
    EXPECT_THAT(task_of(dag_of, "a").outlets, ElementsAre(core::make_asset("s3://a")));
    EXPECT_THAT(task_of(dag_of, "b").outlets, IsEmpty());
}

TEST(Outlets, ThatCannotBeReadAreMistakes) {
    EXPECT_THAT(
        mistakes_in(bash_task("    outlets: [s3://a, 'two words', {grup: x, uri: s3://b}, 3]\n")),
        ElementsAre(
            "6:23 'outlets.2' of task 'a' must be made of visible ASCII letters, without blanks",
            "6:37 unknown key 'grup' in 'outlets.3' of task 'a'",
            HasSubstr("6:60 'outlets.4' of task 'a' must be text or a map, not")
        )
    );
    EXPECT_THAT(
        mistakes_in(bash_task("    inlets: s3://a\n")),
        ElementsAre(HasSubstr("6:13 'inlets' of task 'a' must be a list or a map, not"))
    );
}

}  // namespace
}  // namespace reel::dagfile
