#pragma once

#include <vector>

#include "reel/scheduler/task_executor.hpp"
#include "reel/store/run_store.hpp"

namespace reel::scheduler {

/// What the loop must do with one round of planning: commit first, then the rest.
struct Effects {
    store::Commit commit;
    std::vector<AttemptOrder> start;         ///< attempts that became queued or deferred
    std::vector<core::AttemptId> cancel;     ///< processes no longer wanted
    std::vector<core::AttemptId> release;    ///< ends that are now recorded
    std::vector<AttemptOrder> ended_runs;    ///< of each only run and dag are set
    store::NextRuns next_runs;               ///< changed next_run_after
    std::vector<store::DagStanding> paused;  ///< DAGs that the commit pauses, for their failures
    [[nodiscard]] bool empty() const;
};

}  // namespace reel::scheduler
