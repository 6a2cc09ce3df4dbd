#pragma once

#include "reel/store/run_store.hpp"

namespace reel::store {

/// A Commit in which every row occurs once: the changes of one row are folded into one from the
/// first `from` to the last `after`, those of a new run into the run itself. That is what makes
/// applying it a second time recognisable.
struct CommitPlan {
    std::vector<NewAssetEvent> asset_events;
    std::vector<NewRun> new_runs;
    std::vector<RunChange> runs;
    std::vector<Expansion> expansions;
    std::vector<TaskChange> tasks;
    std::vector<AttemptRecord> attempts;  ///< of what is not live_attempt_of() its task
    std::vector<core::TaskKey> stale_xcoms;
    std::vector<XComRecord> xcoms;            ///< the last of each name
    std::vector<SkippedFiresRecord> skipped;  ///< the last of each first fire
    std::vector<BackfillRecord> backfills;    ///< the last of each
    std::vector<BackfillRunRecord> backfill_runs;
    std::vector<DroppedEvent> dropped_events;
    std::vector<CallbackRecord> callbacks;
    std::vector<DagStanding> standings;  ///< one of each DAG
    std::vector<LingeringAttempt> lingering;
    std::vector<core::AttemptId> gone;
};

/// The attempt that a task's own row tells about: nothing else is written of it before it ends, or
/// is about to (`restarting`), or waits (`deferred`). A row for the history costs as much as the
/// task's own, and half of them said what was overwritten milliseconds later.
[[nodiscard]] std::optional<AttemptRecord> live_attempt_of(const TaskInstanceRecord& task);

/// Errc::conflict when two changes of one row do not follow each other or two tasks claim one
/// attempt, or two asset events one id, already_exists when a run is to be made twice,
/// invalid_argument for a task that no store could hold.
[[nodiscard]] core::Result<CommitPlan> plan_commit(const Commit& commit);

/// Why a row that stands at `now` cannot take the change: it is in another state, of a later
/// attempt, for another date. A row that stands at `after` already is not asked about.
[[nodiscard]] core::Result<void> check_change(const RunChange& change, const RunRecord& now);
[[nodiscard]] core::Result<void> check_change(
    const TaskChange& change, const TaskInstanceRecord& now
);

}  // namespace reel::store
