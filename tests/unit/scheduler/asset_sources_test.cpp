#include <gmock/gmock.h>

#include "unit/scheduler/assets_fixture.hpp"

namespace reel::scheduler {
namespace {

using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// What counts as news of an asset: DAG "m" has one task that makes "a" and "b".
class AssetSources : public PlannerAssets {
  protected:
    void use_task(const std::function<void(core::Task&)>& change = {}) {
        use_all(
            {a_dag("m")
                 .task(
                     "make",
                     {},
                     [&](core::Task& task) {
                         task.outlets = {core::make_asset("a"), core::make_asset("b")};
                         if (change) change(task);
                     }
                 )
                 .shared(),
             consumer("a & b").shared()}
        );
        trigger("m");
        plan();
    }

    /// Ends one attempt and keeps what its round commits.
    void finish(const std::string& task, TaskOutcome outcome = TaskOutcome::succeeded) {
        const AttemptOrder order = live.at(task);
        live.erase(task);
        planner.on_ended(
            {.attempt = order.attempt, .key = order.key, .outcome = outcome, .at = clock.now()}
        );
        round();
    }

    [[nodiscard]] std::vector<std::string> news() const {
        std::vector<std::string> uris;
        for (const auto& added : events) uris.push_back(added.event.uri);
        return uris;
    }
};

TEST_F(AssetSources, EveryOutletHasNews) {
    use_task();
    finish("make");
    EXPECT_THAT(news(), ElementsAre("a", "b"));
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 2}));
}

TEST_F(AssetSources, OnlyTheTryThatSucceedsIsNews) {
    use_task([](core::Task& task) { task.retries = 1; });
    finish("make", TaskOutcome::failed);
    EXPECT_THAT(news(), IsEmpty());
    clock.advance(std::chrono::minutes(10));
    plan();
    finish("make");
    EXPECT_THAT(news(), ElementsAre("a", "b"));
}

TEST_F(AssetSources, EachInstanceOfAMappedTaskIsNews) {
    use_task([](core::Task& task) {
        task.mapping = core::Mapping{{{.argument = "x", .literal = {"[1,2]"}, .upstream = {}}}};
    });
    finish("make[1]");
    finish("make[0]");
    ASSERT_THAT(events, SizeIs(4));
    EXPECT_EQ(events[0].event.source->map_index, 1);
    EXPECT_EQ(events[2].event.source->map_index, 0);
    EXPECT_THAT(consumed(), ElementsAre(Ids{1, 2}, Ids{3, 4}));
}

TEST_F(AssetSources, ATaskThatIsClearedAndSucceedsAgainIsNewsAgain) {
    use_all({a_dag("m")
                 .task("make", {}, [](core::Task& task) { task.outlets = {core::make_asset("a")}; })
                 .task("later", {"make"})
                 .shared()});
    trigger("m");
    plan();
    finish("make");
    const TaskSelection make{.tasks = {{.task_id = core::TaskId("make"), .map_index = {}}}};
    ASSERT_TRUE(
        planner.clear(core::DagId("m"), {core::RunId("r1")}, make, false, clock.now()).has_value()
    );
    plan();
    finish("make");
    EXPECT_THAT(news(), ElementsAre("a", "a"));
}

TEST_F(AssetSources, AnEndThatIsReportedTwiceIsNewsOnce) {
    use_task();
    const AttemptOrder order = live.at("make");
    const AttemptEnded end{.attempt = order.attempt, .key = order.key, .at = clock.now()};
    planner.on_ended(end);
    planner.on_ended(end);
    round();
    planner.on_ended(end);
    round();
    EXPECT_THAT(news(), ElementsAre("a", "b"));
}

TEST_F(AssetSources, WhatNobodyWaitsForIsOnRecord) {
    use_all({producer("a").shared()});
    produce("a");
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_THAT(events[0].queued_for, IsEmpty());
    EXPECT_EQ(planner.next_due(), std::nullopt);
}

TEST_F(AssetSources, ADagMayWaitForWhatItMakes) {
    use_all({a_dag("wait")
                 .task("work", {}, [](core::Task& task) { task.outlets = {core::make_asset("a")}; })
                 .with([](core::Dag& dag) {
                     dag.asset_condition = core::parse_asset_condition("a").value();
                     dag.max_active_runs = 1;
                 })
                 .shared()});
    trigger("wait", "first");
    plan();
    finish("work");
    EXPECT_THAT(made, IsEmpty()) << "its own run is still there in this round";
    round();
    EXPECT_THAT(consumed(), ElementsAre(Ids{1}));
}

}  // namespace
}  // namespace reel::scheduler
