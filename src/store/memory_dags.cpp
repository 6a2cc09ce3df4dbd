#include <algorithm>
#include <set>

#include "last_of_each.hpp"
#include "like.hpp"
#include "memory_store.hpp"
#include "misses.hpp"
#include "ordering.hpp"

namespace reel::store {

namespace {

bool is_wanted(const DagRecord& record, const DagFilter& filter) {
    const auto has_tag = [&](const std::string& tag) {
        return std::ranges::find(record.dag.tags, tag) != record.dag.tags.end();
    };
    const bool is_named =
        filter.ids.empty() || std::ranges::find(filter.ids, record.dag.dag_id) != filter.ids.end();
    if (!is_named || (record.is_stale && !filter.include_stale)) return false;
    if (filter.paused && record.is_paused != *filter.paused) return false;
    if (!filter.tags.empty() && std::ranges::none_of(filter.tags, has_tag)) return false;
    return filter.id_pattern.empty() || is_like(record.dag.dag_id.str(), filter.id_pattern);
}

/// The records come in the order of their ids; what has no value stands last either way.
void sort_dags(std::vector<DagRecord>& records, const Ordering& order) {
    if (order.word == "dag_display_name") {
        sort_by(records, order.descending, [](const auto& r) { return r.dag.display_name; });
    } else if (order.word == "is_paused") {
        sort_by(records, order.descending, [](const auto& r) { return r.is_paused; });
    } else if (order.word == "last_parsed_at") {
        sort_by(records, order.descending, [](const auto& r) { return r.last_parsed_at; });
    } else if (order.word == "next_run_after") {
        const auto last = order.descending ? core::Timestamp::min() : core::Timestamp::max();
        sort_by(records, order.descending, [&](const auto& r) {
            return r.next_run_after.value_or(last);
        });
    } else if (order.descending) {
        std::ranges::reverse(records);
    }
}

}  // namespace

std::vector<DagSummary> MemoryStore::save_dags(
    const std::vector<core::Dag>& dags, bool paused_at_creation, core::Timestamp at
) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    std::vector<DagSummary> summaries;
    for (const core::Dag& dag : last_of_each(dags)) {
        const auto [entry, is_new] = dags_.try_emplace(dag.dag_id);
        StoredDag& stored = entry->second;
        if (is_new) stored.is_paused = dag.is_paused_upon_creation.value_or(paused_at_creation);
        int number = 1;
        for (const auto& [known, content] : stored.versions) {
            number = std::max(number, content.first + 1);
        }
        stored.versions.try_emplace(dag.version, number, dag).first->second.second = dag;
        stored.versions_since.try_emplace(dag.version, at);
        stored.version = dag.version;
        stored.is_stale = false;
        stored.last_parsed_at = at;
        summaries.push_back(summarize(record_of(stored)));
    }
    save_assets(dags, at);
    return summaries;
}

void MemoryStore::mark_stale_except(const std::vector<core::DagId>& present) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    const std::set<core::DagId> ids(present.begin(), present.end());
    for (auto& [dag_id, dag] : dags_) dag.is_stale = !ids.contains(dag_id);
}

void MemoryStore::save_import_errors(const std::vector<ImportErrorRecord>& errors) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    std::map<std::string, ImportErrorRecord> next;
    for (const ImportErrorRecord& error : errors) {
        const auto [entry, is_first] = next.try_emplace(error.filename, error);
        if (!is_first) {
            entry->second.stack_trace += "\n" + error.stack_trace;
            continue;
        }
        const auto old = import_errors_.find(error.filename);
        entry->second.id = old != import_errors_.end() ? old->second.id : next_id_++;
    }
    import_errors_ = std::move(next);
}

Listing<ImportErrorRecord> MemoryStore::list_import_errors(const Page& page) {
    const std::scoped_lock lock(mutex_);
    std::vector<ImportErrorRecord> rows;
    rows.reserve(import_errors_.size());
    for (const auto& [filename, error] : import_errors_) rows.push_back(error);
    return paged(std::move(rows), page);
}

DagRecord MemoryStore::record_of(const StoredDag& dag) const {
    const auto& [number, content] = dag.versions.at(dag.version);
    return {
        .dag = content,
        .is_paused = dag.is_paused,
        .is_stale = dag.is_stale,
        .has_import_errors = import_errors_.contains(content.relative_fileloc),
        .version_number = number,
        .last_parsed_at = dag.last_parsed_at,
        .next_run_after = dag.next_run_after,
        .consecutive_failed_runs = dag.consecutive_failed_runs,
    };
}

Listing<DagRecord> MemoryStore::list_dags(const DagFilter& filter) {
    const std::scoped_lock lock(mutex_);
    std::vector<DagRecord> rows;
    for (const auto& [dag_id, dag] : dags_) {
        DagRecord record = record_of(dag);
        if (is_wanted(record, filter)) rows.push_back(std::move(record));
    }
    sort_dags(rows, parse_ordering(filter.order_by));
    return paged(std::move(rows), filter.page);
}

Listing<DagSummary> MemoryStore::summarize_dags(const DagFilter& filter) {
    const auto dags = list_dags(filter);
    Listing<DagSummary> listing;
    listing.total = dags.total;
    for (const DagRecord& record : dags.items) listing.items.push_back(summarize(record));
    return listing;
}

std::string MemoryStore::dag_display_name(const core::DagId& dag_id) {
    const auto dag = get_dag(dag_id);
    return dag ? dag->dag.display_name : std::string();
}

core::Result<DagRecord> MemoryStore::get_dag(const core::DagId& dag_id) {
    const std::scoped_lock lock(mutex_);
    const auto found = dags_.find(dag_id);
    if (found == dags_.end()) return no_such_dag(dag_id);
    return record_of(found->second);
}

std::vector<DagVersionRecord> MemoryStore::list_dag_versions(const core::DagId& dag_id) {
    const std::scoped_lock lock(mutex_);
    std::vector<DagVersionRecord> versions;
    const auto dag = dags_.find(dag_id);
    if (dag == dags_.end()) return versions;
    for (const auto& [version, content] : dag->second.versions) {
        versions.push_back({content.first, version, dag->second.versions_since.at(version)});
    }
    std::ranges::sort(versions, {}, &DagVersionRecord::number);
    return versions;
}

core::Result<core::Dag> MemoryStore::get_dag_version(
    const core::DagId& dag_id, const std::string& version
) {
    const std::scoped_lock lock(mutex_);
    const auto dag = dags_.find(dag_id);
    if (dag == dags_.end()) return no_such_dag(dag_id);
    const auto found = dag->second.versions.find(version);
    if (found == dag->second.versions.end()) return no_such_version(dag_id, version);
    return found->second.second;
}

core::Result<void> MemoryStore::set_paused(const core::DagId& dag_id, bool paused) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    const auto found = dags_.find(dag_id);
    if (found == dags_.end()) return no_such_dag(dag_id);
    found->second.is_paused = paused;
    if (!paused) found->second.consecutive_failed_runs = 0;
    return {};
}

void MemoryStore::set_next_runs(const NextRuns& next_runs) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    for (const auto& [dag_id, run_after] : next_runs) {
        const auto found = dags_.find(dag_id);
        if (found != dags_.end()) found->second.next_run_after = run_after;
    }
}

core::Result<void> MemoryStore::delete_dag(const core::DagId& dag_id) {
    const std::scoped_lock lock(mutex_);
    check_fence();
    if (!dags_.contains(dag_id)) return no_such_dag(dag_id);
    const bool is_active = std::ranges::any_of(runs_, [&](const auto& entry) {
        return entry.first.first == dag_id && !core::is_finished(entry.second.record.state);
    });
    if (is_active) return dag_is_active(dag_id);
    dags_.erase(dag_id);
    std::erase_if(runs_, [&](const auto& entry) { return entry.first.first == dag_id; });
    std::erase_if(tasks_, [&](const auto& entry) { return entry.first.dag_id == dag_id; });
    std::erase_if(attempts_, [&](const auto& entry) { return entry.second.key.dag_id == dag_id; });
    std::erase_if(xcoms_, [&](const auto& entry) { return entry.first.first.dag_id == dag_id; });
    std::erase_if(skipped_, [&](const auto& entry) { return entry.first.first == dag_id; });
    std::erase_if(callbacks_, [&](const auto& entry) { return entry.second.key.dag_id == dag_id; });
    std::erase_if(backfills_, [&](const auto& entry) {
        return entry.second.record.dag_id == dag_id;
    });
    delete_assets_of(dag_id);
    return {};
}

}  // namespace reel::store
