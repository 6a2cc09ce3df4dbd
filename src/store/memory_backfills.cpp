#include <algorithm>

#include "memory_store.hpp"
#include "misses.hpp"

namespace reel::store {

core::Result<BackfillRecord> MemoryStore::create_backfill(
    const BackfillRecord& backfill, const std::vector<BackfillRunRecord>& runs
) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    if (!dags_.contains(backfill.dag_id)) return no_such_dag(backfill.dag_id);
    const bool is_taken = std::ranges::any_of(backfills_, [&](const auto& entry) {
        const BackfillRecord& other = entry.second.record;
        return other.dag_id == backfill.dag_id && !other.completed_at;
    });
    if (is_taken) return backfill_is_open(backfill.dag_id);
    StoredBackfill stored{.record = backfill, .runs = runs};
    stored.record.id = next_id_++;
    for (BackfillRunRecord& run : stored.runs) run.backfill_id = stored.record.id;
    std::ranges::sort(stored.runs, {}, &BackfillRunRecord::sort_ordinal);
    BackfillRecord made = stored.record;
    backfills_.emplace(made.id, std::move(stored));
    return made;
}

core::Result<BackfillRecord> MemoryStore::get_backfill(BackfillId id) {
    const std::scoped_lock lock(mutex_);
    const auto found = backfills_.find(id);
    if (found == backfills_.end()) return no_such_backfill(id);
    return found->second.record;
}

Listing<BackfillRecord> MemoryStore::list_backfills(
    const std::optional<core::DagId>& dag_id, const Page& page
) {
    const std::scoped_lock lock(mutex_);
    std::vector<BackfillRecord> rows;
    for (const auto& [id, backfill] : backfills_) {
        if (!dag_id || backfill.record.dag_id == *dag_id) rows.push_back(backfill.record);
    }
    return paged(std::move(rows), page);
}

std::vector<OpenBackfill> MemoryStore::load_open_backfills() {
    const std::scoped_lock lock(mutex_);
    std::vector<OpenBackfill> open;
    for (const auto& [id, backfill] : backfills_) {
        if (!backfill.record.completed_at) open.push_back({backfill.record, backfill.runs});
    }
    return open;
}

std::vector<BackfillRunRecord> MemoryStore::list_backfill_runs(BackfillId id) {
    const std::scoped_lock lock(mutex_);
    const auto found = backfills_.find(id);
    return found == backfills_.end() ? std::vector<BackfillRunRecord>() : found->second.runs;
}

void MemoryStore::apply_backfills(const CommitPlan& plan) {
    for (const BackfillRecord& change : plan.backfills) {
        const auto found = backfills_.find(change.id);
        if (found == backfills_.end()) continue;
        BackfillRecord& record = found->second.record;
        record.is_paused = change.is_paused;
        record.completed_at = change.completed_at;
        record.updated_at = change.updated_at;
    }
    for (const BackfillRunRecord& change : plan.backfill_runs) {
        const auto found = backfills_.find(change.backfill_id);
        if (found == backfills_.end()) continue;
        for (BackfillRunRecord& run : found->second.runs) {
            if (run.sort_ordinal != change.sort_ordinal) continue;
            run.run_id = change.run_id;
            run.exception_reason = change.exception_reason;
        }
    }
}

}  // namespace reel::store
