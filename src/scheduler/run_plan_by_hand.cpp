// What ends a run by decree, and what people do to it: clear, mark, note. As in Airflow nobody is
// called about that.

#include <utility>

#include "run_plan.hpp"

namespace reel::scheduler {

using core::RunState;
using core::TaskState;
using core::Timestamp;

bool RunPlan::end(RunState state, Timestamp now, const std::string& why) {
    // Nothing of a run that is still queued has been set up, and it takes no place to be ended.
    const bool waits = run_.state != RunState::queued && has_unfinished_teardown();
    for (InstanceIndex i = 0; i < instances_.size(); ++i) {
        const bool is_left_out =
            declared(i).is_teardown && (waits || core::is_finished(task(i).state));
        if (!is_left_out) end_with_run(i, state, waits, now, why);
    }
    if (!waits) {
        close(state, now);
        return true;
    }
    work_through(now);
    return false;
}

bool RunPlan::has_unfinished_teardown() const {
    for (InstanceIndex i = 0; i < instances_.size(); ++i) {
        if (declared(i).is_teardown && !core::is_finished(task(i).state)) return true;
    }
    return false;
}

/// As in Airflow: of a run that is marked success everything has succeeded; one that fails leaves
/// what has ended as it stands. Where teardowns are still to come, the tasks that decide over the
/// run say to the end that it failed.
void RunPlan::end_with_run(
    InstanceIndex i, RunState state, bool teardowns_follow, Timestamp now, const std::string& why
) {
    const TaskState stands = task(i).state;
    if (state == RunState::success) {
        if (stands != TaskState::success) end_task(i, TaskState::success, now, why);
        return;
    }
    if (core::is_finished(stands)) return;
    const bool fails = core::has_live_attempt(stands) ||
                       (teardowns_follow && blueprint_->decides_run(instances_[i].task));
    end_task(i, fails ? TaskState::failed : TaskState::skipped, now, why);
}

/// Whatever it stands at; whoever runs is ended.
void RunPlan::end_task(InstanceIndex i, TaskState state, Timestamp now, const std::string& why) {
    if (core::has_live_attempt(task(i).state)) cancelled_.push_back(task(i).attempt);
    if (core::is_finished(task(i).state)) instances_.uncount_end(i, to_consider_);
    put_state(i, state);
    auto& record = instances_[i].record;
    record.end_date = now;
    record.next_retry_at.reset();
    record.message = why;
    std::erase(newly_scheduled_, i);
    std::erase(retries_, i);
    instances_.count_end(i, to_consider_);
    ended_.push_back(instances_[i].task);
}

/// The run has ended by decree, an ended one in the place of how it had ended.
void RunPlan::close(RunState state, Timestamp now) {
    to_consider_.clear();
    newly_scheduled_.clear();
    if (!run_was_) run_was_ = run_;
    if (run_.state == RunState::queued) run_.start_date = now;
    if (!core::is_finished(run_.state)) run_.end_date = now;
    run_.state = state;
}

void RunPlan::clear(std::span<const InstanceIndex> cleared, Timestamp now) {
    for (const InstanceIndex i : cleared) {
        if (task(i).state == TaskState::restarting) continue;
        if (core::is_occupying(task(i).state)) {
            // Its process must be gone before another one may begin.
            cancelled_.push_back(task(i).attempt);
            put_state(i, TaskState::restarting);
            continue;
        }
        if (task(i).state == TaskState::deferred) {
            cancelled_.push_back(task(i).attempt);
            end_cleared_try(i, now);
        }
        reset(i);
        to_consider_.push_back(i);
    }
    if (core::is_finished(run_.state)) {
        if (!run_was_) run_was_ = run_;
        run_.state = RunState::queued;
        run_.queued_at = now;
        pass_over_deadlines(now);
        run_.start_date.reset();
        run_.end_date.reset();
    }
    work_through(now);
}

void RunPlan::end_of_cleared(InstanceIndex i, Timestamp now) {
    end_cleared_try(i, now);
    reset(i);
    to_consider_.push_back(i);
}

/// In the history it has failed, as in Airflow. For the task it is no end: nobody is called,
/// nothing behind it is considered.
void RunPlan::end_cleared_try(InstanceIndex i, Timestamp now) {
    store::AttemptRecord ended = store::attempt_of(task(i));
    ended.state = TaskState::failed;
    ended.end_date = now;
    ended.message = "cleared before it had ended";
    cleared_.push_back(std::move(ended));
}

/// Back to `none`, with as many tries before it as it declares.
void RunPlan::reset(InstanceIndex i) {
    if (core::is_finished(task(i).state)) instances_.uncount_end(i, to_consider_);
    for (auto& [ends, branches] : skips_) branches.erase(i);
    if (blueprint_->is_map_source(instances_[i].task)) {
        std::erase_if(pushed_, [&](const auto& entry) {
            return entry.first.first == instances_[i].task;
        });
    }
    put_state(i, TaskState::none);
    auto& record = instances_[i].record;
    record.max_tries = record.try_number + declared(i).retries;
    record.scheduled_at.reset();
    record.queued_at.reset();
    record.start_date.reset();
    record.end_date.reset();
    record.next_retry_at.reset();
    record.message.clear();
    stale_xcoms_.push_back(record.key);
}

void RunPlan::mark(InstanceIndex i, TaskState state, Timestamp now) {
    if (task(i).state == state) return;
    end_task(i, state, now, "marked " + std::string(core::to_string(state)));
    auto& record = instances_[i].record;
    if (!record.start_date) record.start_date = now;
    work_through(now);
}

void RunPlan::join_backfill() {
    if (!run_was_) run_was_ = run_;
    run_.type = core::RunType::backfill;
    run_.triggered_by = core::TriggeredBy::backfill;
}

void RunPlan::set_note(std::string note) {
    // Of a run that is not stored yet it is stored with it.
    if (!created_ && !run_was_) run_was_ = run_;
    if (created_) created_->run.note = note;
    run_.note = std::move(note);
}

void RunPlan::set_note(InstanceIndex i, std::string note) {
    put_state(i, task(i).state);
    instances_[i].record.note = std::move(note);
}

}  // namespace reel::scheduler
