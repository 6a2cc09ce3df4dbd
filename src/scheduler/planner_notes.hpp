#pragma once

#include <map>
#include <vector>

#include "ready_queue.hpp"
#include "reel/core/ids.hpp"
#include "reel/scheduler/run_control.hpp"
#include "run_plan.hpp"

namespace reel::scheduler {

// What the planner keeps in mind of its runs, and tells of them.

using Reasons = std::vector<UnmetCondition>;

enum class TimerKind { take_up, retry, run_timeout, deadline, store };

struct Timer {
    TimerKind kind;
    RunHandle run;
    InstanceIndex instance = 0;  ///< of a deadline: which one
};

struct LiveAttempt {
    RunHandle run;
    InstanceIndex instance;
};

/// What people mean of one run.
struct Choice {
    RunHandle run;
    std::vector<InstanceIndex> instances;
};

/// A run whose tasks wait for what the run before did, and what is not known yet of it.
struct PastWish {
    core::DagId dag_id;
    core::RunId run_id;
    core::Timestamp logical_date;
};

/// Of a run that looks at the run before: how the tasks of that stand, by their ids.
struct Past {
    core::RunId run_id;
    std::map<core::TaskId, bool> done;  ///< all instances ended as success or skipped
};

}  // namespace reel::scheduler
