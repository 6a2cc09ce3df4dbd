#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/asset.hpp"
#include "reel/core/ids.hpp"
#include "reel/core/time.hpp"
#include "reel/store/records.hpp"

namespace reel::store {

/// News of an asset (Airflow's AssetEvent). Its id is the scheduler's, counted up from 1; the
/// larger is the later.
struct AssetEventRecord {
    std::int64_t id = 0;
    std::string uri;  ///< of an asset that some stored DAG names
    core::Timestamp timestamp;
    core::JsonText extra{"{}"};           ///< object
    std::optional<core::TaskKey> source;  ///< the task instance that succeeded; empty: by hand
    bool operator==(const AssetEventRecord&) const = default;
};

/// An event that waits for the condition of a DAG to be met (Airflow's AssetDagRunQueue).
struct QueuedAssetEvent {
    core::DagId dag_id;
    std::int64_t event_id = 0;
    std::string uri;
    core::Timestamp timestamp;            ///< of the event
    std::optional<core::TaskKey> source;  ///< of the event
    bool operator==(const QueuedAssetEvent&) const = default;
};

/// An event as people see it.
struct AssetEventView {
    AssetEventRecord event;
    std::int64_t asset_id = 0;
    std::string name;                     ///< of the asset
    std::string group;                    ///< of the asset
    std::vector<RunRecord> created_runs;  ///< those that consumed it, in the order of their ids
    bool operator==(const AssetEventView&) const = default;
};

/// A task that an asset is an inlet or outlet of.
struct AssetTask {
    core::DagId dag_id;
    core::TaskId task_id;
    auto operator<=>(const AssetTask&) const = default;
};

/// A name that tasks give to assets when they run (Airflow's AssetAlias). Never removed.
struct AssetAliasRecord {
    std::int64_t id = 0;
    std::string name;
    bool operator==(const AssetAliasRecord&) const = default;
};

/// An asset, and where the DAGs as they are now name it. Never removed.
struct AssetRecord {
    std::int64_t id = 0;
    core::Asset asset;
    core::Timestamp created_at;
    core::Timestamp updated_at;  ///< when its name, group or extra changed last
    std::vector<core::DagId> scheduled_dags;
    std::vector<AssetTask> producing_tasks;
    std::vector<AssetTask> consuming_tasks;
    std::vector<AssetAliasRecord> aliases;  ///< by id
    bool is_active = false;  ///< a DAG that is not stale names it, or a task has by an alias
    std::optional<std::int64_t> last_event_id;
    std::optional<core::Timestamp> last_event_at;
    bool operator==(const AssetRecord&) const = default;
};

/// What the scheduler takes up.
struct AssetState {
    std::vector<QueuedAssetEvent> queued;  ///< by event and DAG
    std::int64_t last_event_id = 0;
    core::AliasedAssets aliased;
};

}  // namespace reel::store
