#include "backfill_plan.hpp"

#include <algorithm>
#include <variant>

#include "reel/scheduler/timetable.hpp"

namespace reel::scheduler {

namespace {

using core::Errc;
using core::ReprocessBehavior;

bool has_fires(const core::Dag& dag) {
    return !std::holds_alternative<core::NoSchedule>(dag.schedule) &&
           !std::holds_alternative<core::ContinuousSchedule>(dag.schedule);
}

/// The runs of the fires within the span that are due by now; one more than may be at most. As in
/// Airflow a delta counts from the span's beginning.
std::vector<PlannedRun> runs_between(
    const core::Dag& dag, const BackfillRequest& request, core::Timestamp now
) {
    core::Dag span = dag;
    span.catchup = true;
    span.start_date = request.from_date;
    span.end_date = request.to_date;
    // They are all in the past: there is nothing to spread.
    span.schedule_jitter = core::Duration::zero();
    std::vector<PlannedRun> runs;
    auto next = next_planned_run(span, std::nullopt, now);
    while (next && next->run_after <= now && runs.size() <= most_backfill_runs) {
        runs.push_back(*next);
        next = next_planned_run(span, next->data_interval, now);
    }
    return runs;
}

/// What Airflow forbids where a run waits for the one before it.
core::Result<void> check_past(const core::Dag& dag, const BackfillRequest& request) {
    const bool looks_back = std::ranges::any_of(dag.tasks, [](const core::Task& task) {
        return task.depends_on_past || task.wait_for_downstream;
    });
    if (!looks_back) return {};
    if (request.run_backwards) {
        return core::fail(
            Errc::invalid_argument,
            "DAG '" + dag.dag_id.str() +
                "' has tasks with depends_on_past: it cannot be backfilled "
                "backwards",
            "leave run_backwards out"
        );
    }
    if (request.reprocess_behavior == ReprocessBehavior::none) {
        return core::fail(
            Errc::invalid_argument,
            "DAG '" + dag.dag_id.str() +
                "' has tasks with depends_on_past: a failed run would hold "
                "up all behind it",
            "set reprocess_behavior to failed or completed"
        );
    }
    return {};
}

core::Result<void> check_request(
    const core::Dag& dag, const BackfillRequest& request, core::Timestamp now
) {
    if (!has_fires(dag)) {
        return core::fail(
            Errc::invalid_argument,
            "DAG '" + dag.dag_id.str() + "' has no schedule whose fires could be backfilled"
        );
    }
    if (request.to_date < request.from_date) {
        return core::fail(
            Errc::invalid_argument,
            "to_date " + core::format_iso(request.to_date) + " is before from_date " +
                core::format_iso(request.from_date)
        );
    }
    if (request.from_date > now) {
        return core::fail(Errc::invalid_argument, "a backfill cannot begin in the future");
    }
    if (request.max_active_runs < 1) {
        return core::fail(Errc::invalid_argument, "max_active_runs must be at least 1");
    }
    return check_past(dag, request);
}

}  // namespace

core::Result<std::vector<store::BackfillRunRecord>> plan_backfill(
    const core::Dag& dag, const BackfillRequest& request, core::Timestamp now
) {
    if (auto allowed = check_request(dag, request, now); !allowed) {
        return std::unexpected(allowed.error());
    }
    auto runs = runs_between(dag, request, now);
    if (runs.empty()) {
        return core::fail(
            Errc::invalid_argument,
            "the schedule of DAG '" + dag.dag_id.str() + "' has no fire from " +
                core::format_iso(request.from_date) + " to " + core::format_iso(request.to_date) +
                " that is due by now"
        );
    }
    if (runs.size() > most_backfill_runs) {
        return core::fail(
            Errc::invalid_argument,
            "the span holds more than " + std::to_string(most_backfill_runs) + " fires",
            "split it"
        );
    }
    if (request.run_backwards) std::ranges::reverse(runs);
    std::vector<store::BackfillRunRecord> fires;
    fires.reserve(runs.size());
    for (const PlannedRun& run : runs) {
        store::BackfillRunRecord fire;
        fire.sort_ordinal = static_cast<int>(fires.size()) + 1;
        fire.dag_id = dag.dag_id;
        fire.logical_date = run.logical_date;
        fire.data_interval = run.data_interval;
        fire.run_after = run.run_after;
        fires.push_back(std::move(fire));
    }
    return fires;
}

std::optional<std::string> reason_against(core::RunState there, ReprocessBehavior behavior) {
    if (!core::is_finished(there)) return "in flight";
    const bool again = behavior == ReprocessBehavior::completed ||
                       (behavior == ReprocessBehavior::failed && there == core::RunState::failed);
    return again ? std::nullopt : std::optional<std::string>("already exists");
}

}  // namespace reel::scheduler
