#include "commit_plan.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "misses.hpp"

namespace reel::store {

namespace {

using core::TaskState;
using RunKey = std::pair<core::DagId, core::RunId>;

RunKey key_of(const RunRecord& run) {
    return {run.dag_id, run.run_id};
}

/// Whether a change tells about its attempt. Going back to the start (cleared, next try) and ends
/// without a try (skipped, upstream_failed) leave the last attempt's history as it is.
bool is_about_attempt(const TaskChange& change) {
    if (change.after.attempt == 0) return false;
    switch (change.after.state) {
        case TaskState::none:
        case TaskState::scheduled:
        case TaskState::removed:
            return false;
        case TaskState::queued:
        case TaskState::deferred:
            return true;
        default:
            return change.from != TaskState::none && change.from != TaskState::scheduled &&
                   !core::is_finished(change.from);
    }
}

/// Of an attempt: its task's row says all there is to say.
bool is_told_by_its_task(TaskState state) {
    return state == TaskState::queued || state == TaskState::running;
}

bool has_possible_numbers(const TaskInstanceRecord& task) {
    return task.key.map_index >= -1 && task.try_number >= 0 && task.max_tries >= 0 &&
           task.attempt >= 0;
}

class Folding final {
  public:
    core::Result<void> add(const NewAssetEvent& added) {
        if (!event_ids_.insert(added.event.id).second) return event_id_taken(added.event.id);
        plan.asset_events.push_back(added);
        return {};
    }

    core::Result<void> add(const NewRun& added) {
        const std::size_t index = plan.new_runs.size();
        if (!new_run_at_.emplace(key_of(added.run), index).second) return run_exists(added.run);
        for (std::size_t i = 0; i < added.tasks.size(); ++i) {
            const TaskInstanceRecord& task = added.tasks[i];
            if (RunKey(task.key.dag_id, task.key.run_id) != key_of(added.run)) {
                return task_of_another_run(task.key, added.run);
            }
            if (!has_possible_numbers(task)) return impossible_numbers(task);
            const bool is_first = new_task_at_.emplace(task.key, std::pair(index, i)).second;
            if (!is_first) return task_made_twice(task.key);
        }
        plan.new_runs.push_back(added);
        return {};
    }

    core::Result<void> add(const Expansion& expansion) {
        const std::size_t index = plan.expansions.size();
        for (std::size_t i = 0; i < expansion.instances.size(); ++i) {
            const core::TaskKey& key = expansion.instances[i].key;
            if (!new_instance_at_.emplace(key, std::pair(index, i)).second) return task_exists(key);
        }
        plan.expansions.push_back(expansion);
        return {};
    }

    core::Result<void> add(const RunChange& change) {
        const RunKey key = key_of(change.after);
        if (const auto found = new_run_at_.find(key); found != new_run_at_.end()) {
            return follow(change, plan.new_runs[found->second].run);
        }
        const auto [found, is_first] = run_at_.emplace(key, plan.runs.size());
        if (is_first) {
            plan.runs.push_back(change);
            return {};
        }
        return follow(change, plan.runs[found->second].after);
    }

    core::Result<void> add(const TaskChange& change) {
        if (!has_possible_numbers(change.after)) return impossible_numbers(change.after);
        if (TaskInstanceRecord* const task = find(change.after.key)) {
            if (auto followed = follow(change, *task); !followed) return followed;
        } else {
            task_at_.emplace(change.after.key, plan.tasks.size());
            plan.tasks.push_back(change);
        }
        if (!is_about_attempt(change)) return {};
        return add(attempt_of(change.after));
    }

    core::Result<void> add(const AttemptRecord& attempt) {
        const auto [known, is_first] = attempts_.try_emplace(attempt.attempt, attempt);
        if (known->second.key != attempt.key) {
            return attempt_of_another_task(attempt.attempt, attempt.key);
        }
        if (!is_first) known->second = attempt;
        return {};
    }

    void add(const XComRecord& xcom) { xcoms_.insert_or_assign({xcom.key, xcom.name}, xcom); }

    void add(const SkippedFiresRecord& skip) { skipped_[{skip.dag_id, skip.first}] = skip; }

    void add(const BackfillRecord& backfill) { backfills_[backfill.id] = backfill; }

    void add(const BackfillRunRecord& run) {
        backfill_runs_[{run.backfill_id, run.sort_ordinal}] = run;
    }

    void add(const DagStanding& standing) {
        DagStanding& kept = standings_[standing.dag_id];
        const auto paused_before = kept.is_paused;
        kept = standing;
        if (!kept.is_paused) kept.is_paused = paused_before;
    }

    CommitPlan take() {
        for (auto& [id, attempt] : attempts_) {
            if (!is_told_by_its_task(attempt.state)) plan.attempts.push_back(std::move(attempt));
        }
        for (auto& [id, xcom] : xcoms_) plan.xcoms.push_back(std::move(xcom));
        for (auto& [first, skip] : skipped_) plan.skipped.push_back(skip);
        for (auto& [id, backfill] : backfills_) plan.backfills.push_back(std::move(backfill));
        for (auto& [id, run] : backfill_runs_) plan.backfill_runs.push_back(std::move(run));
        for (auto& [id, standing] : standings_) plan.standings.push_back(standing);
        return std::move(plan);
    }

    CommitPlan plan;

  private:
    static core::Result<void> follow(const RunChange& change, RunRecord& run) {
        if (run.state != change.from) return run_moved_on(change, run.state);
        run = change.after;
        return {};
    }

    static core::Result<void> follow(const TaskChange& change, TaskInstanceRecord& task) {
        if (auto allowed = check_change(change, task); !allowed) return allowed;
        task = change.after;
        return {};
    }

    TaskInstanceRecord* find(const core::TaskKey& key) {
        if (const auto found = new_task_at_.find(key); found != new_task_at_.end()) {
            return &plan.new_runs[found->second.first].tasks[found->second.second];
        }
        if (const auto found = new_instance_at_.find(key); found != new_instance_at_.end()) {
            return &plan.expansions[found->second.first].instances[found->second.second];
        }
        const auto found = task_at_.find(key);
        return found == task_at_.end() ? nullptr : &plan.tasks[found->second].after;
    }

    std::set<std::int64_t> event_ids_;
    std::map<RunKey, std::size_t> new_run_at_;
    std::map<core::TaskKey, std::pair<std::size_t, std::size_t>> new_task_at_;
    std::map<core::TaskKey, std::pair<std::size_t, std::size_t>> new_instance_at_;
    std::map<RunKey, std::size_t> run_at_;
    std::map<core::TaskKey, std::size_t> task_at_;
    std::map<core::AttemptId, AttemptRecord> attempts_;
    std::map<std::pair<core::TaskKey, std::string>, XComRecord> xcoms_;
    std::map<std::pair<core::DagId, core::Timestamp>, SkippedFiresRecord> skipped_;
    std::map<BackfillId, BackfillRecord> backfills_;
    std::map<std::pair<BackfillId, int>, BackfillRunRecord> backfill_runs_;
    std::map<core::DagId, DagStanding> standings_;
};

template <class Items>
core::Result<void> add_all(Folding& folding, const Items& items) {
    for (const auto& item : items) {
        if (auto added = folding.add(item); !added) return added;
    }
    return {};
}

}  // namespace

AttemptRecord attempt_of(const TaskInstanceRecord& task) {
    return {
        .attempt = task.attempt,
        .key = task.key,
        .try_number = task.try_number,
        .state = task.state,
        .queued_at = task.queued_at.value_or(core::Timestamp()),
        .start_date = task.start_date,
        .end_date = task.end_date,
        .hostname = task.hostname,
        .pid = task.pid,
        .message = task.message,
    };
}

core::Result<void> check_change(const RunChange& change, const RunRecord& now) {
    if (now.state != change.from) return run_moved_on(change, now.state);
    if (now.logical_date != change.after.logical_date) return run_keeps_date(change, now);
    return {};
}

core::Result<void> check_change(const TaskChange& change, const TaskInstanceRecord& now) {
    const bool is_in_time = now.state == change.from && now.attempt <= change.after.attempt;
    if (!is_in_time) return task_moved_on(change, now);
    return {};
}

std::optional<AttemptRecord> live_attempt_of(const TaskInstanceRecord& task) {
    if (task.attempt == 0 || !is_told_by_its_task(task.state)) return std::nullopt;
    return attempt_of(task);
}

core::Result<CommitPlan> plan_commit(const Commit& commit) {
    Folding folding;
    auto added = add_all(folding, commit.asset_events);
    if (added) added = add_all(folding, commit.new_runs);
    if (added) added = add_all(folding, commit.runs);
    if (added) added = add_all(folding, commit.expansions);
    if (added) added = add_all(folding, commit.tasks);
    if (added) added = add_all(folding, commit.attempts);
    if (!added) return std::unexpected(added.error());
    folding.plan.stale_xcoms = commit.stale_xcoms;
    folding.plan.dropped_events = commit.dropped_events;
    folding.plan.callbacks = commit.callbacks;
    folding.plan.lingering = commit.lingering;
    folding.plan.gone = commit.gone;
    for (const XComRecord& xcom : commit.xcoms) folding.add(xcom);
    for (const SkippedFiresRecord& skip : commit.skipped) folding.add(skip);
    for (const BackfillRecord& backfill : commit.backfills) folding.add(backfill);
    for (const BackfillRunRecord& run : commit.backfill_runs) folding.add(run);
    for (const DagStanding& standing : commit.standings) folding.add(standing);
    return folding.take();
}

}  // namespace reel::store
