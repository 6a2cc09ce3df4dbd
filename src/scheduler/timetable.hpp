#pragma once

#include <optional>

#include "reel/core/dag.hpp"
#include "reel/core/schedule.hpp"

namespace reel::scheduler {

/// The next run that a DAG's schedule asks for. Its run_after may lie in the past: then it is due
/// at once.
struct PlannedRun {
    core::Timestamp logical_date;
    core::DataInterval data_interval;
    core::Timestamp run_after;
};

/// Airflow 3's CronTriggerTimetable: the logical date is the fire time, the interval is empty. With
/// catchup every tick since start_date; without it the latest past tick at most, and for a DAG that
/// never ran and has no start_date the next future one. `last` is the logical date of the latest
/// scheduled run. nullopt: nothing (more) to come.
[[nodiscard]] std::optional<PlannedRun> next_planned_run(
    const core::Dag& dag, std::optional<core::Timestamp> last, core::Timestamp now
);

}  // namespace reel::scheduler
