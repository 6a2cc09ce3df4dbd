#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/schedule.hpp"
#include "reel/core/states.hpp"

namespace reel::store {

using BackfillId = std::int64_t;

/// Airflow's Backfill: runs for the fires of a DAG's schedule within a span of time, some at a
/// time. It is open until it has completed; a DAG has one open backfill at most.
struct BackfillRecord {
    BackfillId id = 0;  ///< from 1, by the store
    core::DagId dag_id;
    core::Timestamp from_date;
    core::Timestamp to_date;  ///< included
    core::JsonText dag_run_conf{"{}"};
    bool is_paused = false;  ///< makes no new runs
    core::ReprocessBehavior reprocess_behavior = core::ReprocessBehavior::none;
    int max_active_runs = 10;
    bool run_backwards = false;
    std::string triggering_user;
    core::Timestamp created_at;
    std::optional<core::Timestamp> completed_at;  ///< all its runs have ended, or it was cancelled
    core::Timestamp updated_at;
    bool operator==(const BackfillRecord&) const = default;
};

/// One fire of a backfill (Airflow's BackfillDagRun) and what became of it.
struct BackfillRunRecord {
    BackfillId backfill_id = 0;
    int sort_ordinal = 1;  ///< from 1, in the order in which the runs begin
    core::DagId dag_id;
    core::Timestamp logical_date;
    core::DataInterval data_interval;
    core::Timestamp run_after;
    std::optional<core::RunId> run_id;  ///< empty: it has no run, or not yet
    std::string exception_reason;       ///< why it gets none: "already exists", "in flight"
    bool operator==(const BackfillRunRecord&) const = default;

    [[nodiscard]] bool is_pending() const { return !run_id && exception_reason.empty(); }
};

struct OpenBackfill {
    BackfillRecord backfill;
    std::vector<BackfillRunRecord> runs;
};

}  // namespace reel::store
