#pragma once

#include <vector>

#include "reel/core/result.hpp"
#include "reel/scheduler/run_control.hpp"
#include "run_plan.hpp"

namespace reel::scheduler {

/// The instances that a person means, in the order of the DAG. Errc::not_found names a task or map
/// index that the run does not have.
[[nodiscard]] core::Result<std::vector<InstanceIndex>> select_instances(
    const RunPlan& plan, const TaskSelection& selection
);

}  // namespace reel::scheduler
