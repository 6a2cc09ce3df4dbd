#include <gmock/gmock.h>

#include "unit/scheduler/assets_fixture.hpp"

namespace reel::scheduler {
namespace {

using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(PlannerAssets, AFullDagLetsEventsWaitAndTakesThemTogether) {
    use_with(consumer("a", 1));
    produce("a");
    produce("a");
    produce("a");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}));
    EXPECT_EQ(planner.next_due(), std::nullopt);
    end("work");
    EXPECT_EQ(planner.next_due(), core::Timestamp()) << "at once";
    round();
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}, Ids{2, 3}));
}

TEST_F(PlannerAssets, APausedDagKeepsWhatItHasHeardAndHearsNothingMore) {
    use_with(consumer("a & b"));
    produce("a");
    set_paused(true);
    produce("b");
    ASSERT_THAT(events, SizeIs(2));
    EXPECT_THAT(events[1].queued_for, IsEmpty());
    set_paused(false);
    EXPECT_THAT(made, IsEmpty());
    produce("b");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 3}));
}

TEST_F(PlannerAssets, WhatWasMetBeforeThePauseRunsAfterIt) {
    use_with(consumer("a", 1));
    produce("a");
    produce("a");
    set_paused(true);
    end("work");
    round();
    EXPECT_THAT(made, SizeIs(1));
    set_paused(false);
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}, Ids{2}));
}

TEST_F(PlannerAssets, AreTakenUpWhereTheStoreHasThem) {
    store::AssetState state{.queued = {}, .last_event_id = 8};
    state.queued.push_back(
        {.dag_id = core::DagId("wait"), .event_id = 5, .uri = "a", .timestamp = clock.now()}
    );
    planner.restore_assets(state);
    use_with(consumer("a & b"));
    EXPECT_THAT(made, IsEmpty());
    produce("b");
    EXPECT_EQ(events[0].event.id, 9);
    EXPECT_THAT(consumed(), ElementsAre(Ids{5, 9}));
}

TEST_F(PlannerAssets, ThatAreMetAtTheStartRunAtOnce) {
    use_all({consumer("a").shared()});
    store::AssetState state{.queued = {}, .last_event_id = 8};
    state.queued.push_back(
        {.dag_id = core::DagId("wait"), .event_id = 5, .uri = "a", .timestamp = clock.now()}
    );
    planner.restore_assets(state);
    round();
    EXPECT_THAT(consumed(), ElementsAre(Ids{5}));
}

TEST_F(PlannerAssets, AQueueOutlivesTheFileOfItsDag) {
    use_with(consumer("a & b"));
    produce("a");
    use_all({producer("a").shared(), producer("b").shared()});
    produce("b");
    EXPECT_THAT(events[1].queued_for, IsEmpty()) << "nobody waits";
    use_with(consumer("a & b"));
    produce("b");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 3}));
}

TEST_F(PlannerAssets, AnEditedConditionCountsAtOnce) {
    use_with(consumer("a & b"));
    produce("a");
    use_all({producer("a").shared(), producer("b").shared(), consumer("a | b").shared()});
    round();
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}));
}

TEST_F(PlannerAssets, ADeletedDagForgetsItsQueue) {
    use_with(consumer("a & b"));
    produce("a");
    planner.remove_dag(core::DagId("wait"));
    use_with(consumer("a & b"));
    produce("b");
    EXPECT_THAT(made, IsEmpty());
}

TEST_F(PlannerAssets, NewsMayComeFromOutside) {
    use_with(consumer("a"));
    EXPECT_EQ(planner.add_asset_event("a", {R"({"x":1})"}, clock.now()), 1);
    round();
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_FALSE(events[0].event.source);
    EXPECT_EQ(events[0].event.extra.text, R"({"x":1})");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}));
}

TEST_F(PlannerAssets, QueuedEventsCanBeTakenBack) {
    use_with(consumer("a & b"));
    produce("a");
    clock.advance(std::chrono::seconds(1));
    produce("a");
    const core::DagId wait("wait");
    EXPECT_EQ(
        planner.drop_queued_events({.dag_id = core::DagId("a"), .uri = {}, .before = {}}), 0U
    );
    EXPECT_EQ(planner.drop_queued_events({.dag_id = wait, .uri = "b", .before = {}}), 0U);
    EXPECT_EQ(planner.drop_queued_events({.dag_id = wait, .uri = {}, .before = clock.now()}), 1U);
    EXPECT_EQ(planner.drop_queued_events({.dag_id = {}, .uri = "a", .before = {}}), 1U);
    const Effects effects = plan();
    EXPECT_THAT(effects.commit.dropped_events, SizeIs(2));
    EXPECT_FALSE(effects.empty());
    produce("b");
    EXPECT_THAT(made, IsEmpty());
}

TEST_F(PlannerAssets, ARunThatIsDroppedTakesItsNewsBack) {
    use_all(
        {a_dag("e")
             .task(
                 "start",
                 {},
                 [](core::Task& task) {
                     task.operator_name = "empty";
                     task.outlets = {core::make_asset("a")};
                 }
             )
             .task("rest", {"start"})
             .shared(),
         consumer("a").shared()}
    );
    trigger("e");
    plan();
    planner.drop_run(core::DagId("e"), core::RunId("r1"));
    round();
    EXPECT_THAT(made, IsEmpty());
}

TEST_F(PlannerAssets, ARunThatIsDroppedTakesItsNewsBackThoughItHasEndedAtOnce) {
    const auto make_a = [](core::Task& task) {
        task.operator_name = "empty";
        task.outlets = {core::make_asset("a")};
    };
    use_all({a_dag("e").task("all", {}, make_a).shared(), consumer("a").shared()});
    trigger("e");
    plan();
    ASSERT_EQ(run_states["r1"], core::RunState::success);
    planner.drop_run(core::DagId("e"), core::RunId("r1"));
    round();
    EXPECT_THAT(made, IsEmpty());
}

TEST_F(PlannerAssets, NothingIsStartedOnceItStopsButNewsAreKept) {
    use_with(consumer("a"));
    trigger("a");
    plan();
    planner.stop_granting();
    const AttemptOrder order = live.at("a_task");
    planner.on_ended({.attempt = order.attempt, .key = order.key, .at = clock.now()});
    round();
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_THAT(events[0].queued_for, ElementsAre(core::DagId("wait")));
    EXPECT_THAT(made, IsEmpty());
    EXPECT_EQ(planner.next_due(), std::nullopt);
}

}  // namespace
}  // namespace reel::scheduler
