#include <gmock/gmock.h>

#include "unit/scheduler/assets_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::RunType;
using core::TaskState;
using store::NewRun;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(PlannerAssets, AnEndThatIsNewsStartsARunInTheSameCommit) {
    use_with(consumer("a"));
    trigger("a", "first");
    plan();
    const AttemptOrder order = live.at("a_task");
    clock.advance(std::chrono::seconds(5));
    planner.on_ended({.attempt = order.attempt, .key = order.key, .at = clock.now()});
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.asset_events, SizeIs(1));
    const auto& added = effects.commit.asset_events[0];
    EXPECT_EQ(added.event.id, 1);
    EXPECT_EQ(added.event.uri, "a");
    EXPECT_EQ(added.event.timestamp, clock.now());
    EXPECT_EQ(added.event.source, order.key);
    EXPECT_THAT(added.queued_for, ElementsAre(core::DagId("wait")));
    ASSERT_THAT(effects.commit.new_runs, SizeIs(1));
    const NewRun& run = effects.commit.new_runs[0];
    EXPECT_EQ(run.run.run_id, core::RunId("asset_triggered__2026-01-01T00:00:05+00:00_1"));
    EXPECT_EQ(run.run.type, RunType::asset_triggered);
    EXPECT_EQ(run.run.triggered_by, core::TriggeredBy::asset);
    EXPECT_FALSE(run.run.logical_date);
    EXPECT_EQ(run.run.run_after, clock.now());
    EXPECT_THAT(run.consumed_events, ElementsAre(1));
    EXPECT_TRUE(live.contains("work")) << "and it begins at once";
}

TEST_F(PlannerAssets, WhatDidNotSucceedIsNoNews) {
    use_with(consumer("a"));
    produce("a", TaskOutcome::failed_finally);
    produce("a", TaskOutcome::skipped);
    trigger("a", "marked");
    plan();
    ASSERT_TRUE(planner.end_run(
        core::DagId("a"), core::RunId("marked"), core::RunState::success, clock.now()
    ));
    round();
    EXPECT_THAT(events, IsEmpty());
    EXPECT_THAT(made, IsEmpty());
}

TEST_F(PlannerAssets, AMarkByHandIsNoNews) {
    use_with(consumer("a"));
    trigger("a", "marked");
    plan();
    ASSERT_TRUE(planner.mark(
        core::DagId("a"), core::RunId("marked"), {}, TaskState::success, false, clock.now()
    ));
    round();
    EXPECT_THAT(events, IsEmpty());
}

TEST_F(PlannerAssets, AnEmptyTaskMakesNewsForTheNextRound) {
    use_all(
        {a_dag("e")
             .task(
                 "start",
                 {},
                 [](core::Task& task) {
                     task.operator_name = "empty";
                     task.outlets = {core::make_asset("a"), core::make_asset("b")};
                 }
             )
             .shared(),
         consumer("a & b").shared()}
    );
    trigger("e");
    round();
    EXPECT_THAT(events, SizeIs(2));
    EXPECT_THAT(made, IsEmpty()) << "its own run may turn out not to be";
    EXPECT_EQ(planner.next_due(), core::Timestamp()) << "at once";
    round();
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 2}));
}

TEST_F(PlannerAssets, AllMeansAll) {
    use_with(consumer("a & b"));
    produce("a");
    EXPECT_THAT(made, IsEmpty());
    EXPECT_EQ(planner.next_due(), std::nullopt) << "nothing turns while it waits";
    produce("b");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 2}));
    produce("b");
    EXPECT_THAT(made, SizeIs(1)) << "the queue is empty again";
    produce("a");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 2}, Ids{3, 4}));
}

TEST_F(PlannerAssets, AnyMeansAny) {
    use_with(consumer("a | b"));
    produce("b");
    produce("a");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}, Ids{2}));
}

TEST_F(PlannerAssets, SeveralEventsBeforeTheConditionIsMetGiveOneRun) {
    use_with(consumer("a & b"));
    produce("a");
    produce("a");
    produce("a");
    produce("b");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 2, 3, 4}));
}

TEST_F(PlannerAssets, EventsOfOneRoundGiveOneRun) {
    use_with(consumer("a | b"));
    trigger("a");
    trigger("b");
    plan();
    for (const char* task : {"a_task", "b_task"}) {
        const AttemptOrder order = live.at(task);
        planner.on_ended({.attempt = order.attempt, .key = order.key, .at = clock.now()});
    }
    round();
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 2}));
}

TEST_F(PlannerAssets, EveryDagThatWaitsHearsOfAnEvent) {
    use_all(
        {producer("a").shared(),
         consumer("a").shared(),
         a_dag("other")
             .task("x")
             .with([](core::Dag& dag) {
                 dag.asset_condition = core::parse_asset_condition("a").value();
             })
             .shared()}
    );
    produce("a");
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_THAT(events[0].queued_for, ElementsAre(core::DagId("other"), core::DagId("wait")));
    EXPECT_THAT(made, SizeIs(2));
}

TEST_F(PlannerAssets, AssetOrTimeRunsForBoth) {
    use_with(consumer("a", 16, core::CronSchedule{"0 * * * *"}));
    produce("a");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}));
    clock.advance(std::chrono::hours(1));
    const Effects effects = plan();
    ASSERT_THAT(effects.commit.new_runs, SizeIs(1));
    EXPECT_EQ(effects.commit.new_runs[0].run.type, RunType::scheduled);
    EXPECT_THAT(effects.commit.new_runs[0].consumed_events, IsEmpty());
    produce("a");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}, Ids{2}));
}

}  // namespace
}  // namespace reel::scheduler
