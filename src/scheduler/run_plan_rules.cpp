// When a task may run, and what is skipped.

#include <algorithm>
#include <set>

#include "reel/core/schedule.hpp"
#include "run_plan.hpp"
#include "xcom_facts.hpp"

namespace reel::scheduler {

using core::RunState;
using core::TaskState;
using core::Timestamp;

namespace {

/// The named tasks of this DAG and everything behind them.
std::set<TaskIndex> with_all_behind(const core::Dag& dag, std::vector<TaskIndex> todo) {
    std::set<TaskIndex> seen;
    while (!todo.empty()) {
        const TaskIndex i = todo.back();
        todo.pop_back();
        if (!seen.insert(i).second) continue;
        for (const TaskIndex down : dag.tasks[i].downstream) todo.push_back(down);
    }
    return seen;
}

/// Airflow's SkipMixin. Teardowns are passed by: what was set up is taken down again. Who follows a
/// task that the run goes without follows what stands behind it.
std::vector<TaskIndex> skipped_behind(
    const Blueprint& blueprint, TaskIndex branch, const BranchDecision& decision
) {
    std::vector<TaskIndex> named;
    for (const auto& id : decision.follow) {
        if (const auto i = blueprint.whole_dag()->index_of(id)) named.push_back(*i);
    }
    const auto followed = with_all_behind(*blueprint.whole_dag(), named);
    const core::Dag& dag = blueprint.dag();
    const auto& direct = dag.tasks[branch].downstream;
    std::set<TaskIndex> behind(direct.begin(), direct.end());
    if (decision.all_downstream) behind = with_all_behind(dag, direct);
    std::erase_if(behind, [&](TaskIndex i) {
        return dag.tasks[i].is_teardown || followed.contains(blueprint.index_in_whole(i));
    });
    return {behind.begin(), behind.end()};
}

}  // namespace

void RunPlan::consider(InstanceIndex i, Timestamp now) {
    if (task(i).state != TaskState::none) return;
    if (is_skipped_by_branch(i)) {
        if (may_be_skipped(i)) finish_task(i, TaskState::skipped, now);
        return;
    }
    switch (core::evaluate(declared(i).trigger_rule, instances_.upstreams(i))) {
        case core::Verdict::wait:
            break;
        case core::Verdict::run:
            if (!may_begin(i)) break;
            if (is_placeholder(i)) {
                expand(i, now);
            } else {
                schedule_task(i, now);
            }
            break;
        case core::Verdict::skip:
            if (may_be_skipped(i)) finish_task(i, TaskState::skipped, now);
            break;
        case core::Verdict::upstream_failed:
            finish_task(i, TaskState::upstream_failed, now);
            break;
    }
}

bool RunPlan::may_begin(InstanceIndex i) const {
    const core::Task& declared = blueprint_->task(instances_[i].task);
    if (!declared.depends_on_past && !declared.wait_for_downstream) return true;
    return past_met_[instances_[i].task];
}

/// Airflow's wait_for_past_depends_before_skipping.
bool RunPlan::may_be_skipped(InstanceIndex i) const {
    return !declared(i).wait_for_past_depends_before_skipping || may_begin(i);
}

void RunPlan::note_all_for_past() {
    ended_.clear();
    for (TaskIndex task = 0; task < blueprint_->size(); ++task) ended_.push_back(task);
}

void RunPlan::past_is_met(TaskIndex task, Timestamp now) {
    if (past_met_.empty() || past_met_[task]) return;
    past_met_[task] = true;
    std::ranges::copy(instances_.of_task(task), std::back_inserter(to_consider_));
    work_through(now);
}

void RunPlan::schedule_task(InstanceIndex i, Timestamp now) {
    set_state(i, TaskState::scheduled);
    auto& record = instances_[i].record;
    record.scheduled_at = now;
    record.next_retry_at.reset();
    if (body(i) == Body::process || body(i) == Body::waiting) {
        newly_scheduled_.push_back(i);
        return;
    }
    // Nothing to run: it takes no place and no process, only its moment.
    ++record.try_number;
    record.start_date = now;
    call(core::CallbackEvent::execute, i, now);
    succeed(i, now);
    if (body(i) == Body::latest_only && !is_latest(now)) {
        skip_behind(i, skipped_behind(blueprint(), instances_[i].task, {}), now);
    }
}

// --- branches

void RunPlan::follow(InstanceIndex i, const AttemptEnded& event) {
    if (!event.branch) return;
    skip_behind(i, skipped_behind(blueprint(), instances_[i].task, *event.branch), event.at);
}

void RunPlan::skip_behind(InstanceIndex i, const std::vector<TaskIndex>& skipped, Timestamp now) {
    std::vector<core::TaskId> names;
    for (const TaskIndex task : skipped) {
        names.push_back(blueprint_->task(task).task_id);
        note_skip(i, task);
        for (const InstanceIndex each : instances_.of_task(task)) {
            const bool waits = this->task(each).state == TaskState::none && may_be_skipped(each);
            if (waits && is_skipped_by_branch(each)) {
                finish_task(each, TaskState::skipped, now);
            }
        }
    }
    if (names.empty()) return;
    xcoms_.push_back(
        {.key = task(i).key, .name = store::skip_xcom, .value = skipped_to_json(names), .at = now}
    );
}

void RunPlan::note_skip(InstanceIndex branch, TaskIndex skipped) {
    skips_[{skipped, instances_[branch].task}].insert(branch);
}

/// In a mapped group a branch speaks for its own map index alone. What stands outside is skipped
/// once every instance of the branch says so; until then its trigger rule decides, as in Airflow.
bool RunPlan::is_skipped_by_branch(InstanceIndex i) const {
    const TaskIndex task = instances_[i].task;
    for (auto skip = skips_.lower_bound({task, 0}); skip != skips_.end(); ++skip) {
        const auto& [skipped, branch] = skip->first;
        if (skipped != task) return false;
        const auto is_by = [&](InstanceIndex each) { return skip->second.contains(each); };
        if (blueprint_->share_mapped_group(branch, task)) {
            const auto sibling = instances_.find(branch, this->task(i).key.map_index);
            if (sibling && is_by(*sibling)) return true;
        } else if (std::ranges::all_of(instances_.of_task(branch), is_by)) {
            return true;
        }
    }
    return false;
}

/// Airflow's LatestOnlyOperator: runs that people asked for are always the latest.
bool RunPlan::is_latest(Timestamp now) const {
    if (run_.type != core::RunType::scheduled && run_.type != core::RunType::backfill) return true;
    if (!run_.data_interval) return true;
    const Timestamp at = run_.data_interval->end;
    const auto next = core::next_fire(dag().schedule, dag().timezone, at, at, dag().dst);
    return !next || *next > now;
}

}  // namespace reel::scheduler
