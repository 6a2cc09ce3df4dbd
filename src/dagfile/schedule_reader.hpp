#pragma once

#include <optional>

#include "diagnostics.hpp"
#include "reel/core/asset.hpp"
#include "reel/core/schedule_forms.hpp"
#include "reel/dagfile/node.hpp"
#include "shape_check.hpp"
#include "values.hpp"

namespace reel::dagfile {

/// What a `schedule` says.
struct ScheduleForm {
    core::Schedule schedule;
    std::optional<core::IntervalRule> intervals;  ///< of a timetable class; else the options decide
    core::Duration run_immediately{};
    std::optional<core::AssetExpression> assets;
};

/// Reads every form: text, seconds, a list of cron expressions, {at: …}, assets with or without
/// times, and Airflow's classes by __type__. What is wrong is a diagnostic, and no schedule.
[[nodiscard]] ScheduleForm read_schedule(
    const Node& node, const DateContext& context, const Subject& subject, Diagnostics& diagnostics
);

}  // namespace reel::dagfile
