#include <utility>

#include "planner.hpp"

namespace reel::scheduler {

using core::Timestamp;

/// The one that is there, or a new one.
DagEntry& Planner::make_entry(const core::DagId& id) {
    const auto [place, is_new] = dags_.try_emplace(id);
    if (is_new) place->second.number = next_dag_number_++;
    return place->second;
}

void Planner::set_dags(
    std::vector<ScheduledDag> changed, const std::vector<core::DagId>& gone, Timestamp now
) {
    for (auto& scheduled : changed) {
        const core::DagId id = scheduled.dag->dag_id;
        auto& entry = make_entry(id);
        const auto before = std::exchange(entry.scheduled, std::move(scheduled));
        const core::Dag& dag = *entry.scheduled.dag;
        // What the store gave may be older than what is on its way there.
        if (before.dag && !entry.gone) {
            entry.scheduled.consecutive_failed_runs = before.consecutive_failed_runs;
            if (entry.paused_by_failures) entry.scheduled.is_paused = true;
        }
        if (!before.dag || before.dag->version != dag.version || *before.dag != dag) {
            entry.blueprint = make_blueprint(entry.scheduled.dag, max_map_length_);
            entry.partial.clear();
        }
        // A pending tick survives an edit of anything but the schedule itself.
        const bool same_times = !entry.gone && before.dag && same_timetable(*before.dag, dag) &&
                                before.is_paused == entry.scheduled.is_paused;
        if (!same_times) plan_next_run(entry, now);
        entry.gone = false;
        assets_.wait_for(id, dag.asset_condition);
        for (const RunHandle run : entry.running) update_hold(run, runs_.at(run));
        refresh(id, entry);
    }
    for (const core::DagId& id : gone) retire(id);
    std::erase_if(dags_, [&](const auto& item) {
        return item.second.gone && runs_at_hand(item.first).empty() &&
               !backfills_.is_open(item.first);
    });
}

/// A DAG whose file went keeps its entry while runs of it are at hand, but gets no new ones.
void Planner::retire(const core::DagId& id) {
    const auto found = dags_.find(id);
    if (found == dags_.end()) return;
    DagEntry& entry = found->second;
    entry.gone = true;
    entry.planned.reset();
    assets_.wait_for(id, std::nullopt);
    refresh(id, entry);
}

void Planner::set_paused(const core::DagId& dag_id, bool paused, Timestamp now) {
    const auto found = dags_.find(dag_id);
    if (found == dags_.end()) return;
    DagEntry& entry = found->second;
    entry.paused_by_failures = false;
    if (!paused) entry.scheduled.consecutive_failed_runs = 0;
    // Said again in the next commit: one that pauses for failures may be under way.
    if (entry.scheduled.dag && entry.scheduled.dag->max_consecutive_failed_dag_runs > 0) {
        standings_.push_back(
            {.dag_id = dag_id,
             .is_paused = paused,
             .consecutive_failed_runs = entry.scheduled.consecutive_failed_runs}
        );
    }
    if (entry.scheduled.is_paused == paused) return;
    entry.scheduled.is_paused = paused;
    // One whose file is gone is due no more, only its runs go on.
    if (!entry.gone) plan_next_run(entry, now);
    refresh(dag_id, entry);
    for (const RunHandle run : entry.running) update_hold(run, runs_.at(run));
}

void Planner::remove_dag(const core::DagId& dag_id) {
    const auto found = dags_.find(dag_id);
    if (found == dags_.end()) return;
    // Ended ones that somebody has asked about.
    for (const RunHandle run : runs_at_hand(dag_id)) forget(run, found->second);
    move_due(due_ticks_, dag_id, found->second.tick_at, std::nullopt);
    move_due(due_starts_, dag_id, found->second.start_at, std::nullopt);
    backfills_.drop(dag_id);
    due_assets_.erase(dag_id);
    assets_.wait_for(dag_id, std::nullopt);
    (void)assets_.take(dag_id);
    dags_.erase(found);
}

const ScheduledDag* Planner::find_dag(const core::DagId& dag_id) const {
    const auto found = dags_.find(dag_id);
    return found == dags_.end() || found->second.gone ? nullptr : &found->second.scheduled;
}

bool Planner::has_active_runs(const core::DagId& dag_id) const {
    const auto found = dags_.find(dag_id);
    if (found == dags_.end()) return false;
    const DagEntry& entry = found->second;
    return !entry.running.empty() || !entry.queued.empty() || !backfills_.queued(dag_id).empty();
}

std::vector<RunHandle> Planner::runs_at_hand(const core::DagId& dag_id) const {
    std::vector<RunHandle> runs;
    for (auto each = handles_.lower_bound({dag_id, core::RunId()});
         each != handles_.end() && each->first.first == dag_id;
         ++each) {
        runs.push_back(each->second);
    }
    return runs;
}

void Planner::plan_next_run(DagEntry& entry, Timestamp now) {
    const auto before = entry.planned ? std::optional(entry.planned->run_after) : std::nullopt;
    entry.planned.reset();
    if (!entry.scheduled.is_paused) {
        const auto& last = entry.scheduled.last_scheduled;
        entry.planned = next_planned_run(*entry.scheduled.dag, last, now);
        if (last) record_skipped(entry, now);
    }
    const auto after = entry.planned ? std::optional(entry.planned->run_after) : std::nullopt;
    if (before != after) next_runs_[entry.scheduled.dag->dag_id] = after;
}

/// Every fire gives a run or is on record as skipped.
void Planner::record_skipped(const DagEntry& entry, Timestamp now) {
    const core::Dag& dag = *entry.scheduled.dag;
    const auto skipped = skipped_fires(dag, *entry.scheduled.last_scheduled, entry.planned, now);
    if (!skipped) return;
    skipped_.push_back({
        .dag_id = dag.dag_id,
        .first = skipped->first,
        .last = skipped->last,
        .count = skipped->count,
        .recorded_at = now,
    });
}

/// Puts the DAG where its next run stands among those of all DAGs, so that a round costs what is
/// due and not how many DAGs there are.
void Planner::refresh(const core::DagId& id, DagEntry& entry) {
    std::optional<Timestamp> tick;
    std::optional<Timestamp> start;
    if (entry.scheduled.dag) {
        // Runs beyond max_active_runs are made when a place is free, as in Airflow: no pile of
        // queued runs.
        if (entry.planned && entry.active() < entry.limit()) tick = entry.planned->run_after;
        const bool may_start = !entry.scheduled.is_paused && entry.counted() < entry.limit();
        if (may_start && !entry.queued.empty()) start = entry.queued.begin()->first;
    }
    move_due(due_ticks_, id, entry.tick_at, tick);
    move_due(due_starts_, id, entry.start_at, start);
    const bool may_be_made =
        entry.scheduled.dag && !entry.scheduled.is_paused && entry.active() < entry.limit();
    if (may_be_made && assets_.is_met(id)) {
        due_assets_.insert(id);
    } else {
        due_assets_.erase(id);
    }
}

void Planner::move_due(
    DueDags& due,
    const core::DagId& id,
    std::optional<Timestamp>& stands_at,
    std::optional<Timestamp> at
) {
    if (stands_at == at) return;
    if (stands_at) due.erase({*stands_at, id});
    if (at) due.insert({*at, id});
    stands_at = at;
}

/// The blueprint of a restored run: the current one where it is of the same version.
std::shared_ptr<const Blueprint> Planner::blueprint_of(DagEntry& entry, core::Dag dag) {
    if (entry.blueprint && entry.blueprint->dag().version == dag.version) return entry.blueprint;
    auto blueprint =
        make_blueprint(std::make_shared<const core::Dag>(std::move(dag)), max_map_length_);
    // Its file may not have been read yet: nothing of it is started until then.
    if (!entry.scheduled.dag) {
        entry.scheduled = {.dag = blueprint->whole_dag(), .is_paused = true, .last_scheduled = {}};
        entry.blueprint = blueprint;
        entry.gone = true;
    }
    return blueprint;
}

/// The one of a run that goes without some tasks.
std::shared_ptr<const Blueprint> Planner::blueprint_without(
    DagEntry& entry, std::shared_ptr<const Blueprint> whole, const AbsentTasks& absent
) {
    if (absent.empty()) return whole;
    // A run of an older version has it for itself.
    if (whole != entry.blueprint) return std::make_shared<const Blueprint>(*whole, absent);
    auto& partial = entry.partial[absent];
    if (!partial) partial = std::make_shared<const Blueprint>(*whole, absent);
    return partial;
}

RunPlan Planner::begin_plan(
    DagEntry& entry, store::RunRecord run, std::vector<std::int64_t> events
) {
    const auto absent = absent_tasks(entry.blueprint->dag(), run);
    auto blueprint = blueprint_without(entry, entry.blueprint, absent);
    return RunPlan::begin(std::move(blueprint), std::move(run), std::move(events));
}

}  // namespace reel::scheduler
