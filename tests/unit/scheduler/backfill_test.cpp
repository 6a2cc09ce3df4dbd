#include <gmock/gmock.h>

#include "unit/scheduler/backfill_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::Errc;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(BackfillTest, MakesItsRunsAsRoomComes) {
    use(daily());
    backfill(4);
    round();
    EXPECT_THAT(
        active(),
        ElementsAre("backfill__2025-12-28T00:00:00+00:00", "backfill__2025-12-29T00:00:00+00:00")
    );
    round();
    EXPECT_THAT(active(), SizeIs(2)) << "no more than its max_active_runs";
    finish();
    EXPECT_THAT(
        active(),
        ElementsAre("backfill__2025-12-29T00:00:00+00:00", "backfill__2025-12-30T00:00:00+00:00")
    );
    finish();
    finish();
    EXPECT_FALSE(open.backfill.completed_at);
    finish();
    EXPECT_THAT(active(), IsEmpty());
    EXPECT_EQ(open.backfill.completed_at, clock.now());
    EXPECT_THAT(run_states, SizeIs(4));
    for (const auto& fire : open.runs) EXPECT_TRUE(fire.run_id);
}

TEST_F(BackfillTest, ItsRunsSayWhatTheyAre) {
    use(daily());
    backfill(1);
    const auto made = round().commit;
    ASSERT_THAT(made.new_runs, SizeIs(1));
    const auto& run = made.new_runs.front().run;
    EXPECT_EQ(run.type, core::RunType::backfill);
    EXPECT_EQ(run.triggered_by, core::TriggeredBy::backfill);
    EXPECT_EQ(run.conf.text, R"({"x": 1})");
    EXPECT_EQ(run.logical_date, clock.now() - hours(24));
    EXPECT_EQ(run.run_after, clock.now() - hours(24));
    ASSERT_THAT(made.backfill_runs, SizeIs(1)) << "in the commit of the run";
    EXPECT_EQ(made.backfill_runs.front().run_id, run.run_id);
}

TEST_F(BackfillTest, OfAYearDelaysNoScheduledRun) {
    use(daily());
    backfill(365, [](BackfillRequest& request) { request.max_active_runs = 100; });
    for (int i = 0; i < 20; ++i) round();
    EXPECT_THAT(active(), SizeIs(100));
    EXPECT_EQ(most_wishes, 10U) << "ten at one time, as they may begin";
    EXPECT_THAT(orders, SizeIs(32)) << "all places are taken";
    clock.advance(hours(24));
    const auto scheduled = [&] {
        return std::ranges::count_if(active(), [](const std::string& id) {
            return id.starts_with("scheduled__");
        });
    };
    round();
    EXPECT_EQ(scheduled(), 1) << "max_active_runs of 1 counts no backfill's";
    EXPECT_THAT(orders, SizeIs(32));
    finish();
    EXPECT_THAT(orders.back().key.run_id.str(), HasSubstr("scheduled__"))
        << "its task gets the next place, though 68 older ones wait";
}

TEST_F(BackfillTest, BeginsNothingWhilePausedAndGoesOnAfterwards) {
    use(daily());
    backfill(3);
    ASSERT_TRUE(planner.set_backfill_paused(1, true, clock.now()));
    round();
    EXPECT_THAT(active(), IsEmpty());
    EXPECT_TRUE(open.backfill.is_paused);
    ASSERT_TRUE(planner.set_backfill_paused(1, false, clock.now()));
    round();
    EXPECT_THAT(active(), SizeIs(2));
    ASSERT_TRUE(planner.set_backfill_paused(1, true, clock.now()));
    finish();
    finish();
    EXPECT_THAT(active(), IsEmpty()) << "what was active ends";
    EXPECT_FALSE(open.backfill.completed_at);
    EXPECT_EQ(planner.set_backfill_paused(9, true, clock.now()).error().code, Errc::not_found);
}

TEST_F(BackfillTest, OfAPausedDagWaits) {
    use(daily(), true);
    backfill(2);
    round();
    EXPECT_THAT(active(), IsEmpty());
    planner.set_paused(core::DagId("d"), false, clock.now());
    round();
    EXPECT_THAT(active(), SizeIs(2));
}

TEST_F(BackfillTest, IsCancelledWithWhatIsPendingButNotWhatRuns) {
    use(daily());
    backfill(5);
    round();
    const auto cancelled = planner.cancel_backfill(1, clock.now());
    ASSERT_TRUE(cancelled);
    EXPECT_EQ(cancelled->completed_at, clock.now());
    EXPECT_TRUE(cancelled->is_paused);
    auto as_it_was = open;
    as_it_was.backfill.completed_at.reset();
    planner.take_up_backfill(as_it_was);
    EXPECT_THAT(planner.backfill_wishes(), IsEmpty()) << "the store had not heard of it";
    round();
    EXPECT_EQ(open.backfill.completed_at, clock.now());
    EXPECT_THAT(active(), SizeIs(2));
    finish();
    finish();
    EXPECT_THAT(active(), IsEmpty());
    EXPECT_THAT(run_states, SizeIs(2));
    EXPECT_EQ(planner.cancel_backfill(1, clock.now()).error().code, Errc::not_found);
}

TEST_F(BackfillTest, AnAnswerThatComesTooLateMakesNothing) {
    use(daily());
    backfill(2);
    const auto wishes = planner.backfill_wishes();
    ASSERT_THAT(wishes, SizeIs(2));
    ASSERT_TRUE(planner.set_backfill_paused(1, true, clock.now()));
    planner.supply_backfill_run(wishes[0], std::nullopt, clock.now());
    EXPECT_THAT(plan().commit.new_runs, IsEmpty());
    ASSERT_TRUE(planner.set_backfill_paused(1, false, clock.now()));
    planner.supply_backfill_run(wishes[0], std::nullopt, clock.now());
    planner.supply_backfill_run(wishes[0], std::nullopt, clock.now());
    EXPECT_THAT(plan().commit.new_runs, SizeIs(1)) << "an answer counts once";
    ASSERT_TRUE(planner.cancel_backfill(1, clock.now()));
    planner.supply_backfill_run(wishes[1], std::nullopt, clock.now());
    EXPECT_THAT(plan().commit.new_runs, IsEmpty());
}

TEST_F(BackfillTest, GoesWithItsDag) {
    use(daily());
    backfill(2);
    planner.remove_dag(core::DagId("d"));
    EXPECT_THAT(planner.backfill_wishes(), IsEmpty());
    EXPECT_EQ(planner.cancel_backfill(1, clock.now()).error().code, Errc::not_found);
}

TEST_F(BackfillTest, MakesNothingOnceNothingMayBegin) {
    use(daily());
    backfill(2);
    planner.stop_granting();
    EXPECT_THAT(planner.backfill_wishes(), IsEmpty());
}

}  // namespace
}  // namespace reel::scheduler
