#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "unit/scheduler/simulation.hpp"

namespace reel::scheduler {

using core::RunState;
using core::TaskState;

namespace {

/// Whether allowed steps lead from one state to another: a commit may hold several at once.
bool leads_to(TaskState from, TaskState to) {
    std::set<TaskState> seen{from};
    std::vector<TaskState> todo{from};
    while (!todo.empty()) {
        const TaskState state = todo.back();
        todo.pop_back();
        if (state == to) return true;
        for (const auto next : core::all_task_states) {
            if (core::may_follow(state, next) && seen.insert(next).second) todo.push_back(next);
        }
    }
    return false;
}

bool leads_to(RunState from, RunState to) {
    const bool by_running =
        core::may_follow(from, RunState::running) && core::may_follow(RunState::running, to);
    return core::may_follow(from, to) || by_running;
}

}  // namespace

std::vector<store::TaskInstanceRecord> Simulation::tasks_of(const store::RunRecord& run) const {
    store::TaskInstanceFilter filter;
    filter.dag_id = run.dag_id;
    filter.run_id = run.run_id;
    filter.page.limit = std::numeric_limits<int>::max();
    return store_->list_task_instances(filter).items;
}

void Simulation::check_changes(const store::Commit& commit) const {
    std::set<core::TaskKey> seen;
    for (const auto& change : commit.tasks) {
        const auto& key = change.after.key;
        EXPECT_TRUE(leads_to(change.from, change.after.state))
            << key.task_id.str() << ": " << core::to_string(change.from) << " to "
            << core::to_string(change.after.state);
        EXPECT_TRUE(seen.insert(key).second) << "one change per task and commit";
        if (const auto stored = store_->get_task_instance(key)) {
            EXPECT_EQ(stored->state, change.from);
        }
        if (change.after.state == TaskState::up_for_retry) {
            EXPECT_TRUE(change.after.next_retry_at);
        }
    }
    for (const auto& change : commit.runs) {
        EXPECT_TRUE(leads_to(change.from, change.after.state));
        EXPECT_EQ(core::is_finished(change.after.state), change.after.end_date.has_value());
    }
}

/// A task leaves `none` only as its trigger rule says, or because its run was ended.
void Simulation::check_rule(const store::TaskChange& change) const {
    if (change.from != TaskState::none) return;
    const auto& key = change.after.key;
    const auto dag = std::ranges::find(dags_, key.dag_id, &core::Dag::dag_id);
    const core::Task& task = *dag->find_task(key.task_id);
    core::UpstreamCounts counts;
    counts.total = static_cast<int>(task.upstream.size());
    for (const auto up : task.upstream) {
        auto upstream = key;
        upstream.task_id = dag->tasks[up].task_id;
        counts.add(store_->get_task_instance(upstream)->state);
    }
    const auto verdict = core::evaluate(task.trigger_rule, counts);
    const auto state = change.after.state;
    const bool by_rule = state == TaskState::upstream_failed || state == TaskState::skipped;
    if (!by_rule) {
        EXPECT_EQ(verdict, core::Verdict::run)
            << key.task_id.str() << " became " << core::to_string(state) << " under "
            << core::to_string(task.trigger_rule);
    } else if (change.after.message.empty()) {
        EXPECT_TRUE(verdict == core::Verdict::skip || verdict == core::Verdict::upstream_failed)
            << key.task_id.str() << " was passed over under " << core::to_string(task.trigger_rule);
    }
}

void Simulation::check_limits() {
    EXPECT_LE(planner_->live_attempts(), static_cast<std::size_t>(settings_.parallelism));
    std::size_t occupying = 0;
    std::map<core::DagId, int> running;
    for (const auto& run : requested_) {
        if (settled_.contains(run.run_id)) continue;
        const auto stored = store_->get_run(run.dag_id, run.run_id);
        if (!stored) continue;
        if (core::is_finished(stored->state)) settled_.insert(run.run_id);
        if (stored->state == RunState::running) ++running[run.dag_id];
        int of_run = 0;
        for (const auto& task : tasks_of(run)) {
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
        for (const auto& task : tasks_of(run)) {
            text += name + "/" + task.key.task_id.str() + " = " +
                    std::string(core::to_string(task.state)) + " after " +
                    std::to_string(task.try_number) + " tries\n";
        }
    }
    return text;
}

}  // namespace reel::scheduler
