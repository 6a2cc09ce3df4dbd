#include "reel/scheduler/timetable.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace reel::scheduler {

namespace {

using core::DataInterval;
using core::Duration;
using core::Timestamp;

using Moment = std::optional<Timestamp>;

constexpr Duration tick(1);
/// Tasks of no length would have a continuous DAG start over thousands of times a second.
constexpr Duration shortest_turn = std::chrono::seconds(1);

template <class Kind>
bool is(const core::Dag& dag) {
    return std::holds_alternative<Kind>(dag.schedule);
}

Moment later_of(Moment one, Moment other) {
    if (!one || !other) return one ? one : other;
    return std::max(*one, *other);
}

/// FNV-1a, stirred so that neighbours differ: the same on every machine and after every restart.
std::uint64_t hash_fire(const core::DagId& dag_id, Timestamp fire) {
    constexpr std::uint64_t prime = 1099511628211ULL;
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char byte : std::string_view(dag_id.str())) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * prime;
    }
    hash ^= static_cast<std::uint64_t>(fire.time_since_epoch().count());
    hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebULL;
    return hash ^ (hash >> 31U);
}

/// A DAG's fires and the runs they stand for.
class Timetable {
  public:
    // A delta counts from the last run, so that a changed start_date does not shift what already
    // runs. Without either, data intervals lie where Airflow rounds them to, those of a calendar
    // step so that one has just ended.
    Timetable(const core::Dag& dag, const std::optional<DataInterval>& last, Timestamp now)
        : dag_(dag), fires_(dag.schedule, dag.timezone, anchor(dag, last, now), dag.dst) {}

    [[nodiscard]] const core::FireTimes& fires() const { return fires_; }

    [[nodiscard]] PlannedRun run_at(Timestamp fire) const {
        const auto& zone = dag_.timezone;
        const auto start = core::subtract(dag_.intervals.length, zone, fire);
        return {start, {start, fire}, delayed(fire)};
    }
    [[nodiscard]] std::optional<PlannedRun> run_from(Timestamp start) const {
        const auto end = fires_.after(start);
        if (!end) return std::nullopt;
        return PlannedRun{start, {start, *end}, delayed(*end)};
    }

  private:
    static Timestamp anchor(
        const core::Dag& dag, const std::optional<DataInterval>& last, Timestamp now
    ) {
        if (last) return last->end;
        if (dag.start_date || !dag.intervals.between_fires) return dag.start_date.value_or(now);
        const auto* calendar = std::get_if<core::CalendarSchedule>(&dag.schedule);
        if (calendar == nullptr) return Timestamp();
        const auto back = [&](Timestamp at) {
            return core::subtract(calendar->every, dag.timezone, at);
        };
        return back(back(std::chrono::floor<std::chrono::days>(now)));
    }

    /// With its jitter. No run is held back beyond the next fire, so that none overtakes another.
    [[nodiscard]] Timestamp delayed(Timestamp fire) const {
        if (dag_.schedule_jitter <= Duration::zero()) return fire;
        Duration longest = dag_.schedule_jitter;
        if (const auto next = fires_.after(fire)) longest = std::min(longest, *next - fire);
        const auto offset =
            hash_fire(dag_.dag_id, fire) % static_cast<std::uint64_t>(longest.count());
        return fire + Duration(static_cast<Duration::rep>(offset));
    }

    const core::Dag& dag_;
    core::FireTimes fires_;
};

/// When a cron DAG that never ran and has no start_date begins.
Moment first_fire(const core::Dag& dag, const core::FireTimes& fires, Timestamp now) {
    if (!is<core::CronSchedule>(dag)) return fires.at_or_after(now);
    const auto past = fires.at_or_before(now);
    if (past && dag.run_immediately > Duration::zero() && now - *past <= dag.run_immediately) {
        return past;
    }
    return fires.after(now);
}

Moment next_trigger(
    const core::Dag& dag,
    const core::FireTimes& fires,
    const std::optional<DataInterval>& last,
    Timestamp now
) {
    if (dag.catchup) {
        if (last) return fires.after(last->end);
        return dag.start_date ? fires.at_or_after(*dag.start_date) : std::nullopt;
    }
    // A listed moment that is over is over.
    const bool listed = is<core::EventsSchedule>(dag);
    Moment next = listed ? fires.at_or_after(now) : fires.at_or_before(now);
    if (last) {
        next = later_of(next, fires.after(last->end));
    } else if (!dag.start_date && !listed) {
        next = later_of(next, first_fire(dag, fires, now));
    }
    if (dag.start_date) next = later_of(next, fires.at_or_after(*dag.start_date));
    return next;
}

/// The fire that the next data interval begins with.
Moment next_start(
    const core::Dag& dag,
    const core::FireTimes& fires,
    const std::optional<DataInterval>& last,
    Timestamp now
) {
    Moment start = dag.start_date ? fires.at_or_after(*dag.start_date) : std::nullopt;
    if (!dag.catchup) {
        const auto latest_end = fires.at_or_before(now);
        start = later_of(start, latest_end ? fires.before(*latest_end) : std::nullopt);
    }
    // The schedule may have changed since: its own fire then, as it stands now.
    if (last) start = later_of(start, fires.at_or_before(last->end));
    return start;
}

std::optional<PlannedRun> once(
    const core::Dag& dag, const std::optional<DataInterval>& last, Timestamp now
) {
    if (last) return std::nullopt;
    const Timestamp at = dag.start_date.value_or(now);
    return PlannedRun{at, {at, at}, at};
}

/// From the end of the one before until now; a logical date of its own for each.
std::optional<PlannedRun> continuous(
    const core::Dag& dag, const std::optional<DataInterval>& last, Timestamp now
) {
    Timestamp start = dag.start_date.value_or(now);
    Timestamp end = std::max(start, now);
    if (last) {
        start = std::max(last->end, last->start + tick);
        end = std::max(now, last->end + shortest_turn);
    }
    return PlannedRun{start, {start, end}, end};
}

std::optional<PlannedRun> periodic(
    const core::Dag& dag, const std::optional<DataInterval>& last, Timestamp now
) {
    const Timetable timetable(dag, last, now);
    if (dag.intervals.between_fires) {
        const auto start = next_start(dag, timetable.fires(), last, now);
        return start ? timetable.run_from(*start) : std::nullopt;
    }
    const auto fire = next_trigger(dag, timetable.fires(), last, now);
    return fire ? std::optional(timetable.run_at(*fire)) : std::nullopt;
}

/// As Airflow: a data interval may begin at end_date, a fire may fall on it.
bool is_over(const core::Dag& dag, const PlannedRun& run) {
    if (!dag.end_date) return false;
    const auto decides =
        dag.intervals.between_fires ? run.data_interval.start : run.data_interval.end;
    return decides > *dag.end_date;
}

}  // namespace

std::optional<PlannedRun> next_planned_run(
    const core::Dag& dag, std::optional<DataInterval> last, Timestamp now
) {
    std::optional<PlannedRun> next;
    if (is<core::NoSchedule>(dag)) return std::nullopt;
    if (is<core::OnceSchedule>(dag)) {
        next = once(dag, last, now);
    } else if (is<core::ContinuousSchedule>(dag)) {
        next = continuous(dag, last, now);
    } else {
        next = periodic(dag, last, now);
    }
    return next && !is_over(dag, *next) ? next : std::nullopt;
}

std::optional<SkippedFires> skipped_fires(
    const core::Dag& dag,
    const DataInterval& last,
    const std::optional<PlannedRun>& next,
    Timestamp now
) {
    if (dag.catchup || is<core::OnceSchedule>(dag)) return std::nullopt;
    const Timetable timetable(dag, last, now);
    Timestamp end = next ? next->data_interval.end - tick : now;
    if (dag.end_date) end = std::min(end, *dag.end_date);
    const auto first = timetable.fires().after(last.end);
    if (!first || *first > end) return std::nullopt;
    const auto final = timetable.fires().at_or_before(end).value_or(*first);
    return SkippedFires{*first, final, timetable.fires().count(*first, final)};
}

std::vector<PlannedRun> upcoming_runs(
    const core::Dag& dag, std::optional<DataInterval> last, Timestamp now, int count
) {
    std::vector<PlannedRun> runs;
    auto next = next_planned_run(dag, last, now);
    core::Dag every = dag;
    every.catchup = true;
    while (next && std::cmp_less(runs.size(), count)) {
        runs.push_back(*next);
        // How long a run takes, and so when the next one begins, nobody knows.
        if (is<core::ContinuousSchedule>(dag)) break;
        next = next_planned_run(every, next->data_interval, now);
    }
    return runs;
}

PlannedRun run_due_at(const core::Dag& dag, Timestamp run_after) {
    const DataInterval around{run_after, run_after};
    const Timetable timetable(dag, around, run_after);
    Timestamp fire = run_after;
    if (is<core::CronSchedule>(dag) && dag.schedule_jitter > Duration::zero()) {
        auto earlier = timetable.fires().at_or_before(run_after);
        while (earlier && *earlier > run_after - dag.schedule_jitter &&
               timetable.run_at(*earlier).run_after != run_after) {
            earlier = timetable.fires().before(*earlier);
        }
        if (earlier && timetable.run_at(*earlier).run_after == run_after) fire = *earlier;
    }
    auto interval = manual_interval(dag, fire);
    return {interval.start, interval, run_after};
}

bool same_timetable(const core::Dag& one, const core::Dag& other) {
    const auto times = [](const core::Dag& dag) {
        return std::tie(
            dag.schedule,
            dag.timezone,
            dag.dst,
            dag.intervals,
            dag.schedule_jitter,
            dag.run_immediately,
            dag.start_date,
            dag.end_date,
            dag.catchup
        );
    };
    return times(one) == times(other);
}

DataInterval manual_interval(const core::Dag& dag, Timestamp at) {
    const bool between = dag.intervals.between_fires;
    if (!between) return {core::subtract(dag.intervals.length, dag.timezone, at), at};
    if (const auto* delta = std::get_if<core::DeltaSchedule>(&dag.schedule)) {
        return {at - delta->every, at};
    }
    if (const auto* calendar = std::get_if<core::CalendarSchedule>(&dag.schedule)) {
        return {core::subtract(calendar->every, dag.timezone, at), at};
    }
    const core::FireTimes fires(dag.schedule, dag.timezone, at, dag.dst);
    const auto end = fires.at_or_before(at);
    const auto start = end ? fires.before(*end) : std::nullopt;
    return start ? DataInterval{*start, *end} : DataInterval{at, at};
}

}  // namespace reel::scheduler
