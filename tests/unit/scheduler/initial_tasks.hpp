#pragma once

#include <memory>
#include <vector>

#include "scheduler/instances.hpp"

namespace reel::scheduler {

/// What every run of a DAG begins with.
[[nodiscard]] inline std::vector<store::TaskInstanceRecord> initial_tasks(
    const core::Dag& dag, const core::RunId& run_id
) {
    store::RunRecord run;
    run.dag_id = dag.dag_id;
    run.run_id = run_id;
    const auto blueprint = make_blueprint(std::make_shared<const core::Dag>(dag));
    return Instances(*blueprint, run).records();
}

}  // namespace reel::scheduler
