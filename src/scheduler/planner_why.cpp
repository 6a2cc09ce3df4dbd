// Why a task does not run: every condition that is not met, in words.

#include "planner.hpp"

namespace reel::scheduler {

using core::RunState;
using core::TaskState;

namespace {

constexpr std::size_t most_names = 10;

std::string word(TaskState state) {
    return std::string(core::to_string(state));
}

/// "extract (running), load (none) and 3 more".
std::string unfinished_upstreams(const RunPlan& plan, TaskIndex task) {
    std::string text;
    std::size_t count = 0;
    for (const TaskIndex up : plan.blueprint().task(task).upstream) {
        for (const InstanceIndex i : plan.instances().of_task(up)) {
            if (core::is_finished(plan.task(i).state)) continue;
            if (++count > most_names) continue;
            const int index = plan.task(i).key.map_index;
            text += (text.empty() ? "" : ", ") + plan.task(i).key.task_id.str();
            if (index >= 0) text += "[" + std::to_string(index) + "]";
            text += " (" + word(plan.task(i).state) + ")";
        }
    }
    if (count > most_names) text += " and " + std::to_string(count - most_names) + " more";
    return text;
}

bool is_branch(const core::Task& task) {
    return task.operator_name.starts_with("branch") || task.operator_name == "short_circuit" ||
           task.operator_name == "latest_only";
}

/// "extract (failed), choose (success, a branch)": the upstreams whose end decided over a task.
std::string deciding_upstreams(const RunPlan& plan, InstanceIndex i) {
    std::string text;
    std::size_t count = 0;
    const int own = plan.task(i).key.map_index;
    for (const TaskIndex up : plan.declared(i).upstream) {
        const bool is_together = plan.blueprint().share_mapped_group(up, plan.instances()[i].task);
        for (const InstanceIndex each : plan.instances().of_task(up)) {
            const auto& record = plan.task(each);
            if (is_together && record.key.map_index != own) continue;
            const bool chose = record.state == TaskState::success && is_branch(plan.declared(each));
            if (record.state == TaskState::success && !chose) continue;
            if (++count > most_names) continue;
            text += (text.empty() ? "" : ", ") + record.key.task_id.str();
            if (record.key.map_index >= 0) text += "[" + std::to_string(record.key.map_index) + "]";
            text += " (" + word(record.state) + (chose ? ", a branch)" : ")");
        }
    }
    if (count > most_names) text += " and " + std::to_string(count - most_names) + " more";
    return text;
}

/// How a task that waits for nothing more came to its state.
std::string ending(const RunPlan& plan, InstanceIndex i) {
    const auto& record = plan.task(i);
    std::string text = "it is " + word(record.state);
    if (record.state == TaskState::success || !core::is_finished(record.state)) return text;
    if (!record.message.empty()) return text + ": " + record.message;
    if (record.try_number > 0) return text;
    const std::string names = deciding_upstreams(plan, i);
    if (names.empty()) return text;
    return text + " after " + names + "; its trigger rule is '" +
           std::string(core::to_string(plan.declared(i).trigger_rule)) + "'";
}

}  // namespace

/// What holds back the run as a whole.
void Planner::explain_run(const RunPlan& plan, core::Timestamp now, Reasons& reasons) const {
    const auto& run = plan.run();
    const DagEntry& entry = dags_.at(run.dag_id);
    if (entry.scheduled.is_paused) {
        reasons.push_back({"Dag Paused", "the DAG is paused"});
    }
    if (run.state != RunState::queued) return;
    if (run.run_after > now) {
        reasons.push_back(
            {"Run After", "the run is not due before " + core::format_iso(run.run_after)}
        );
    }
    if (backfills_.has(run.dag_id, run.run_id)) {
        const auto& backfill = *backfills_.find(run.dag_id);
        const std::string name = "backfill " + std::to_string(backfill.id);
        reasons.push_back(
            {"Backfill",
             backfill.is_paused ? name + " is paused"
                                : "the run is queued: " + name + " has " +
                                      std::to_string(backfill.max_active_runs) +
                                      " runs active, as many as its max_active_runs allows"}
        );
        return;
    }
    if (entry.counted() >= entry.limit()) {
        reasons.push_back(
            {"Max Active Runs",
             "the run is queued: " + std::to_string(entry.limit()) +
                 " runs of the DAG are active, as many as max_active_runs allows"}
        );
    }
}

/// What holds back a task that waits for a place.
void Planner::explain_place(RunHandle run, const RunPlan& plan, InstanceIndex i, Reasons& reasons)
    const {
    const auto& record = plan.task(i);
    const PoolLimit* pool = places_.find_pool(record.pool);
    if (pool == nullptr) {
        reasons.push_back(
            {"Pool Slots Available",
             "there is no pool '" + record.pool + "'; `reel pools set` makes one"}
        );
    } else if (pool->slots >= 0 && pool->slots < record.pool_slots) {
        reasons.push_back(
            {"Pool Slots Available",
             "it needs " + std::to_string(record.pool_slots) + " slots of pool '" + record.pool +
                 "', which has only " + std::to_string(pool->slots) +
                 ": it can never run; `reel pools set` makes the pool larger"}
        );
    } else if (pool->slots >= 0 &&
               pool->slots - places_.used_slots(record.pool) < record.pool_slots) {
        reasons.push_back(
            {"Pool Slots Available",
             "it needs " + std::to_string(record.pool_slots) + " of pool '" + record.pool +
                 "', of whose " + std::to_string(pool->slots) + " slots " +
                 std::to_string(places_.used_slots(record.pool)) + " are taken"}
        );
    }
    if (!places_.has_room()) {
        reasons.push_back(
            {"Parallelism",
             "all " + std::to_string(places_.parallelism()) +
                 " places of core.parallelism are taken"}
        );
    }
    if (plan.occupying() >= plan.dag().max_active_tasks) {
        reasons.push_back(
            {"Dag Tasks Concurrency",
             std::to_string(plan.occupying()) +
                 " tasks of the run are active, as many as max_active_tasks allows"}
        );
    }
    if (const auto limit = places_.why_set_aside(run, i)) {
        reasons.push_back({"Task Concurrency", *limit});
    }
}

core::Result<Reasons> Planner::why(
    const core::DagId& dag_id, const core::RunId& run_id, const TaskName& task, core::Timestamp now
) const {
    const auto choice = choose(dag_id, run_id, {.tasks = {task}});
    if (!choice) return std::unexpected(choice.error());
    const RunHandle run = choice->run;
    const RunPlan& plan = runs_.at(run);
    const InstanceIndex i = choice->instances.front();
    const auto& record = plan.task(i);
    Reasons reasons;
    switch (record.state) {
        case TaskState::none:
            explain_run(plan, now, reasons);
            if (plan.waits_for_past(i)) {
                const auto past = pasts_.find(run);
                const std::string before =
                    past == pasts_.end() ? "" : " '" + past->second.run_id.str() + "'";
                reasons.push_back(
                    {"Previous Dagrun State",
                     "depends_on_past: the run before" + before + " has not done it well"}
                );
            }
            if (const auto names = unfinished_upstreams(plan, plan.instances()[i].task);
                !names.empty()) {
                const auto rule = core::to_string(plan.declared(i).trigger_rule);
                reasons.push_back(
                    {"Trigger Rule",
                     "its trigger rule '" + std::string(rule) + "' waits for " + names}
                );
            }
            break;
        case TaskState::scheduled:
            explain_run(plan, now, reasons);
            explain_place(run, plan, i, reasons);
            break;
        case TaskState::up_for_retry:
            reasons.push_back(
                {"Not In Retry Period",
                 "try " + std::to_string(record.try_number + 1) + " begins at " +
                     core::format_iso(record.next_retry_at.value_or(now))}
            );
            break;
        default:
            reasons.push_back({"Task Instance State", ending(plan, i)});
    }
    return reasons;
}

std::optional<core::AttemptId> Planner::waiting_attempt(
    const core::DagId& dag_id, const core::RunId& run_id, const TaskName& task
) const {
    const auto choice = choose(dag_id, run_id, {.tasks = {task}});
    if (!choice) return std::nullopt;
    const auto& record = runs_.at(choice->run).task(choice->instances.front());
    const bool waits = record.state == TaskState::deferred || record.state == TaskState::queued;
    if (!waits) return std::nullopt;
    return record.attempt;
}

}  // namespace reel::scheduler
