#include <gtest/gtest.h>

#include <algorithm>

#include "simulation/scheduler/simulation.hpp"

namespace reel::scheduler {

using core::RunState;

void Simulation::check_pools() const {
    int used = 0;
    for (const auto& [attempt, process] : alive_) {
        const core::Task& task = process.order.task();
        if (task.pool == "p") used += task.pool_slots;
    }
    EXPECT_LE(used, 2) << "pool p has two slots";
}

void Simulation::check_limits() {
    check_pools();
    EXPECT_LE(planner_->live_attempts(), static_cast<std::size_t>(settings_.parallelism));
    std::size_t occupying = 0;
    std::map<core::DagId, int> running;
    for (const auto& run : requested_) {
        if (settled_.contains(run.run_id)) continue;
        const auto stored = store_->get_run(run.dag_id, run.run_id);
        if (!stored) continue;
        if (core::is_finished(stored->state)) settled_.insert(run.run_id);
        const bool counts = stored->type != core::RunType::backfill;
        if (counts && stored->state == RunState::running) ++running[run.dag_id];
        int of_run = 0;
        for (const auto& task : checks_.tasks_of(run)) {
            if (core::is_occupying(task.state)) ++of_run;
            if (core::is_finished(stored->state)) {
                EXPECT_TRUE(core::is_finished(task.state))
                    << "a run ended over " << task.key.task_id.str() << ", which is "
                    << core::to_string(task.state);
            }
        }
        const auto dag = std::ranges::find(dags_, run.dag_id, &core::Dag::dag_id);
        EXPECT_LE(of_run, dag->max_active_tasks);
        occupying += static_cast<std::size_t>(of_run);
    }
    for (const auto& dag : dags_) EXPECT_LE(running[dag.dag_id], dag.max_active_runs);
    EXPECT_EQ(alive_.size(), planner_->live_attempts()) << "a place is a process, wanted or not";
    EXPECT_LE(occupying, planner_->live_attempts()) << "every task that runs has its place";
}

std::string Simulation::ends() const {
    std::string text;
    for (const auto& run : requested_) {
        const auto stored = store_->get_run(run.dag_id, run.run_id);
        if (!stored) continue;
        const std::string name = run.dag_id.str() + "/" + run.run_id.str();
        text += name + " = " + std::string(core::to_string(stored->state)) + "\n";
        for (const auto& task : checks_.tasks_of(run)) {
            text += name + "/" + task.key.task_id.str() + " = " +
                    std::string(core::to_string(task.state)) + " after " +
                    std::to_string(task.try_number) + " tries\n";
        }
    }
    return text;
}

}  // namespace reel::scheduler
