#include "planner.hpp"

#include <algorithm>
#include <utility>

#include "run_ids.hpp"

namespace reel::scheduler {

using core::RunState;
using core::Timestamp;

// --- runs

RunPlan* Planner::find_run(RunHandle run) {
    const auto found = runs_.find(run);
    return found == runs_.end() ? nullptr : &found->second;
}

std::optional<RunHandle> Planner::find_handle(const core::DagId& dag_id, const core::RunId& run_id)
    const {
    const auto found = handles_.find({dag_id, run_id});
    if (found == handles_.end()) return std::nullopt;
    return found->second;
}

RunHandle Planner::insert(RunPlan plan) {
    const RunHandle run = next_handle_++;
    handles_[{plan.run().dag_id, plan.run().run_id}] = run;
    runs_.emplace(run, std::move(plan));
    return run;
}

std::vector<AttemptOrder> Planner::restore(store::ActiveRun active, Timestamp now) {
    auto& entry = make_entry(active.run.dag_id);
    const core::DagId dag_id = active.run.dag_id;
    auto blueprint = blueprint_of(entry, std::move(active.dag));
    const auto absent = absent_tasks(blueprint->dag(), active.tasks);
    blueprint = blueprint_without(entry, std::move(blueprint), absent);
    const RunHandle run = insert(RunPlan::restore(
        std::move(blueprint),
        std::move(active.run),
        std::move(active.tasks),
        active.facts,
        std::move(active.called_deadlines)
    ));
    const RunPlan& plan = runs_.at(run);
    std::vector<AttemptOrder> alive;
    if (core::is_finished(plan.run().state)) {
        // Others may look at it, and it is here because somebody will change it.
        for (const RunHandle other : entry.running) wish_for_past(other);
        touch(run);
        return alive;
    }
    arm_deadlines(run, plan);
    if (plan.run().state == RunState::queued) {
        if (backfills_.has(dag_id, plan.run().run_id)) {
            backfills_.queue(dag_id, plan.run().run_id);
        } else {
            entry.queued.insert({plan.run().run_after, run});
        }
        refresh(dag_id, entry);
        return alive;
    }
    if (plan.run().type == core::RunType::backfill) entry.apart.insert(run);
    backfills_.begin(dag_id, plan.run().run_id);
    for (InstanceIndex i = 0; i < plan.task_count(); ++i) {
        if (!core::has_live_attempt(plan.task(i).state)) continue;
        const core::AttemptId attempt = plan.task(i).attempt;
        attempts_.emplace(attempt, LiveAttempt{run, i});
        places_.take(attempt, claim_of(run, plan, i));
        alive.push_back(plan.order(i));
        // Whoever cleared it may not have come to telling its process.
        if (plan.task(i).state == core::TaskState::restarting) cancel_.push_back(attempt);
    }
    begin_running(entry, run, now);
    // Once everything is known that its tasks may have news for.
    timers_.emplace(now, Timer{TimerKind::take_up, run});
    return alive;
}

/// A run that has started, now or in an earlier life.
void Planner::begin_running(DagEntry& entry, RunHandle run, Timestamp now) {
    RunPlan& plan = runs_.at(run);
    entry.running.insert(run);
    if (const auto limit = plan.dag().dagrun_timeout) {
        timers_.emplace(
            plan.run().start_date.value_or(now) + *limit, Timer{TimerKind::run_timeout, run}
        );
    }
    refresh(plan.run().dag_id, entry);
    wish_for_past(run);
    collect(run, plan);
}

core::Result<store::RunRecord> Planner::add_run(store::RunRecord run) {
    const auto found = dags_.find(run.dag_id);
    if (found == dags_.end() || found->second.gone) {
        return core::fail(core::Errc::not_found, "there is no DAG '" + run.dag_id.str() + "'");
    }
    if (find_handle(run.dag_id, run.run_id)) {
        return core::fail(
            core::Errc::already_exists,
            "DAG '" + run.dag_id.str() + "' already has a run '" + run.run_id.str() + "'"
        );
    }
    return insert_run(found->second, std::move(run));
}

store::RunRecord Planner::insert_run(
    DagEntry& entry, store::RunRecord record, std::vector<std::int64_t> events
) {
    record.state = RunState::queued;
    record.dag_version = entry.scheduled.dag->version;
    record.version_number = entry.scheduled.version_number;
    const RunHandle run = insert(begin_plan(entry, record, std::move(events)));
    entry.queued.insert({record.run_after, run});
    arm_deadlines(run, runs_.at(run));
    refresh(record.dag_id, entry);
    touch(run);
    return record;
}

void Planner::drop_run(const core::DagId& dag_id, const core::RunId& run_id) {
    take_back_events(dag_id, run_id);
    const auto run = find_handle(dag_id, run_id);
    // One whose tasks need nothing to run has ended in its first round and is forgotten.
    if (!run) return;
    std::erase_if(attempts_, [&](const auto& item) { return item.second.run == *run; });
    places_.drop_run(*run);
    touched_.erase(*run);
    forget(*run, dags_.at(dag_id));
}

/// Everything that the planner knows of a run, but for attempts that are still being ended.
void Planner::forget(RunHandle run, DagEntry& entry) {
    const auto& record = runs_.at(run).run();
    const core::DagId dag_id = record.dag_id;
    entry.queued.erase({record.run_after, run});
    entry.running.erase(run);
    entry.apart.erase(run);
    backfills_.end(dag_id, record.run_id);
    places_.forget_run(run);
    pasts_.erase(run);
    handles_.erase({dag_id, record.run_id});
    runs_.erase(run);
    refresh(dag_id, entry);
}

core::Result<store::RunRecord> Planner::end_run(
    const core::DagId& dag_id, const core::RunId& run_id, RunState state, Timestamp now
) {
    const auto run = find_handle(dag_id, run_id);
    if (!run) {
        return core::fail(
            core::Errc::not_found,
            "no active run '" + run_id.str() + "' of DAG '" + dag_id.str() + "'"
        );
    }
    RunPlan& plan = runs_.at(*run);
    touch(*run);
    if (plan.run().state == state) return plan.run();
    auto& entry = dags_.at(dag_id);
    if (plan.run().state == RunState::queued) {
        if (entry.queued.erase({plan.run().run_after, *run}) == 0) entry.apart.insert(*run);
        entry.running.insert(*run);
        backfills_.begin(dag_id, run_id);
    }
    refresh(dag_id, entry);
    plan.end(state, now, "run marked " + std::string(core::to_string(state)));
    collect(*run, plan);
    return plan.run();
}

// --- events

void Planner::on_started(const AttemptStarted& event) {
    const auto found = attempts_.find(event.attempt);
    if (found == attempts_.end()) return;
    find_run(found->second.run)->task_started(found->second.instance, event);
    touch(found->second.run);
}

void Planner::on_ended(const AttemptEnded& event) {
    release_.push_back(event.attempt);
    places_.leave(event.attempt);
    const auto found = attempts_.find(event.attempt);
    // Of a run that was ended by decree, or a stale attempt: fenced off.
    if (found == attempts_.end()) return;
    const auto [run, instance] = found->second;
    attempts_.erase(found);
    RunPlan* plan = find_run(run);
    plan->task_ended(instance, event);
    collect(run, *plan);
}

std::vector<core::AttemptId> Planner::attempts() const {
    std::vector<core::AttemptId> ids;
    ids.reserve(attempts_.size());
    for (const auto& [id, live] : attempts_) {
        const RunPlan& plan = runs_.at(live.run);
        if (core::is_occupying(plan.task(live.instance).state)) ids.push_back(id);
    }
    std::ranges::sort(ids);
    return ids;
}

Places::Claim Planner::claim_of(RunHandle run, const RunPlan& plan, InstanceIndex i) const {
    const auto& record = plan.task(i);
    const core::Task& task = plan.declared(i);
    return {
        .candidate =
            {.weight = record.priority_weight,
             .run_after = plan.run().run_after,
             .since = record.scheduled_at.value_or(plan.run().run_after),
             .run = run,
             .instance = i,
             .dag = dags_.at(plan.run().dag_id).number,
             .slots = record.pool_slots,
             .yields = plan.run().type == core::RunType::backfill},
        .key = record.key,
        .pool = record.pool,
        .deferred = plan.body(i) == Body::waiting,
        .per_dag = task.max_active_tis_per_dag,
        .per_dagrun = task.max_active_tis_per_dagrun,
    };
}

/// Moves what an event left in the plan into the planner's own queues.
void Planner::collect(RunHandle run, RunPlan& plan) {
    touch(run);
    for (const auto i : plan.take_newly_scheduled()) {
        Places::Claim claim = claim_of(run, plan, i);
        const PoolLimit* pool = places_.find_pool(claim.pool);
        const bool needs_no_place = claim.deferred && pool != nullptr && !pool->include_deferred &&
                                    !claim.per_dag && !claim.per_dagrun && !is_paused(plan);
        if (needs_no_place) {
            waiting_.emplace_back(run, i);
        } else {
            places_.wait(std::move(claim));
        }
    }
    for (auto& event : plan.take_asset_events()) record_event(std::move(event));
    for (const auto i : plan.take_retries()) {
        timers_.emplace(*plan.task(i).next_retry_at, Timer{TimerKind::retry, run, i});
    }
    for (const auto attempt : plan.take_cancelled()) {
        // A cleared task stays known until its process has ended, as `restarting`.
        const auto found = attempts_.find(attempt);
        const bool restarts = found != attempts_.end() && plan.task(found->second.instance).state ==
                                                              core::TaskState::restarting;
        if (!restarts) {
            attempts_.erase(attempt);
            places_.linger(attempt);
        }
        cancel_.push_back(attempt);
    }
    update_hold(run, plan);
}

/// As in Airflow, a paused DAG lets its tasks end and starts no others.
void Planner::update_hold(RunHandle run, const RunPlan& plan) {
    const bool held = plan.occupying() >= plan.dag().max_active_tasks || is_paused(plan);
    if (held) {
        places_.hold(run);
    } else {
        places_.resume(run);
    }
}

}  // namespace reel::scheduler
