#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using core::AssetExpression;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string with_outlets(const std::string& outlets) {
    return bash_task("    outlets: " + outlets + "\n");
}

core::Task outlets(const std::string& outlets) {
    return task_of(parse_one(with_outlets(outlets)), "a");
}

std::string scheduled(const std::string& schedule) {
    return "d:\n  schedule: " + schedule + "\n  tasks:\n  - {task_id: a, operator: empty}\n";
}

TEST(AliasOutlets, StandAmongTheOutlets) {
    const core::Task task = outlets("[s3://a, {alias: daily}, {name: b}, {alias: weekly}]");
    EXPECT_THAT(task.outlet_aliases, ElementsAre("daily", "weekly"));
    ASSERT_THAT(task.outlets, SizeIs(2));
    EXPECT_EQ(task.outlets[1].name, "b");
}

TEST(AliasOutlets, MayBeWrittenAsAirflowsClass) {
    EXPECT_THAT(
        outlets("[{__type__: airflow.sdk.AssetAlias, name: daily, group: g}]").outlet_aliases,
        ElementsAre("daily")
    );
    EXPECT_THAT(
        outlets("[{__type__: airflow.datasets.DatasetAlias, name: daily}]").outlet_aliases,
        ElementsAre("daily")
    );
}

TEST(AliasOutlets, StandInSchedules) {
    const auto condition = parse_one(scheduled("{alias: daily}")).asset_condition.value();
    EXPECT_EQ(condition, core::make_alias("daily"));
    const auto both = parse_one(scheduled("[s3://a, {__type__: airflow.sdk.AssetAlias, name: x}]"))
                          .asset_condition.value();
    ASSERT_EQ(both.kind, AssetExpression::Kind::all);
    EXPECT_EQ(both.operands[1], core::make_alias("x"));
    EXPECT_THAT(
        core::aliases_of(
            *parse_one(scheduled("{or: [{alias: x}, {and: [b, {alias: y}]}]}")).asset_condition
        ),
        ElementsAre("x", "y")
    );
    EXPECT_TRUE(parse_one(scheduled("{assets: {alias: x}, timetable: '@daily'}")).asset_condition);
}

TEST(AliasOutlets, AreHeldToTheirForm) {
    EXPECT_THAT(
        mistakes_in(with_outlets("[{alias: 5}]")),
        ElementsAre(HasSubstr("'outlets.1.alias' of task 'a' must be text"))
    );
    EXPECT_THAT(
        mistakes_in(with_outlets("[{alias: x, uri: s3://a}]")),
        ElementsAre(HasSubstr("unknown key 'uri'"))
    );
    EXPECT_THAT(
        mistakes_in(with_outlets("[{uri: 's3://a b'}]")),
        ElementsAre(HasSubstr("'outlets.1.uri' of task 'a' must be made of visible ASCII"))
    ) << "an asset that is wrong is told as one";
    EXPECT_THAT(
        mistakes_in(scheduled("[a, {alias: [x]}]")), ElementsAre(HasSubstr("must be text"))
    );
    EXPECT_THAT(
        mistakes_in(scheduled("[a, {__type__: airflow.sdk.AssetAlias}]")),
        ElementsAre(HasSubstr("lacks 'name'"))
    );
}

TEST(AliasOutlets, AreNoInlets) {
    EXPECT_THAT(mistakes_in(bash_task("    inlets: [{alias: x}]\n")), SizeIs(2));
}

std::string sensor(const std::string& lines) {
    return "d:\n  tasks:\n  - task_id: a\n    operator: sensor.asset\n" + lines;
}

TEST(AssetSensor, SaysWhatItWaitsFor) {
    const core::Dag dag =
        parse_one(sensor("    asset: s3://sales\n    after: '{{ ds }}'\n    timeout: 1h\n"));
    EXPECT_EQ(args_of(dag, "a")["asset"], "s3://sales");
    EXPECT_EQ(args_of(dag, "a")["timeout"], 3600.0);
    ASSERT_THAT(task_of(dag, "a").inlets, SizeIs(1)) << "so the asset is known";
    EXPECT_EQ(task_of(dag, "a").inlets[0].uri, "s3://sales");
}

TEST(AssetSensor, TakesAnAssetWithItsNameAndOneThatATemplateGives) {
    const core::Dag named = parse_one(sensor("    asset: {uri: s3://sales, name: sales}\n"));
    EXPECT_EQ(task_of(named, "a").inlets.at(0).name, "sales");
    const core::Dag rendered = parse_one(sensor("    asset: s3://{{ params.bucket }}\n"));
    EXPECT_THAT(task_of(rendered, "a").inlets, IsEmpty());
    const core::Dag twice = parse_one(sensor("    asset: s3://sales\n    inlets: [s3://sales]\n"));
    EXPECT_THAT(task_of(twice, "a").inlets, SizeIs(1));
}

TEST(AssetSensor, NeedsAnAsset) {
    EXPECT_THAT(mistakes_in(sensor("")), ElementsAre(HasSubstr("lacks 'asset'")));
    EXPECT_THAT(
        mistakes_in(sensor("    asset: two words\n")),
        ElementsAre(HasSubstr("must be made of visible ASCII"))
    );
}

}  // namespace
}  // namespace reel::dagfile
