#pragma once

#include <string>
#include <vector>

#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {

/// Producers a and b make the assets of their names, "wait" waits for a condition over them.
class PlannerAssets : public PlannerTest {
  protected:
    static support::DagBuilder producer(const std::string& name) {
        return support::a_dag(name).task(name + "_task", {}, [&](core::Task& task) {
            task.outlets = {core::make_asset(name)};
        });
    }

    static support::DagBuilder consumer(
        const std::string& condition,
        int max_active_runs = 16,
        const core::Schedule& schedule = core::NoSchedule{}
    ) {
        return support::a_dag("wait").task("work").with([&](core::Dag& dag) {
            dag.asset_condition = core::parse_asset_condition(condition).value();
            dag.max_active_runs = max_active_runs;
            dag.schedule = schedule;
        });
    }

    void use_with(const support::DagBuilder& waiting) {
        use_all({producer("a").shared(), producer("b").shared(), waiting.shared()});
        plan();
    }

    /// One round, of which it keeps the runs that events have started.
    void round() { keep(plan()); }

    void keep(const Effects& effects) {
        for (const store::NewRun& added : effects.commit.new_runs) {
            if (added.run.type == core::RunType::asset_triggered) made.push_back(added);
        }
        for (const auto& added : effects.commit.asset_events) events.push_back(added);
    }

    /// The producer runs, and its task ends so.
    void produce(const std::string& name, TaskOutcome outcome = TaskOutcome::succeeded) {
        trigger(name, name + std::to_string(++runs));
        plan();
        const AttemptOrder order = live.at(name + "_task");
        live.erase(name + "_task");
        planner.on_ended(
            {.attempt = order.attempt, .key = order.key, .outcome = outcome, .at = clock.now()}
        );
        round();
    }

    void set_paused(bool paused) {
        planner.set_paused(core::DagId("wait"), paused, clock.now());
        round();
    }

    /// The ids of the events that each run has consumed.
    [[nodiscard]] std::vector<std::vector<std::int64_t>> consumed() const {
        std::vector<std::vector<std::int64_t>> ids;
        for (const store::NewRun& added : made) ids.push_back(added.consumed_events);
        return ids;
    }

    using Ids = std::vector<std::int64_t>;
    std::vector<store::NewRun> made;
    std::vector<store::NewAssetEvent> events;
    int runs = 0;
};

}  // namespace reel::scheduler
