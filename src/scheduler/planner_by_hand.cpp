// What people do to the tasks of a run.

#include <algorithm>
#include <utility>

#include "planner.hpp"
#include "selection.hpp"

namespace reel::scheduler {

using core::RunState;
using core::TaskState;
using core::Timestamp;

namespace {

std::vector<store::TaskInstanceRecord> records_of(
    const RunPlan& plan, const std::vector<InstanceIndex>& instances
) {
    std::vector<store::TaskInstanceRecord> records;
    records.reserve(instances.size());
    for (const InstanceIndex i : instances) records.push_back(plan.task(i));
    return records;
}

core::Result<void> check_none_runs(
    const RunPlan& plan, const std::vector<InstanceIndex>& instances
) {
    for (const InstanceIndex i : instances) {
        if (plan.task(i).state != TaskState::running) continue;
        const core::TaskKey& key = plan.task(i).key;
        return core::fail(
            core::Errc::conflict,
            "Task '" + key.task_id.str() + "' of run '" + key.run_id.str() +
                "' is running, so that nothing is cleared"
        );
    }
    return {};
}

}  // namespace

bool Planner::has_run(const core::DagId& dag_id, const core::RunId& run_id) const {
    return find_handle(dag_id, run_id).has_value();
}

bool Planner::keeps_run(const core::DagId& dag_id, const core::RunId& run_id) const {
    const auto run = find_handle(dag_id, run_id);
    return run && !core::is_finished(runs_.at(*run).run().state);
}

core::Result<RunHandle> Planner::get_at_hand(const core::DagId& dag_id, const core::RunId& run_id)
    const {
    const auto run = find_handle(dag_id, run_id);
    if (run) return *run;
    return core::fail(
        core::Errc::not_found,
        "no run '" + run_id.str() + "' of DAG '" + dag_id.str() + "' is at hand"
    );
}

core::Result<Choice> Planner::choose(
    const core::DagId& dag_id, const core::RunId& run_id, const TaskSelection& selection
) const {
    const auto run = get_at_hand(dag_id, run_id);
    if (!run) return std::unexpected(run.error());
    auto instances = select_instances(runs_.at(*run), selection);
    if (!instances) return std::unexpected(instances.error());
    return Choice{*run, std::move(*instances)};
}

core::Result<std::vector<Choice>> Planner::choose_to_clear(
    const core::DagId& dag_id,
    const std::vector<core::RunId>& run_ids,
    const TaskSelection& selection
) const {
    std::vector<Choice> choices;
    for (const core::RunId& run_id : run_ids) {
        const auto run = get_at_hand(dag_id, run_id);
        auto instances =
            run ? select_to_clear(runs_.at(*run), selection) : std::unexpected(run.error());
        if (!instances) {
            // A task that an older version of the DAG did not have is nothing to clear there.
            if (run_ids.size() > 1) continue;
            return std::unexpected(instances.error());
        }
        if (selection.refuse_running) {
            if (auto free = check_none_runs(runs_.at(*run), *instances); !free) {
                return std::unexpected(free.error());
            }
        }
        choices.push_back({*run, *std::move(instances)});
    }
    return choices;
}

core::Result<std::vector<store::TaskInstanceRecord>> Planner::clear(
    const core::DagId& dag_id,
    const std::vector<core::RunId>& run_ids,
    const TaskSelection& selection,
    bool dry_run,
    Timestamp now
) {
    TaskSelection meant = selection;
    meant.refuse_running = selection.refuse_running && !dry_run;
    const auto choices = choose_to_clear(dag_id, run_ids, meant);
    if (!choices) return std::unexpected(choices.error());
    std::vector<store::TaskInstanceRecord> before;
    for (const auto& [run, instances] : *choices) {
        RunPlan& plan = runs_.at(run);
        std::ranges::move(records_of(plan, instances), std::back_inserter(before));
        touch(run);
        if (dry_run || instances.empty()) continue;
        plan.clear(instances, now);
        queue_again(run, plan);
        collect(run, plan);
    }
    return before;
}

core::Result<std::vector<store::TaskInstanceRecord>> Planner::mark(
    const core::DagId& dag_id,
    const core::RunId& run_id,
    const TaskSelection& selection,
    TaskState state,
    bool dry_run,
    Timestamp now
) {
    const auto choice = choose(dag_id, run_id, selection);
    if (!choice) return std::unexpected(choice.error());
    const auto& [run, instances] = *choice;
    RunPlan& plan = runs_.at(run);
    touch(run);
    if (dry_run) return records_of(plan, instances);
    for (const InstanceIndex i : instances) plan.mark(i, state, now);
    clear_failed_behind(plan, instances, now);
    queue_again(run, plan);
    collect(run, plan);
    return records_of(plan, instances);
}

/// Airflow's rule: what failed because of the marked ones is decided anew.
void Planner::clear_failed_behind(
    RunPlan& plan, const std::vector<InstanceIndex>& marked, Timestamp now
) {
    TaskSelection behind{.tasks = {}, .downstream = true, .only_failed = true};
    for (const InstanceIndex i : marked) {
        behind.tasks.push_back({.task_id = plan.task(i).key.task_id, .map_index = {}});
    }
    auto failed = select_instances(plan, behind).value();
    std::erase_if(failed, [&](InstanceIndex i) { return std::ranges::binary_search(marked, i); });
    if (!failed.empty()) plan.clear(failed, now);
}

core::Result<store::RunRecord> Planner::set_note(
    const core::DagId& dag_id,
    const core::RunId& run_id,
    const std::optional<TaskName>& task,
    const std::string& note
) {
    TaskSelection selection;
    if (task) selection.tasks.push_back(*task);
    const auto choice = choose(dag_id, run_id, selection);
    if (!choice) return std::unexpected(choice.error());
    RunPlan& plan = runs_.at(choice->run);
    if (!task) {
        plan.set_note(note);
    } else {
        for (const InstanceIndex i : choice->instances) plan.set_note(i, note);
    }
    touch(choice->run);
    return plan.run();
}

/// A run that had ended and was cleared waits for its place like any other.
void Planner::queue_again(RunHandle run, const RunPlan& plan) {
    if (plan.run().state != RunState::queued) return;
    arm_deadlines(run, plan);
    DagEntry& entry = entry_of(plan);
    entry.running.erase(run);
    entry.apart.erase(run);
    const auto& record = plan.run();
    if (backfills_.has(record.dag_id, record.run_id)) {
        backfills_.queue(record.dag_id, record.run_id);
    } else {
        entry.queued.insert({record.run_after, run});
    }
    refresh(plan.run().dag_id, entry);
}

}  // namespace reel::scheduler
