#include <algorithm>
#include <ranges>

#include "last_of_each.hpp"
#include "memory_store.hpp"
#include "misses.hpp"

namespace reel::store {

void MemoryStore::save_assets(const std::vector<core::Dag>& dags, core::Timestamp at) {
    const DagRefs unique = last_of_each(dags);
    for (const auto& [uri, asset] : named_assets(unique)) {
        const auto [entry, is_new] = assets_.try_emplace(uri);
        StoredAsset& stored = entry->second;
        if (is_new) stored = {next_id_++, asset, at, at};
        if (core::is_bare(asset) || stored.asset == asset) continue;
        stored.asset = asset;
        stored.updated_at = at;
    }
    for (const std::string& name : named_aliases(unique)) {
        if (asset_aliases_.try_emplace(name, next_id_).second) ++next_id_;
    }
    for (const core::Dag& dag : unique) {
        const auto references = asset_references(dag);
        asset_references_[dag.dag_id] = {references.begin(), references.end()};
    }
}

void MemoryStore::delete_assets_of(const core::DagId& dag_id) {
    asset_references_.erase(dag_id);
    std::erase_if(asset_queue_, [&](const auto& entry) { return entry.first == dag_id; });
    std::erase_if(consumed_events_, [&](const auto& entry) { return entry.first.first == dag_id; });
}

core::Result<void> MemoryStore::check_asset_events(CommitPlan& plan) const {
    std::vector<NewAssetEvent> fresh;
    for (NewAssetEvent& added : plan.asset_events) {
        const auto found = asset_events_.find(added.event.id);
        if (found == asset_events_.end()) {
            const bool may_be_new = !added.aliases.empty();
            if (!may_be_new && !assets_.contains(added.event.uri)) {
                return no_such_asset(added.event.uri);
            }
            fresh.push_back(std::move(added));
        } else if (found->second != added.event) {
            return event_id_taken(added.event.id);
        }
    }
    plan.asset_events = std::move(fresh);
    return {};
}

/// An event starts one run of a DAG and no second one.
core::Result<void> MemoryStore::check_consumption(const CommitPlan& plan) const {
    auto queue = asset_queue_;
    for (const NewAssetEvent& added : plan.asset_events) {
        for (const core::DagId& dag_id : added.queued_for) queue.insert({dag_id, added.event.id});
    }
    for (const NewRun& added : plan.new_runs) {
        for (const std::int64_t event : added.consumed_events) {
            if (queue.erase({added.run.dag_id, event}) == 0) {
                return event_not_queued(added.run.dag_id, event);
            }
        }
    }
    return {};
}

void MemoryStore::apply_aliases(const NewAssetEvent& added) {
    const auto& [id, uri, at, extra, source] = added.event;
    if (!added.aliases.empty() && !assets_.contains(uri)) {
        assets_[uri] = {next_id_++, core::make_asset(uri), at, at};
    }
    for (const std::string& alias : added.aliases) {
        if (asset_aliases_.contains(alias)) aliased_[alias].insert(uri);
    }
}

void MemoryStore::apply_asset_events(const CommitPlan& plan) {
    for (const NewAssetEvent& added : plan.asset_events) {
        apply_aliases(added);
        asset_events_[added.event.id] = added.event;
        for (const core::DagId& dag_id : added.queued_for) {
            if (dags_.contains(dag_id)) asset_queue_.insert({dag_id, added.event.id});
        }
    }
    for (const NewRun& added : plan.new_runs) {
        const core::DagId& dag_id = added.run.dag_id;
        for (const std::int64_t event : added.consumed_events) {
            asset_queue_.erase({dag_id, event});
            consumed_events_[{dag_id, added.run.run_id}].insert(event);
        }
    }
    for (const DroppedEvent& dropped : plan.dropped_events) {
        asset_queue_.erase({dropped.dag_id, dropped.event_id});
    }
}

AssetState MemoryStore::load_asset_state() {
    AssetState state;
    state.queued = list_queued_asset_events(std::nullopt, std::nullopt);
    std::ranges::sort(state.queued, {}, [](const QueuedAssetEvent& event) {
        return std::pair(event.event_id, event.dag_id);
    });
    const std::scoped_lock lock(mutex_);
    if (!asset_events_.empty()) state.last_event_id = asset_events_.rbegin()->first;
    state.aliased = aliased_;
    return state;
}

std::vector<AssetRecord> MemoryStore::list_assets() {
    const std::scoped_lock lock(mutex_);
    std::map<std::string, AssetRecord> records;
    for (const auto& [uri, asset] : assets_) {
        AssetRecord& record = records[uri];
        record.id = asset.id;
        record.asset = asset.asset;
        record.created_at = asset.created_at;
        record.updated_at = asset.updated_at;
    }
    for (const auto& [dag_id, references] : asset_references_) {
        for (const AssetReference& reference : references) {
            AssetRecord& record = records[reference.uri];
            add_reference(record, dag_id, reference);
            record.is_active = record.is_active || !dags_.at(dag_id).is_stale;
        }
    }
    for (const AssetAliasRecord& alias : aliases_by_id()) {
        const auto named = aliased_.find(alias.name);
        if (named == aliased_.end()) continue;
        for (const std::string& uri : named->second) {
            records[uri].aliases.push_back(alias);
            records[uri].is_active = true;
        }
    }
    for (const auto& [id, event] : asset_events_) {
        records[event.uri].last_event_id = id;
        records[event.uri].last_event_at = event.timestamp;
    }
    std::vector<AssetRecord> result;
    result.reserve(records.size());
    for (auto& [uri, record] : records) result.push_back(std::move(record));
    std::ranges::sort(result, {}, &AssetRecord::id);
    return result;
}

std::vector<AssetAliasRecord> MemoryStore::list_asset_aliases() {
    const std::scoped_lock lock(mutex_);
    return aliases_by_id();
}

std::vector<AssetAliasRecord> MemoryStore::aliases_by_id() const {
    std::vector<AssetAliasRecord> aliases;
    aliases.reserve(asset_aliases_.size());
    for (const auto& [name, id] : asset_aliases_) aliases.push_back({.id = id, .name = name});
    std::ranges::sort(aliases, {}, &AssetAliasRecord::id);
    return aliases;
}

std::optional<AssetEventRecord> MemoryStore::latest_event(const std::string& uri) const {
    for (const auto& [id, event] : std::views::reverse(asset_events_)) {
        if (event.uri == uri) return event;
    }
    return std::nullopt;
}

bool MemoryStore::is_wanted_event(const AssetEventRecord& event, const AssetEventFilter& filter)
    const {
    const core::TaskKey source = event.source.value_or(core::TaskKey());
    const auto differs = [](const auto& wish, const auto& value) { return wish && *wish != value; };
    if (differs(filter.id, event.id)) return false;
    if (differs(filter.uri, event.uri)) return false;
    if (differs(filter.asset_id, assets_.at(event.uri).id)) return false;
    // Not even the empty id is that of an event by hand.
    const bool wants_source = filter.source_dag_id || filter.source_run_id || filter.source_task_id;
    if (wants_source && !event.source) return false;
    if (differs(filter.source_dag_id, source.dag_id)) return false;
    if (differs(filter.source_run_id, source.run_id)) return false;
    if (differs(filter.source_task_id, source.task_id)) return false;
    if (differs(filter.source_map_index, source.map_index)) return false;
    if (filter.timestamp_gte && event.timestamp < *filter.timestamp_gte) return false;
    if (filter.timestamp_lte && event.timestamp > *filter.timestamp_lte) return false;
    if (!filter.consumed_by) return true;
    const auto consumed = consumed_events_.find(*filter.consumed_by);
    return consumed != consumed_events_.end() && consumed->second.contains(event.id);
}

AssetEventView MemoryStore::view_of(const AssetEventRecord& event) const {
    const StoredAsset& asset = assets_.at(event.uri);
    AssetEventView view{event, asset.id, asset.asset.name, asset.asset.group, {}};
    std::map<std::int64_t, RunRecord> runs;
    for (const auto& [key, events] : consumed_events_) {
        if (!events.contains(event.id)) continue;
        const StoredRun& run = runs_.at(key);
        runs.emplace(run.id, run.record);
    }
    for (auto& [id, run] : runs) view.created_runs.push_back(std::move(run));
    return view;
}

Listing<AssetEventView> MemoryStore::list_asset_events(const AssetEventFilter& filter) {
    const std::scoped_lock lock(mutex_);
    std::vector<AssetEventView> views;
    for (const auto& [id, event] : asset_events_) {
        if (is_wanted_event(event, filter)) views.push_back(view_of(event));
    }
    if (filter.descending) std::ranges::reverse(views);
    return paged(std::move(views), filter.page);
}

std::vector<QueuedAssetEvent> MemoryStore::list_queued_asset_events(
    const std::optional<core::DagId>& dag_id, const std::optional<std::string>& uri
) {
    const std::scoped_lock lock(mutex_);
    std::vector<QueuedAssetEvent> queued;
    for (const auto& [dag, id] : asset_queue_) {
        const AssetEventRecord& event = asset_events_.at(id);
        if ((dag_id && *dag_id != dag) || (uri && *uri != event.uri)) continue;
        queued.push_back({dag, id, event.uri, event.timestamp, event.source});
    }
    return queued;
}

}  // namespace reel::store
