#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"
#include "reel/store/dag_json.hpp"

namespace reel::store {

namespace {

using core::DagId;
using core::Errc;
using testing::ElementsAre;

std::vector<std::string> ids_of(const Listing<DagRecord>& listing) {
    std::vector<std::string> ids;
    ids.reserve(listing.items.size());
    for (const DagRecord& record : listing.items) ids.push_back(record.dag.dag_id.str());
    return ids;
}

TEST_P(RunStoreContract, KeepsADagAsItWasParsed) {
    core::Dag dag = a_dag("movies");
    dag.tags = {"a", "it's, \"quoted\"", ""};
    store->save_dags({dag}, true, at(1, 5));
    const DagRecord record = store->get_dag(DagId("movies")).value();
    EXPECT_EQ(dag_to_json(record.dag), dag_to_json(dag));
    EXPECT_TRUE(record.is_paused);
    EXPECT_FALSE(record.is_stale);
    EXPECT_FALSE(record.has_import_errors);
    EXPECT_EQ(record.version_number, 1);
    EXPECT_EQ(record.last_parsed_at, at(1, 5));
    EXPECT_EQ(record.next_run_after, std::nullopt);
    EXPECT_EQ(code_of(store->get_dag(DagId("missing"))), Errc::not_found);
}

TEST_P(RunStoreContract, ASummaryTellsWhatTheWholeDagSays) {
    core::Dag dag = a_dag("movies", "v1");
    dag.display_name = "The Movies";
    dag.tags = {"a", "it's, \"quoted\"", "", "NULL", "{b}"};
    dag.tasks[0].owner = "ops";
    dag.tasks[1].owner = "B, \"quoted\"";
    store->save_dags({a_dag("movies", "v0"), dag}, true, at(1, 5));
    core::Dag bare = a_dag("bare");
    bare.tasks.clear();
    store->save_dags({dag, bare}, true, at(2));
    store->set_next_runs({{DagId("movies"), at(5, 1)}});
    store->save_import_errors({{.id = 0, .filename = "movies.yaml", .at = at(2), .stack_trace = "x"}
    });
    store->mark_stale_except({DagId("bare")});

    const auto dags = store->summarize_dags({.include_stale = true});
    ASSERT_EQ(dags.total, 2U);
    EXPECT_EQ(dags.items[0], summarize(store->get_dag(DagId("bare")).value()));
    EXPECT_THAT(dags.items[0].owners, ElementsAre());
    EXPECT_EQ(dags.items[1], summarize(store->get_dag(DagId("movies")).value()));
    EXPECT_THAT(dags.items[1].owners, ElementsAre("B, \"quoted\"", "ops"));
    EXPECT_EQ(dags.items[1].tags, dag.tags);
    EXPECT_EQ(dags.items[1].next_run_after, at(5, 1));
    EXPECT_TRUE(dags.items[1].has_import_errors);
    EXPECT_TRUE(dags.items[1].is_stale);
}

TEST_P(RunStoreContract, TellsTheDisplayNameOfADagAlone) {
    core::Dag dag = a_dag("movies");
    dag.display_name = "The movies";
    store->save_dags({dag}, true, at(1));
    EXPECT_EQ(store->dag_display_name(DagId("movies")), "The movies");
    EXPECT_EQ(store->dag_display_name(DagId("nobody")), "");
}

TEST_P(RunStoreContract, OwnersFollowTheNewestContent) {
    core::Dag dag = save_dag("movies", "v1");
    dag.version = "v2";
    dag.tasks[0].owner = "ops";
    store->save_dags({dag}, false, at(2));
    EXPECT_THAT(store->summarize_dags({}).items.at(0).owners, ElementsAre("airflow", "ops"));
}

TEST_P(RunStoreContract, SummariesAreFoundLikeDags) {
    for (const char* const id : {"b", "C", "a", "d"}) save_dag(id);
    ASSERT_TRUE(store->set_paused(DagId("a"), true));
    const std::vector<DagFilter> filters{
        {},
        {.id_pattern = "_"},
        {.ids = {DagId("d"), DagId("a")}},
        {.paused = true},
        {.tags = {"none"}},
        {.page = {.limit = 2, .offset = 1}, .order_by = "-dag_id"},
        {.page = {.limit = 2, .offset = 9}},
    };
    for (const DagFilter& filter : filters) {
        const auto summaries = store->summarize_dags(filter);
        const auto dags = store->list_dags(filter);
        EXPECT_EQ(summaries.total, dags.total);
        ASSERT_EQ(summaries.items.size(), dags.items.size());
        for (std::size_t i = 0; i < dags.items.size(); ++i) {
            EXPECT_EQ(summaries.items[i], summarize(dags.items[i]));
        }
    }
}

TEST_P(RunStoreContract, OfADagThatIsGivenTwiceTheLastCounts) {
    core::Dag first = a_dag("movies", "v1");
    first.is_paused_upon_creation = true;
    core::Dag last = a_dag("movies", "v2");
    last.is_paused_upon_creation = false;
    store->save_dags({first, a_dag("ratings"), last}, true, at(1));
    const DagRecord record = store->get_dag(DagId("movies")).value();
    EXPECT_EQ(record.dag.version, "v2");
    EXPECT_EQ(record.version_number, 1);
    EXPECT_FALSE(record.is_paused);
    EXPECT_EQ(code_of(store->get_dag_version(DagId("movies"), "v1")), Errc::not_found);
    EXPECT_EQ(store->list_dags({}).total, 2U);
}

TEST_P(RunStoreContract, SavingNothingChangesNothing) {
    EXPECT_TRUE(store->save_dags({}, true, at(1)).empty());
    EXPECT_EQ(store->list_dags({}).total, 0U);
}

TEST_P(RunStoreContract, APauseAtCreationIsForNewDagsOnly) {
    core::Dag own = a_dag("own");
    own.is_paused_upon_creation = false;
    store->save_dags({own, a_dag("plain")}, true, at(1));
    EXPECT_FALSE(store->get_dag(DagId("own"))->is_paused);
    EXPECT_TRUE(store->get_dag(DagId("plain"))->is_paused);
    store->save_dags({a_dag("plain", "v2")}, false, at(2));
    EXPECT_TRUE(store->get_dag(DagId("plain"))->is_paused);
    EXPECT_EQ(store->get_dag(DagId("plain"))->last_parsed_at, at(2));
}

TEST_P(RunStoreContract, VersionsCountDistinctContents) {
    save_dag("movies", "v1");
    save_dag("movies", "v1");
    EXPECT_EQ(store->get_dag(DagId("movies"))->version_number, 1);
    save_dag("movies", "v2");
    EXPECT_EQ(store->get_dag(DagId("movies"))->version_number, 2);
    EXPECT_EQ(store->get_dag(DagId("movies"))->dag.version, "v2");
    save_dag("movies", "v1");
    EXPECT_EQ(store->get_dag(DagId("movies"))->version_number, 1);
    save_dag("other", "v9");
    EXPECT_EQ(store->get_dag(DagId("other"))->version_number, 1);
}

TEST_P(RunStoreContract, VersionsAreListedByNumberWithTheirFirstTime) {
    EXPECT_TRUE(store->list_dag_versions(DagId("missing")).empty());
    store->save_dags({a_dag("movies", "v9")}, false, at(1));
    store->save_dags({a_dag("movies", "v1")}, false, at(2));
    store->save_dags({a_dag("movies", "v9"), a_dag("other", "v1")}, false, at(3));
    const std::vector<DagVersionRecord> expected{{1, "v9", at(1)}, {2, "v1", at(2)}};
    EXPECT_EQ(store->list_dag_versions(DagId("movies")), expected);
    EXPECT_EQ(store->list_dag_versions(DagId("other")).size(), 1U);
}

TEST_P(RunStoreContract, OldVersionsCanBeRead) {
    save_dag("movies", "v1");
    save_dag("movies", "v2");
    EXPECT_EQ(store->get_dag_version(DagId("movies"), "v1")->version, "v1");
    EXPECT_EQ(code_of(store->get_dag_version(DagId("movies"), "v3")), Errc::not_found);
    EXPECT_EQ(code_of(store->get_dag_version(DagId("missing"), "v1")), Errc::not_found);
}

TEST_P(RunStoreContract, TheSameContentInAnotherPlaceIsUpdated) {
    core::Dag dag = save_dag("movies");
    dag.fileloc = "/elsewhere/movies.yaml";
    dag.tasks[0].position.line = 99;
    store->save_dags({dag}, false, at(2));
    const DagRecord record = store->get_dag(DagId("movies")).value();
    EXPECT_EQ(record.dag.fileloc, "/elsewhere/movies.yaml");
    EXPECT_EQ(record.dag.tasks[0].position.line, 99);
    EXPECT_EQ(record.version_number, 1);
}

TEST_P(RunStoreContract, OfOneIdGivenTwiceTheLastIsKept) {
    store->save_dags({a_dag("movies", "v1"), a_dag("movies", "v2")}, false, at(1));
    EXPECT_EQ(store->get_dag(DagId("movies"))->dag.version, "v2");
}

TEST_P(RunStoreContract, DagsAreListedByTheirIds) {
    for (const char* const id : {"a", "b", "c", "d"}) save_dag(id);
    const std::vector<DagId> some{DagId("d"), DagId("a"), DagId("nobody")};
    EXPECT_THAT(ids_of(store->list_dags({.ids = some})), ElementsAre("a", "d"));
    EXPECT_EQ(store->list_dags({.ids = some, .page = {.limit = 1}}).total, 2U);
    EXPECT_THAT(ids_of(store->list_dags({.id_pattern = "a%", .ids = some})), ElementsAre("a"));
    store->mark_stale_except({DagId("d")});
    EXPECT_THAT(ids_of(store->list_dags({.ids = some})), ElementsAre("d"));
}

TEST_P(RunStoreContract, DagsWithoutAFileBecomeStaleAndComeBack) {
    save_dag("a");
    save_dag("b");
    store->mark_stale_except({DagId("a")});
    EXPECT_THAT(ids_of(store->list_dags({})), ElementsAre("a"));
    EXPECT_THAT(ids_of(store->list_dags({.include_stale = true})), ElementsAre("a", "b"));
    EXPECT_TRUE(store->get_dag(DagId("b"))->is_stale);
    store->mark_stale_except({DagId("b")});
    EXPECT_THAT(ids_of(store->list_dags({})), ElementsAre("b"));
    save_dag("a");
    EXPECT_THAT(ids_of(store->list_dags({})), ElementsAre("a", "b"));
    store->mark_stale_except({});
    EXPECT_EQ(store->list_dags({}).total, 0U);
}

TEST_P(RunStoreContract, DagsAreFilteredByPatternPauseAndTags) {
    core::Dag a = a_dag("movies_daily");
    a.tags = {"etl", "movies"};
    core::Dag b = a_dag("movies-hourly");
    b.tags = {"movies"};
    store->save_dags({a, b, a_dag("weather")}, false, at(1));
    ASSERT_TRUE(store->set_paused(DagId("weather"), true));

    EXPECT_EQ(store->list_dags({.id_pattern = "movies%"}).total, 2U);
    EXPECT_THAT(ids_of(store->list_dags({.id_pattern = "%\\_daily"})), ElementsAre("movies_daily"));
    EXPECT_EQ(store->list_dags({.id_pattern = "movies"}).total, 0U);
    EXPECT_THAT(ids_of(store->list_dags({.paused = true})), ElementsAre("weather"));
    EXPECT_EQ(store->list_dags({.paused = false}).total, 2U);
    EXPECT_THAT(ids_of(store->list_dags({.tags = {"etl", "none"}})), ElementsAre("movies_daily"));
    EXPECT_EQ(store->list_dags({.tags = {"movies"}}).total, 2U);
}

TEST_P(RunStoreContract, DagsAreOrderedAndPaged) {
    for (const char* id : {"b", "C", "a", "d"}) save_dag(id);
    store->set_next_runs({{DagId("b"), at(2)}, {DagId("d"), at(1)}});
    EXPECT_THAT(ids_of(store->list_dags({})), ElementsAre("C", "a", "b", "d"));
    EXPECT_THAT(ids_of(store->list_dags({.order_by = "-dag_id"})), ElementsAre("d", "b", "a", "C"));
    EXPECT_THAT(
        ids_of(store->list_dags({.order_by = "next_run_after"})), ElementsAre("d", "b", "C", "a")
    );
    EXPECT_THAT(
        ids_of(store->list_dags({.order_by = "-next_run_after"})), ElementsAre("b", "d", "C", "a")
    );
    EXPECT_THAT(
        ids_of(store->list_dags({.order_by = "no such column"})), ElementsAre("C", "a", "b", "d")
    );
    const auto page = store->list_dags({.page = {.limit = 2, .offset = 1}});
    EXPECT_THAT(ids_of(page), ElementsAre("a", "b"));
    EXPECT_EQ(page.total, 4U);
    EXPECT_EQ(store->list_dags({.page = {.limit = 2, .offset = 9}}).total, 4U);
}

TEST_P(RunStoreContract, DagsAreOrderedByNamePauseAndParsing) {
    core::Dag a = a_dag("a");
    a.display_name = "zebra";
    store->save_dags({a}, true, at(2));
    store->save_dags({a_dag("b")}, false, at(1));
    EXPECT_THAT(ids_of(store->list_dags({.order_by = "dag_display_name"})), ElementsAre("b", "a"));
    EXPECT_THAT(ids_of(store->list_dags({.order_by = "is_paused"})), ElementsAre("b", "a"));
    EXPECT_THAT(ids_of(store->list_dags({.order_by = "-is_paused"})), ElementsAre("a", "b"));
    EXPECT_THAT(ids_of(store->list_dags({.order_by = "last_parsed_at"})), ElementsAre("b", "a"));
}

TEST_P(RunStoreContract, ADagIsPausedAndUnpaused) {
    save_dag("movies");
    ASSERT_TRUE(store->set_paused(DagId("movies"), true));
    EXPECT_TRUE(store->get_dag(DagId("movies"))->is_paused);
    ASSERT_TRUE(store->set_paused(DagId("movies"), false));
    EXPECT_FALSE(store->get_dag(DagId("movies"))->is_paused);
    EXPECT_EQ(code_of(store->set_paused(DagId("missing"), true)), Errc::not_found);
}

TEST_P(RunStoreContract, TheNextRunIsSetAndForgotten) {
    save_dag("movies");
    save_dag("other");
    store->set_next_runs({{DagId("movies"), at(5, 1)}, {DagId("other"), at(6)}});
    EXPECT_EQ(store->get_dag(DagId("movies"))->next_run_after, at(5, 1));
    store->set_next_runs({{DagId("movies"), std::nullopt}, {DagId("missing"), at(5)}});
    EXPECT_EQ(store->get_dag(DagId("movies"))->next_run_after, std::nullopt);
    EXPECT_EQ(store->get_dag(DagId("other"))->next_run_after, at(6));
    store->set_next_runs({});
}

TEST_P(RunStoreContract, ADeletedDagTakesEverythingWithIt) {
    save_dag("movies");
    save_dag("other");
    NewRun run = start_run("movies", "r1");
    start_run("other", "r1");
    change(run.tasks[0], core::TaskState::queued, 5);
    ASSERT_TRUE(store->commit({.xcoms = {{run.tasks[0].key, "return_value", {"1"}, at(1)}}}));
    EXPECT_EQ(code_of(store->delete_dag(DagId("movies"))), Errc::conflict);
    run.run.state = core::RunState::failed;
    ASSERT_TRUE(store->commit({.runs = {{core::RunState::queued, run.run}}}));

    ASSERT_TRUE(store->delete_dag(DagId("movies")));

    EXPECT_EQ(code_of(store->get_dag(DagId("movies"))), Errc::not_found);
    EXPECT_EQ(code_of(store->get_run(DagId("movies"), core::RunId("r1"))), Errc::not_found);
    EXPECT_EQ(code_of(store->get_task_instance(run.tasks[0].key)), Errc::not_found);
    EXPECT_TRUE(store->list_attempts(run.tasks[0].key).empty());
    EXPECT_TRUE(store->list_xcoms(DagId("movies"), core::RunId("r1")).empty());
    EXPECT_EQ(store->list_runs({}).total, 1U);
    EXPECT_EQ(code_of(store->delete_dag(DagId("movies"))), Errc::not_found);
}

}  // namespace

}  // namespace reel::store
