#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "reel/core/time.hpp"

namespace reel::core {

/// A step of the calendar, dateutil's relativedelta, normalised as dateutil does: months within a
/// year, time within a day. What is put in place comes first, then what is added; a day that its
/// month lacks becomes the month's last.
struct CalendarDelta {
    int years = 0;
    int months = 0;
    std::int64_t days = 0;
    int leap_days = 0;  ///< added when the date lies behind February of a leap year
    Duration time{};    ///< passes as on a stopwatch; the rest goes by the wall
    std::optional<int> year;
    std::optional<int> month;
    std::optional<int> day;
    std::optional<int> hour;
    std::optional<int> minute;
    std::optional<int> second;
    std::optional<int> microsecond;
    std::optional<int> weekday;  ///< 0 is Monday; sought from the date reached
    int nth = 1;                 ///< 1: that day or the next such; -1: that day or the one before
    auto operator<=>(const CalendarDelta&) const = default;
};

/// A length of time: Airflow's `timedelta | relativedelta`.
using Span = std::variant<Duration, CalendarDelta>;

// When runs are due.

struct NoSchedule {
    auto operator<=>(const NoSchedule&) const = default;
};
struct OnceSchedule {
    auto operator<=>(const OnceSchedule&) const = default;
};
/// A run as soon as the one before it has ended.
struct ContinuousSchedule {
    auto operator<=>(const ContinuousSchedule&) const = default;
};
/// Five-field text, or a preset that was expanded to it ("@daily" → "0 0 * * *").
struct CronSchedule {
    std::string expression;
    std::vector<std::string> others = {
    };  ///< fires when any of them does, once where they coincide
    std::string timezone = {};  ///< its fields are read in it; "": the DAG's
    auto operator<=>(const CronSchedule&) const = default;
};
struct DeltaSchedule {
    Duration every{};
    auto operator<=>(const DeltaSchedule&) const = default;
};
/// Each fire is one step behind the last, in the DAG's zone.
struct CalendarSchedule {
    CalendarDelta every;
    auto operator<=>(const CalendarSchedule&) const = default;
};
/// Listed moments, ascending, each once.
struct EventsSchedule {
    std::vector<Timestamp> at;
    std::string description = {};  ///< "": "3 events between … and …"
    auto operator<=>(const EventsSchedule&) const = default;
};
using Schedule = std::variant<
    NoSchedule,
    OnceSchedule,
    CronSchedule,
    DeltaSchedule,
    ContinuousSchedule,
    CalendarSchedule,
    EventsSchedule>;

enum class GapRule { shift, skip };
enum class OverlapRule { first, both, last };

/// What cron does where clocks change. Unset is Airflow's way: an expression that fires in every
/// hour goes by elapsed time (skip, both), any other by the wall (shift, last).
struct DstPolicy {
    std::optional<GapRule> gap;          ///< times that the clocks leave out
    std::optional<OverlapRule> overlap;  ///< times that the clocks show twice
    auto operator<=>(const DstPolicy&) const = default;
};

/// What the runs of a cron or delta schedule stand for.
struct IntervalRule {
    /// Airflow 2's data intervals, from one fire to the next, which is when the run is due. Else
    /// the run is due at its fire, which ends the interval.
    bool between_fires = false;
    Span length = Duration::zero();  ///< of the interval before a fire
    auto operator<=>(const IntervalRule&) const = default;
};

}  // namespace reel::core
