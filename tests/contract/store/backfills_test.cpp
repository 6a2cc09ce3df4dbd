#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::Errc;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Backfills : public RunStoreContract {
  protected:
    static BackfillRecord wish(const std::string& dag_id = "d") {
        BackfillRecord record;
        record.dag_id = core::DagId(dag_id);
        record.from_date = at(0);
        record.to_date = at(3, 7);
        record.dag_run_conf.text = R"({"z": 1.50, "a": "ü"})";
        record.reprocess_behavior = core::ReprocessBehavior::failed;
        record.max_active_runs = 2;
        record.run_backwards = true;
        record.triggering_user = "ann";
        record.created_at = at(9);
        record.updated_at = at(9);
        return record;
    }

    static std::vector<BackfillRunRecord> fires(int count, const std::string& dag_id = "d") {
        std::vector<BackfillRunRecord> runs;
        for (int i = 0; i < count; ++i) {
            BackfillRunRecord fire;
            fire.sort_ordinal = i + 1;
            fire.dag_id = core::DagId(dag_id);
            fire.logical_date = at(i, 3);
            fire.data_interval = {at(i, 3), at(i + 1)};
            fire.run_after = at(i + 1);
            runs.push_back(fire);
        }
        return runs;
    }

    BackfillRecord create(int count = 2, const std::string& dag_id = "d") {
        auto made = store->create_backfill(wish(dag_id), fires(count, dag_id));
        EXPECT_TRUE(made) << made.error().describe();
        return made.value();
    }

    void complete(BackfillRecord record) {
        record.completed_at = at(20);
        ASSERT_TRUE(store->commit({.backfills = {record}}));
    }
};

TEST_P(Backfills, AreStoredUnderAnIdOfTheirOwnWithAllTheirFires) {
    save_dag("d");
    const BackfillRecord made = create();
    EXPECT_GT(made.id, 0);
    BackfillRecord expected = wish();
    expected.id = made.id;
    EXPECT_EQ(made, expected);
    EXPECT_EQ(store->get_backfill(made.id).value(), expected);
    auto runs = fires(2);
    for (auto& run : runs) run.backfill_id = made.id;
    EXPECT_EQ(store->list_backfill_runs(made.id), runs);
    EXPECT_TRUE(runs[0].is_pending());
}

TEST_P(Backfills, OfADagAreOpenOneAtATime) {
    save_dag("d");
    save_dag("e");
    const BackfillRecord first = create();
    EXPECT_EQ(code_of(store->create_backfill(wish(), fires(1))), Errc::already_exists);
    create(1, "e");
    complete(first);
    EXPECT_NE(create().id, first.id);
}

TEST_P(Backfills, NeedTheirDag) {
    EXPECT_EQ(code_of(store->create_backfill(wish("none"), fires(1, "none"))), Errc::not_found);
    EXPECT_EQ(code_of(store->get_backfill(12345)), Errc::not_found);
    EXPECT_THAT(store->list_backfill_runs(12345), IsEmpty());
    save_dag("d");
    const BackfillRecord made = create();
    ASSERT_TRUE(store->delete_dag(core::DagId("d")));
    EXPECT_EQ(code_of(store->get_backfill(made.id)), Errc::not_found);
    EXPECT_THAT(store->load_open_backfills(), IsEmpty());
    complete(made);
    EXPECT_EQ(code_of(store->get_backfill(made.id)), Errc::not_found) << "what is gone stays so";
}

TEST_P(Backfills, AreListedByDagAndPage) {
    save_dag("d");
    save_dag("e");
    BackfillRecord first = create();
    complete(first);
    first.completed_at = at(20);
    const BackfillRecord other = create(1, "e");
    const BackfillRecord second = create();
    EXPECT_THAT(store->list_backfills(core::DagId("d"), {}).items, ElementsAre(first, second));
    EXPECT_THAT(store->list_backfills({}, {}).items, ElementsAre(first, other, second));
    const auto page = store->list_backfills(core::DagId("d"), {.limit = 1, .offset = 1});
    EXPECT_THAT(page.items, ElementsAre(second));
    EXPECT_EQ(page.total, 2U);
}

TEST_P(Backfills, MoveOnInTheCommitOfTheirRuns) {
    save_dag("d");
    BackfillRecord backfill = create();
    backfill.is_paused = true;
    backfill.updated_at = at(10, 1);
    auto runs = fires(2);
    for (auto& run : runs) run.backfill_id = backfill.id;
    runs[0].run_id = core::RunId("r1");
    runs[1].exception_reason = "already exists";
    NewRun made = a_run("d", "r1");
    made.run.type = core::RunType::backfill;
    const Commit commit{
        .new_runs = {made}, .backfills = {backfill}, .backfill_runs = {runs[0], runs[1]}
    };
    ASSERT_TRUE(store->commit(commit));
    ASSERT_TRUE(store->commit(commit)) << "applying it twice is applying it once";
    const auto open = store->load_open_backfills();
    ASSERT_THAT(open, SizeIs(1));
    EXPECT_EQ(open[0].backfill, backfill);
    EXPECT_EQ(open[0].runs, runs);
    EXPECT_FALSE(open[0].runs[0].is_pending());
    EXPECT_FALSE(open[0].runs[1].is_pending());
    complete(backfill);
    EXPECT_THAT(store->load_open_backfills(), IsEmpty());
}

TEST_P(Backfills, DoNotMoveWhenTheCommitIsRefused) {
    save_dag("d");
    start_run("d", "r1");
    BackfillRecord backfill = create();
    BackfillRunRecord fire = fires(1)[0];
    fire.backfill_id = backfill.id;
    fire.run_id = core::RunId("r1");
    backfill.is_paused = true;
    const auto refused = store->commit(
        {.new_runs = {a_run("d", "r1", 5)}, .backfills = {backfill}, .backfill_runs = {fire}}
    );
    EXPECT_EQ(code_of(refused), Errc::already_exists);
    EXPECT_FALSE(store->get_backfill(backfill.id)->is_paused);
    EXPECT_TRUE(store->list_backfill_runs(backfill.id).at(0).is_pending());
}

TEST_P(Backfills, FindTheRunOfADate) {
    save_dag("d");
    EXPECT_FALSE(store->load_run_at(core::DagId("d"), at(1)));
    const NewRun run = start_run("d", "r1", 1);
    const auto found = store->load_run_at(core::DagId("d"), at(1));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->run, run.run);
    EXPECT_EQ(found->tasks, run.tasks);
    EXPECT_EQ(found->dag.dag_id.str(), "d");
    EXPECT_FALSE(store->load_run_at(core::DagId("d"), at(1, 1)));
    EXPECT_FALSE(store->load_run_at(core::DagId("e"), at(1)));
}

TEST_P(Backfills, LeaveATickTheTickThatItWas) {
    save_dag("d");
    start_run("d", "r0", 0);
    NewRun tick = a_run("d", "scheduled__x", 5);
    tick.run.type = core::RunType::backfill;
    NewRun filled = a_run("d", "backfill__y", 6);
    filled.run.type = core::RunType::backfill;
    ASSERT_TRUE(store->commit({.new_runs = {tick, filled}}));
    EXPECT_EQ(latest_scheduled_run(*store, core::DagId("d"))->run_id.str(), "scheduled__x");
}

TEST_P(Backfills, ListRunsBetweenLogicalDates) {
    save_dag("d");
    for (const int hour : {1, 2, 3}) start_run("d", "r" + std::to_string(hour), hour);
    NewRun undated = a_run("d", "undated");
    undated.run.logical_date.reset();
    ASSERT_TRUE(store->commit({.new_runs = {undated}}));
    const auto names = [&](const RunFilter& filter) {
        std::vector<std::string> found;
        for (const auto& run : store->list_runs(filter).items) found.push_back(run.run_id.str());
        return found;
    };
    RunFilter filter;
    filter.logical_date_gte = at(2);
    EXPECT_THAT(names(filter), ElementsAre("r2", "r3"));
    filter.logical_date_lte = at(2);
    EXPECT_THAT(names(filter), ElementsAre("r2"));
    filter.logical_date_gte.reset();
    EXPECT_THAT(names(filter), ElementsAre("r1", "r2"));
}

INSTANTIATE_TEST_SUITE_P(Stores, Backfills, testing::Values("memory", "postgres"));

}  // namespace
}  // namespace reel::store
