// Assets that tasks name when they run, and schedules on their aliases.

#include <gmock/gmock.h>

#include "unit/scheduler/assets_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::TaskState;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// "maker" names assets for alias "daily"; "wait" waits for a condition.
class AssetAliases : public PlannerAssets {
  protected:
    static support::DagBuilder maker(const std::vector<std::string>& aliases = {"daily"}) {
        return a_dag("maker").task("make", {}, [&](core::Task& task) {
            task.outlet_aliases = aliases;
        });
    }

    static support::DagBuilder waiting_for(const core::AssetExpression& condition) {
        return a_dag("wait").task("work").with([&](core::Dag& dag) {
            dag.asset_condition = condition;
        });
    }

    void use_aliases(
        const core::AssetExpression& condition, const std::vector<std::string>& aliases = {"daily"}
    ) {
        use_all({maker(aliases).shared(), producer("a").shared(), waiting_for(condition).shared()});
        plan();
    }

    void make(const std::string& output) {
        trigger("maker", "m" + std::to_string(++runs));
        plan();
        const AttemptOrder order = live.at("make");
        live.erase("make");
        AttemptEnded event{.attempt = order.attempt, .key = order.key, .at = clock.now()};
        event.xcoms.push_back({.key = order.key, .value = {output}, .at = clock.now()});
        planner.on_ended(event);
        round();
    }

    static core::AssetExpression both(
        const core::AssetExpression& left, const core::AssetExpression& right
    ) {
        return {.kind = core::AssetExpression::Kind::all, .asset = {}, .operands = {left, right}};
    }

    const core::AssetExpression daily = core::make_alias("daily");
};

TEST_F(AssetAliases, AnEventOfAnAssetThatATaskNamesStartsWhoWaitsForTheAlias) {
    use_aliases(daily);
    make(R"({"uri": "s3://2026", "extra": {"rows": 7}})");
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(events[0].event.uri, "s3://2026");
    EXPECT_EQ(events[0].event.extra.text, R"({"rows":7})");
    EXPECT_THAT(events[0].aliases, ElementsAre("daily"));
    EXPECT_THAT(events[0].queued_for, ElementsAre(core::DagId("wait")));
    EXPECT_EQ(events[0].event.source->task_id.str(), "make");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}));
}

TEST_F(AssetAliases, ATaskThatNamesNothingHasNoNews) {
    use_aliases(daily);
    make("null");
    EXPECT_THAT(events, IsEmpty());
    EXPECT_THAT(made, IsEmpty());
}

TEST_F(AssetAliases, OnceResolvedAnEventByAnyOtherWayCountsAsWell) {
    use_all({maker().shared(), producer("s3://a").shared(), waiting_for(daily).shared()});
    plan();
    planner.add_asset_event("s3://a", {"{}"}, clock.now());
    round();
    EXPECT_THAT(made, IsEmpty()) << "nobody has called it by the alias yet";
    make(R"("s3://a")");
    EXPECT_THAT(made, SizeIs(1));
    planner.add_asset_event("s3://a", {"{}"}, clock.now());
    round();
    EXPECT_THAT(consumed(), ElementsAre(Ids{2}, Ids{3}));
}

TEST_F(AssetAliases, GoTogetherWithAssets) {
    use_aliases(both(daily, {.asset = core::make_asset("a")}));
    make(R"("s3://1")");
    EXPECT_THAT(made, IsEmpty());
    produce("a");
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 2}));
}

TEST_F(AssetAliases, SeveralAssetsAreSeveralEventsOfOneRun) {
    use_aliases(daily);
    make(R"(["s3://1", "s3://2"])");
    EXPECT_THAT(events, SizeIs(2));
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 2}));
}

TEST_F(AssetAliases, WhoWaitsForAnotherAliasIsNotConcerned) {
    use_aliases(core::make_alias("weekly"), {"daily", "weekly"});
    make(R"({"daily": "s3://1"})");
    EXPECT_THAT(made, IsEmpty());
    make(R"({"weekly": "s3://2"})");
    EXPECT_THAT(consumed(), ElementsAre(Ids{2}));
}

TEST_F(AssetAliases, ARestartKnowsWhatTheyStandFor) {
    planner.restore_assets({.queued = {}, .last_event_id = 9, .aliased = {{"daily", {"s3://1"}}}});
    use_aliases(daily);
    planner.add_asset_event("s3://1", {"{}"}, clock.now());
    round();
    EXPECT_THAT(consumed(), ElementsAre(Ids{10}));
}

TEST_F(AssetAliases, AnEditedConditionIsResolvedAnew) {
    use_aliases(core::make_alias("weekly"));
    make(R"("s3://1")");
    EXPECT_THAT(made, IsEmpty());
    use_aliases(daily);
    planner.add_asset_event("s3://1", {"{}"}, clock.now());
    round();
    EXPECT_THAT(consumed(), ElementsAre(Ids{2}));
    use_aliases(core::make_alias("weekly"));
    planner.add_asset_event("s3://1", {"{}"}, clock.now());
    round();
    EXPECT_THAT(made, SizeIs(1)) << "it waits for something else now";
}

TEST_F(AssetAliases, AnOutputThatNamesNoAssetFailsTheTask) {
    use_aliases(daily);
    make("[7]");
    EXPECT_EQ(states["make"], TaskState::failed);
    EXPECT_THAT(records["make"].message, HasSubstr("names no asset for alias 'daily'"));
    EXPECT_THAT(events, IsEmpty());
}

}  // namespace
}  // namespace reel::scheduler
