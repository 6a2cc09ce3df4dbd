// What becomes of the fires of a backfill.

#include <algorithm>
#include <numeric>
#include <utility>

#include "backfill_plan.hpp"
#include "planner.hpp"
#include "run_ids.hpp"

namespace reel::scheduler {

using core::RunState;
using core::Timestamp;

namespace {

std::unexpected<core::Error> not_open(store::BackfillId id) {
    return core::fail(core::Errc::not_found, "no open backfill has the id " + std::to_string(id));
}

}  // namespace

/// As in Airflow, a paused DAG begins no runs, whoever wants them.
bool Planner::may_backfill(const core::DagId& dag_id) const {
    const auto found = dags_.find(dag_id);
    return found != dags_.end() && !found->second.gone && !found->second.scheduled.is_paused;
}

std::vector<BackfillWish> Planner::backfill_wishes() const {
    if (!granting_) return {};
    return backfills_.wishes([this](const core::DagId& id) { return may_backfill(id); });
}

bool Planner::has_backfill_work() const {
    const auto may_begin = [this](const core::DagId& id) { return may_backfill(id); };
    return granting_ &&
           (!backfills_.wishes(may_begin).empty() || !backfills_.startable(may_begin).empty());
}

core::Result<store::BackfillRecord> Planner::set_backfill_paused(
    store::BackfillId id, bool paused, Timestamp now
) {
    if (backfills_.find(id) == nullptr) return not_open(id);
    return backfills_.set_paused(id, paused, now);
}

core::Result<store::BackfillRecord> Planner::cancel_backfill(store::BackfillId id, Timestamp now) {
    const store::BackfillRecord* open = backfills_.find(id);
    if (open == nullptr) return not_open(id);
    const core::DagId dag_id = open->dag_id;
    for (const core::RunId& run_id : std::set(backfills_.queued(dag_id))) {
        // One that has just ended by itself is over, too.
        [[maybe_unused]] const auto ended = end_run(dag_id, run_id, RunState::failed, now);
    }
    return backfills_.cancel(id, now);
}

bool Planner::has_run_at(const DagEntry& entry, Timestamp logical_date) const {
    const auto is_at = [&](RunHandle run) {
        return runs_.at(run).run().logical_date == logical_date;
    };
    return std::ranges::any_of(entry.running, is_at) ||
           std::ranges::any_of(entry.queued, [&](const auto& each) { return is_at(each.second); });
}

/// Whatever was true when the wish was made may have changed since.
void Planner::supply_backfill_run(
    const BackfillWish& wish, std::optional<store::ActiveRun> there, Timestamp now
) {
    if (!granting_ || !may_backfill(wish.dag_id)) return;
    auto fire = backfills_.take(wish);
    if (!fire) return;
    DagEntry& entry = dags_.at(wish.dag_id);
    const store::BackfillRecord& backfill = *backfills_.find(wish.dag_id);
    const bool is_at_hand =
        has_run_at(entry, wish.logical_date) || (there && has_run(wish.dag_id, there->run.run_id));
    std::optional<std::string> reason;
    if (is_at_hand) {
        reason = reason_against(RunState::running, backfill.reprocess_behavior);
    } else if (there) {
        reason = reason_against(there->run.state, backfill.reprocess_behavior);
    }
    if (reason) return backfills_.decide_against(*std::move(fire), *reason);
    RunHandle run = 0;
    if (there) {
        run = take_over(*std::move(there), now);
    } else {
        store::RunRecord record = backfill_run(backfill, *fire, now);
        record.dag_version = entry.scheduled.dag->version;
        record.version_number = entry.scheduled.version_number;
        run = insert(begin_plan(entry, std::move(record)));
    }
    backfills_.decide(*std::move(fire), runs_.at(run).run().run_id);
    arm_deadlines(run, runs_.at(run));
    begin_apart(entry, run, now);
}

/// A run that has ended begins anew, as a run of the backfill.
RunHandle Planner::take_over(store::ActiveRun ended, Timestamp now) {
    const core::DagId dag_id = ended.run.dag_id;
    const core::RunId run_id = ended.run.run_id;
    restore(std::move(ended), now);
    const RunHandle run = *find_handle(dag_id, run_id);
    RunPlan& plan = runs_.at(run);
    std::vector<InstanceIndex> all(plan.task_count());
    std::iota(all.begin(), all.end(), InstanceIndex{0});
    plan.clear(all, now);
    plan.join_backfill();
    return run;
}

/// Begins a queued run of a backfill, which has its own max_active_runs.
void Planner::begin_apart(DagEntry& entry, RunHandle run, Timestamp now) {
    RunPlan& plan = runs_.at(run);
    plan.start(now);
    entry.apart.insert(run);
    backfills_.begin(plan.run().dag_id, plan.run().run_id);
    begin_running(entry, run, now);
}

/// Runs that people cleared wait for room among those of their backfill.
void Planner::start_backfill_runs(Timestamp now) {
    if (!granting_) return;
    const auto may_begin = [this](const core::DagId& id) { return may_backfill(id); };
    for (const auto& [dag_id, run_id] : backfills_.startable(may_begin)) {
        begin_apart(dags_.at(dag_id), *find_handle(dag_id, run_id), now);
    }
}

}  // namespace reel::scheduler
