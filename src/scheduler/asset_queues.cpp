#include "asset_queues.hpp"

#include <utility>

namespace reel::scheduler {

void AssetQueues::wait_for(
    const core::DagId& dag_id, const std::optional<core::AssetExpression>& condition
) {
    const auto known = conditions_.find(dag_id);
    if (known != conditions_.end()) {
        if (condition == known->second) return;
        forget(dag_id);
        conditions_.erase(known);
    }
    if (!condition) return;
    index(dag_id, *condition);
    conditions_.emplace(dag_id, *condition);
}

void AssetQueues::index(const core::DagId& dag_id, const core::AssetExpression& condition) {
    auto resolved = core::resolve_aliases(condition, aliased_);
    for (const core::Asset& asset : core::assets_of(resolved)) waiting_[asset.uri].insert(dag_id);
    resolved_.insert_or_assign(dag_id, std::move(resolved));
}

void AssetQueues::forget(const core::DagId& dag_id) {
    const auto resolved = resolved_.find(dag_id);
    for (const core::Asset& asset : core::assets_of(resolved->second)) {
        waiting_[asset.uri].erase(dag_id);
    }
    resolved_.erase(resolved);
}

void AssetQueues::restore_aliases(core::AliasedAssets assets) {
    aliased_ = std::move(assets);
    for (const auto& [dag_id, condition] : conditions_) {
        forget(dag_id);
        index(dag_id, condition);
    }
}

bool AssetQueues::give_alias(const std::string& alias, const std::string& uri) {
    if (!aliased_[alias].insert(uri).second) return false;
    for (const auto& [dag_id, condition] : conditions_) {
        if (core::aliases_of(condition).contains(alias)) index(dag_id, condition);
    }
    return true;
}

std::vector<core::DagId> AssetQueues::waiting_for(const std::string& uri) const {
    const auto found = waiting_.find(uri);
    if (found == waiting_.end()) return {};
    return {found->second.begin(), found->second.end()};
}

void AssetQueues::add(const store::QueuedAssetEvent& event) {
    Queue& queue = queues_[event.dag_id];
    if (queue.events.emplace(event.event_id, event).second) ++queue.news[event.uri];
}

bool AssetQueues::is_met(const core::DagId& dag_id) const {
    const auto condition = resolved_.find(dag_id);
    const auto queue = queues_.find(dag_id);
    if (condition == resolved_.end() || queue == queues_.end()) return false;
    return core::is_met(condition->second, [&](const std::string& uri) {
        const auto news = queue->second.news.find(uri);
        return news != queue->second.news.end() && news->second > 0;
    });
}

std::vector<std::int64_t> AssetQueues::take(const core::DagId& dag_id) {
    std::vector<std::int64_t> ids;
    const auto queue = queues_.find(dag_id);
    if (queue == queues_.end()) return ids;
    for (const auto& [id, event] : queue->second.events) ids.push_back(id);
    queues_.erase(queue);
    return ids;
}

}  // namespace reel::scheduler
