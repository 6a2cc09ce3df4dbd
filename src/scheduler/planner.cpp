#include "planner.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "run_ids.hpp"

namespace reel::scheduler {

using core::RunState;
using core::Timestamp;

namespace {

std::unexpected<core::Error> no_active_run(const std::pair<core::DagId, core::RunId>& key) {
    return core::fail(
        core::Errc::not_found,
        "no active run '" + key.second.str() + "' of DAG '" + key.first.str() + "'"
    );
}

}  // namespace

// --- DAGs

void Planner::set_dags(std::vector<ScheduledDag> dags, Timestamp now) {
    std::set<core::DagId> present;
    for (auto& scheduled : dags) {
        const core::DagId id = scheduled.dag->dag_id;
        present.insert(id);
        auto& entry = dags_[id];
        const auto before = std::exchange(entry.scheduled, std::move(scheduled));
        const core::Dag& dag = *entry.scheduled.dag;
        // A pending tick survives an edit of anything but the schedule itself.
        const bool same_times = before.dag && same_timetable(*before.dag, dag) &&
                                before.is_paused == entry.scheduled.is_paused;
        if (!same_times) plan_next_run(entry, now);
    }
    // A DAG whose file went keeps its entry while runs of it are active, but gets no new ones.
    for (auto& [id, entry] : dags_) {
        entry.gone = !present.contains(id);
        if (entry.gone) entry.planned.reset();
    }
    std::erase_if(dags_, [&](const auto& item) {
        return !present.contains(item.first) && item.second.running == 0 &&
               item.second.queued.empty();
    });
}

void Planner::set_paused(const core::DagId& dag_id, bool paused, Timestamp now) {
    const auto found = dags_.find(dag_id);
    if (found == dags_.end() || found->second.scheduled.is_paused == paused) return;
    found->second.scheduled.is_paused = paused;
    plan_next_run(found->second, now);
}

void Planner::remove_dag(const core::DagId& dag_id) {
    dags_.erase(dag_id);
}

const ScheduledDag* Planner::find_dag(const core::DagId& dag_id) const {
    const auto found = dags_.find(dag_id);
    return found == dags_.end() || found->second.gone ? nullptr : &found->second.scheduled;
}

bool Planner::has_active_runs(const core::DagId& dag_id) const {
    const auto found = dags_.find(dag_id);
    return found != dags_.end() && (found->second.running > 0 || !found->second.queued.empty());
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

// --- runs

RunPlan* Planner::find_run(const RunKey& key) {
    const auto found = runs_.find(key);
    return found == runs_.end() ? nullptr : &found->second;
}

std::vector<AttemptOrder> Planner::restore(store::ActiveRun active, Timestamp now) {
    auto dag = std::make_shared<const core::Dag>(std::move(active.dag));
    const RunKey key{active.run.dag_id, active.run.run_id};
    auto [place, fresh] =
        runs_.emplace(key, RunPlan::restore(dag, std::move(active.run), std::move(active.tasks)));
    RunPlan& plan = place->second;
    auto& entry = dags_[key.first];
    if (!entry.scheduled.dag) entry.scheduled = {.dag = dag, .is_paused = true};
    std::vector<AttemptOrder> alive;
    if (plan.run().state == RunState::queued) {
        entry.queued.insert({plan.run().run_after, key.second});
        return alive;
    }
    ++entry.running;
    for (TaskIndex i = 0; i < plan.task_count(); ++i) {
        if (!core::is_occupying(plan.task(i).state)) continue;
        attempts_.emplace(plan.task(i).attempt, LiveAttempt{key, i});
        alive.push_back(plan.order(i));
    }
    if (const auto limit = plan.dag().dagrun_timeout) {
        timers_.emplace(
            plan.run().start_date.value_or(now) + *limit, Timer{TimerKind::run_timeout, key}
        );
    }
    collect(key, plan);
    return alive;
}

core::Result<store::RunRecord> Planner::add_run(store::RunRecord run) {
    const auto found = dags_.find(run.dag_id);
    if (found == dags_.end() || found->second.gone) {
        return core::fail(core::Errc::not_found, "there is no DAG '" + run.dag_id.str() + "'");
    }
    const RunKey key{run.dag_id, run.run_id};
    if (runs_.contains(key)) {
        return core::fail(
            core::Errc::already_exists,
            "DAG '" + run.dag_id.str() + "' already has a run '" + run.run_id.str() + "'"
        );
    }
    return insert_run(found->second, std::move(run));
}

store::RunRecord Planner::insert_run(DagEntry& entry, store::RunRecord run) {
    const RunKey key{run.dag_id, run.run_id};
    run.state = RunState::queued;
    run.dag_version = entry.scheduled.dag->version;
    run.version_number = entry.scheduled.version_number;
    entry.queued.insert({run.run_after, run.run_id});
    runs_.emplace(key, RunPlan::begin(entry.scheduled.dag, run));
    touch(key);
    return run;
}

void Planner::drop_run(const core::DagId& dag_id, const core::RunId& run_id) {
    const RunKey key{dag_id, run_id};
    RunPlan* plan = find_run(key);
    if (plan == nullptr) return;
    auto& entry = dags_.at(dag_id);
    if (entry.queued.erase({plan->run().run_after, run_id}) == 0) --entry.running;
    std::erase_if(attempts_, [&](const auto& item) { return item.second.run == key; });
    touched_.erase(key);
    runs_.erase(key);
}

core::Result<store::RunRecord> Planner::set_note(
    const core::DagId& dag_id, const core::RunId& run_id, std::string note
) {
    const RunKey key{dag_id, run_id};
    RunPlan* plan = find_run(key);
    if (plan == nullptr) return no_active_run(key);
    plan->set_note(std::move(note));
    touch(key);
    return plan->run();
}

core::Result<store::RunRecord> Planner::end_run(
    const core::DagId& dag_id, const core::RunId& run_id, RunState state, Timestamp now
) {
    const RunKey key{dag_id, run_id};
    RunPlan* plan = find_run(key);
    if (plan == nullptr) return no_active_run(key);
    // Its end may wait for the next round; it is too late for another one.
    if (core::is_finished(plan->run().state)) {
        if (plan->run().state == state) return plan->run();
        return core::fail(
            core::Errc::conflict,
            "the run has already ended: " + std::string(core::to_string(plan->run().state))
        );
    }
    auto& entry = dags_.at(dag_id);
    if (plan->run().state == RunState::queued) {
        entry.queued.erase({plan->run().run_after, run_id});
        ++entry.running;
    }
    plan->end(state, now, "run marked " + std::string(core::to_string(state)));
    collect(key, *plan);
    return plan->run();
}

// --- events

void Planner::on_started(const AttemptStarted& event) {
    const auto found = attempts_.find(event.attempt);
    if (found == attempts_.end()) return;
    RunPlan* plan = find_run(found->second.run);
    plan->task_started(found->second.task, event);
    touch(found->second.run);
}

void Planner::on_ended(const AttemptEnded& event) {
    release_.push_back(event.attempt);
    const auto found = attempts_.find(event.attempt);
    // Of a run that was ended by decree, or a stale attempt: fenced off.
    if (found == attempts_.end()) return;
    const auto [key, task] = found->second;
    attempts_.erase(found);
    RunPlan* plan = find_run(key);
    plan->task_ended(task, event);
    collect(key, *plan);
}

std::vector<core::AttemptId> Planner::attempts() const {
    std::vector<core::AttemptId> ids;
    ids.reserve(attempts_.size());
    for (const auto& [id, live] : attempts_) ids.push_back(id);
    std::ranges::sort(ids);
    return ids;
}

/// Moves what an event left in the plan into the planner's own queues.
void Planner::collect(const RunKey& key, RunPlan& plan) {
    touch(key);
    for (const auto i : plan.take_newly_scheduled()) {
        candidates_.insert({plan.task(i).priority_weight, plan.run().run_after, key, i});
    }
    for (const auto i : plan.take_retries()) {
        timers_.emplace(*plan.task(i).next_retry_at, Timer{TimerKind::retry, key, i});
    }
    for (const auto attempt : plan.take_cancelled()) {
        attempts_.erase(attempt);
        cancel_.push_back(attempt);
    }
}

}  // namespace reel::scheduler
