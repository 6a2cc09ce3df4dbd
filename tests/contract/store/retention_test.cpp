#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::RunState;
using core::TaskState;
using testing::ElementsAre;
using testing::IsEmpty;

class Retention : public RunStoreContract {
  protected:
    /// A run that was due at `hour` and ended an hour later.
    RunName ended(
        const std::string& dag_id,
        const std::string& run_id,
        int hour,
        core::RunType type = core::RunType::manual
    ) {
        NewRun made = a_run(dag_id, run_id, hour);
        made.run.type = type;
        made.run.state = RunState::success;
        made.run.end_date = at(hour + 1);
        const auto committed = store->commit({.new_runs = {made}});
        EXPECT_TRUE(committed) << committed.error().describe();
        return {core::DagId(dag_id), core::RunId(run_id)};
    }

    void push(const RunName& run, int hour) {
        XComRecord xcom;
        xcom.key = key_of(run.dag_id.str(), run.run_id.str(), "extract");
        xcom.value.text = "1";
        xcom.at = at(hour);
        ASSERT_TRUE(store->commit({.xcoms = {xcom}}));
    }

    std::vector<std::string> expired(RunExpiry expiry) {
        std::vector<std::string> names;
        for (const auto& run : store->find_expired_runs(expiry)) names.push_back(run.run_id.str());
        return names;
    }
};

TEST_P(Retention, FindsRunsThatEndedBeforeAMomentTheOldestFirst) {
    save_dag("d");
    ended("d", "new", 8);
    ended("d", "later", 2);
    ended("d", "first", 1);
    EXPECT_THAT(expired({.before = at(6)}), ElementsAre("first", "later"));
    EXPECT_THAT(expired({.before = at(6), .limit = 1}), ElementsAre("first"));
    EXPECT_THAT(expired({.before = at(3)}), ElementsAre("first")) << "the other ended just then";
    EXPECT_THAT(expired({.before = at(1)}), IsEmpty());
}

TEST_P(Retention, NeverFindsAnActiveRun) {
    save_dag("d");
    start_run("d", "queued", 1);
    NewRun running = a_run("d", "running", 2);
    running.run.state = RunState::running;
    ASSERT_TRUE(store->commit({.new_runs = {running}}));
    EXPECT_THAT(expired({.before = at(100)}), IsEmpty());
    ended("d", "ended", 3);
    EXPECT_THAT(
        active_runs(*store),
        testing::UnorderedElementsAre(
            std::pair(core::DagId("d"), core::RunId("queued")),
            std::pair(core::DagId("d"), core::RunId("running"))
        )
    );
}

TEST_P(Retention, KeepsTheLatestScheduledRunOfEachDag) {
    save_dag("d");
    save_dag("e");
    ended("d", "scheduled__1", 1, core::RunType::scheduled);
    ended("d", "scheduled__2", 2, core::RunType::backfill);
    ended("d", "manual", 3);
    ended("e", "scheduled__1", 1, core::RunType::scheduled);
    EXPECT_THAT(expired({.before = at(100)}), ElementsAre("scheduled__1", "manual"));
}

TEST_P(Retention, KeepsTheNewestRunOfEachDagWhereAsked) {
    save_dag("d");
    save_dag("e");
    ended("d", "one", 5);
    ended("d", "two", 1);
    ended("e", "only", 1);
    EXPECT_THAT(expired({.before = at(100), .keep_last = true}), ElementsAre("one"));
}

TEST_P(Retention, RemovesRunsWithAllThatBelongsToThem) {
    save_dag("d");
    const RunName old = ended("d", "old", 1);
    const RunName kept = ended("d", "kept", 2);
    push(old, 1);
    push(kept, 1);
    TaskInstanceRecord task = store->get_task_instance(key_of("d", "old", "load")).value();
    task = change(task, TaskState::scheduled);
    task.queued_at = at(1);
    change(change(task, TaskState::queued, 7), TaskState::failed);
    const RunRows expected{.dag_run = 1, .task_instance = 2, .task_attempt = 1, .xcom = 1};
    const RunName none{core::DagId("d"), core::RunId("none")};
    EXPECT_EQ(store->count_run_rows({old, none}), expected);
    EXPECT_EQ(store->delete_runs({old, none}), expected);
    EXPECT_FALSE(store->get_run(old.dag_id, old.run_id));
    EXPECT_FALSE(store->get_task_instance(task.key));
    EXPECT_THAT(store->list_attempts(task.key), IsEmpty());
    EXPECT_THAT(store->list_xcoms(old.dag_id, old.run_id), IsEmpty());
    EXPECT_TRUE(store->get_run(kept.dag_id, kept.run_id));
    EXPECT_EQ(store->list_xcoms(kept.dag_id, kept.run_id).size(), 1U);
    EXPECT_EQ(store->delete_runs({old}), RunRows());
}

TEST_P(Retention, RemovesNoRunThatSomebodyQueuedAgain) {
    save_dag("d");
    start_run("d", "r");
    EXPECT_EQ(store->delete_runs({{core::DagId("d"), core::RunId("r")}}), RunRows());
    EXPECT_TRUE(store->get_run(core::DagId("d"), core::RunId("r")));
    EXPECT_EQ(store->delete_runs({}), RunRows());
}

TEST_P(Retention, RemovesXComsOfEndedRunsSomeAtATime) {
    save_dag("d");
    for (const int hour : {1, 2, 3}) push(ended("d", "r" + std::to_string(hour), hour), hour);
    start_run("d", "active", 9);
    push({core::DagId("d"), core::RunId("active")}, 1);
    EXPECT_EQ(store->count_expired(Remains::xcom, at(3)), 2U);
    EXPECT_EQ(store->delete_expired({Remains::xcom, at(3), 1}).removed, 1U);
    EXPECT_EQ(store->delete_expired({Remains::xcom, at(3), 5}).removed, 1U);
    EXPECT_EQ(store->delete_expired({Remains::xcom, at(3), 5}).removed, 0U);
    EXPECT_EQ(store->list_xcoms(core::DagId("d"), core::RunId("r3")).size(), 1U);
    EXPECT_EQ(store->list_xcoms(core::DagId("d"), core::RunId("active")).size(), 1U);
}

TEST_P(Retention, RemovesSkippedFires) {
    save_dag("d");
    for (const int hour : {1, 5}) {
        ASSERT_TRUE(store->commit({.skipped = {{core::DagId("d"), at(hour), at(hour), 1, at(hour)}}}
        ));
    }
    EXPECT_EQ(store->count_expired(Remains::skipped_fires, at(5)), 1U);
    EXPECT_EQ(store->delete_expired({Remains::skipped_fires, at(5), 9}).removed, 1U);
    EXPECT_EQ(store->list_skipped_fires(core::DagId("d"), {}).total, 1U);
}

TEST_P(Retention, RemovesVersionsThatWereFollowedLongAgoAndThatNoRunHas) {
    const auto save = [&](const char* version, int hour) {
        store->save_dags({a_dag("d", version)}, false, at(hour));
    };
    const auto versions = [&] {
        std::vector<std::string> names;
        for (const auto& each : store->list_dag_versions(core::DagId("d"))) {
            names.push_back(std::to_string(each.number) + " " + each.version);
        }
        return names;
    };
    save("v1", 1);
    start_run("d", "r");
    save("old", 2);
    save("back", 3);
    save("follows", 4);
    save("late", 8);
    save("back", 9);
    EXPECT_EQ(store->count_expired(Remains::dag_version, at(3)), 0U) << "followed at three";
    EXPECT_EQ(store->count_expired(Remains::dag_version, at(4)), 1U);
    EXPECT_EQ(store->delete_expired({Remains::dag_version, at(8), 9}).removed, 1U);
    EXPECT_THAT(versions(), ElementsAre("1 v1", "3 back", "4 follows", "5 late"));
    EXPECT_EQ(store->delete_expired({Remains::dag_version, at(10), 9}).removed, 1U) << "follows";
    EXPECT_THAT(versions(), ElementsAre("1 v1", "3 back", "5 late"));
    EXPECT_FALSE(store->get_dag_version(core::DagId("d"), "old"));
    save("old", 11);
    EXPECT_THAT(versions(), testing::Contains("6 old"));
    EXPECT_TRUE(store->get_run(core::DagId("d"), core::RunId("r")));
}

TEST_P(Retention, RemovesAssetEventsByTheirIds) {
    core::Dag waits = a_dag("d");
    waits.asset_condition = core::parse_asset_condition("s3://raw").value();
    store->save_dags({waits}, false, at(0));
    std::vector<NewAssetEvent> news;
    for (int id = 1; id <= 7; ++id) {
        news.push_back({.event = {.id = id, .uri = "s3://raw", .timestamp = at(1)}});
        if (id % 3 == 1) news.back().queued_for.emplace_back("d");
    }
    ASSERT_TRUE(store->commit({.asset_events = news}));
    RemainsExpiry expiry{.what = Remains::asset_event, .before = at(9), .limit = 1};
    std::vector<std::int64_t> ends;
    for (RemovedRemains batch{.removed = 1}; batch.removed == 1;) {
        batch = store->delete_expired(expiry);
        ends.push_back(batch.last_id);
        expiry.after_id = batch.last_id;
    }
    EXPECT_THAT(ends, ElementsAre(2, 3, 5, 6, 0));
    EXPECT_EQ(store->list_asset_events({}).total, 3U) << "those in the queue";
}

TEST_P(Retention, RemovesBackfillsThatCompletedLongAgo) {
    save_dag("d");
    BackfillRecord record;
    record.dag_id = core::DagId("d");
    record.completed_at.reset();
    for (const int hour : {1, 5}) {
        auto made = store->create_backfill(record, {});
        ASSERT_TRUE(made);
        made->completed_at = at(hour);
        ASSERT_TRUE(store->commit({.backfills = {*made}}));
    }
    ASSERT_TRUE(store->create_backfill(record, {}));
    EXPECT_EQ(store->count_expired(Remains::backfill, at(5)), 1U);
    EXPECT_EQ(store->delete_expired({Remains::backfill, at(5), 9}).removed, 1U);
    EXPECT_EQ(store->list_backfills(core::DagId("d"), {}).total, 2U);
}

INSTANTIATE_TEST_SUITE_P(Stores, Retention, testing::Values("memory", "postgres"));

}  // namespace
}  // namespace reel::store
