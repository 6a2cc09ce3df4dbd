#include <algorithm>
#include <utility>

#include "memory_store.hpp"
#include "misses.hpp"

namespace reel::store {

namespace {

template <class T>
bool is_one_of(const std::vector<T>& wanted, T value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

bool is_wanted_callback(const CallbackRecord& callback, const CallbackFilter& filter) {
    return (!filter.dag_id || callback.key.dag_id == *filter.dag_id) &&
           (!filter.run_id || callback.key.run_id == *filter.run_id) &&
           (!filter.task_id || callback.key.task_id == *filter.task_id) &&
           is_one_of(filter.events, callback.event) && is_one_of(filter.states, callback.state);
}

}  // namespace

core::Result<void> MemoryStore::check_callbacks(const CommitPlan& plan) const {
    for (const CallbackRecord& callback : plan.callbacks) {
        const RunKey run{callback.key.dag_id, callback.key.run_id};
        const bool is_new = std::ranges::any_of(plan.new_runs, [&](const NewRun& added) {
            return RunKey(added.run.dag_id, added.run.run_id) == run;
        });
        if (!is_new && !runs_.contains(run)) return no_such_run(run.first, run.second);
    }
    return {};
}

void MemoryStore::apply_callbacks(const CommitPlan& plan) {
    for (const CallbackRecord& callback : plan.callbacks) {
        callbacks_.try_emplace(callback.id, callback);
    }
    for (const DagStanding& standing : plan.standings) {
        const auto found = dags_.find(standing.dag_id);
        if (found == dags_.end()) continue;
        found->second.is_paused = standing.is_paused.value_or(found->second.is_paused);
        found->second.consecutive_failed_runs = standing.consecutive_failed_runs;
    }
}

std::set<int> MemoryStore::called_deadlines(const RunKey& run) const {
    std::set<int> called;
    for (const auto& [id, callback] : callbacks_) {
        const bool is_its = RunKey(callback.key.dag_id, callback.key.run_id) == run &&
                            callback.event == core::CallbackEvent::deadline;
        if (is_its) called.insert(callback.deadline);
    }
    return called;
}

std::int64_t MemoryStore::last_callback_id() {
    const std::scoped_lock lock(mutex_);
    return callbacks_.empty() ? 0 : callbacks_.rbegin()->first;
}

std::vector<CallbackRecord> MemoryStore::due_callbacks(core::Timestamp now, std::size_t limit) {
    const std::scoped_lock lock(mutex_);
    std::vector<CallbackRecord> due;
    for (const auto& [id, callback] : callbacks_) {
        if (callback.next_try_at && *callback.next_try_at <= now) due.push_back(callback);
    }
    std::ranges::sort(due, {}, [](const CallbackRecord& each) {
        return std::pair(each.next_try_at, each.id);
    });
    if (due.size() > limit) due.resize(limit);
    return due;
}

std::optional<core::Timestamp> MemoryStore::next_callback_due() {
    const std::scoped_lock lock(mutex_);
    std::optional<core::Timestamp> next;
    for (const auto& [id, callback] : callbacks_) {
        const auto& at = callback.next_try_at;
        if (at && (!next || *at < *next)) next = at;
    }
    return next;
}

void MemoryStore::update_callback(const CallbackRecord& callback) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    const auto found = callbacks_.find(callback.id);
    if (found == callbacks_.end()) return;
    CallbackRecord& stored = found->second;
    stored.state = callback.state;
    stored.tries = callback.tries;
    stored.next_try_at = callback.next_try_at;
    stored.ended_at = callback.ended_at;
    stored.error = callback.error;
}

Listing<CallbackRecord> MemoryStore::list_callbacks(const CallbackFilter& filter) {
    const std::scoped_lock lock(mutex_);
    std::vector<CallbackRecord> rows;
    for (const auto& [id, callback] : callbacks_) {
        if (is_wanted_callback(callback, filter)) rows.push_back(callback);
    }
    if (filter.descending) std::ranges::reverse(rows);
    return paged(std::move(rows), filter.page);
}

}  // namespace reel::store
