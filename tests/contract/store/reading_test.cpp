#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"
#include "reel/store/dag_json.hpp"

namespace reel::store {

namespace {

using core::DagId;
using core::Errc;
using core::RunId;
using core::RunState;
using core::TaskState;
using testing::ElementsAre;

std::vector<std::string> ids_of(const Listing<RunRecord>& listing) {
    std::vector<std::string> ids;
    ids.reserve(listing.items.size());
    for (const RunRecord& run : listing.items) ids.push_back(run.run_id.str());
    return ids;
}

std::vector<std::string> ids_of(const Listing<TaskInstanceRecord>& listing) {
    std::vector<std::string> ids;
    ids.reserve(listing.items.size());
    for (const auto& task : listing.items) {
        ids.push_back(task.key.run_id.str() + "/" + task.key.task_id.str());
    }
    return ids;
}

TEST_P(RunStoreContract, ActiveRunsAreLoadedOldestFirstWithTheirVersion) {
    const core::Dag first = save_dag("movies", "v1");
    const NewRun older = start_run("movies", "z_older", 1);
    save_dag("movies", "v2");
    NewRun newer = a_run("movies", "a_newer", 2);
    newer.run.dag_version = "v2";
    newer.run.state = RunState::running;
    NewRun ended = a_run("movies", "ended", 3);
    ended.run.state = RunState::success;
    ASSERT_TRUE(store->commit({.new_runs = {newer, ended}}));

    const auto active = store->load_active();

    ASSERT_EQ(active.size(), 2U);
    EXPECT_EQ(active[0].run, older.run);
    EXPECT_EQ(dag_to_json(active[0].dag), dag_to_json(first));
    EXPECT_THAT(active[0].tasks, ElementsAre(older.tasks[0], older.tasks[1]));
    EXPECT_EQ(active[1].run, newer.run);
    EXPECT_EQ(active[1].dag.version, "v2");
}

TEST_P(RunStoreContract, NothingIsActiveInTheBeginning) {
    EXPECT_TRUE(store->load_active().empty());
}

TEST_P(RunStoreContract, TheLatestScheduledRunIsTheOneOfTheLatestDate) {
    save_dag("movies");
    save_dag("other");
    save_dag("never");
    EXPECT_EQ(latest_scheduled_run(*store, DagId("movies")), std::nullopt);
    start_run("movies", "r2", 2);
    start_run("movies", "r1", 1);
    start_run("other", "r9", 9);
    NewRun manual = a_run("movies", "manual", 8);
    manual.run.type = core::RunType::manual;
    ASSERT_TRUE(store->commit({.new_runs = {manual}}));
    EXPECT_EQ(latest_scheduled_run(*store, DagId("movies"))->run_id, RunId("r2"));
    std::vector<std::string> ids;
    for (const auto& run : store->latest_scheduled_runs(
             {DagId("other"), DagId("never"), DagId("movies"), DagId("missing")}
         )) {
        ids.push_back(run.dag_id.str() + " " + run.run_id.str());
    }
    EXPECT_THAT(ids, testing::UnorderedElementsAre("movies r2", "other r9"));
    EXPECT_TRUE(store->latest_scheduled_runs({}).empty());
}

TEST_P(RunStoreContract, AMissingRunOrTaskIsNotFound) {
    save_dag("movies");
    start_run("movies", "r1");
    const auto run = store->get_run(DagId("movies"), RunId("r2"));
    ASSERT_EQ(code_of(run), Errc::not_found);
    EXPECT_THAT(run.error().message, testing::HasSubstr("\"r2\""));
    EXPECT_EQ(
        code_of(store->get_task_instance(key_of("movies", "r1", "missing"))), Errc::not_found
    );
    EXPECT_TRUE(store->list_attempts(key_of("movies", "r1", "missing")).empty());
    EXPECT_EQ(code_of(store->get_xcom(key_of("a", "b", "c"), "return_value")), Errc::not_found);
}

TEST_P(RunStoreContract, RunsAreFiltered) {
    save_dag("movies");
    save_dag("other");
    for (const int hour : {1, 2, 3}) start_run("movies", "r" + std::to_string(hour), hour);
    NewRun failed = a_run("other", "r4", 4);
    failed.run.state = RunState::failed;
    ASSERT_TRUE(store->commit({.new_runs = {failed}}));

    EXPECT_THAT(ids_of(store->list_runs({})), ElementsAre("r1", "r2", "r3", "r4"));
    EXPECT_THAT(ids_of(store->list_runs({.dag_id = DagId("other")})), ElementsAre("r4"));
    EXPECT_THAT(ids_of(store->list_runs({.states = {RunState::failed}})), ElementsAre("r4"));
    EXPECT_EQ(store->list_runs({.states = {RunState::failed, RunState::queued}}).total, 4U);
    EXPECT_THAT(
        ids_of(store->list_runs({.run_after_gte = at(2), .run_after_lte = at(3)})),
        ElementsAre("r2", "r3")
    );
    EXPECT_EQ(store->list_runs({.dag_id = DagId("missing")}).total, 0U);
}

TEST_P(RunStoreContract, RunsAreOrderedWithMissingDatesLast) {
    save_dag("movies");
    NewRun a = a_run("movies", "a", 3);
    a.run.start_date = at(5);
    a.run.end_date = at(9);
    NewRun b = a_run("movies", "b", 1);
    b.run.state = RunState::failed;
    NewRun c = a_run("movies", "c", 2);
    c.run.start_date = at(4);
    c.run.logical_date.reset();
    ASSERT_TRUE(store->commit({.new_runs = {c}}));
    ASSERT_TRUE(store->commit({.new_runs = {a, b}}));

    const auto ordered = [&](const std::string& by) {
        return ids_of(store->list_runs({.order_by = by}));
    };
    EXPECT_THAT(ordered("id"), ElementsAre("c", "a", "b"));
    EXPECT_THAT(ordered("-id"), ElementsAre("b", "a", "c"));
    EXPECT_THAT(ordered("run_after"), ElementsAre("b", "c", "a"));
    EXPECT_THAT(ordered("-run_after"), ElementsAre("a", "c", "b"));
    EXPECT_THAT(ordered("logical_date"), ElementsAre("b", "a", "c"));
    EXPECT_THAT(ordered("-logical_date"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(ordered("start_date"), ElementsAre("c", "a", "b"));
    EXPECT_THAT(ordered("-end_date"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(ordered("dag_run_id"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(ordered("-dag_run_id"), ElementsAre("c", "b", "a"));
    EXPECT_THAT(ordered("state"), ElementsAre("b", "c", "a"));
    EXPECT_THAT(ordered("-state"), ElementsAre("a", "c", "b"));
    EXPECT_THAT(ordered("1; drop table x"), ElementsAre("c", "a", "b"));
}

TEST_P(RunStoreContract, RunsArePaged) {
    save_dag("movies");
    for (const int hour : {1, 2, 3}) start_run("movies", "r" + std::to_string(hour), hour);
    const auto page = store->list_runs({.page = {.limit = 1, .offset = 1}});
    EXPECT_THAT(ids_of(page), ElementsAre("r2"));
    EXPECT_EQ(page.total, 3U);
    EXPECT_TRUE(store->list_runs({.page = {.limit = 0}}).items.empty());
    const std::size_t most = std::numeric_limits<std::size_t>::max();
    EXPECT_EQ(store->list_runs({.page = {.limit = most}}).items.size(), 3U);
    EXPECT_EQ(store->list_runs({.page = {.limit = 1, .offset = most}}).total, 3U);
}

TEST_P(RunStoreContract, TaskInstancesAreFilteredAndPagedInTheOrderOfTheRun) {
    save_dag("movies");
    const NewRun first = start_run("movies", "r1", 1);
    start_run("movies", "r2", 2);
    change(first.tasks[1], TaskState::scheduled);

    EXPECT_THAT(
        ids_of(store->list_task_instances({})),
        ElementsAre("r1/extract", "r1/load", "r2/extract", "r2/load")
    );
    EXPECT_THAT(
        ids_of(store->list_task_instances({.dag_id = DagId("movies"), .run_id = RunId("r2")})),
        ElementsAre("r2/extract", "r2/load")
    );
    EXPECT_THAT(
        ids_of(store->list_task_instances({.states = {TaskState::scheduled}})),
        ElementsAre("r1/load")
    );
    EXPECT_EQ(store->list_task_instances({.states = {TaskState::none}}).total, 3U);
    const auto page = store->list_task_instances({.page = {.limit = 2, .offset = 1}});
    EXPECT_THAT(ids_of(page), ElementsAre("r1/load", "r2/extract"));
    EXPECT_EQ(page.total, 4U);
}

}  // namespace

}  // namespace reel::store
