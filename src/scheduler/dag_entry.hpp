#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "blueprint.hpp"
#include "ready_queue.hpp"
#include "reel/scheduler/timetable.hpp"
#include "scheduled_dag.hpp"

namespace reel::scheduler {

/// A DAG with its active runs, as the planner keeps it.
struct DagEntry {
    std::uint32_t number = 0;  ///< stands for it where places are given
    ScheduledDag scheduled;
    std::shared_ptr<const Blueprint> blueprint;
    std::map<AbsentTasks, std::shared_ptr<const Blueprint>> partial;  ///< of runs that lack tasks
    std::optional<PlannedRun> planned;
    bool gone = false;                ///< its file is; no new runs
    bool paused_by_failures = false;  ///< and by nobody's hand since
    std::set<RunHandle> running;
    std::set<RunHandle> apart;  ///< of these, a backfill's: max_active_runs does not count them
    std::set<std::pair<core::Timestamp, RunHandle>> queued;  ///< by run_after
    // Where the entry stands in the planner's due_ticks_ and due_starts_.
    std::optional<core::Timestamp> tick_at;
    std::optional<core::Timestamp> start_at;

    [[nodiscard]] int counted() const { return static_cast<int>(running.size() - apart.size()); }
    [[nodiscard]] int active() const { return counted() + static_cast<int>(queued.size()); }
    [[nodiscard]] int limit() const { return scheduled.dag->max_active_runs; }
};

}  // namespace reel::scheduler
