#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "reel/core/ids.hpp"
#include "reel/core/time.hpp"

namespace reel::store {

struct RunName {
    core::DagId dag_id;
    core::RunId run_id;
    auto operator<=>(const RunName&) const = default;
};

/// Which runs are too old.
struct RunExpiry {
    core::Timestamp before;  ///< they ended before then
    bool keep_last = false;  ///< never the newest run of a DAG, whatever its type
    std::size_t limit = std::numeric_limits<int>::max();
};

/// Rows of runs, by table.
struct RunRows {
    std::size_t dag_run = 0;
    std::size_t task_instance = 0;
    std::size_t task_attempt = 0;
    std::size_t xcom = 0;
    bool operator==(const RunRows&) const = default;
};

/// What may be too old without its run.
enum class Remains {
    xcom,           ///< of runs that have ended, by when they were pushed
    skipped_fires,  ///< by when they were recorded
    backfill,       ///< by when they completed; their runs stay
    callback,       ///< of runs that have ended, by when they were carried out or given up
    /// That no queue and no run holds, by when they happened; never the newest, whose id counts on.
    asset_event,
    /// Versions of DAGs that no run has, by when the next one was stored; never the current one.
    dag_version,
};

/// Which of them one call takes.
struct RemainsExpiry {
    Remains what = Remains::xcom;
    core::Timestamp before;
    std::size_t limit = 1;
    /// Of asset events those with greater ids: many may be held, and are passed over only once.
    std::int64_t after_id = 0;
};

struct RemovedRemains {
    std::size_t removed = 0;
    std::int64_t last_id = 0;  ///< of the asset events; the next call goes on behind it
};

}  // namespace reel::store
