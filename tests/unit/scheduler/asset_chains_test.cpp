#include <gmock/gmock.h>

#include "unit/scheduler/assets_fixture.hpp"

namespace reel::scheduler {
namespace {

using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Assets over several DAGs and several lives of the scheduler.
class AssetChains : public PlannerAssets {
  protected:
    /// A DAG with task "<id>_task" that waits for `condition` and makes the asset `id`.
    static support::DagBuilder link(const std::string& id, const std::string& condition) {
        return producer(id).with([&](core::Dag& dag) {
            dag.asset_condition = core::parse_asset_condition(condition).value();
        });
    }

    void finish(const std::string& task) {
        const AttemptOrder order = live.at(task);
        live.erase(task);
        planner.on_ended({.attempt = order.attempt, .key = order.key, .at = clock.now()});
        round();
    }

    [[nodiscard]] std::vector<std::string> made_dags() const {
        std::vector<std::string> ids;
        for (const auto& added : made) ids.push_back(added.run.dag_id.str());
        return ids;
    }

    static store::QueuedAssetEvent waiting(std::int64_t id, const std::string& uri) {
        return {
            .dag_id = core::DagId("wait"), .event_id = id, .uri = uri, .timestamp = {}, .source = {}
        };
    }

    std::size_t drop(const QueuedEventSelection& selection) {
        return planner.drop_queued_events(selection);
    }
};

TEST_F(AssetChains, NewsGoFromDagToDag) {
    use_all(
        {producer("a").shared(),
         link("b", "a").shared(),
         link("c", "b").shared(),
         consumer("c").shared()}
    );
    produce("a");
    EXPECT_THAT(made_dags(), ElementsAre("b"));
    finish("b_task");
    finish("c_task");
    EXPECT_THAT(made_dags(), ElementsAre("b", "c", "wait"));
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}, Ids{2}, Ids{3}));
    EXPECT_EQ(events[2].event.source->run_id, made[1].run.run_id);
}

TEST_F(AssetChains, ADiamondMeetsOnce) {
    use_all(
        {producer("a").shared(),
         link("b", "a").shared(),
         link("c", "a").shared(),
         consumer("b & c").shared()}
    );
    produce("a");
    EXPECT_THAT(made_dags(), ElementsAre("b", "c"));
    finish("b_task");
    EXPECT_THAT(made_dags(), ElementsAre("b", "c"));
    finish("c_task");
    EXPECT_THAT(made_dags(), ElementsAre("b", "c", "wait"));
    EXPECT_THAT(consumed().back(), ElementsAre(2, 3));
}

TEST_F(AssetChains, RunsOfOneMomentHaveNamesOfTheirOwn) {
    use_with(consumer("a"));
    produce("a");
    produce("a");
    ASSERT_THAT(made, SizeIs(2));
    EXPECT_EQ(made[0].run.run_after, made[1].run.run_after);
    EXPECT_NE(made[0].run.run_id, made[1].run.run_id);
}

TEST_F(AssetChains, AnAssetThatNobodyMakesMayHaveNewsByHand) {
    use_all({consumer("outside & other").shared()});
    planner.add_asset_event("outside", {}, clock.now());
    planner.add_asset_event("unheard", {}, clock.now());
    round();
    ASSERT_THAT(events, SizeIs(2));
    EXPECT_THAT(events[0].queued_for, ElementsAre(core::DagId("wait")));
    EXPECT_THAT(events[1].queued_for, IsEmpty());
    planner.add_asset_event("other", {}, clock.now());
    round();
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 3}));
}

TEST_F(AssetChains, EventsAreCountedOnBehindThoseThatAreStored) {
    use_with(consumer("a & b"));
    planner.restore_assets({.queued = {}, .last_event_id = 41});
    EXPECT_EQ(planner.add_asset_event("a", {}, clock.now()), 42);
    EXPECT_EQ(planner.add_asset_event("a", {}, clock.now()), 43);
    round();
    EXPECT_THAT(made, IsEmpty());
}

TEST_F(AssetChains, WhatWaitsForADagWithoutAFileWaitsForTheFile) {
    planner.restore_assets({.queued = {waiting(3, "a")}, .last_event_id = 3});
    use_all({producer("a").shared()});
    round();
    EXPECT_THAT(made, IsEmpty());
    for (int times = 0; times < 2; ++times) {
        use_all({producer("a").shared(), consumer("a").shared()});
        round();
    }
    EXPECT_THAT(consumed(), ElementsAre(Ids{3})) << "once";
}

TEST_F(AssetChains, WhatIsNotNamedAnyMoreDoesNotMeetButGoesAlong) {
    planner.restore_assets({.queued = {waiting(1, "old")}, .last_event_id = 1});
    use_all({producer("a").shared(), consumer("a").shared()});
    round();
    EXPECT_THAT(made, IsEmpty());
    produce("a");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 2})) << "the run empties the whole queue";
}

TEST_F(AssetChains, WhatWaitsForAPausedDagStartsItOnceItIsNot) {
    planner.restore_assets({.queued = {waiting(4, "a")}, .last_event_id = 4});
    use_all({consumer("a").shared()}, true);
    round();
    EXPECT_THAT(made, IsEmpty());
    set_paused(false);
    EXPECT_THAT(consumed(), ElementsAre(Ids{4}));
}

TEST_F(AssetChains, EventsByHandForAPausedDagAreNotQueued) {
    use_all({consumer("a").shared()}, true);
    planner.add_asset_event("a", {}, clock.now());
    set_paused(false);
    round();
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_THAT(events[0].queued_for, IsEmpty());
    EXPECT_THAT(made, IsEmpty());
}

TEST_F(AssetChains, WhatIsDroppedBeforeItMeetsDoesNotStartARun) {
    use_with(consumer("a"));
    planner.add_asset_event("a", {}, clock.now());
    EXPECT_NE(planner.next_due(), std::nullopt);
    EXPECT_EQ(drop({}), 1U);
    EXPECT_EQ(drop({}), 0U);
    const Effects effects = plan();
    EXPECT_THAT(effects.commit.new_runs, IsEmpty());
    EXPECT_THAT(effects.commit.asset_events, SizeIs(1)) << "it happened all the same";
    EXPECT_THAT(effects.commit.dropped_events, SizeIs(1));
    EXPECT_THAT(plan().commit.dropped_events, IsEmpty()) << "told once";
}

TEST_F(AssetChains, ABoundDropsWhatIsOlderAndNotWhatIsAsOld) {
    use_with(consumer("a & b"));
    planner.add_asset_event("a", {}, clock.now());
    EXPECT_EQ(drop({.dag_id = {}, .uri = {}, .before = clock.now()}), 0U);
    clock.advance(std::chrono::microseconds(1));
    EXPECT_EQ(drop({.dag_id = {}, .uri = {}, .before = clock.now()}), 1U);
}

TEST_F(AssetChains, AConditionThatGoesLeavesTheDagToItself) {
    use_with(consumer("a & b"));
    produce("a");
    use_all({producer("a").shared(), producer("b").shared(), a_dag("wait").task("work").shared()});
    produce("b");
    EXPECT_THAT(events[1].queued_for, IsEmpty());
    EXPECT_THAT(made, IsEmpty());
}

}  // namespace
}  // namespace reel::scheduler
