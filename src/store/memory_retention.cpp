#include <algorithm>
#include <set>

#include "memory_store.hpp"
#include "tick.hpp"

namespace reel::store {

bool MemoryStore::is_expired(const StoredRun& stored, const RunExpiry& expiry) const {
    const RunRecord& run = stored.record;
    if (!core::is_finished(run.state) || !run.end_date || *run.end_date >= expiry.before ||
        run.run_after >= expiry.before) {
        return false;
    }
    const auto is_followed_by = [&](auto follows) {
        return std::ranges::any_of(runs_, [&](const auto& entry) {
            return entry.first.first == run.dag_id && follows(entry.second);
        });
    };
    const bool is_latest_tick =
        is_tick(run) && !is_followed_by([&](const StoredRun& other) {
            return is_tick(other.record) && *other.record.logical_date > *run.logical_date;
        });
    if (is_latest_tick) return false;
    return !expiry.keep_last ||
           is_followed_by([&](const StoredRun& other) { return other.id > stored.id; });
}

std::vector<RunName> MemoryStore::find_expired_runs(const RunExpiry& expiry) {
    const std::scoped_lock lock(mutex_);
    std::vector<const StoredRun*> rows;
    for (const auto& [key, run] : runs_) {
        if (is_expired(run, expiry)) rows.push_back(&run);
    }
    std::ranges::sort(rows, {}, [](const StoredRun* row) {
        return std::pair(row->record.run_after, row->id);
    });
    std::vector<RunName> names;
    for (const StoredRun* row : rows) {
        if (names.size() == expiry.limit) break;
        names.push_back({row->record.dag_id, row->record.run_id});
    }
    return names;
}

RunRows MemoryStore::rows_of(const std::vector<RunName>& runs) const {
    const std::set<RunName> names(runs.begin(), runs.end());
    const auto is_theirs = [&](const core::TaskKey& key) {
        return names.contains({key.dag_id, key.run_id});
    };
    RunRows rows;
    for (const auto& [key, run] : runs_) rows.dag_run += names.count({key.first, key.second});
    for (const auto& [key, task] : tasks_) rows.task_instance += is_theirs(key) ? 1 : 0;
    for (const auto& [id, attempt] : attempts_) rows.task_attempt += is_theirs(attempt.key) ? 1 : 0;
    for (const auto& [key, xcom] : xcoms_) rows.xcom += is_theirs(key.first) ? 1 : 0;
    return rows;
}

RunRows MemoryStore::count_run_rows(const std::vector<RunName>& runs) {
    const std::scoped_lock lock(mutex_);
    return rows_of(runs);
}

RunRows MemoryStore::delete_runs(const std::vector<RunName>& runs) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    std::vector<RunName> ended;
    for (const RunName& name : runs) {
        const auto found = runs_.find({name.dag_id, name.run_id});
        if (found == runs_.end() || !core::is_finished(found->second.record.state)) continue;
        ended.push_back(name);
    }
    const RunRows rows = rows_of(ended);
    for (const RunName& name : ended) erase_run({name.dag_id, name.run_id});
    return rows;
}

void MemoryStore::erase_run(const RunKey& run) {
    const auto is_its = [&](const core::TaskKey& key) {
        return key.dag_id == run.first && key.run_id == run.second;
    };
    runs_.erase(run);
    std::erase_if(tasks_, [&](const auto& entry) { return is_its(entry.first); });
    std::erase_if(attempts_, [&](const auto& entry) { return is_its(entry.second.key); });
    std::erase_if(xcoms_, [&](const auto& entry) { return is_its(entry.first.first); });
    std::erase_if(callbacks_, [&](const auto& entry) { return is_its(entry.second.key); });
}

namespace {

/// Erases, or only counts, at most `limit` entries that `is_old` names.
template <class Map, class IsOld>
RemovedRemains erase_some(Map& map, std::size_t limit, bool dry, IsOld is_old) {
    RemovedRemains gone;
    for (auto entry = map.begin(); entry != map.end() && gone.removed < limit;) {
        const bool old = is_old(*entry);
        if (old) ++gone.removed;
        entry = old && !dry ? map.erase(entry) : std::next(entry);
    }
    return gone;
}

}  // namespace

/// By a queue or a run.
bool MemoryStore::is_held(std::int64_t event_id) const {
    return std::ranges::any_of(
               asset_queue_, [&](const auto& entry) { return entry.second == event_id; }
           ) ||
           std::ranges::any_of(consumed_events_, [&](const auto& entry) {
               return entry.second.contains(event_id);
           });
}

bool MemoryStore::is_superseded(
    const StoredDag& dag, const std::string& version, core::Timestamp before
) {
    const int number = dag.versions.at(version).first;
    return version != dag.version && std::ranges::any_of(dag.versions, [&](const auto& other) {
               return other.second.first > number && dag.versions_since.at(other.first) < before;
           });
}

bool MemoryStore::has_run_of(const core::DagId& dag_id, const std::string& version) const {
    return std::ranges::any_of(runs_, [&](const auto& entry) {
        const RunRecord& run = entry.second.record;
        return run.dag_id == dag_id && run.dag_version == version;
    });
}

RemovedRemains MemoryStore::erase_expired(const RemainsExpiry& expiry, bool dry) {
    const auto& [what, before, limit, after_id] = expiry;
    switch (what) {
        case Remains::xcom:
            return erase_some(xcoms_, limit, dry, [&](const auto& entry) {
                const auto& [key, xcom] = entry;
                const auto& run = runs_.at({xcom.key.dag_id, xcom.key.run_id}).record;
                return xcom.at < before && core::is_finished(run.state);
            });
        case Remains::skipped_fires:
            return erase_some(skipped_, limit, dry, [&](const auto& entry) {
                return entry.second.recorded_at < before;
            });
        case Remains::backfill:
            return erase_some(backfills_, limit, dry, [&](const auto& entry) {
                const auto& completed_at = entry.second.record.completed_at;
                return completed_at && *completed_at < before;
            });
        case Remains::asset_event: {
            std::int64_t last_id = 0;
            auto gone = erase_some(asset_events_, limit, dry, [&](const auto& entry) {
                const bool is_old = entry.first > after_id && entry.second.timestamp < before &&
                                    entry.first < asset_events_.rbegin()->first &&
                                    !is_held(entry.first);
                if (is_old) last_id = entry.first;
                return is_old;
            });
            gone.last_id = last_id;
            return gone;
        }
        case Remains::dag_version:
            return erase_versions(expiry, dry);
        case Remains::callback:
            return erase_some(callbacks_, limit, dry, [&](const auto& entry) {
                const CallbackRecord& callback = entry.second;
                const auto& run = runs_.at({callback.key.dag_id, callback.key.run_id}).record;
                return callback.ended_at && *callback.ended_at < before &&
                       core::is_finished(run.state);
            });
    }
    return {};
}

RemovedRemains MemoryStore::erase_versions(const RemainsExpiry& expiry, bool dry) {
    RemovedRemains gone;
    for (auto& [id, dag] : dags_) {
        const StoredDag was = dag;
        const auto is_old = [&](const auto& entry) {
            return is_superseded(was, entry.first, expiry.before) && !has_run_of(id, entry.first);
        };
        const std::size_t left = expiry.limit - gone.removed;
        gone.removed += erase_some(dag.versions, left, dry, is_old).removed;
        std::erase_if(dag.versions_since, [&](const auto& entry) {
            return !dag.versions.contains(entry.first);
        });
    }
    return gone;
}

std::size_t MemoryStore::count_expired(Remains what, core::Timestamp before) {
    const std::scoped_lock lock(mutex_);
    const std::size_t all = std::numeric_limits<std::size_t>::max();
    return erase_expired({.what = what, .before = before, .limit = all}, true).removed;
}

RemovedRemains MemoryStore::delete_expired(const RemainsExpiry& expiry) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    return erase_expired(expiry, false);
}

}  // namespace reel::store
