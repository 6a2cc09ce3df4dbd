#pragma once

#include "json.hpp"
#include "reel/core/result.hpp"
#include "reel/scheduler/task_executor.hpp"

namespace reel::executor {

/// Whether the task is a `branch.day_of_week` or a `branch.datetime`.
[[nodiscard]] bool branches_by_time(const core::Task& task);

/// Whether the moment that the task asks about, `now` or the run's logical date, is one of those
/// that its rendered arguments name; weekdays and times of the day are those of the DAG's time
/// zone. Errc::invalid_argument: a template gave no weekday or no time.
[[nodiscard]] core::Result<bool> is_at_named_time(
    const scheduler::AttemptOrder& order, const Json& args, core::Timestamp now
);

}  // namespace reel::executor
