#include "scheduler/backfills.hpp"

#include <gmock/gmock.h>

namespace reel::scheduler {
namespace {

using core::DagId;
using core::RunId;
using core::Timestamp;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BackfillsTest : public ::testing::Test {
  protected:
    void take_up(store::BackfillId id, const std::string& dag, int fires, int max_active_runs = 2) {
        store::OpenBackfill open;
        open.backfill.id = id;
        open.backfill.dag_id = DagId(dag);
        open.backfill.max_active_runs = max_active_runs;
        for (int i = 1; i <= fires; ++i) {
            store::BackfillRunRecord fire;
            fire.backfill_id = id;
            fire.sort_ordinal = i;
            fire.dag_id = DagId(dag);
            fire.logical_date = Timestamp() + hours(i);
            open.runs.push_back(fire);
        }
        backfills.take_up(open);
    }

    std::vector<std::string> wishes() {
        std::vector<std::string> names;
        for (const auto& wish : backfills.wishes(may_begin)) {
            names.push_back(wish.dag_id.str() + std::to_string(wish.sort_ordinal));
        }
        return names;
    }

    /// The next fire becomes the run of this name and begins.
    void run(const std::string& dag, const std::string& run_id) {
        for (const auto& wish : backfills.wishes(may_begin)) {
            if (wish.dag_id != DagId(dag)) continue;
            backfills.decide(*backfills.take(wish), RunId(run_id));
            backfills.begin(DagId(dag), RunId(run_id));
            return;
        }
        FAIL() << "no fire of " << dag << " may begin";
    }

    store::Commit flush() {
        store::Commit commit;
        backfills.flush(commit, Timestamp(hours(9)));
        return commit;
    }

    Backfills backfills;
    Backfills::MayBegin may_begin = [](const DagId&) { return true; };
    const DagId d{"d"};
};

TEST_F(BackfillsTest, WishForAsManyRunsAsThereIsRoomFor) {
    take_up(1, "d", 5);
    EXPECT_THAT(wishes(), ElementsAre("d1", "d2"));
    run("d", "r1");
    EXPECT_THAT(wishes(), ElementsAre("d2"));
    run("d", "r2");
    EXPECT_THAT(wishes(), IsEmpty());
    backfills.end(d, RunId("r1"));
    EXPECT_THAT(wishes(), ElementsAre("d3"));
}

TEST_F(BackfillsTest, WishForTenAtATimeOverAll) {
    take_up(1, "d", 20, 20);
    take_up(2, "e", 20, 20);
    EXPECT_THAT(wishes(), SizeIs(10));
}

TEST_F(BackfillsTest, WishForNothingOfADagThatMayNotBegin) {
    take_up(1, "d", 2);
    take_up(2, "e", 1);
    may_begin = [](const DagId& dag_id) { return dag_id.str() == "e"; };
    EXPECT_THAT(wishes(), ElementsAre("e1"));
}

TEST_F(BackfillsTest, OweTheStoreWhatWasDecided) {
    take_up(1, "d", 2);
    run("d", "r1");
    const auto wish = backfills.wishes(may_begin).at(0);
    backfills.decide_against(*backfills.take(wish), "already exists");
    EXPECT_FALSE(backfills.take(wish)) << "it is decided";
    const auto commit = flush();
    ASSERT_THAT(commit.backfill_runs, SizeIs(2));
    EXPECT_EQ(commit.backfill_runs[0].run_id, RunId("r1"));
    EXPECT_EQ(commit.backfill_runs[1].exception_reason, "already exists");
    EXPECT_THAT(commit.backfills, IsEmpty());
    EXPECT_TRUE(flush().empty()) << "once";
}

TEST_F(BackfillsTest, CompleteWithTheirLastRun) {
    take_up(1, "d", 1);
    run("d", "r1");
    flush();
    EXPECT_TRUE(backfills.is_open(d));
    backfills.end(d, RunId("r1"));
    const auto commit = flush();
    ASSERT_THAT(commit.backfills, SizeIs(1));
    EXPECT_EQ(commit.backfills[0].completed_at, Timestamp(hours(9)));
    EXPECT_FALSE(backfills.is_open(d));
    take_up(1, "d", 1);
    EXPECT_FALSE(backfills.is_open(d)) << "the store may not have heard of it yet";
    take_up(2, "d", 1);
    EXPECT_TRUE(backfills.is_open(d));
}

TEST_F(BackfillsTest, CompleteAlsoWhereNoFireGaveARun) {
    take_up(1, "d", 1);
    backfills.decide_against(*backfills.take(backfills.wishes(may_begin).at(0)), "in flight");
    EXPECT_THAT(flush().backfills, SizeIs(1));
}

TEST_F(BackfillsTest, LetAQueuedRunBeginBeforeNewOnes) {
    take_up(1, "d", 3, 1);
    run("d", "r1");
    backfills.queue(d, RunId("r1"));
    EXPECT_THAT(wishes(), IsEmpty()) << "the room is for the run that is queued";
    EXPECT_THAT(backfills.startable(may_begin), ElementsAre(store::RunName{d, RunId("r1")}));
    EXPECT_THAT(backfills.queued(d), ElementsAre(RunId("r1")));
    backfills.begin(d, RunId("r1"));
    EXPECT_THAT(backfills.startable(may_begin), IsEmpty());
    EXPECT_THAT(backfills.queued(DagId("e")), IsEmpty());
}

TEST_F(BackfillsTest, HoldBackQueuedRunsWhilePaused) {
    take_up(1, "d", 1);
    run("d", "r1");
    backfills.queue(d, RunId("r1"));
    EXPECT_TRUE(backfills.set_paused(1, true, Timestamp(hours(1))).is_paused);
    EXPECT_THAT(backfills.startable(may_begin), IsEmpty());
    backfills.set_paused(1, true, Timestamp(hours(2)));
    const auto commit = flush();
    ASSERT_THAT(commit.backfills, SizeIs(1)) << "the second changed nothing";
    EXPECT_EQ(commit.backfills[0].updated_at, Timestamp(hours(1)));
}

TEST_F(BackfillsTest, PassOverRunsOfNobody) {
    take_up(1, "d", 1);
    backfills.begin(d, RunId("other"));
    backfills.queue(d, RunId("other"));
    backfills.end(DagId("e"), RunId("other"));
    EXPECT_FALSE(backfills.has(d, RunId("other")));
    EXPECT_THAT(backfills.queued(d), IsEmpty());
    EXPECT_THAT(wishes(), ElementsAre("d1"));
}

TEST_F(BackfillsTest, KnowTheRunsThatTheyHadBeforeARestart) {
    store::OpenBackfill open;
    open.backfill.id = 1;
    open.backfill.dag_id = d;
    store::BackfillRunRecord made;
    made.dag_id = d;
    made.run_id = RunId("r1");
    store::BackfillRunRecord refused = made;
    refused.run_id.reset();
    refused.exception_reason = "already exists";
    open.runs = {made, refused};
    backfills.take_up(open);
    EXPECT_TRUE(backfills.has(d, RunId("r1")));
    EXPECT_THAT(wishes(), IsEmpty()) << "nothing is pending";
    EXPECT_EQ(backfills.find(1)->dag_id, d);
    EXPECT_EQ(backfills.find(DagId("e")), nullptr);
    EXPECT_EQ(backfills.find(9), nullptr);
}

}  // namespace
}  // namespace reel::scheduler
