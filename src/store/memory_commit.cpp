#include <algorithm>
#include <set>

#include "memory_store.hpp"
#include "misses.hpp"

namespace reel::store {

core::AttemptId MemoryStore::reserve_attempts(int count) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    const core::AttemptId first = next_attempt_;
    next_attempt_ += count;
    return first;
}

core::Result<void> MemoryStore::commit(const Commit& commit) {
    auto plan = plan_commit(commit);
    if (!plan) return std::unexpected(plan.error());
    const std::scoped_lock lock(mutex_);
    check_fence();
    if (auto allowed = check(*plan); !allowed) return allowed;
    apply(*plan);
    return {};
}

/// True when it is new, false when exactly this run is there already.
core::Result<bool> MemoryStore::check_new_run(const NewRun& added) const {
    const RunRecord& run = added.run;
    if (const auto found = runs_.find({run.dag_id, run.run_id}); found != runs_.end()) {
        if (found->second.record == run) return false;
        return run_exists(run);
    }
    if (!has_version(run)) return no_such_version(run.dag_id, run.dag_version);
    const bool is_taken = std::ranges::any_of(runs_, [&](const auto& entry) {
        const RunRecord& other = entry.second.record;
        return run.logical_date && other.dag_id == run.dag_id &&
               other.logical_date == run.logical_date;
    });
    if (is_taken) return run_exists(run);
    return true;
}

core::Result<void> MemoryStore::check_run(const RunChange& change) const {
    const auto found = runs_.find({change.after.dag_id, change.after.run_id});
    if (found == runs_.end()) return no_such_run(change.after.dag_id, change.after.run_id);
    const RunRecord& now = found->second.record;
    if (now == change.after) return {};
    if (auto allowed = check_change(change, now); !allowed) return allowed;
    if (!has_version(change.after)) {
        return no_such_version(change.after.dag_id, change.after.dag_version);
    }
    return {};
}

bool MemoryStore::has_version(const RunRecord& run) const {
    const auto dag = dags_.find(run.dag_id);
    return dag != dags_.end() && dag->second.versions.contains(run.dag_version);
}

core::Result<void> MemoryStore::check_task(const TaskChange& change) const {
    const auto found = tasks_.find(change.after.key);
    if (found == tasks_.end()) return no_such_task(change.after.key);
    const TaskInstanceRecord& now = found->second.record;
    return now == change.after ? core::Result<void>() : check_change(change, now);
}

namespace {

bool is_added(const CommitPlan& plan, const core::TaskKey& key) {
    return std::ranges::any_of(plan.new_runs, [&](const NewRun& added) {
        return std::ranges::any_of(added.tasks, [&](const auto& task) { return task.key == key; });
    });
}

}  // namespace

/// An expansion that is applied again finds its instances exactly as it would make them.
core::Result<void> MemoryStore::check_expansion(const CommitPlan& plan, const Expansion& expansion)
    const {
    bool is_there = false;
    for (const TaskInstanceRecord& instance : expansion.instances) {
        const auto found = tasks_.find(instance.key);
        if (found == tasks_.end()) continue;
        if (found->second.record != instance) return task_exists(instance.key);
        is_there = true;
    }
    if (is_there || tasks_.contains(expansion.placeholder) ||
        is_added(plan, expansion.placeholder)) {
        return {};
    }
    return no_such_task(expansion.placeholder);
}

/// Attempts and XComs need a task; an attempt is of one task for ever.
core::Result<void> MemoryStore::check_history(const CommitPlan& plan) const {
    std::set<core::TaskKey> added;
    for (const NewRun& run : plan.new_runs) {
        for (const TaskInstanceRecord& task : run.tasks) added.insert(task.key);
    }
    for (const Expansion& expansion : plan.expansions) {
        for (const TaskInstanceRecord& task : expansion.instances) added.insert(task.key);
    }
    const auto is_known = [&](const auto& row) {
        return tasks_.contains(row.key) || added.contains(row.key);
    };
    for (const AttemptRecord& attempt : plan.attempts) {
        if (!is_known(attempt)) return no_such_task(attempt.key);
        const auto found = attempts_.find(attempt.attempt);
        if (found != attempts_.end() && found->second.key != attempt.key) {
            return attempt_of_another_task(attempt.attempt, attempt.key);
        }
    }
    const auto orphan = std::ranges::find_if_not(plan.xcoms, is_known);
    if (orphan != plan.xcoms.end()) return no_such_task(orphan->key);
    return {};
}

core::Result<void> MemoryStore::check(CommitPlan& plan) const {
    if (auto allowed = check_asset_events(plan); !allowed) return allowed;
    std::vector<NewRun> fresh;
    std::map<std::pair<core::DagId, core::Timestamp>, int> dates;
    for (NewRun& added : plan.new_runs) {
        const auto is_new = check_new_run(added);
        if (!is_new) return std::unexpected(is_new.error());
        if (!*is_new) continue;
        const RunRecord& run = added.run;
        if (run.logical_date && ++dates[{run.dag_id, *run.logical_date}] > 1) {
            return run_exists(run);
        }
        fresh.push_back(std::move(added));
    }
    plan.new_runs = std::move(fresh);
    if (auto allowed = check_consumption(plan); !allowed) return allowed;
    for (const RunChange& change : plan.runs) {
        if (auto allowed = check_run(change); !allowed) return allowed;
    }
    for (const Expansion& expansion : plan.expansions) {
        if (auto allowed = check_expansion(plan, expansion); !allowed) return allowed;
    }
    for (const TaskChange& change : plan.tasks) {
        if (auto allowed = check_task(change); !allowed) return allowed;
    }
    if (auto allowed = check_history(plan); !allowed) return allowed;
    return check_callbacks(plan);
}

void MemoryStore::apply(const CommitPlan& plan) {
    for (const NewRun& added : plan.new_runs) {
        runs_[{added.run.dag_id, added.run.run_id}] = {next_id_++, added.run};
        for (const TaskInstanceRecord& task : added.tasks) tasks_[task.key] = {next_id_++, task};
    }
    for (const RunChange& change : plan.runs) {
        runs_.at({change.after.dag_id, change.after.run_id}).record = change.after;
    }
    for (const Expansion& expansion : plan.expansions) {
        tasks_.erase(expansion.placeholder);
        for (const TaskInstanceRecord& instance : expansion.instances) {
            const auto [place, fresh] = tasks_.try_emplace(instance.key);
            if (fresh) place->second.id = next_id_++;
            place->second.record = instance;
        }
    }
    for (const TaskChange& change : plan.tasks) tasks_.at(change.after.key).record = change.after;
    for (const AttemptRecord& attempt : plan.attempts) attempts_[attempt.attempt] = attempt;
    for (const core::TaskKey& key : plan.stale_xcoms) {
        std::erase_if(xcoms_, [&](const auto& entry) { return entry.first.first == key; });
    }
    for (const XComRecord& xcom : plan.xcoms) xcoms_[{xcom.key, xcom.name}] = xcom;
    for (const SkippedFiresRecord& skip : plan.skipped) {
        if (dags_.contains(skip.dag_id)) skipped_[{skip.dag_id, skip.first}] = skip;
    }
    apply_backfills(plan);
    apply_asset_events(plan);
    apply_callbacks(plan);
    apply_lingering(plan);
}

std::unique_ptr<RunStore> make_memory_store(const core::Clock& clock) {
    return std::make_unique<MemoryStore>(clock);
}

std::unique_ptr<RunStore> make_memory_store() {
    return std::make_unique<MemoryStore>();
}

}  // namespace reel::store
