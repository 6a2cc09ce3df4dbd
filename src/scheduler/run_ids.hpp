#pragma once

#include "reel/core/result.hpp"
#include "reel/scheduler/run_control.hpp"
#include "reel/scheduler/timetable.hpp"
#include "reel/store/backfill.hpp"
#include "reel/store/records.hpp"

namespace reel::scheduler {

/// The queued run that a tick of the schedule stands for: "scheduled__2026-11-21T07:00:00+00:00".
[[nodiscard]] store::RunRecord scheduled_run(
    const core::DagId& dag_id, const PlannedRun& planned, core::Timestamp now
);

/// The queued run of one fire of a backfill: "backfill__2026-11-21T07:00:00+00:00".
[[nodiscard]] store::RunRecord backfill_run(
    const store::BackfillRecord& backfill, const store::BackfillRunRecord& fire, core::Timestamp now
);

/// The queued run that asset events have started: "asset_triggered__2026-11-21T07:00:00+00:00_7",
/// where 7 is the latest of them, so that no two runs ever have one id.
[[nodiscard]] store::RunRecord asset_triggered_run(
    const core::DagId& dag_id, std::int64_t last_event, core::Timestamp now
);

/// The queued run of a DAG that a person or program asked for, ids and dates filled in Airflow's
/// way.
/// Errc::invalid_argument for a run id that breaks allowed_run_id_pattern, or conf that is no JSON
/// object.
[[nodiscard]] core::Result<store::RunRecord> requested_run(
    const core::Dag& dag, const TriggerRequest& request, core::Timestamp now
);

}  // namespace reel::scheduler
