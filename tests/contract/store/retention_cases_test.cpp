#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::RunState;
using core::RunType;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Hours until a moment that everything here is older than.
constexpr int never = 100'000;

NewRun an_ended_run(const std::string& dag_id, const std::string& run_id, int hour) {
    NewRun made = a_run(dag_id, run_id, hour);
    made.run.type = RunType::manual;
    made.run.state = RunState::success;
    made.run.end_date = at(hour + 1);
    return made;
}

RunName name_of(const NewRun& made) {
    return {made.run.dag_id, made.run.run_id};
}

std::vector<std::string> words_of(const std::vector<RunName>& runs) {
    std::vector<std::string> words;
    for (const auto& run : runs) words.push_back(run.dag_id.str() + "/" + run.run_id.str());
    return words;
}

XComRecord an_xcom(const NewRun& run, const std::string& name, core::Timestamp when) {
    XComRecord xcom;
    xcom.key = run.tasks.at(0).key;
    xcom.name = name;
    xcom.value.text = "1";
    xcom.at = when;
    return xcom;
}

class RetentionCases : public RunStoreContract {
  protected:
    void SetUp() override {
        RunStoreContract::SetUp();
        save_dag("d");
    }
    NewRun keep(NewRun made) {
        const auto committed = store->commit({.new_runs = {made}});
        EXPECT_TRUE(committed) << committed.error().describe();
        return made;
    }
    std::vector<std::string> expired(const RunExpiry& expiry) {
        return words_of(store->find_expired_runs(expiry));
    }
};

TEST_P(RetentionCases, OnlyEndedRunsAreEverTooOld) {
    int hour = 1;
    for (const auto state :
         {RunState::queued, RunState::running, RunState::success, RunState::failed}) {
        NewRun run = an_ended_run("d", std::string(core::to_string(state)), hour++);
        run.run.state = state;
        keep(run);
    }
    NewRun endless = an_ended_run("d", "without an end", hour);
    endless.run.end_date.reset();
    keep(endless);
    EXPECT_THAT(expired({.before = at(never)}), ElementsAre("d/success", "d/failed"));
}

TEST_P(RetentionCases, TheMomentItselfIsNotBefore) {
    NewRun run = an_ended_run("d", "r", 1);
    run.run.end_date = at(2, 500);
    keep(run);
    EXPECT_THAT(expired({.before = at(2, 500)}), IsEmpty());
    EXPECT_THAT(expired({.before = at(2, 501)}), ElementsAre("d/r"));
}

TEST_P(RetentionCases, ARunThatWasMarkedEarlyWaitsUntilItWouldHaveBeenDue) {
    NewRun run = an_ended_run("d", "r", 50);
    run.run.end_date = at(1);
    keep(run);
    EXPECT_THAT(expired({.before = at(50)}), IsEmpty());
    EXPECT_THAT(expired({.before = at(50, 1)}), ElementsAre("d/r"));
}

TEST_P(RetentionCases, TheLatestTickIsThatOfTheLatestDateNotTheOneMadeLast) {
    for (const int hour : {9, 3, 6}) {
        NewRun tick = an_ended_run("d", "scheduled__" + std::to_string(hour), hour);
        tick.run.type = RunType::scheduled;
        keep(tick);
    }
    NewRun undated = an_ended_run("d", "undated", 20);
    undated.run.type = RunType::scheduled;
    undated.run.logical_date.reset();
    keep(undated);
    EXPECT_THAT(
        expired({.before = at(never)}), ElementsAre("d/scheduled__3", "d/scheduled__6", "d/undated")
    );
}

TEST_P(RetentionCases, AnActiveTickFreesTheOneBeforeIt) {
    NewRun old = an_ended_run("d", "scheduled__1", 1);
    old.run.type = RunType::scheduled;
    keep(old);
    EXPECT_THAT(expired({.before = at(never)}), IsEmpty());
    NewRun running = a_run("d", "scheduled__2", 2);
    running.run.state = RunState::running;
    keep(running);
    EXPECT_THAT(expired({.before = at(never)}), ElementsAre("d/scheduled__1"));
}

TEST_P(RetentionCases, TheNewestRunIsTheOneMadeLastWhateverItsDag) {
    save_dag("e");
    for (const char* dag : {"d", "e"}) {
        for (const int hour : {7, 5, 6}) keep(an_ended_run(dag, "r" + std::to_string(hour), hour));
    }
    const RunExpiry expiry{.before = at(never), .keep_last = true};
    EXPECT_THAT(expired(expiry), ElementsAre("d/r5", "e/r5", "d/r7", "e/r7"));
}

TEST_P(RetentionCases, AnActiveRunCountsAsTheNewest) {
    keep(an_ended_run("d", "ended", 1));
    start_run("d", "queued", 2);
    EXPECT_THAT(expired({.before = at(never), .keep_last = true}), ElementsAre("d/ended"));
}

TEST_P(RetentionCases, ALimitOfNothingFindsNothing) {
    for (const int hour : {1, 2, 3}) keep(an_ended_run("d", "r" + std::to_string(hour), hour));
    EXPECT_THAT(expired({.before = at(never), .limit = 0}), IsEmpty());
    EXPECT_THAT(expired({.before = at(never), .limit = 2}), ElementsAre("d/r1", "d/r2"));
    EXPECT_THAT(expired({.before = at(never), .limit = 99}), SizeIs(3));
}

TEST_P(RetentionCases, RunsOfOneNameInTwoDagsAreTwoRuns) {
    save_dag("e");
    const NewRun mine = keep(an_ended_run("d", "r", 1));
    const NewRun other = keep(an_ended_run("e", "r", 1));
    ASSERT_TRUE(store->commit({.xcoms = {an_xcom(mine, "x", at(1)), an_xcom(other, "x", at(1))}}));
    const RunRows expected{.dag_run = 1, .task_instance = 2, .task_attempt = 0, .xcom = 1};
    EXPECT_EQ(store->delete_runs({name_of(mine)}), expected);
    EXPECT_TRUE(store->get_run(other.run.dag_id, other.run.run_id));
    EXPECT_THAT(store->list_xcoms(other.run.dag_id, other.run.run_id), SizeIs(1));
}

TEST_P(RetentionCases, OfSeveralNamesOnlyTheEndedGo) {
    const NewRun one = keep(an_ended_run("d", "one", 1));
    const NewRun two = keep(an_ended_run("d", "two", 2));
    const NewRun active = start_run("d", "active", 3);
    const std::vector names{name_of(one), name_of(active), name_of(two)};
    EXPECT_EQ(store->count_run_rows(names).dag_run, 3U) << "counting is about rows";
    EXPECT_EQ(store->delete_runs(names).dag_run, 2U);
    EXPECT_EQ(store->delete_runs(names), RunRows());
    EXPECT_THAT(store->list_task_instances({}).items, SizeIs(2));
}

TEST_P(RetentionCases, ARemovedRunLeavesItsNameAndDateFree) {
    const NewRun run = keep(an_ended_run("d", "r", 1));
    EXPECT_EQ(
        code_of(store->commit({.new_runs = {a_run("d", "other", 1)}})), core::Errc::already_exists
    );
    store->delete_runs({name_of(run)});
    EXPECT_FALSE(store->load_run_at(core::DagId("d"), at(1)));
    EXPECT_TRUE(store->commit({.new_runs = {a_run("d", "other", 1)}}));
    EXPECT_TRUE(store->commit({.new_runs = {a_run("d", "r", 2)}}));
    EXPECT_THAT(store->list_xcoms(core::DagId("d"), core::RunId("r")), IsEmpty());
}

TEST_P(RetentionCases, RemainsGoByTheMicrosecondAndTheLimit) {
    const NewRun run = keep(an_ended_run("d", "r", 1));
    std::vector<XComRecord> xcoms;
    for (int i = 0; i < 7; ++i) xcoms.push_back(an_xcom(run, "x" + std::to_string(i), at(1, i)));
    ASSERT_TRUE(store->commit({.xcoms = xcoms}));
    EXPECT_EQ(store->count_expired(Remains::xcom, at(1)), 0U);
    EXPECT_EQ(store->count_expired(Remains::xcom, at(1, 5)), 5U);
    EXPECT_EQ(store->delete_expired({Remains::xcom, at(1, 5), 0}).removed, 0U);
    EXPECT_EQ(store->delete_expired({Remains::xcom, at(1, 5), 3}).removed, 3U);
    EXPECT_EQ(store->delete_expired({Remains::xcom, at(1, 5), 3}).removed, 2U);
    EXPECT_THAT(store->list_xcoms(run.run.dag_id, run.run.run_id), SizeIs(2));
}

TEST_P(RetentionCases, EachKindOfRemainsGoesAlone) {
    const NewRun run = keep(an_ended_run("d", "r", 1));
    auto backfill = store->create_backfill({.dag_id = core::DagId("d")}, {});
    ASSERT_TRUE(backfill);
    backfill->completed_at = at(1);
    ASSERT_TRUE(store->commit(
        {.xcoms = {an_xcom(run, "x", at(1))},
         .skipped = {{core::DagId("d"), at(1), at(1), 1, at(1)}},
         .backfills = {*backfill}}
    ));
    const auto counts = [&] {
        return std::vector{
            store->count_expired(Remains::xcom, at(2)),
            store->count_expired(Remains::skipped_fires, at(2)),
            store->count_expired(Remains::backfill, at(2))
        };
    };
    EXPECT_THAT(counts(), ElementsAre(1, 1, 1));
    EXPECT_EQ(store->delete_expired({Remains::skipped_fires, at(2), 9}).removed, 1U);
    EXPECT_THAT(counts(), ElementsAre(1, 0, 1));
    EXPECT_EQ(store->delete_expired({Remains::backfill, at(2), 9}).removed, 1U);
    EXPECT_THAT(counts(), ElementsAre(1, 0, 0));
    EXPECT_TRUE(store->get_run(run.run.dag_id, run.run.run_id)) << "runs stay";
}

INSTANTIATE_TEST_SUITE_P(Stores, RetentionCases, testing::Values("memory", "postgres"));

/// Fills a store by chance; the same for the same seed.
void fill(RunStore& store, unsigned seed) {
    std::mt19937 random(seed);
    const auto below = [&](unsigned end) { return static_cast<int>(random() % end); };
    store.save_dags({a_dag("d"), a_dag("e")}, false, at(0));
    std::vector<int> hours(40);
    std::iota(hours.begin(), hours.end(), 0);
    std::ranges::shuffle(hours, random);
    Commit commit;
    for (int i = 0; i < 25; ++i) {
        const std::string id = (below(3) == 0 ? "scheduled__" : "r") + std::to_string(i);
        NewRun run =
            an_ended_run(below(2) == 0 ? "d" : "e", id, hours[static_cast<std::size_t>(i)]);
        run.run.type = static_cast<RunType>(below(3));
        run.run.state = below(5) == 0 ? RunState::running : RunState::failed;
        if (below(4) == 0) run.run.logical_date.reset();
        if (below(6) == 0) run.run.end_date = at(below(60));
        commit.new_runs.push_back(run);
        if (below(2) == 0) commit.xcoms.push_back(an_xcom(run, "x", at(below(50))));
    }
    const auto done = store.commit(commit);
    ASSERT_TRUE(done) << done.error().describe();
}

TEST(RetentionOfBothStores, IsTheSameOverManySeeds) {
    for (unsigned seed = 1; seed <= 15; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const auto memory = make_empty_store("memory");
        const auto postgres = make_empty_store("postgres");
        fill(*memory, seed);
        fill(*postgres, seed);
        for (const bool keep_last : {true, false}) {
            const RunExpiry expiry{.before = at(25), .keep_last = keep_last, .limit = 6};
            const auto runs = memory->find_expired_runs(expiry);
            ASSERT_EQ(words_of(postgres->find_expired_runs(expiry)), words_of(runs));
            const RunRows rows = memory->count_run_rows(runs);
            EXPECT_EQ(postgres->count_run_rows(runs), rows);
            EXPECT_EQ(rows.dag_run, runs.size());
            EXPECT_EQ(memory->delete_runs(runs), rows);
            EXPECT_EQ(postgres->delete_runs(runs), rows);
        }
        const std::size_t xcoms = memory->count_expired(Remains::xcom, at(30));
        EXPECT_EQ(postgres->delete_expired({Remains::xcom, at(30), 99}).removed, xcoms);
        EXPECT_EQ(memory->delete_expired({Remains::xcom, at(30), 99}).removed, xcoms);
        EXPECT_EQ(memory->list_runs({}).items, postgres->list_runs({}).items);
    }
}

}  // namespace
}  // namespace reel::store
