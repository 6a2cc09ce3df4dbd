#include "simulation/scheduler/history_checks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "reel/core/trigger_rule.hpp"
#include "scheduler/task_spans.hpp"
#include "scheduler/xcom_facts.hpp"

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

std::vector<store::TaskInstanceRecord> HistoryChecks::tasks_of(const store::RunRecord& run) const {
    store::TaskInstanceFilter filter;
    filter.dag_id = run.dag_id;
    filter.run_id = run.run_id;
    filter.page = store::whole_list;
    return store_.list_task_instances(filter).items;
}

void HistoryChecks::before(const store::Commit& commit, const std::set<core::RunId>& by_hand)
    const {
    std::map<core::TaskKey, TaskState> moved;
    for (const auto& change : commit.tasks) {
        const auto& key = change.after.key;
        EXPECT_TRUE(by_hand.contains(key.run_id) || leads_to(change.from, change.after.state))
            << key.task_id.str() << ": " << core::to_string(change.from) << " to "
            << core::to_string(change.after.state);
        const auto [earlier, is_first] = moved.try_emplace(key, change.after.state);
        if (!is_first) {
            EXPECT_EQ(earlier->second, change.from);
            EXPECT_TRUE(
                earlier->second == TaskState::up_for_retry || core::is_finished(earlier->second)
            ) << "one change per task and commit, but for the end of a try that the next one "
                 "follows";
            earlier->second = change.after.state;
        } else if (const auto stored = store_.get_task_instance(key)) {
            EXPECT_EQ(stored->state, change.from)
                << key.run_id.str() << " " << key.task_id.str() << "[" << key.map_index << "] to "
                << core::to_string(change.after.state);
        } else {
            EXPECT_EQ(change.from, TaskState::none)
                << key.task_id.str() << "[" << key.map_index << "] is new and begins at "
                << core::to_string(change.from);
        }
        if (change.after.state == TaskState::up_for_retry) {
            EXPECT_TRUE(change.after.next_retry_at);
        }
    }
    for (const auto& change : commit.runs) {
        EXPECT_TRUE(
            by_hand.contains(change.after.run_id) || leads_to(change.from, change.after.state)
        );
        EXPECT_EQ(core::is_finished(change.after.state), change.after.end_date.has_value());
        if (const auto stored = store_.get_run(change.after.dag_id, change.after.run_id)) {
            EXPECT_EQ(stored->dag_version, change.after.dag_version) << "it is pinned to it";
        }
    }
}

/// A task leaves `none` only as its trigger rule says, or because its run was ended.
void HistoryChecks::check_rule(const store::TaskChange& change) const {
    const auto& key = change.after.key;
    if (change.from != TaskState::none) return;
    const auto run = store_.get_run(key.dag_id, key.run_id).value();
    const core::Dag& whole = folder_.version_of(run);
    if (was_skipped_by_branch(whole, key)) return;
    const auto tasks = tasks_of(run);
    const AbsentTasks absent = absent_tasks(whole, tasks);
    const core::Dag dag = absent.empty() ? whole : without_tasks(whole, absent);
    const core::Task& task = *dag.find_task(key.task_id);
    if (change.after.message.starts_with("fail_fast")) {
        EXPECT_FALSE(task.is_teardown) << key.task_id.str() << " takes down what was set up";
        return;
    }
    core::UpstreamCounts counts;
    for (const auto& other : tasks) {
        const auto index = dag.index_of(other.key.task_id).value();
        if (std::ranges::find(task.upstream, index) == task.upstream.end()) continue;
        const bool is_setup = dag.tasks[index].is_setup;
        ++counts.total;
        if (is_setup) ++counts.setups;
        counts.add(other.state, is_setup);
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

bool HistoryChecks::was_skipped_by_branch(const core::Dag& dag, const core::TaskKey& key) const {
    const core::Task* task = dag.find_task(key.task_id);
    if (task != nullptr && task->is_teardown) return false;
    for (const auto& xcom : store_.list_xcoms(key.dag_id, key.run_id)) {
        if (xcom.name != store::skip_xcom) continue;
        const auto skipped = skipped_from_json(xcom.value);
        if (std::ranges::find(skipped, key.task_id) != skipped.end()) return true;
    }
    return task == nullptr;
}

/// A run goes without a task exactly where the task's dates say so.
void HistoryChecks::check_spans(const store::NewRun& made) const {
    const core::Dag& dag = folder_.version_of(made.run);
    for (const auto& each : made.tasks) {
        EXPECT_TRUE(dag.find_task(each.key.task_id)) << each.key.task_id.str() << " is of no task";
    }
    for (const core::Task& task : dag.tasks) {
        const auto& at = made.run.logical_date;
        const bool is_outside = at && ((task.start_date && *at < *task.start_date) ||
                                       (task.end_date && *at > *task.end_date));
        const bool is_there = std::ranges::any_of(made.tasks, [&](const auto& each) {
            return each.key.task_id == task.task_id;
        });
        if (is_outside && made.run.type != core::RunType::backfill) {
            EXPECT_FALSE(is_there) << task.task_id.str() << " at " << core::format_iso(*at);
        } else if (dag.mapping_of(task) == nullptr) {
            EXPECT_TRUE(is_there) << task.task_id.str();
        }
    }
}

void HistoryChecks::after(const store::Commit& commit, const std::set<core::RunId>& by_hand) const {
    for (const auto& made : commit.new_runs) check_spans(made);
    for (const auto& change : commit.tasks) {
        if (!by_hand.contains(change.after.key.run_id)) check_rule(change);
    }
}

}  // namespace reel::scheduler
