#pragma once

#include <string>
#include <vector>

#include "reel/core/absent_tasks.hpp"
#include "reel/core/dag.hpp"
#include "reel/store/records.hpp"

namespace reel::scheduler {

using core::AbsentTasks;

/// Airflow's start_date and end_date of a task: a new run has no instance of it when its logical
/// date lies outside of them. A run without a logical date has all tasks, so has one of a backfill.
/// What is mapped over the output of such a task goes with it.
[[nodiscard]] AbsentTasks absent_tasks(const core::Dag& dag, const store::RunRecord& run);
/// Those of a run that has begun: the tasks that it has no row of. Its rows alone say so, for dates
/// that count from the moment of reading ("1 days") move in the stored body of one version.
[[nodiscard]] AbsentTasks absent_tasks(
    const core::Dag& dag, const std::vector<store::TaskInstanceRecord>& tasks
);
/// Why a run of the DAG does not have the task, for people.
[[nodiscard]] std::string why_absent(
    const core::Dag& dag, const core::Task& task, const store::RunRecord& run
);

/// The DAG without these tasks: what stands behind one of them stands behind what stood before it,
/// so that the order of the others is kept.
[[nodiscard]] core::Dag without_tasks(const core::Dag& dag, const AbsentTasks& absent);

}  // namespace reel::scheduler
