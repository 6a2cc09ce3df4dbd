#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/schedule.hpp"

namespace reel::scheduler {

/// The next run that a DAG's schedule asks for. Its run_after may lie in the past: then it is due
/// at once.
struct PlannedRun {
    core::Timestamp logical_date;
    core::DataInterval data_interval;
    core::Timestamp run_after;
    bool operator==(const PlannedRun&) const = default;
};

/// Fires of a schedule that gave no run, because none is made up for without catchup.
struct SkippedFires {
    core::Timestamp first;
    core::Timestamp last;
    std::int64_t count = 0;
    bool operator==(const SkippedFires&) const = default;
};

/// Airflow 3's timetables. A run is due at its fire, and its interval ends there; with
/// `intervals.between_fires` it reaches from the fire before to that one. The logical date is the
/// interval's start. With catchup every fire since start_date gives a run; without it the latest
/// past fire at most, and for a cron DAG that never ran and has no start_date the next one to come,
/// or that of a moment ago where run_immediately says so. `last` is the interval of the latest
/// scheduled run. nullopt: nothing (more) to come.
[[nodiscard]] std::optional<PlannedRun> next_planned_run(
    const core::Dag& dag, std::optional<core::DataInterval> last, core::Timestamp now
);

/// The fires after the run of `last` that give no run when `next` (or, without one, nothing until
/// `now`) is what follows it. Fires before a DAG's first run are not counted: nobody waited.
[[nodiscard]] std::optional<SkippedFires> skipped_fires(
    const core::Dag& dag,
    const core::DataInterval& last,
    const std::optional<PlannedRun>& next,
    core::Timestamp now
);

/// The next run and those behind it, `count` at most: what is to be expected, not what was missed.
[[nodiscard]] std::vector<PlannedRun> upcoming_runs(
    const core::Dag& dag, std::optional<core::DataInterval> last, core::Timestamp now, int count
);

/// The run that is due at `run_after`, as far as that alone tells it.
[[nodiscard]] PlannedRun run_due_at(const core::Dag& dag, core::Timestamp run_after);

/// Whether two versions of a DAG are due at the same times.
[[nodiscard]] bool same_timetable(const core::Dag& one, const core::Dag& other);

/// The interval of a run that somebody asks for with a logical date, as Airflow infers it.
[[nodiscard]] core::DataInterval manual_interval(const core::Dag& dag, core::Timestamp at);

}  // namespace reel::scheduler
