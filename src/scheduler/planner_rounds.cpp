#include <tuple>
#include <utility>

#include "planner.hpp"
#include "run_ids.hpp"

namespace reel::scheduler {

using core::RunState;
using core::Timestamp;

bool Effects::empty() const {
    return commit.empty() && start.empty() && cancel.empty() && release.empty() &&
           ended_runs.empty() && next_runs.empty();
}

bool Planner::Candidate::operator<(const Candidate& other) const {
    // The heavier first, then the older run.
    return std::tie(other.weight, run_after, run, task) <
           std::tie(weight, other.run_after, other.run, other.task);
}

Effects Planner::plan(Timestamp now) {
    Effects effects;
    create_due_runs(now);
    fire_timers(now);
    start_queued_runs(now);
    grant_places(now, effects);
    flush_touched(effects);
    effects.cancel = std::exchange(cancel_, {});
    effects.release = std::exchange(release_, {});
    effects.next_runs = std::exchange(next_runs_, {});
    effects.commit.skipped = std::exchange(skipped_, {});
    return effects;
}

void Planner::create_due_runs(Timestamp now) {
    if (!granting_) return;
    for (auto& [id, entry] : dags_) {
        while (entry.planned && entry.planned->run_after <= now) {
            // Runs beyond max_active_runs are made when a place is free, as in Airflow: no pile of
            // queued runs.
            const auto active = entry.running + static_cast<int>(entry.queued.size());
            if (active >= entry.scheduled.dag->max_active_runs) break;
            // What a continuous run stands for reaches until it begins.
            if (std::holds_alternative<core::ContinuousSchedule>(entry.scheduled.dag->schedule)) {
                plan_next_run(entry, now);
            }
            if (!entry.planned) break;
            const PlannedRun due = *entry.planned;
            entry.scheduled.last_scheduled = due.data_interval;
            auto run = scheduled_run(id, due, now);
            if (!runs_.contains({id, run.run_id})) insert_run(entry, std::move(run));
            plan_next_run(entry, now);
        }
    }
}

void Planner::fire_timers(Timestamp now) {
    while (!timers_.empty() && timers_.begin()->first <= now) {
        const auto [at, timer] = *timers_.begin();
        timers_.erase(timers_.begin());
        RunPlan* plan = find_run(timer.run);
        if (plan == nullptr || core::is_finished(plan->run().state)) continue;
        if (timer.kind == TimerKind::run_timeout) {
            // A later run may have taken the id of the one that the timer was for.
            if (plan->run().start_date.value_or(now) + *plan->dag().dagrun_timeout > now) continue;
            plan->end(RunState::failed, now, "dagrun_timeout: the run took longer than it may");
        } else if (plan->task(timer.task).next_retry_at == at) {
            plan->retry_due(timer.task, now);
        }
        collect(timer.run, *plan);
    }
}

void Planner::start_queued_runs(Timestamp now) {
    if (!granting_) return;
    for (auto& [id, entry] : dags_) {
        if (entry.scheduled.is_paused) continue;
        while (!entry.queued.empty() && entry.running < entry.scheduled.dag->max_active_runs &&
               entry.queued.begin()->first <= now) {
            const RunKey key{id, entry.queued.begin()->second};
            entry.queued.erase(entry.queued.begin());
            ++entry.running;
            RunPlan& plan = runs_.at(key);
            plan.start(now);
            if (const auto limit = plan.dag().dagrun_timeout) {
                timers_.emplace(now + *limit, Timer{TimerKind::run_timeout, key});
            }
            collect(key, plan);
        }
    }
}

int Planner::attempts_wanted() const {
    const auto at_hand = attempts_end_ - next_attempt_;
    return at_hand >= parallelism_ ? 0 : parallelism_;
}

void Planner::supply_attempts(core::AttemptId first, int count) {
    next_attempt_ = first;
    attempts_end_ = first + count;
}

void Planner::grant_places(Timestamp now, Effects& effects) {
    if (!granting_) return;
    for (auto next = candidates_.begin(); next != candidates_.end();) {
        const bool full = std::cmp_greater_equal(attempts_.size(), parallelism_);
        if (full || next_attempt_ == attempts_end_) return;
        RunPlan* plan = find_run(next->run);
        const bool waits =
            plan != nullptr && plan->task(next->task).state == core::TaskState::scheduled;
        // As in Airflow, a paused DAG lets its tasks end and starts no others.
        const bool held = waits && (plan->occupying() >= plan->dag().max_active_tasks ||
                                    dags_.at(next->run.first).scheduled.is_paused);
        if (held) {
            ++next;
            continue;
        }
        if (waits) {
            const core::AttemptId attempt = next_attempt_++;
            plan->grant(next->task, attempt, now);
            attempts_.emplace(attempt, LiveAttempt{next->run, next->task});
            effects.start.push_back(plan->order(next->task));
            touch(next->run);
        }
        next = candidates_.erase(next);
    }
}

void Planner::flush_touched(Effects& effects) {
    for (const auto& key : std::exchange(touched_, {})) {
        RunPlan* plan = find_run(key);
        if (plan == nullptr) continue;
        plan->flush(effects.commit);
        if (!core::is_finished(plan->run().state)) continue;
        AttemptOrder ended;
        ended.run = plan->run();
        ended.dag = plan->shared_dag();
        effects.ended_runs.push_back(std::move(ended));
        --dags_.at(key.first).running;
        runs_.erase(key);
    }
}

std::optional<Timestamp> Planner::next_due() const {
    std::optional<Timestamp> due;
    const auto earlier = [&](Timestamp at) {
        if (!due || at < *due) due = at;
    };
    if (!timers_.empty()) earlier(timers_.begin()->first);
    if (!granting_) return due;
    for (const auto& [id, entry] : dags_) {
        const bool full = entry.running >= entry.scheduled.dag->max_active_runs;
        const bool crowded = entry.running + static_cast<int>(entry.queued.size()) >=
                             entry.scheduled.dag->max_active_runs;
        if (entry.planned && !crowded) earlier(entry.planned->run_after);
        const bool startable = !full && !entry.scheduled.is_paused;
        if (!entry.queued.empty() && startable) earlier(entry.queued.begin()->first);
    }
    return due;
}

}  // namespace reel::scheduler
