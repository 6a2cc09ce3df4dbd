#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reel/store/asset_records.hpp"
#include "reel/store/backfill.hpp"
#include "reel/store/callback_records.hpp"
#include "reel/store/lingering.hpp"
#include "reel/store/records.hpp"

namespace reel::store {

/// A task instance that is to become `after` if it still is in state `from`. `after.attempt` is the
/// fence: the row is also accepted when it already stands exactly at `after` (the same change was
/// committed, its answer was lost).
struct TaskChange {
    core::TaskState from = core::TaskState::none;
    TaskInstanceRecord after;
    bool operator==(const TaskChange&) const = default;
};

struct RunChange {
    core::RunState from = core::RunState::queued;
    RunRecord after;
    bool operator==(const RunChange&) const = default;
};

/// A run that begins its life; its task instances are made with it, in state none.
/// The asset events that it consumes leave the queue of its DAG, where they must be.
struct NewRun {
    RunRecord run;
    std::vector<TaskInstanceRecord> tasks;
    std::vector<std::int64_t> consumed_events = {};
    bool operator==(const NewRun&) const = default;
};

/// News of an asset, and for which DAGs they are queued; those that are not stored are left out.
/// With aliases, which stored DAGs name, the asset may be new, and has their names from now on.
struct NewAssetEvent {
    AssetEventRecord event;
    std::vector<core::DagId> queued_for;
    std::vector<std::string> aliases = {};
    bool operator==(const NewAssetEvent&) const = default;
};

/// An event that a DAG is not to hear of any more.
struct DroppedEvent {
    core::DagId dag_id;
    std::int64_t event_id = 0;
    bool operator==(const DroppedEvent&) const = default;
};

/// A mapped task whose length became known: the row of the placeholder (map_index -1) goes, the
/// rows of its instances come.
struct Expansion {
    core::TaskKey placeholder;
    std::vector<TaskInstanceRecord> instances;  ///< at least one, all of the placeholder's task
    bool operator==(const Expansion&) const = default;
};

/// One transaction of the scheduler. Applying it twice gives the same rows as applying it once.
struct Commit {
    std::vector<NewAssetEvent> asset_events;  ///< before `new_runs`, which may consume them
    std::vector<NewRun> new_runs;
    std::vector<RunChange> runs;
    std::vector<Expansion> expansions;  ///< before `tasks`, which may change the new rows
    std::vector<TaskChange> tasks;      ///< a task may occur several times; they apply in order
    std::vector<AttemptRecord> attempts = {};  ///< ends that no change of a task tells
    std::vector<core::TaskKey> stale_xcoms;    ///< whose XComs go, before `xcoms` come
    std::vector<XComRecord> xcoms;
    std::vector<SkippedFiresRecord> skipped;  ///< one with the same first fire replaces another
    std::vector<DroppedEvent> dropped_events = {};  ///< those that are not queued are passed over
    std::vector<BackfillRecord> backfills;  ///< how they stand now; one that is gone stays so
    std::vector<BackfillRunRecord> backfill_runs;  ///< what became of their fires
    std::vector<CallbackRecord> callbacks = {};    ///< new ones, behind the runs they are about
    std::vector<DagStanding> standings = {};       ///< of one DAG they apply in order
    std::vector<LingeringAttempt> lingering = {};  ///< before `gone`, which may name them
    std::vector<core::AttemptId> gone = {};        ///< of what lingered: it is known to have ended
    [[nodiscard]] bool empty() const {
        return new_runs.empty() && runs.empty() && expansions.empty() && tasks.empty() &&
               stale_xcoms.empty() && xcoms.empty() && skipped.empty() && backfills.empty() &&
               backfill_runs.empty() && asset_events.empty() && dropped_events.empty() &&
               callbacks.empty() && standings.empty() && lingering.empty() && gone.empty() &&
               attempts.empty();
    }
    bool operator==(const Commit&) const = default;
};

}  // namespace reel::store
