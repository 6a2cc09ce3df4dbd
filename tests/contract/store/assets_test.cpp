#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::Errc;
using testing::ElementsAre;
using testing::IsEmpty;

/// extract makes "s3://raw" and load "s3://sales".
core::Dag a_producer(const std::string& dag_id = "producer") {
    core::Dag dag = a_dag(dag_id);
    dag.tasks[0].outlets = {core::make_asset("s3://raw")};
    dag.tasks[1].inlets = {core::make_asset("s3://raw")};
    dag.tasks[1].outlets = {
        {.uri = "s3://sales", .name = "sales", .group = "tables", .extra = {R"({"x": "\u00fc"})"}}
    };
    return dag;
}

core::Dag a_consumer(const std::string& dag_id, const std::string& condition) {
    core::Dag dag = a_dag(dag_id);
    dag.asset_condition = core::parse_asset_condition(condition).value();
    return dag;
}

NewAssetEvent an_event(
    std::int64_t id, const std::string& uri, const std::vector<std::string>& queued_for = {}
) {
    NewAssetEvent added{.event = {.id = id, .uri = uri, .timestamp = at(1, static_cast<int>(id))}};
    added.event.source = key_of("producer", "p1", "extract");
    for (const std::string& dag_id : queued_for) added.queued_for.emplace_back(dag_id);
    return added;
}

NewRun a_consuming_run(const std::string& run_id, std::vector<std::int64_t> events) {
    NewRun run = a_run("consumer", run_id);
    run.run.type = core::RunType::asset_triggered;
    run.run.triggered_by = core::TriggeredBy::asset;
    run.run.logical_date.reset();
    run.run.data_interval.reset();
    run.consumed_events = std::move(events);
    return run;
}

class AssetContract : public RunStoreContract {
  protected:
    void SetUp() override {
        RunStoreContract::SetUp();
        store->save_dags(
            {a_producer(), a_consumer("consumer", "s3://raw & s3://sales")}, false, at(0)
        );
    }

    [[nodiscard]] std::vector<std::int64_t> queued(const std::string& dag_id = "consumer") {
        std::vector<std::int64_t> ids;
        for (const auto& event : store->list_queued_asset_events(core::DagId(dag_id), {})) {
            ids.push_back(event.event_id);
        }
        return ids;
    }

    [[nodiscard]] std::vector<std::int64_t> events(const AssetEventFilter& filter = {}) {
        std::vector<std::int64_t> ids;
        for (const auto& view : store->list_asset_events(filter).items)
            ids.push_back(view.event.id);
        return ids;
    }

    [[nodiscard]] std::vector<std::int64_t> consumed(const std::string& run_id) {
        AssetEventFilter filter;
        filter.consumed_by = {core::DagId("consumer"), core::RunId(run_id)};
        return events(filter);
    }

    [[nodiscard]] AssetRecord asset(const std::string& uri) {
        for (AssetRecord& record : store->list_assets()) {
            if (record.asset.uri == uri) return record;
        }
        ADD_FAILURE() << "no asset " << uri;
        return {};
    }
};

TEST_P(AssetContract, OldEventsGoThatNobodyHolds) {
    ASSERT_TRUE(store->commit(
        {.asset_events =
             {an_event(1, "s3://raw"),
              an_event(2, "s3://raw", {"consumer"}),
              an_event(3, "s3://raw"),
              an_event(4, "s3://raw", {"consumer"}),
              an_event(5, "s3://raw"),
              an_event(6, "s3://raw")}}
    ));
    ASSERT_TRUE(store->commit({.new_runs = {a_consuming_run("a1", {2})}}));
    EXPECT_EQ(store->count_expired(Remains::asset_event, at(1, 5)), 2U) << "1 and 3";
    EXPECT_EQ(store->delete_expired({Remains::asset_event, at(1, 5), 1}).removed, 1U);
    EXPECT_EQ(store->delete_expired({Remains::asset_event, at(9), 9}).removed, 2U) << "3 and 5";
    EXPECT_THAT(events(), ElementsAre(2, 4, 6)) << "of a run, in a queue, the newest";
    EXPECT_EQ(store->load_asset_state().last_event_id, 6);
}

TEST_P(AssetContract, AssetsAreThoseThatDagsName) {
    ASSERT_EQ(store->list_assets().size(), 2U);
    const AssetRecord sales = asset("s3://sales");
    EXPECT_EQ(sales.asset, a_producer().tasks[1].outlets[0]);
    EXPECT_EQ(sales.created_at, at(0));
    EXPECT_TRUE(sales.is_active);
    EXPECT_THAT(sales.scheduled_dags, ElementsAre(core::DagId("consumer")));
    EXPECT_THAT(
        sales.producing_tasks, ElementsAre(AssetTask{core::DagId("producer"), core::TaskId("load")})
    );
    EXPECT_THAT(sales.consuming_tasks, IsEmpty());
    EXPECT_THAT(
        asset("s3://raw").consuming_tasks,
        ElementsAre(AssetTask{core::DagId("producer"), core::TaskId("load")})
    );
    EXPECT_FALSE(sales.last_event_id);
}

TEST_P(AssetContract, ABareUriDoesNotUndoADescription) {
    const std::int64_t id = asset("s3://sales").id;
    store->save_dags({a_consumer("other", "s3://sales")}, false, at(1));
    EXPECT_EQ(asset("s3://sales").asset.name, "sales");
    EXPECT_EQ(asset("s3://sales").updated_at, at(0));
    core::Dag renamed = a_producer();
    renamed.tasks[1].outlets[0].name = "turnover";
    store->save_dags({renamed}, false, at(2));
    EXPECT_EQ(asset("s3://sales").asset.name, "turnover");
    EXPECT_EQ(asset("s3://sales").created_at, at(0));
    EXPECT_EQ(asset("s3://sales").updated_at, at(2));
    EXPECT_EQ(asset("s3://sales").id, id);
}

TEST_P(AssetContract, WhatNoDagNamesAnyMoreIsNotActive) {
    store->mark_stale_except({core::DagId("consumer")});
    EXPECT_TRUE(asset("s3://raw").is_active);
    store->mark_stale_except({});
    EXPECT_FALSE(asset("s3://raw").is_active);
    store->save_dags({a_dag("producer", "v2"), a_dag("consumer", "v2")}, false, at(1));
    EXPECT_FALSE(asset("s3://raw").is_active);
    EXPECT_THAT(asset("s3://raw").producing_tasks, IsEmpty());
    ASSERT_TRUE(store->delete_dag(core::DagId("producer")));
    EXPECT_EQ(store->list_assets().size(), 2U);
}

TEST_P(AssetContract, AnEventIsStoredWithItsQueue) {
    NewAssetEvent by_hand = an_event(8, "s3://sales", {"consumer", "nobody"});
    by_hand.event.source.reset();
    by_hand.event.extra.text = R"({"rows": 5})";
    ASSERT_TRUE(store->commit({.asset_events = {an_event(7, "s3://raw", {"consumer"}), by_hand}}));
    EXPECT_THAT(queued(), ElementsAre(7, 8));
    EXPECT_THAT(queued("nobody"), IsEmpty());
    const auto views = store->list_asset_events({}).items;
    ASSERT_EQ(views.size(), 2U);
    EXPECT_EQ(views[0].event, an_event(7, "s3://raw").event);
    EXPECT_EQ(views[1].event, by_hand.event);
    EXPECT_EQ(views[1].asset_id, asset("s3://sales").id);
    EXPECT_EQ(views[1].name, "sales");
    EXPECT_EQ(views[1].group, "tables");
    EXPECT_EQ(asset("s3://sales").last_event_id, 8);
    EXPECT_EQ(asset("s3://sales").last_event_at, at(1, 8));
    const AssetState state = store->load_asset_state();
    EXPECT_EQ(state.last_event_id, 8);
    ASSERT_EQ(state.queued.size(), 2U);
    EXPECT_EQ(state.queued[0].uri, "s3://raw");
    EXPECT_EQ(state.queued[0].source, an_event(7, "s3://raw").event.source);
    EXPECT_EQ(state.queued[0].timestamp, at(1, 7));
}

TEST_P(AssetContract, ARunTakesItsEventsOutOfTheQueue) {
    ASSERT_TRUE(store->commit(
        {.asset_events =
             {an_event(1, "s3://raw", {"consumer"}), an_event(2, "s3://raw", {"consumer"})}}
    ));
    const Commit commit{
        .asset_events = {an_event(3, "s3://sales", {"consumer"})},
        .new_runs = {a_consuming_run("a1", {1, 3})}
    };
    ASSERT_TRUE(store->commit(commit));
    EXPECT_THAT(queued(), ElementsAre(2));
    EXPECT_THAT(consumed("a1"), ElementsAre(1, 3));
    const auto views = store->list_asset_events({}).items;
    ASSERT_EQ(views[0].created_runs.size(), 1U);
    EXPECT_EQ(views[0].created_runs[0], a_consuming_run("a1", {}).run);
    EXPECT_THAT(views[1].created_runs, IsEmpty());
    // Its answer was lost.
    ASSERT_TRUE(store->commit(commit));
    EXPECT_THAT(queued(), ElementsAre(2));
    EXPECT_THAT(consumed("a1"), ElementsAre(1, 3));
}

TEST_P(AssetContract, AnEventStartsOneRunOfADagAndNoSecond) {
    ASSERT_TRUE(store->commit({.asset_events = {an_event(1, "s3://raw", {"consumer"})}}));
    EXPECT_EQ(
        code_of(store->commit({.new_runs = {a_consuming_run("a1", {1}), a_consuming_run("a2", {1})}}
        )),
        Errc::conflict
    );
    EXPECT_THAT(queued(), ElementsAre(1));
    ASSERT_TRUE(store->commit({.new_runs = {a_consuming_run("a1", {1})}}));
    EXPECT_EQ(code_of(store->commit({.new_runs = {a_consuming_run("a2", {1})}})), Errc::conflict);
    EXPECT_EQ(code_of(store->commit({.new_runs = {a_consuming_run("a3", {99})}})), Errc::conflict);
    EXPECT_EQ(store->list_runs({}).total, 1U);
}

TEST_P(AssetContract, AFlawedEventRefusesTheWholeCommit) {
    ASSERT_TRUE(store->commit({.asset_events = {an_event(1, "s3://raw")}}));
    EXPECT_TRUE(store->commit({.asset_events = {an_event(1, "s3://raw")}})) << "as it stands";
    EXPECT_EQ(
        code_of(store->commit({.asset_events = {an_event(1, "s3://sales")}})), Errc::conflict
    );
    EXPECT_EQ(
        code_of(store->commit({.asset_events = {an_event(2, "s3://raw"), an_event(2, "s3://raw")}})
        ),
        Errc::conflict
    );
    EXPECT_EQ(
        code_of(store->commit(
            {.asset_events = {an_event(3, "s3://none")}, .new_runs = {a_run("producer", "p1")}}
        )),
        Errc::not_found
    );
    EXPECT_THAT(events(), ElementsAre(1));
    EXPECT_EQ(store->list_runs({}).total, 0U);
}

TEST_P(AssetContract, QueuedEventsAreDropped) {
    ASSERT_TRUE(store->commit(
        {.asset_events =
             {an_event(1, "s3://raw", {"consumer"}), an_event(2, "s3://sales", {"consumer"})}}
    ));
    const core::DagId consumer("consumer");
    EXPECT_EQ(store->list_queued_asset_events({}, "s3://sales").size(), 1U);
    EXPECT_EQ(store->list_queued_asset_events(consumer, "s3://none").size(), 0U);
    ASSERT_TRUE(store->commit({.dropped_events = {{consumer, 1}, {consumer, 9}}}));
    EXPECT_THAT(queued(), ElementsAre(2));
    ASSERT_TRUE(store->delete_dag(consumer));
    EXPECT_THAT(queued(), IsEmpty());
    EXPECT_THAT(events(), ElementsAre(1, 2));
}

TEST_P(AssetContract, EventsOutliveTheirRuns) {
    ASSERT_TRUE(store->commit({.asset_events = {an_event(1, "s3://raw", {"consumer"})}}));
    NewRun run = a_consuming_run("a1", {1});
    run.run.state = core::RunState::success;
    ASSERT_TRUE(store->commit({.new_runs = {run}}));
    ASSERT_TRUE(store->delete_dag(core::DagId("consumer")));
    ASSERT_TRUE(store->delete_dag(core::DagId("producer")));
    const auto views = store->list_asset_events({}).items;
    ASSERT_EQ(views.size(), 1U);
    EXPECT_THAT(views[0].created_runs, IsEmpty());
    EXPECT_EQ(views[0].event.source->dag_id, core::DagId("producer"));
}

TEST_P(AssetContract, EventsAreFound) {
    NewAssetEvent by_hand = an_event(2, "s3://sales");
    by_hand.event.source.reset();
    NewAssetEvent mapped = an_event(3, "s3://raw");
    mapped.event.source =
        core::TaskKey{core::DagId("other"), core::RunId("p2"), core::TaskId("load"), 4};
    ASSERT_TRUE(store->commit({.asset_events = {an_event(1, "s3://raw"), by_hand, mapped}}));
    AssetEventFilter backwards;
    backwards.descending = true;
    backwards.page = {.limit = 2, .offset = 1};
    EXPECT_THAT(events(backwards), ElementsAre(2, 1));
    EXPECT_EQ(store->list_asset_events(backwards).total, 3U);
    EXPECT_THAT(events({.id = 2}), ElementsAre(2));
    EXPECT_THAT(events({.asset_id = asset("s3://raw").id}), ElementsAre(1, 3));
    EXPECT_THAT(events({.uri = "s3://raw"}), ElementsAre(1, 3));
    EXPECT_THAT(events({.uri = "s3://"}), IsEmpty());
    EXPECT_THAT(events({.source_dag_id = core::DagId("other")}), ElementsAre(3));
    EXPECT_THAT(events({.source_run_id = core::RunId("p1")}), ElementsAre(1));
    EXPECT_THAT(events({.source_task_id = core::TaskId("load")}), ElementsAre(3));
    EXPECT_THAT(events({.source_map_index = 4}), ElementsAre(3));
    EXPECT_THAT(events({.source_map_index = -1}), ElementsAre(1, 2));
    EXPECT_THAT(events({.timestamp_gte = at(1, 2), .timestamp_lte = at(1, 2)}), ElementsAre(2));
    EXPECT_THAT(consumed("a1"), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Stores,
    AssetContract,
    testing::Values("memory", "postgres"),
    [](const testing::TestParamInfo<std::string>& info) { return info.param; }
);

}  // namespace
}  // namespace reel::store
