#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/store/asset_records.hpp"
#include "reel/store/listing.hpp"

namespace reel::store {

struct AssetEventFilter {
    std::optional<std::int64_t> id;
    std::optional<std::int64_t> asset_id;
    std::optional<std::string> uri;  ///< the asset's
    std::optional<core::DagId> source_dag_id;
    std::optional<core::RunId> source_run_id;
    std::optional<core::TaskId> source_task_id;
    std::optional<int> source_map_index;
    std::optional<std::pair<core::DagId, core::RunId>> consumed_by;
    std::optional<core::Timestamp> timestamp_gte;
    std::optional<core::Timestamp> timestamp_lte;
    Page page;
    bool descending = false;  ///< ordered by id, which is the order in which they happened
};

/// The part of the store that is about assets; see RunStore.
class AssetStore {
  public:
    virtual ~AssetStore() = default;
    /// What is queued and how far events are counted, for a scheduler that takes it up.
    virtual AssetState load_asset_state() = 0;
    virtual std::vector<AssetRecord> list_assets() = 0;              ///< all, by id
    virtual std::vector<AssetAliasRecord> list_asset_aliases() = 0;  ///< all, by id
    virtual Listing<AssetEventView> list_asset_events(const AssetEventFilter& filter) = 0;
    /// Of one DAG or one asset or both, by DAG and event.
    virtual std::vector<QueuedAssetEvent> list_queued_asset_events(
        const std::optional<core::DagId>& dag_id, const std::optional<std::string>& uri
    ) = 0;
};

}  // namespace reel::store
