// depends_on_past and wait_for_downstream: what the run before, by logical date, did.

#include <algorithm>

#include "planner.hpp"

namespace reel::scheduler {

using core::TaskState;
using core::Timestamp;

namespace {

bool is_done(TaskState state) {
    return state == TaskState::success || state == TaskState::skipped;
}

bool looks_back(const core::Task& task) {
    return task.depends_on_past || task.wait_for_downstream;
}

}  // namespace

void Planner::wish_for_past(RunHandle run) {
    if (runs_.at(run).blueprint().uses_past()) past_wishes_.push_back(run);
}

std::vector<PastWish> Planner::take_past_wishes() {
    std::vector<PastWish> wishes;
    for (const RunHandle run : std::exchange(past_wishes_, {})) {
        const RunPlan* plan = find_run(run);
        if (plan == nullptr) continue;
        const auto& record = plan->run();
        // A run without a logical date stands in no order with others.
        const auto at = record.logical_date.value_or(Timestamp::min());
        wishes.push_back({.dag_id = record.dag_id, .run_id = record.run_id, .logical_date = at});
    }
    return wishes;
}

void Planner::supply_past(
    const PastWish& wish, const std::optional<store::ActiveRun>& before, Timestamp now
) {
    const auto run = find_handle(wish.dag_id, wish.run_id);
    if (!run) return;
    Past past;
    if (before) {
        past.run_id = before->run.run_id;
        for (const auto& task : before->tasks) {
            const auto [place, fresh] = past.done.try_emplace(task.key.task_id, true);
            place->second = place->second && is_done(task.state);
        }
    }
    pasts_[*run] = std::move(past);
    // It may have moved on since the store was asked.
    if (before) {
        if (const auto active = find_handle(wish.dag_id, before->run.run_id)) {
            runs_.at(*active).note_all_for_past();
            past_has_moved(*active, now);
        }
    }
    RunPlan& plan = runs_.at(*run);
    for (TaskIndex task = 0; task < plan.blueprint().size(); ++task) judge_past(*run, task, now);
    collect(*run, plan);
}

/// Airflow's PrevDagrunDep. A task that the run before did not have is the first of its kind.
void Planner::judge_past(RunHandle run, TaskIndex task, Timestamp now) {
    RunPlan& plan = runs_.at(run);
    const core::Task& declared = plan.blueprint().task(task);
    if (!looks_back(declared)) return;
    const auto& done = pasts_.at(run).done;
    const auto allows = [&](const core::TaskId& id) {
        const auto found = done.find(id);
        return found == done.end() || found->second;
    };
    bool met = allows(declared.task_id);
    if (declared.wait_for_downstream) {
        met = met && std::ranges::all_of(declared.downstream, [&](TaskIndex down) {
                  return allows(plan.blueprint().task(down).task_id);
              });
    }
    if (met) plan.past_is_met(task, now);
}

/// Tells those that look at this run which of its tasks have ended, in whatever way.
void Planner::past_has_moved(RunHandle before, Timestamp now) {
    RunPlan& plan = runs_.at(before);
    const auto ended = plan.take_ended();
    if (ended.empty()) return;
    for (auto& [run, past] : pasts_) {
        RunPlan* behind = find_run(run);
        if (behind == nullptr || past.run_id != plan.run().run_id ||
            behind->run().dag_id != plan.run().dag_id) {
            continue;
        }
        for (const TaskIndex task : ended) {
            const auto instances = plan.instances().of_task(task);
            const core::TaskId& id = plan.blueprint().task(task).task_id;
            past.done[id] = std::ranges::all_of(instances, [&](InstanceIndex i) {
                return is_done(plan.task(i).state);
            });
            const auto own = behind->dag().index_of(id);
            if (!own) continue;
            judge_past(run, *own, now);
            for (const TaskIndex up : behind->blueprint().task(*own).upstream) {
                judge_past(run, up, now);
            }
        }
        collect(run, *behind);
    }
}

}  // namespace reel::scheduler
