#include "timetable.hpp"

#include <algorithm>
#include <variant>

namespace reel::scheduler {

namespace {

using core::Timestamp;

constexpr core::Duration tick(1);

class Ticks {
  public:
    // A delta counts from the last run, so that a changed start_date does not shift what already
    // runs.
    Ticks(const core::Dag& dag, std::optional<Timestamp> last, Timestamp now)
        : dag_(dag), anchor_(last ? *last : dag.start_date.value_or(now)) {}

    [[nodiscard]] std::optional<Timestamp> after(Timestamp at) const {
        return core::next_fire(dag_.schedule, dag_.timezone, at, anchor_);
    }
    [[nodiscard]] std::optional<Timestamp> at_or_after(Timestamp at) const {
        return after(at - tick);
    }

    /// The last tick at or before `at`, looked for in windows that double.
    [[nodiscard]] std::optional<Timestamp> at_or_before(Timestamp at) const {
        constexpr core::Duration longest = std::chrono::hours(24 * 366 * 8);
        for (core::Duration window = std::chrono::minutes(2); window <= longest; window *= 4) {
            auto found = at_or_after(at - window);
            if (!found || *found > at) continue;
            for (auto next = after(*found); next && *next <= at; next = after(*next)) found = next;
            return found;
        }
        return std::nullopt;
    }

  private:
    const core::Dag& dag_;
    Timestamp anchor_;
};

std::optional<Timestamp> with_catchup(
    const core::Dag& dag, const Ticks& ticks, std::optional<Timestamp> last
) {
    if (last) return ticks.after(*last);
    if (!dag.start_date) return std::nullopt;
    return ticks.at_or_after(*dag.start_date);
}

std::optional<Timestamp> without_catchup(
    const core::Dag& dag, const Ticks& ticks, std::optional<Timestamp> last, Timestamp now
) {
    auto candidate = ticks.at_or_before(now);
    const auto raise_to = [&](std::optional<Timestamp> other) {
        if (other && (!candidate || *other > *candidate)) candidate = other;
    };
    if (last) {
        raise_to(ticks.after(*last));
    } else if (!dag.start_date) {
        raise_to(ticks.after(now));
    }
    if (dag.start_date) raise_to(ticks.at_or_after(*dag.start_date));
    return candidate;
}

std::optional<Timestamp> once(const core::Dag& dag, std::optional<Timestamp> last, Timestamp now) {
    if (last) return std::nullopt;
    return dag.start_date.value_or(now);
}

}  // namespace

std::optional<PlannedRun> next_planned_run(
    const core::Dag& dag, std::optional<Timestamp> last, Timestamp now
) {
    std::optional<Timestamp> at;
    if (std::holds_alternative<core::NoSchedule>(dag.schedule)) return std::nullopt;
    if (std::holds_alternative<core::OnceSchedule>(dag.schedule)) {
        at = once(dag, last, now);
    } else {
        const Ticks ticks(dag, last, now);
        at = dag.catchup ? with_catchup(dag, ticks, last) : without_catchup(dag, ticks, last, now);
    }
    if (!at || (dag.end_date && *at > *dag.end_date)) return std::nullopt;
    return PlannedRun{.logical_date = *at, .data_interval = {*at, *at}, .run_after = *at};
}

}  // namespace reel::scheduler
