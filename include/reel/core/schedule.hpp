#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reel/core/dag.hpp"

namespace reel::core {

/// The span of data a run stands for, [start, end). For cron runs in Airflow 3's default both are
/// the fire time.
struct DataInterval {
    Timestamp start;
    Timestamp end;
    auto operator<=>(const DataInterval&) const = default;
};

/// Checks a cron expression ("0 7 * * *", names, ranges, steps, '?', "L", "5#2") or a preset
/// ("@daily"). The error names the field and what it may hold.
[[nodiscard]] Result<void> validate_cron(std::string_view expression);

/// "@hourly" → "0 * * * *" and so on; anything else unchanged.
[[nodiscard]] std::string expand_preset(std::string_view expression);

/// The first fire time strictly after `after`; nullopt when there is none (no schedule, once
/// already fired, or nothing within eight years). `anchor` is what a delta schedule counts from
/// (its first fire is the anchor itself) and when a once schedule fires. Daylight saving as Airflow
/// 3 does: a time in the gap fires at the same distance after it, a time in the overlap fires once,
/// at its first occurrence. An expression that fires in every hour ("*/5 *
/// * * *") goes by elapsed time instead: it fires through both passes of an overlap and not in a
/// gap.
[[nodiscard]] std::optional<Timestamp> next_fire(
    const Schedule& schedule, const std::string& timezone, Timestamp after, Timestamp anchor
);

/// "At 07:00", "Every day at 07:00", "Every 5 minutes", "Once", "Never, external triggers only".
[[nodiscard]] std::string describe_schedule(const Schedule& schedule);

/// Airflow's timetable_summary: the expression, "@once", "0:05:00", or "None".
[[nodiscard]] std::string summarize_schedule(const Schedule& schedule);

/// False for a name the system's time-zone database does not have.
[[nodiscard]] bool is_known_timezone(const std::string& name);

}  // namespace reel::core
