#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "reel/core/dag.hpp"

namespace reel::core {

/// The span of data a run stands for, [start, end).
struct DataInterval {
    Timestamp start;
    Timestamp end;
    auto operator<=>(const DataInterval&) const = default;
};

/// Checks a cron expression ("0 7 * * *", names, ranges, steps, '?', "L", "5#2", "5L") or a preset
/// ("@daily"). The error names the field and what it may hold.
[[nodiscard]] Result<void> validate_cron(std::string_view expression);

/// Checks that a calendar step leads onward from every day of a leap year and the year behind it.
[[nodiscard]] Result<void> validate_step(const CalendarDelta& delta);

/// "@hourly" → "0 * * * *" and so on; anything else unchanged.
[[nodiscard]] std::string expand_preset(std::string_view expression);

/// The fires of a schedule, made ready for many questions. Cheap to make and to copy.
class FireTimes {
  public:
    /// `anchor` is what a delta counts from (its first fire is the anchor itself) and when a once
    /// schedule fires. A mistake in the schedule or the zone makes it one that never fires.
    FireTimes(
        const Schedule& schedule,
        const std::string& timezone,
        Timestamp anchor,
        const DstPolicy& dst = {}
    );

    /// The first fire strictly after a moment; nullopt when there is none (no schedule, once
    /// already fired, or nothing within eight years).
    [[nodiscard]] std::optional<Timestamp> after(Timestamp at) const;
    [[nodiscard]] std::optional<Timestamp> at_or_after(Timestamp at) const;
    /// The last fire no later than a moment, at most eight years before it.
    [[nodiscard]] std::optional<Timestamp> at_or_before(Timestamp at) const;
    [[nodiscard]] std::optional<Timestamp> before(Timestamp at) const;
    /// How many fires there are from `first` to `last`, both included.
    [[nodiscard]] std::int64_t count(Timestamp first, Timestamp last) const;

  private:
    struct Compiled;
    std::shared_ptr<const Compiled> compiled_;
};

/// FireTimes for a single question.
[[nodiscard]] std::optional<Timestamp> next_fire(
    const Schedule& schedule,
    const std::string& timezone,
    Timestamp after,
    Timestamp anchor,
    const DstPolicy& dst = {}
);

/// `length` before `at`, by the calendar of the zone where it counts by one.
[[nodiscard]] Timestamp subtract(const Span& length, const std::string& timezone, Timestamp at);

/// "At 07:00", "Every 5 minutes", "Once", "Never, external triggers only".
[[nodiscard]] std::string describe_schedule(const Schedule& schedule);

/// Airflow's timetable_summary: the expression, "@once", "0:05:00", "3 events", or "None".
[[nodiscard]] std::string summarize_schedule(const Schedule& schedule);

/// The same for all that a DAG waits for, as Airflow says it: "Triggered by assets or At 07:00".
[[nodiscard]] std::string describe_timetable(const Dag& dag);

/// "Asset" for a DAG that waits for assets alone, "Asset or 0 7 * * *" for one that has both.
[[nodiscard]] std::string summarize_timetable(const Dag& dag);

/// Whether anything but people starts its runs.
[[nodiscard]] bool is_scheduled(const Dag& dag);

/// False for a name the system's time-zone database does not have.
[[nodiscard]] bool is_known_timezone(const std::string& name);

}  // namespace reel::core
