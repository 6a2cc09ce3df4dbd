#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/store/asset_records.hpp"

namespace reel::scheduler {

/// Which DAGs wait for which assets, and the events that wait for each of them. Queues outlive the
/// DAG's file: what waited when it went waits when it comes back.
class AssetQueues final {
  public:
    /// Sets or, without a condition, ends what a DAG waits for.
    void wait_for(const core::DagId& dag_id, const std::optional<core::AssetExpression>& condition);
    /// What tasks have given the names of aliases to, as the store knows it.
    void restore_aliases(core::AliasedAssets assets);
    /// A task has given this name to an asset. Whether that is new.
    bool give_alias(const std::string& alias, const std::string& uri);
    /// The DAGs whose condition names the asset, itself or by an alias.
    [[nodiscard]] std::vector<core::DagId> waiting_for(const std::string& uri) const;

    void add(const store::QueuedAssetEvent& event);
    /// Whether the events that wait for the DAG meet its condition.
    [[nodiscard]] bool is_met(const core::DagId& dag_id) const;
    /// Empties the queue of a DAG and gives the ids, the earliest first.
    [[nodiscard]] std::vector<std::int64_t> take(const core::DagId& dag_id);

    /// Takes out what `is_meant` holds for, and gives it.
    template <class IsMeant>
    std::vector<store::QueuedAssetEvent> remove_if(IsMeant is_meant) {
        std::vector<store::QueuedAssetEvent> removed;
        for (auto& [dag_id, queue] : queues_) {
            std::erase_if(queue.events, [&](const auto& item) {
                const bool goes = is_meant(item.second);
                if (goes) {
                    removed.push_back(item.second);
                    --queue.news[item.second.uri];
                }
                return goes;
            });
        }
        return removed;
    }

  private:
    struct Queue {
        std::map<std::int64_t, store::QueuedAssetEvent> events;
        std::map<std::string, int> news;  ///< how many of each URI
    };
    void index(const core::DagId& dag_id, const core::AssetExpression& condition);
    void forget(const core::DagId& dag_id);

    std::map<core::DagId, core::AssetExpression> conditions_;  ///< as their files have them
    std::map<core::DagId, core::AssetExpression> resolved_;    ///< without aliases
    core::AliasedAssets aliased_;
    std::map<std::string, std::set<core::DagId>> waiting_;  ///< by URI
    std::map<core::DagId, Queue> queues_;
};

}  // namespace reel::scheduler
