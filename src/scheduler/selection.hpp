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

/// The same for a clear: as in Airflow what is done again is set up and taken down again, so a task
/// brings the setups that are there for it and their teardowns, and a setup its teardowns.
[[nodiscard]] core::Result<std::vector<InstanceIndex>> select_to_clear(
    const RunPlan& plan, const TaskSelection& selection
);

}  // namespace reel::scheduler
