#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::Errc;
using testing::ElementsAre;
using testing::IsEmpty;

core::Dag a_waiting_dag(const std::string& dag_id, const std::string& condition = "s3://raw") {
    core::Dag dag = a_dag(dag_id);
    dag.asset_condition = core::parse_asset_condition(condition).value();
    return dag;
}

NewAssetEvent an_event(std::int64_t id, const std::vector<std::string>& queued_for = {}) {
    NewAssetEvent added{
        .event = {.id = id, .uri = "s3://raw", .timestamp = at(1, static_cast<int>(id))}
    };
    for (const std::string& dag_id : queued_for) added.queued_for.emplace_back(dag_id);
    return added;
}

NewRun a_run_of(
    const std::string& dag_id, const std::string& run_id, std::vector<std::int64_t> ids
) {
    NewRun run = a_run(dag_id, run_id);
    run.run.type = core::RunType::asset_triggered;
    run.run.logical_date.reset();
    run.run.data_interval.reset();
    run.consumed_events = std::move(ids);
    return run;
}

/// DAGs "one" and "two" wait for s3://raw.
class AssetCases : public RunStoreContract {
  protected:
    void SetUp() override {
        RunStoreContract::SetUp();
        store->save_dags({a_waiting_dag("two"), a_waiting_dag("one")}, false, at(0));
    }

    void commit(const Commit& wish) {
        const auto done = store->commit(wish);
        ASSERT_TRUE(done) << done.error().describe();
    }

    using Place = std::pair<std::string, std::int64_t>;
    [[nodiscard]] std::vector<Place> queued() {
        std::vector<Place> places;
        for (const auto& event : store->list_queued_asset_events({}, {})) {
            places.emplace_back(event.dag_id.str(), event.event_id);
        }
        return places;
    }

    [[nodiscard]] std::vector<std::int64_t> found(const AssetEventFilter& filter) {
        std::vector<std::int64_t> ids;
        for (const auto& view : store->list_asset_events(filter).items) {
            ids.push_back(view.event.id);
        }
        return ids;
    }

    [[nodiscard]] AssetRecord asset(const std::string& uri) {
        for (AssetRecord& record : store->list_assets()) {
            if (record.asset.uri == uri) return record;
        }
        ADD_FAILURE() << "no asset " << uri;
        return {};
    }
};

TEST_P(AssetCases, AnEmptyStoreCountsEventsFromOne) {
    const AssetState state = store->load_asset_state();
    EXPECT_EQ(state.last_event_id, 0);
    EXPECT_THAT(state.queued, IsEmpty());
    EXPECT_EQ(store->list_asset_events({}).total, 0U);
}

TEST_P(AssetCases, QueuesAreListedByDagAndTakenUpByEvent) {
    commit({.asset_events = {an_event(2, {"two", "one"}), an_event(1, {"two"})}});
    commit({.asset_events = {an_event(3, {"one"})}});
    EXPECT_THAT(
        queued(), ElementsAre(Place("one", 2), Place("one", 3), Place("two", 1), Place("two", 2))
    );
    std::vector<Place> taken_up;
    for (const auto& event : store->load_asset_state().queued) {
        taken_up.emplace_back(event.dag_id.str(), event.event_id);
    }
    EXPECT_THAT(
        taken_up, ElementsAre(Place("two", 1), Place("one", 2), Place("two", 2), Place("one", 3))
    );
}

TEST_P(AssetCases, AnEventIsQueuedForADagOnce) {
    commit({.asset_events = {an_event(1, {"one", "one"})}});
    EXPECT_THAT(queued(), ElementsAre(Place("one", 1)));
}

TEST_P(AssetCases, WhatIsNewAndDroppedInOneCommitIsNotQueued) {
    commit(
        {.asset_events = {an_event(1, {"one", "two"})}, .dropped_events = {{core::DagId("one"), 1}}}
    );
    EXPECT_THAT(queued(), ElementsAre(Place("two", 1)));
    EXPECT_THAT(found({}), ElementsAre(1)) << "it happened all the same";
}

TEST_P(AssetCases, AnEventThatIsToldAgainIsNotQueuedAgain) {
    const Commit first{.asset_events = {an_event(1, {"one", "two"})}};
    commit(first);
    commit({.new_runs = {a_run_of("one", "a1", {1})}, .dropped_events = {{core::DagId("two"), 1}}});
    commit(first);
    EXPECT_THAT(queued(), IsEmpty());
}

TEST_P(AssetCases, EachDagConsumesAnEventForItself) {
    commit({.asset_events = {an_event(1, {"one", "two"})}});
    commit({.new_runs = {a_run_of("two", "r", {1}), a_run_of("one", "r", {1})}});
    const auto views = store->list_asset_events({}).items;
    ASSERT_EQ(views.size(), 1U);
    ASSERT_EQ(views[0].created_runs.size(), 2U);
    EXPECT_EQ(views[0].created_runs[0].dag_id, core::DagId("two")) << "in the order of their ids";
    EXPECT_EQ(views[0].created_runs[1].dag_id, core::DagId("one"));
    EXPECT_THAT(queued(), IsEmpty());
}

TEST_P(AssetCases, ARunThatWantsAnEventTwiceIsRefused) {
    commit({.asset_events = {an_event(1, {"one"})}});
    const auto refused = store->commit({.new_runs = {a_run_of("one", "r", {1, 1})}});
    EXPECT_EQ(code_of(refused), Errc::conflict);
    EXPECT_EQ(refused.error().message, "asset event 1 is not queued for DAG \"one\"");
    EXPECT_THAT(queued(), ElementsAre(Place("one", 1)));
}

TEST_P(AssetCases, AnEventOfAnotherQueueIsNotConsumed) {
    commit({.asset_events = {an_event(1, {"two"})}});
    EXPECT_EQ(code_of(store->commit({.new_runs = {a_run_of("one", "r", {1})}})), Errc::conflict);
    EXPECT_THAT(queued(), ElementsAre(Place("two", 1)));
    EXPECT_EQ(store->list_runs({}).total, 0U);
}

TEST_P(AssetCases, ARefusalTakesTheWholeRoundBack) {
    commit({.asset_events = {an_event(1, {"one"})}});
    const Commit round{
        .asset_events = {an_event(2, {"one"})},
        .new_runs = {a_run_of("one", "good", {1, 2}), a_run_of("two", "bad", {2})}
    };
    EXPECT_EQ(code_of(store->commit(round)), Errc::conflict);
    EXPECT_THAT(found({}), ElementsAre(1));
    EXPECT_THAT(queued(), ElementsAre(Place("one", 1)));
    EXPECT_EQ(store->load_asset_state().last_event_id, 1);
}

TEST_P(AssetCases, RefusalsSayWhy) {
    commit({.asset_events = {an_event(1)}});
    NewAssetEvent other = an_event(1);
    other.event.extra.text = R"({"x":1})";
    EXPECT_EQ(
        store->commit({.asset_events = {other}}).error().message,
        "asset event 1 is another one already"
    );
    NewAssetEvent nameless = an_event(2);
    nameless.event.uri = "s3://none";
    const core::Error error = store->commit({.asset_events = {nameless}}).error();
    EXPECT_EQ(error.message, "no DAG names an asset \"s3://none\"");
    EXPECT_EQ(error.hint, "reel assets list shows those there are");
}

TEST_P(AssetCases, ADagThatComesBackFindsAnEmptyQueue) {
    commit({.asset_events = {an_event(1, {"one", "two"})}});
    ASSERT_TRUE(store->delete_dag(core::DagId("one")));
    store->save_dags({a_waiting_dag("one")}, false, at(2));
    EXPECT_THAT(queued(), ElementsAre(Place("two", 1)));
    EXPECT_EQ(store->load_asset_state().last_event_id, 1) << "ids are not given twice";
}

TEST_P(AssetCases, AStaleDagKeepsItsQueue) {
    commit({.asset_events = {an_event(1, {"one"})}});
    store->mark_stale_except({core::DagId("two")});
    EXPECT_THAT(queued(), ElementsAre(Place("one", 1)));
    commit({.asset_events = {an_event(2, {"one"})}});
    EXPECT_THAT(queued(), ElementsAre(Place("one", 1), Place("one", 2)));
}

TEST_P(AssetCases, EventsByHandHaveNoSourceNotEvenAnEmptyOne) {
    NewAssetEvent made = an_event(2);
    made.event.source = key_of("maker", "m1", "load");
    commit({.asset_events = {an_event(1), made}});
    EXPECT_THAT(found({.source_dag_id = core::DagId()}), IsEmpty());
    EXPECT_THAT(found({.source_run_id = core::RunId()}), IsEmpty());
    EXPECT_THAT(found({.source_task_id = core::TaskId()}), IsEmpty());
    EXPECT_THAT(found({.source_map_index = -1}), ElementsAre(1, 2));
    EXPECT_THAT(
        found({.source_dag_id = core::DagId("maker"), .source_map_index = -1}), ElementsAre(2)
    );
}

TEST_P(AssetCases, WishesForEventsAddUp) {
    for (std::int64_t id = 1; id <= 4; ++id) {
        NewAssetEvent added = an_event(id);
        added.event.source = key_of("maker", id % 2 == 0 ? "even" : "odd", id < 3 ? "a" : "b");
        commit({.asset_events = {added}});
    }
    const core::RunId even("even");
    const core::TaskId b("b");
    EXPECT_THAT(found({.source_run_id = even, .source_task_id = b}), ElementsAre(4));
    EXPECT_THAT(found({.id = 2, .source_run_id = even}), ElementsAre(2));
    EXPECT_THAT(found({.id = 3, .source_run_id = even}), IsEmpty());
    EXPECT_THAT(found({.source_task_id = b, .timestamp_lte = at(1, 3)}), ElementsAre(3));
    EXPECT_THAT(found({.timestamp_gte = at(1, 2), .timestamp_lte = at(1, 1)}), IsEmpty());
    EXPECT_THAT(found({.asset_id = asset("s3://raw").id + 1000}), IsEmpty());
}

TEST_P(AssetCases, PagesOfEventsCountThemAll) {
    for (std::int64_t id = 1; id <= 5; ++id) commit({.asset_events = {an_event(id)}});
    AssetEventFilter filter;
    filter.page = {.limit = 2, .offset = 3};
    EXPECT_THAT(found(filter), ElementsAre(4, 5));
    filter.descending = true;
    EXPECT_THAT(found(filter), ElementsAre(2, 1));
    filter.page.offset = 5;
    EXPECT_THAT(found(filter), IsEmpty());
    EXPECT_EQ(store->list_asset_events(filter).total, 5U);
}

TEST_P(AssetCases, AnAssetIsAsItWasDescribedLast) {
    const auto described = [](const std::string& dag_id, const std::string& name) {
        core::Dag dag = a_dag(dag_id);
        dag.tasks[0].outlets = {{.uri = "s3://raw", .name = name}};
        return dag;
    };
    const std::int64_t id = asset("s3://raw").id;
    store->save_dags({described("x", "first"), described("y", "second")}, false, at(3));
    EXPECT_EQ(asset("s3://raw").asset.name, "second");
    store->save_dags({described("y", "second")}, false, at(4));
    EXPECT_EQ(asset("s3://raw").updated_at, at(3)) << "nothing changed";
    store->save_dags({described("x", "third")}, false, at(5));
    EXPECT_EQ(asset("s3://raw").asset.name, "third");
    EXPECT_EQ(asset("s3://raw").updated_at, at(5));
    EXPECT_EQ(asset("s3://raw").id, id);
}

TEST_P(AssetCases, ADagThatIsSavedTwiceAtOnceNamesWhatItNamesLast) {
    store->save_dags(
        {a_waiting_dag("d", "s3://early"), a_waiting_dag("d", "s3://late")}, false, at(1)
    );
    EXPECT_THAT(asset("s3://late").scheduled_dags, ElementsAre(core::DagId("d")));
    for (const AssetRecord& record : store->list_assets()) {
        if (record.asset.uri == "s3://early") EXPECT_THAT(record.scheduled_dags, IsEmpty());
    }
}

TEST_P(AssetCases, PlacesOfAnAssetAreInOrder) {
    core::Dag maker = a_dag("maker");
    for (core::Task& task : maker.tasks) {
        task.outlets = {core::make_asset("s3://raw")};
        task.inlets = task.outlets;
    }
    store->save_dags({maker, a_waiting_dag("another")}, false, at(1));
    const AssetRecord raw = asset("s3://raw");
    EXPECT_THAT(
        raw.scheduled_dags,
        ElementsAre(core::DagId("another"), core::DagId("one"), core::DagId("two"))
    );
    const AssetTask extract{core::DagId("maker"), core::TaskId("extract")};
    const AssetTask load{core::DagId("maker"), core::TaskId("load")};
    EXPECT_THAT(raw.producing_tasks, ElementsAre(extract, load));
    EXPECT_THAT(raw.consuming_tasks, ElementsAre(extract, load));
}

TEST_P(AssetCases, UrisAreToldApartByTheirLetters) {
    store->save_dags(
        {a_waiting_dag("d", "S3://raw | s3://raw/ | s3://ra_ | s3://%")}, false, at(1)
    );
    EXPECT_EQ(store->list_assets().size(), 5U);
    commit({.asset_events = {an_event(1, {"d"})}});
    EXPECT_EQ(store->list_queued_asset_events({}, "s3://raw").size(), 1U);
    EXPECT_THAT(store->list_queued_asset_events({}, "s3://%"), IsEmpty());
    EXPECT_THAT(store->list_queued_asset_events({}, "S3://raw"), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Stores,
    AssetCases,
    testing::Values("memory", "postgres"),
    [](const testing::TestParamInfo<std::string>& info) { return info.param; }
);

}  // namespace
}  // namespace reel::store
