#include <algorithm>
#include <map>
#include <set>

#include "commit_plan.hpp"
#include "facts.hpp"
#include "memory_store.hpp"
#include "misses.hpp"
#include "ordering.hpp"
#include "tick.hpp"

namespace reel::store {

namespace {

template <class T>
bool is_among(const std::vector<T>& wanted, T value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

bool is_wanted(const RunRecord& run, const RunFilter& filter) {
    return (!filter.dag_id || run.dag_id == *filter.dag_id) && is_among(filter.states, run.state) &&
           (!filter.run_after_gte || run.run_after >= *filter.run_after_gte) &&
           (!filter.run_after_lte || run.run_after <= *filter.run_after_lte) &&
           (!filter.logical_date_gte || run.logical_date >= filter.logical_date_gte) &&
           (!filter.logical_date_lte ||
            (run.logical_date && *run.logical_date <= *filter.logical_date_lte));
}

bool is_wanted(const TaskInstanceRecord& task, const TaskInstanceFilter& filter) {
    return (!filter.dag_id || task.key.dag_id == *filter.dag_id) &&
           (!filter.run_id || task.key.run_id == *filter.run_id) &&
           is_among(filter.states, task.state);
}

/// The runs come oldest first; what has no value stands last either way.
void sort_runs(std::vector<RunRecord>& runs, const Ordering& order) {
    const bool down = order.descending;
    if (down) std::ranges::reverse(runs);
    const auto last = down ? core::Timestamp::min() : core::Timestamp::max();
    const auto by_date = [&](std::optional<core::Timestamp> RunRecord::* date) {
        sort_by(runs, down, [&](const RunRecord& run) { return (run.*date).value_or(last); });
    };
    if (order.word == "run_after") {
        sort_by(runs, down, [](const RunRecord& run) { return run.run_after; });
    } else if (order.word == "logical_date") {
        by_date(&RunRecord::logical_date);
    } else if (order.word == "start_date") {
        by_date(&RunRecord::start_date);
    } else if (order.word == "end_date") {
        by_date(&RunRecord::end_date);
    } else if (order.word == "dag_run_id") {
        sort_by(runs, down, [](const RunRecord& run) { return run.run_id; });
    } else if (order.word == "state") {
        sort_by(runs, down, [](const RunRecord& run) { return core::to_string(run.state); });
    }
}

template <class Stored>
std::vector<const Stored*> oldest_first(std::vector<const Stored*> rows) {
    std::ranges::sort(rows, {}, [](const Stored* row) { return row->id; });
    return rows;
}

}  // namespace

std::vector<const MemoryStore::StoredTask*> MemoryStore::tasks_of(const RunKey& run) const {
    std::vector<const StoredTask*> rows;
    for (const auto& [key, task] : tasks_) {
        if (key.dag_id == run.first && key.run_id == run.second) rows.push_back(&task);
    }
    return oldest_first(std::move(rows));
}

ActiveRun MemoryStore::whole_run(const RunRecord& run) const {
    ActiveRun whole;
    whole.dag = dags_.at(run.dag_id).versions.at(run.dag_version).second;
    whole.run = run;
    whole.called_deadlines = called_deadlines({run.dag_id, run.run_id});
    for (const StoredTask* task : tasks_of({run.dag_id, run.run_id})) {
        whole.tasks.push_back(task->record);
    }
    for (const auto& [key, xcom] : xcoms_) {
        const bool is_of_run = xcom.key.dag_id == run.dag_id && xcom.key.run_id == run.run_id;
        if (is_of_run && is_fact(whole.dag, xcom)) whole.facts.push_back(xcom);
    }
    return whole;
}

std::vector<ActiveRun> MemoryStore::load_active() {
    const std::scoped_lock lock(mutex_);
    std::vector<const StoredRun*> rows;
    for (const auto& [key, run] : runs_) {
        if (!core::is_finished(run.record.state)) rows.push_back(&run);
    }
    std::vector<ActiveRun> active;
    for (const StoredRun* row : oldest_first(std::move(rows))) {
        active.push_back(whole_run(row->record));
    }
    return active;
}

core::Result<ActiveRun> MemoryStore::load_run(
    const core::DagId& dag_id, const core::RunId& run_id
) {
    const std::scoped_lock lock(mutex_);
    const auto found = runs_.find({dag_id, run_id});
    if (found == runs_.end()) return no_such_run(dag_id, run_id);
    return whole_run(found->second.record);
}

std::optional<ActiveRun> MemoryStore::load_run_before(
    const core::DagId& dag_id, core::Timestamp logical_date
) {
    const std::scoped_lock lock(mutex_);
    const RunRecord* latest = nullptr;
    for (const auto& [key, run] : runs_) {
        const auto& date = run.record.logical_date;
        if (key.first != dag_id || !date || *date >= logical_date) continue;
        if (latest == nullptr || *latest->logical_date < *date) latest = &run.record;
    }
    if (latest == nullptr) return std::nullopt;
    return whole_run(*latest);
}

std::optional<ActiveRun> MemoryStore::load_run_at(
    const core::DagId& dag_id, core::Timestamp logical_date
) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, run] : runs_) {
        if (key.first == dag_id && run.record.logical_date == logical_date) {
            return whole_run(run.record);
        }
    }
    return std::nullopt;
}

std::vector<RunRecord> MemoryStore::latest_scheduled_runs(const std::vector<core::DagId>& dag_ids) {
    const std::scoped_lock lock(mutex_);
    const std::set<core::DagId> wanted(dag_ids.begin(), dag_ids.end());
    std::map<core::DagId, RunRecord> latest;
    for (const auto& [key, row] : runs_) {
        const RunRecord& run = row.record;
        if (!wanted.contains(run.dag_id) || !is_tick(run)) continue;
        const auto [known, is_first] = latest.emplace(run.dag_id, run);
        if (*run.logical_date > *known->second.logical_date) known->second = run;
    }
    std::vector<RunRecord> runs;
    runs.reserve(latest.size());
    for (auto& [dag_id, run] : latest) runs.push_back(std::move(run));
    return runs;
}

Listing<SkippedFiresRecord> MemoryStore::list_skipped_fires(
    const core::DagId& dag_id, const Page& page
) {
    const std::scoped_lock lock(mutex_);
    std::vector<SkippedFiresRecord> rows;
    for (const auto& [key, skip] : skipped_) {
        if (key.first == dag_id) rows.insert(rows.begin(), skip);
    }
    return paged(std::move(rows), page);
}

core::Result<RunRecord> MemoryStore::get_run(const core::DagId& dag_id, const core::RunId& run_id) {
    const std::scoped_lock lock(mutex_);
    const auto found = runs_.find({dag_id, run_id});
    if (found == runs_.end()) return no_such_run(dag_id, run_id);
    return found->second.record;
}

Listing<RunRecord> MemoryStore::list_runs(const RunFilter& filter) {
    const std::scoped_lock lock(mutex_);
    std::vector<const StoredRun*> rows;
    for (const auto& [key, run] : runs_) {
        if (is_wanted(run.record, filter)) rows.push_back(&run);
    }
    std::vector<RunRecord> runs;
    for (const StoredRun* row : oldest_first(std::move(rows))) runs.push_back(row->record);
    sort_runs(runs, parse_ordering(filter.order_by));
    return paged(std::move(runs), filter.page);
}

core::Result<TaskInstanceRecord> MemoryStore::get_task_instance(const core::TaskKey& key) {
    const std::scoped_lock lock(mutex_);
    const auto found = tasks_.find(key);
    if (found == tasks_.end()) return no_such_task(key);
    return found->second.record;
}

Listing<TaskInstanceRecord> MemoryStore::list_task_instances(const TaskInstanceFilter& filter) {
    const std::scoped_lock lock(mutex_);
    std::vector<const StoredTask*> rows;
    for (const auto& [key, task] : tasks_) {
        if (is_wanted(task.record, filter)) rows.push_back(&task);
    }
    std::vector<TaskInstanceRecord> tasks;
    for (const StoredTask* row : oldest_first(std::move(rows))) tasks.push_back(row->record);
    return paged(std::move(tasks), filter.page);
}

std::vector<AttemptRecord> MemoryStore::list_attempts(const core::TaskKey& key) {
    const std::scoped_lock lock(mutex_);
    const auto task = tasks_.find(key);
    if (task == tasks_.end()) return {};
    auto live = live_attempt_of(task->second.record);
    std::vector<AttemptRecord> rows;
    for (const auto& [id, attempt] : attempts_) {
        const bool is_live = live && live->attempt == id;
        if (attempt.key == key && !is_live) rows.push_back(attempt);
    }
    if (live) rows.push_back(*std::move(live));
    return rows;
}

core::Result<XComRecord> MemoryStore::get_xcom(const core::TaskKey& key, const std::string& name) {
    const std::scoped_lock lock(mutex_);
    const auto found = xcoms_.find({key, name});
    if (found == xcoms_.end()) return no_such_xcom(key, name);
    return found->second;
}

std::vector<XComRecord> MemoryStore::list_xcoms(
    const core::DagId& dag_id, const core::RunId& run_id
) {
    const std::scoped_lock lock(mutex_);
    std::vector<XComRecord> rows;
    for (const auto& [key, xcom] : xcoms_) {
        if (xcom.key.dag_id == dag_id && xcom.key.run_id == run_id) rows.push_back(xcom);
    }
    return rows;
}

}  // namespace reel::store
