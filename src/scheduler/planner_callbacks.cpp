// Deadlines of runs, and what follows when they fail again and again.

#include <utility>

#include "planner.hpp"

namespace reel::scheduler {

using core::RunState;
using core::Timestamp;

void Planner::arm_deadlines(RunHandle run, const RunPlan& plan) {
    for (std::size_t i = 0; i < plan.dag().deadlines.size(); ++i) {
        if (plan.is_deadline_open(i)) {
            timers_.emplace(
                plan.deadline_at(i), Timer{TimerKind::deadline, run, static_cast<InstanceIndex>(i)}
            );
        }
    }
}

/// Of a DAG with a limit, every end counts, whoever brought it about.
void Planner::count_end(DagEntry& entry, RunState state, Timestamp now) {
    const core::Dag& dag = *entry.scheduled.dag;
    const int limit = dag.max_consecutive_failed_dag_runs;
    if (limit <= 0) return;
    int& failed = entry.scheduled.consecutive_failed_runs;
    const int before = std::exchange(failed, state == RunState::failed ? failed + 1 : 0);
    if (failed == before) return;
    if (failed >= limit && !entry.scheduled.is_paused) {
        set_paused(dag.dag_id, true, now);
        entry.paused_by_failures = true;
        paused_.push_back(standings_.back());
    } else {
        standings_.push_back(
            {.dag_id = dag.dag_id, .is_paused = std::nullopt, .consecutive_failed_runs = failed}
        );
    }
}

void Planner::number_callbacks(Effects& effects, Timestamp now) {
    for (auto& callback : effects.commit.callbacks) {
        callback.id = next_callback_++;
        // Clocks of other hosts must not change the order.
        if (callback.next_try_at) callback.next_try_at = now;
    }
    effects.commit.standings = std::exchange(standings_, {});
    effects.paused = std::exchange(paused_, {});
}

}  // namespace reel::scheduler
