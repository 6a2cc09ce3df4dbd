#include "store/asset_references.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::store {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

core::Asset sales() {
    return {.uri = "s3://sales", .name = "sales", .group = "tables"};
}

/// Task "make" makes s3://sales twice and reads s3://raw, the schedule waits for s3://raw.
core::Dag a_dag_of_assets() {
    core::Dag dag;
    dag.dag_id = core::DagId("d");
    core::Task task;
    task.task_id = core::TaskId("make");
    task.outlets = {sales(), core::make_asset("s3://sales")};
    task.inlets = {core::make_asset("s3://raw")};
    dag.tasks = {task, core::Task{.task_id = core::TaskId("plain")}};
    dag.asset_condition = core::parse_asset_condition("s3://raw | (s3://raw & s3://x)").value();
    return dag;
}

TEST(AssetReferences, NameAliasesApart) {
    core::Dag dag = a_dag_of_assets();
    EXPECT_THAT(named_aliases({dag}), IsEmpty());
    dag.tasks[1].outlet_aliases = {"weekly", "daily"};
    core::Dag other;
    other.asset_condition = core::make_alias("hourly");
    EXPECT_THAT(named_aliases({dag, other}), ElementsAre("daily", "hourly", "weekly"));
    EXPECT_THAT(asset_references(other), IsEmpty()) << "an alias is no asset";
    EXPECT_EQ(named_assets({other}).size(), 0U);
}

TEST(AssetReferences, NameEachPlaceOnce) {
    const core::TaskId make("make");
    EXPECT_THAT(
        asset_references(a_dag_of_assets()),
        ElementsAre(
            AssetReference{AssetUse::schedule, core::TaskId(), "s3://raw"},
            AssetReference{AssetUse::schedule, core::TaskId(), "s3://x"},
            AssetReference{AssetUse::outlet, make, "s3://sales"},
            AssetReference{AssetUse::inlet, make, "s3://raw"}
        )
    );
    EXPECT_THAT(asset_references(core::Dag()), IsEmpty());
}

TEST(NamedAssets, KeepTheLastDescriptionThatSaysMoreThanAUri) {
    const core::Dag first = a_dag_of_assets();
    const auto assets = named_assets({first});
    EXPECT_EQ(assets.size(), 3U);
    EXPECT_EQ(assets.at("s3://sales"), sales()) << "the bare one behind it says nothing";
    EXPECT_EQ(assets.at("s3://raw"), core::make_asset("s3://raw"));
    const core::Dag nothing;
    core::Dag later = first;
    later.tasks[0].outlets[0].name = "turnover";
    EXPECT_EQ(named_assets({first, later}).at("s3://sales").name, "turnover");
    EXPECT_EQ(named_assets({later, nothing}).at("s3://sales").name, "turnover");
}

TEST(AssetReferences, StandWherePeopleLookForThem) {
    AssetRecord record;
    const core::DagId dag("d");
    const core::TaskId task("t");
    add_reference(record, dag, {AssetUse::schedule, core::TaskId(), "u"});
    add_reference(record, dag, {AssetUse::outlet, task, "u"});
    add_reference(record, core::DagId("e"), {AssetUse::inlet, task, "u"});
    EXPECT_THAT(record.scheduled_dags, ElementsAre(dag));
    EXPECT_THAT(record.producing_tasks, ElementsAre(AssetTask{dag, task}));
    EXPECT_THAT(record.consuming_tasks, ElementsAre(AssetTask{core::DagId("e"), task}));
}

}  // namespace
}  // namespace reel::store
