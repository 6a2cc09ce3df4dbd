#include "asset_queues.hpp"

namespace reel::scheduler {

void AssetQueues::wait_for(
    const core::DagId& dag_id, const std::optional<core::AssetExpression>& condition
) {
    const auto known = conditions_.find(dag_id);
    if (known != conditions_.end()) {
        if (condition == known->second) return;
        for (const core::Asset& asset : core::assets_of(known->second)) {
            waiting_[asset.uri].erase(dag_id);
        }
        conditions_.erase(known);
    }
    if (!condition) return;
    for (const core::Asset& asset : core::assets_of(*condition)) {
        waiting_[asset.uri].insert(dag_id);
    }
    conditions_.emplace(dag_id, *condition);
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
    const auto condition = conditions_.find(dag_id);
    const auto queue = queues_.find(dag_id);
    if (condition == conditions_.end() || queue == queues_.end()) return false;
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
