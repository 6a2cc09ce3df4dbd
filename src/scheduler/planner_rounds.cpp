#include <utility>
#include <variant>

#include "planner.hpp"
#include "run_ids.hpp"

namespace reel::scheduler {

using core::RunState;
using core::Timestamp;

bool Effects::empty() const {
    return commit.empty() && start.empty() && cancel.empty() && release.empty() &&
           ended_runs.empty() && next_runs.empty() && paused.empty();
}

Effects Planner::plan(Timestamp now) {
    Effects effects;
    create_due_runs(now);
    create_asset_runs(now);
    fire_timers(now);
    start_queued_runs(now);
    start_backfill_runs(now);
    tell_of_past(now);
    grant_places(now, effects);
    flush_touched(now, effects);
    number_callbacks(effects, now);
    effects.cancel = std::exchange(cancel_, {});
    effects.release = std::exchange(release_, {});
    effects.next_runs = std::exchange(next_runs_, {});
    effects.commit.skipped = std::exchange(skipped_, {});
    backfills_.flush(effects.commit, now);
    places_.flush(effects.commit);
    effects.commit.asset_events = std::exchange(new_events_, {});
    effects.commit.dropped_events = std::exchange(dropped_events_, {});
    return effects;
}

void Planner::create_due_runs(Timestamp now) {
    while (granting_ && !due_ticks_.empty() && due_ticks_.begin()->first <= now) {
        const core::DagId id = due_ticks_.begin()->second;
        DagEntry& entry = dags_.at(id);
        // What a continuous run stands for reaches until it begins.
        if (std::holds_alternative<core::ContinuousSchedule>(entry.scheduled.dag->schedule)) {
            plan_next_run(entry, now);
            refresh(id, entry);
            if (!entry.planned || entry.planned->run_after > now) continue;
        }
        const PlannedRun due = *entry.planned;
        entry.scheduled.last_scheduled = due.data_interval;
        auto run = scheduled_run(id, due, now);
        const bool is_taken = find_handle(id, run.run_id) || has_run_at(entry, due.logical_date);
        if (!is_taken) insert_run(entry, std::move(run));
        plan_next_run(entry, now);
        refresh(id, entry);
    }
}

void Planner::fire_timers(Timestamp now) {
    while (!timers_.empty() && timers_.begin()->first <= now) {
        const auto [at, timer] = *timers_.begin();
        timers_.erase(timers_.begin());
        if (timer.kind == TimerKind::store) {
            const auto owed = owing_.find(timer.run);
            // One that another one came before.
            if (owed == owing_.end() || owed->second != at) continue;
            owing_.erase(owed);
            touch(timer.run);
            continue;
        }
        RunPlan* plan = find_run(timer.run);
        if (plan == nullptr || core::is_finished(plan->run().state)) continue;
        if (timer.kind == TimerKind::take_up) {
            plan->consider_all(now);
        } else if (timer.kind == TimerKind::run_timeout) {
            // A run that was cleared has begun anew since.
            if (plan->run().start_date.value_or(now) + *plan->dag().dagrun_timeout > now) continue;
            plan->time_out(now);
        } else if (timer.kind == TimerKind::deadline) {
            plan->miss_deadline(timer.instance, now);
        } else if (plan->task(timer.instance).next_retry_at == at) {
            plan->retry_due(timer.instance, now);
        }
        collect(timer.run, *plan);
    }
}

void Planner::start_queued_runs(Timestamp now) {
    while (granting_ && !due_starts_.empty() && due_starts_.begin()->first <= now) {
        DagEntry& entry = dags_.at(due_starts_.begin()->second);
        const RunHandle run = entry.queued.begin()->second;
        entry.queued.erase(entry.queued.begin());
        runs_.at(run).start(now);
        begin_running(entry, run, now);
    }
}

/// What has ended may be what tasks of a later run wait for.
void Planner::tell_of_past(Timestamp now) {
    if (pasts_.empty()) return;
    const std::vector<RunHandle> touched(touched_.begin(), touched_.end());
    for (const RunHandle run : touched) {
        if (find_run(run) != nullptr) past_has_moved(run, now);
    }
}

int Planner::attempts_wanted() const {
    const auto at_hand = attempts_end_ - next_attempt_;
    const auto wanted = places_.parallelism() + static_cast<int>(waiting_.size());
    return at_hand >= wanted ? 0 : wanted;
}

void Planner::supply_attempts(core::AttemptId first, int count) {
    next_attempt_ = first;
    attempts_end_ = first + count;
}

void Planner::grant_places(Timestamp now, Effects& effects) {
    if (!granting_) return;
    // What needs no place waits only for an attempt id.
    std::size_t given = 0;
    for (; given < waiting_.size() && next_attempt_ != attempts_end_; ++given) {
        const auto [run, i] = waiting_[given];
        grant(run, i, now, effects);
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(given));
    while (places_.has_room() && next_attempt_ != attempts_end_) {
        const auto claim = places_.next();
        if (!claim) return;
        grant(claim->candidate.run, claim->candidate.instance, now, effects);
    }
}

void Planner::grant(RunHandle run, InstanceIndex i, Timestamp now, Effects& effects) {
    RunPlan* plan = find_run(run);
    // It may have been cleared, or its run ended, while it waited.
    if (plan == nullptr || plan->task(i).state != core::TaskState::scheduled) return;
    const core::AttemptId attempt = next_attempt_++;
    plan->grant(i, attempt, now);
    attempts_.emplace(attempt, LiveAttempt{run, i});
    places_.take(attempt, claim_of(run, *plan, i));
    effects.start.push_back(plan->order(i));
    update_hold(run, *plan);
    touch(run);
}

void Planner::flush_touched(Timestamp now, Effects& effects) {
    for (const RunHandle run : std::exchange(touched_, {})) {
        RunPlan* plan = find_run(run);
        if (plan == nullptr) continue;
        const bool has_just_ended = plan->has_just_ended();
        const auto due = plan->flush(effects.commit, now, patience_);
        const auto owed = owing_.find(run);
        if (due && (owed == owing_.end() || *due < owed->second)) {
            owing_.insert_or_assign(owed, run, *due);
            timers_.emplace(*due, Timer{TimerKind::store, run});
        }
        if (!core::is_finished(plan->run().state)) continue;
        if (has_just_ended) {
            AttemptOrder ended;
            ended.run = plan->run();
            ended.dag = plan->blueprint().whole_dag();
            effects.ended_runs.push_back(std::move(ended));
            count_end(entry_of(*plan), plan->run().state, now);
        }
        forget(run, entry_of(*plan));
    }
}

std::optional<Timestamp> Planner::next_due() const {
    std::optional<Timestamp> due;
    const auto earlier = [&](const auto& times) {
        if (times.empty()) return;
        if (!due || times.begin()->first < *due) due = times.begin()->first;
    };
    earlier(timers_);
    if (!granting_) return due;
    // There were not enough attempt ids for all that need nothing else.
    if (!waiting_.empty()) return Timestamp::min();
    if (!due_assets_.empty()) return Timestamp();
    earlier(due_ticks_);
    earlier(due_starts_);
    return due;
}

}  // namespace reel::scheduler
