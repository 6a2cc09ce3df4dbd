#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::Errc;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

BackfillRecord a_backfill(const std::string& dag_id) {
    BackfillRecord record;
    record.dag_id = core::DagId(dag_id);
    record.from_date = at(0);
    record.to_date = at(99);
    record.created_at = at(100);
    record.updated_at = at(100);
    return record;
}

std::vector<BackfillRunRecord> some_fires(const std::string& dag_id, int count) {
    std::vector<BackfillRunRecord> fires;
    for (int i = 1; i <= count; ++i) {
        BackfillRunRecord fire;
        fire.sort_ordinal = i;
        fire.dag_id = core::DagId(dag_id);
        fire.logical_date = at(i, i);
        fire.data_interval = {at(i, i), at(i + 1)};
        fire.run_after = at(i + 1);
        fires.push_back(fire);
    }
    return fires;
}

class BackfillCases : public RunStoreContract {
  protected:
    void SetUp() override {
        RunStoreContract::SetUp();
        save_dag("d");
    }

    BackfillRecord create(int fires = 2, const std::string& dag_id = "d") {
        auto made = store->create_backfill(a_backfill(dag_id), some_fires(dag_id, fires));
        EXPECT_TRUE(made) << made.error().describe();
        return made.value();
    }

    void complete(BackfillRecord record, int hour = 200) {
        record.completed_at = at(hour);
        ASSERT_TRUE(store->commit({.backfills = {record}}));
    }
};

TEST_P(BackfillCases, AreNumberedUpwardsAcrossDags) {
    save_dag("e");
    const auto first = create();
    const auto second = create(1, "e");
    complete(first);
    const auto third = create();
    EXPECT_LT(first.id, second.id);
    EXPECT_LT(second.id, third.id);
}

TEST_P(BackfillCases, KeepEveryWordOfWhatMayBeChosen) {
    using enum core::ReprocessBehavior;
    for (const auto behavior : {none, failed, completed}) {
        BackfillRecord wish = a_backfill("d");
        wish.reprocess_behavior = behavior;
        wish.max_active_runs = 1 + static_cast<int>(behavior);
        wish.is_paused = behavior == failed;
        wish.triggering_user = "o'neil \"x\" {\\}, null";
        wish.dag_run_conf.text = R"({"s": "a'b\\c", "n": 1.0, "e": {}, "l": [null, true]})";
        const auto made = store->create_backfill(wish, some_fires("d", 1));
        ASSERT_TRUE(made);
        wish.id = made->id;
        EXPECT_EQ(store->get_backfill(made->id).value(), wish);
        complete(*made);
    }
}

TEST_P(BackfillCases, AreRefusedInWordsThatSayWhatToDo) {
    create();
    const auto second = store->create_backfill(a_backfill("d"), {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().message, "DAG \"d\" has a backfill that has not completed");
    EXPECT_EQ(second.error().hint, "wait for it, or cancel it first");
    const auto none = store->get_backfill(987654321);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().message, "there is no backfill 987654321");
    EXPECT_EQ(none.error().hint, "reel backfill list shows those of a DAG");
    EXPECT_THAT(store->list_backfills({}, {}).items, SizeIs(1)) << "the refused one left nothing";
}

TEST_P(BackfillCases, ThatWasRefusedLeavesNoFires) {
    const auto first = create(2);
    EXPECT_EQ(
        code_of(store->create_backfill(a_backfill("d"), some_fires("d", 9))), Errc::already_exists
    );
    EXPECT_THAT(store->load_open_backfills().at(0).runs, SizeIs(2));
    EXPECT_THAT(store->list_backfill_runs(first.id + 1), IsEmpty());
}

TEST_P(BackfillCases, GiveTheirFiresInOrderHoweverTheyCame) {
    auto fires = some_fires("d", 30);
    std::shuffle(fires.begin(), fires.end(), std::mt19937(7));
    const auto made = store->create_backfill(a_backfill("d"), fires);
    ASSERT_TRUE(made);
    auto expected = some_fires("d", 30);
    for (auto& fire : expected) fire.backfill_id = made->id;
    EXPECT_EQ(store->list_backfill_runs(made->id), expected);
    EXPECT_EQ(store->load_open_backfills().at(0).runs, expected);
}

TEST_P(BackfillCases, MayHoldYearsOfFires) {
    const auto made = create(5000);
    const auto fires = store->list_backfill_runs(made.id);
    ASSERT_THAT(fires, SizeIs(5000));
    EXPECT_EQ(fires.back().logical_date, at(5000, 5000));
    EXPECT_EQ(fires.back().sort_ordinal, 5000);
}

TEST_P(BackfillCases, MayHoldNoFireAtAll) {
    const auto made = create(0);
    EXPECT_THAT(store->list_backfill_runs(made.id), IsEmpty());
    const auto open = store->load_open_backfills();
    ASSERT_THAT(open, SizeIs(1));
    EXPECT_THAT(open[0].runs, IsEmpty());
}

TEST_P(BackfillCases, ChangeOnlyInWhatMayChange) {
    const auto made = create();
    BackfillRecord change = made;
    change.from_date = at(50);
    change.max_active_runs = 77;
    change.run_backwards = true;
    change.dag_run_conf.text = R"({"other": 1})";
    change.triggering_user = "somebody else";
    change.created_at = at(999);
    change.is_paused = true;
    change.updated_at = at(101, 1);
    ASSERT_TRUE(store->commit({.backfills = {change}}));
    BackfillRecord expected = made;
    expected.is_paused = true;
    expected.updated_at = at(101, 1);
    EXPECT_EQ(store->get_backfill(made.id).value(), expected);
}

TEST_P(BackfillCases, AreNotMovedByAWordOnAnother) {
    save_dag("e");
    const auto mine = create(2, "d");
    const auto other = create(2, "e");
    BackfillRecord paused = mine;
    paused.is_paused = true;
    auto fire = some_fires("d", 1)[0];
    fire.backfill_id = mine.id;
    fire.exception_reason = "in flight";
    ASSERT_TRUE(store->commit({.backfills = {paused}, .backfill_runs = {fire}}));
    EXPECT_EQ(store->get_backfill(other.id).value(), other);
    EXPECT_TRUE(store->list_backfill_runs(other.id).at(0).is_pending());
    EXPECT_TRUE(store->list_backfill_runs(mine.id).at(1).is_pending());
    EXPECT_EQ(store->list_backfill_runs(mine.id).at(0).exception_reason, "in flight");
}

TEST_P(BackfillCases, TakeTheLastOfSeveralWords) {
    const auto made = create(1);
    BackfillRecord paused = made;
    paused.is_paused = true;
    paused.updated_at = at(101);
    BackfillRecord unpaused = made;
    unpaused.updated_at = at(102);
    auto fire = some_fires("d", 1)[0];
    fire.backfill_id = made.id;
    auto run = fire;
    run.run_id = core::RunId("r");
    ASSERT_TRUE(
        store->commit({.backfills = {paused, unpaused}, .backfill_runs = {fire, run, fire, run}})
    );
    EXPECT_EQ(store->get_backfill(made.id).value(), unpaused);
    EXPECT_THAT(store->list_backfill_runs(made.id), ElementsAre(run));
}

TEST_P(BackfillCases, ThatNobodyKnowsAreNoTroubleInACommit) {
    const auto made = create(1);
    BackfillRecord stranger = made;
    stranger.id = made.id + 1000;
    stranger.is_paused = true;
    auto fire = some_fires("d", 2)[1];
    fire.backfill_id = made.id;
    fire.run_id = core::RunId("r");
    auto lost = fire;
    lost.backfill_id = stranger.id;
    ASSERT_TRUE(store->commit({.backfills = {stranger}, .backfill_runs = {fire, lost}}));
    EXPECT_EQ(store->get_backfill(made.id).value(), made);
    EXPECT_THAT(store->list_backfill_runs(made.id), SizeIs(1)) << "it has no second fire";
    EXPECT_THAT(store->list_backfill_runs(stranger.id), IsEmpty());
}

TEST_P(BackfillCases, AreOpenUntilTheyCompleteWhetherPausedOrNot) {
    save_dag("e");
    save_dag("f");
    auto paused = create(1, "d");
    const auto done = create(1, "e");
    const auto running = create(1, "f");
    paused.is_paused = true;
    ASSERT_TRUE(store->commit({.backfills = {paused}}));
    complete(done);
    const auto open = store->load_open_backfills();
    ASSERT_THAT(open, SizeIs(2));
    EXPECT_EQ(open[0].backfill, paused);
    EXPECT_EQ(open[1].backfill, running);
    EXPECT_EQ(open[1].runs.at(0).backfill_id, running.id);
}

TEST_P(BackfillCases, KeepTheNameOfARunThatIsGone) {
    const auto made = create(1);
    NewRun run = a_run("d", "backfill__x", 1);
    run.run.type = core::RunType::backfill;
    run.run.state = core::RunState::success;
    run.run.end_date = at(2);
    auto fire = some_fires("d", 1)[0];
    fire.backfill_id = made.id;
    fire.run_id = run.run.run_id;
    ASSERT_TRUE(store->commit({.new_runs = {run}, .backfill_runs = {fire}}));
    ASSERT_EQ(store->delete_runs({{run.run.dag_id, run.run.run_id}}).dag_run, 1U);
    EXPECT_THAT(store->list_backfill_runs(made.id), ElementsAre(fire));
}

TEST_P(BackfillCases, ArePagedToTheEndAndBeyond) {
    std::vector<BackfillId> ids;
    for (int i = 0; i < 5; ++i) {
        const auto made = create(1);
        complete(made);
        ids.push_back(made.id);
    }
    std::vector<BackfillId> seen;
    for (std::size_t offset = 0; offset < 8; offset += 2) {
        const auto page = store->list_backfills(core::DagId("d"), {.limit = 2, .offset = offset});
        EXPECT_EQ(page.total, 5U) << offset;
        for (const auto& record : page.items) seen.push_back(record.id);
    }
    EXPECT_EQ(seen, ids);
    EXPECT_THAT(store->list_backfills({}, {.limit = 0}).items, IsEmpty());
    EXPECT_EQ(store->list_backfills(core::DagId("none"), {}).total, 0U);
}

TEST_P(BackfillCases, FindTheRunOfADateInWhateverState) {
    using enum core::RunState;
    int hour = 1;
    for (const auto state : {queued, running, success, failed}) {
        NewRun run = a_run("d", "r" + std::to_string(hour), hour);
        run.run.state = state;
        ASSERT_TRUE(store->commit({.new_runs = {run}}));
        const auto found = store->load_run_at(core::DagId("d"), at(hour));
        ASSERT_TRUE(found);
        EXPECT_EQ(found->run, run.run);
        EXPECT_FALSE(store->load_run_at(core::DagId("d"), at(hour, -1)));
        ++hour;
    }
}

INSTANTIATE_TEST_SUITE_P(Stores, BackfillCases, testing::Values("memory", "postgres"));

}  // namespace
}  // namespace reel::store
