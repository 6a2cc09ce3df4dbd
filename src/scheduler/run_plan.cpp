#include "run_plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "retry.hpp"

namespace reel::scheduler {

using core::RunState;
using core::TaskState;
using core::Timestamp;

RunPlan::RunPlan(
    std::shared_ptr<const core::Dag> dag,
    store::RunRecord run,
    std::vector<store::TaskInstanceRecord> tasks
)
    : dag_(std::move(dag)),
      run_(std::move(run)),
      tasks_(std::move(tasks)),
      upstreams_(tasks_.size()),
      task_was_(tasks_.size()) {
    for (TaskIndex i = 0; i < tasks_.size(); ++i) {
        const TaskState state = tasks_[i].state;
        upstreams_[i].total = static_cast<int>(dag_->tasks[i].upstream.size());
        for (const auto up : dag_->tasks[i].upstream) upstreams_[i].add(tasks_[up].state);
        if (!core::is_finished(state)) ++unfinished_;
        if (core::is_occupying(state)) ++occupying_;
        if (state == TaskState::scheduled) newly_scheduled_.push_back(i);
        if (state == TaskState::up_for_retry) retries_.push_back(i);
    }
}

RunPlan RunPlan::begin(std::shared_ptr<const core::Dag> dag, store::RunRecord run) {
    auto tasks = initial_tasks(*dag, run.run_id);
    store::NewRun created{.run = run, .tasks = tasks};
    RunPlan plan(std::move(dag), std::move(run), std::move(tasks));
    plan.created_ = std::move(created);
    return plan;
}

RunPlan RunPlan::restore(
    std::shared_ptr<const core::Dag> dag,
    store::RunRecord run,
    std::vector<store::TaskInstanceRecord> tasks
) {
    // The store gives them by name; the plan needs them by index.
    auto ordered = initial_tasks(*dag, run.run_id);
    for (auto& task : tasks) {
        if (const auto i = dag->index_of(task.key.task_id)) ordered[*i] = std::move(task);
    }
    return {std::move(dag), std::move(run), std::move(ordered)};
}

AttemptOrder RunPlan::order(TaskIndex i) const {
    const auto& record = tasks_[i];
    return {
        .attempt = record.attempt,
        .key = record.key,
        .try_number = record.try_number,
        .dag = dag_,
        .task_index = i,
        .run = run_,
    };
}

void RunPlan::set_state(TaskIndex i, TaskState to) {
    auto& record = tasks_[i];
    if (!core::may_follow(record.state, to)) std::abort();
    if (!task_was_[i]) {
        task_was_[i] = record.state;
        changed_.push_back(i);
    }
    occupying_ += static_cast<int>(core::is_occupying(to)) -
                  static_cast<int>(core::is_occupying(record.state));
    record.state = to;
}

void RunPlan::set_run_state(RunState to) {
    if (!core::may_follow(run_.state, to)) std::abort();
    if (!run_was_) run_was_ = run_.state;
    run_.state = to;
}

void RunPlan::start(Timestamp now) {
    set_run_state(RunState::running);
    run_.start_date = now;
    for (TaskIndex i = 0; i < tasks_.size(); ++i) to_consider_.push_back(i);
    work_through(now);
}

void RunPlan::grant(TaskIndex i, core::AttemptId attempt, Timestamp now) {
    set_state(i, TaskState::queued);
    auto& record = tasks_[i];
    record.attempt = attempt;
    ++record.try_number;
    record.queued_at = now;
    record.start_date.reset();
    record.end_date.reset();
    record.next_retry_at.reset();
    record.pid = 0;
    record.hostname.clear();
    record.message.clear();
}

void RunPlan::task_started(TaskIndex i, const AttemptStarted& event) {
    if (tasks_[i].state != TaskState::queued) return;
    set_state(i, TaskState::running);
    tasks_[i].start_date = event.at;
    tasks_[i].pid = event.pid;
    tasks_[i].hostname = event.hostname;
}

void RunPlan::task_ended(TaskIndex i, const AttemptEnded& event) {
    if (!core::is_occupying(tasks_[i].state)) return;
    tasks_[i].message = event.message;
    for (const auto& xcom : event.xcoms) xcoms_.push_back(xcom);
    // An attempt that ends without having reported its start passes through running all the same.
    if (tasks_[i].state == TaskState::queued) {
        set_state(i, TaskState::running);
        if (!tasks_[i].start_date) tasks_[i].start_date = event.at;
    }
    switch (event.outcome) {
        case TaskOutcome::succeeded:
            finish_task(i, TaskState::success, event.at);
            break;
        case TaskOutcome::skipped:
            finish_task(i, TaskState::skipped, event.at);
            break;
        case TaskOutcome::failed_finally:
            finish_task(i, TaskState::failed, event.at);
            break;
        case TaskOutcome::cancelled:
            // Nobody decided against the task itself (end() leaves no living attempt): give the try
            // back.
            ++tasks_[i].max_tries;
            tasks_[i].end_date = event.at;
            retry_task(i, event.at);
            break;
        case TaskOutcome::failed:
        case TaskOutcome::timed_out:
        case TaskOutcome::lost:
            fail_or_retry(i, event);
            break;
    }
    if (dag_->fail_fast && tasks_[i].state == TaskState::failed && !core::is_finished(run_.state)) {
        end(RunState::failed, event.at, "fail_fast: task " + tasks_[i].key.task_id.str() + " failed"
        );
    }
    work_through(event.at);
}

void RunPlan::fail_or_retry(TaskIndex i, const AttemptEnded& event) {
    const auto& record = tasks_[i];
    if (record.try_number > record.max_tries) return finish_task(i, TaskState::failed, event.at);
    tasks_[i].end_date = event.at;
    retry_task(i, event.at + retry_delay(dag_->tasks[i], record.key, record.try_number));
}

void RunPlan::retry_task(TaskIndex i, Timestamp at) {
    set_state(i, TaskState::up_for_retry);
    tasks_[i].next_retry_at = at;
    retries_.push_back(i);
}

void RunPlan::retry_due(TaskIndex i, Timestamp now) {
    const bool waits = tasks_[i].state == TaskState::up_for_retry;
    if (waits && run_.state == RunState::running) schedule_task(i, now);
    work_through(now);
}

void RunPlan::finish_task(TaskIndex i, TaskState state, Timestamp now) {
    set_state(i, state);
    tasks_[i].end_date = now;
    --unfinished_;
    for (const auto down : dag_->tasks[i].downstream) {
        upstreams_[down].add(state);
        to_consider_.push_back(down);
    }
}

void RunPlan::consider(TaskIndex i, Timestamp now) {
    if (tasks_[i].state != TaskState::none) return;
    switch (core::evaluate(dag_->tasks[i].trigger_rule, upstreams_[i])) {
        case core::Verdict::wait:
            break;
        case core::Verdict::run:
            schedule_task(i, now);
            break;
        case core::Verdict::skip:
            finish_task(i, TaskState::skipped, now);
            break;
        case core::Verdict::upstream_failed:
            finish_task(i, TaskState::upstream_failed, now);
            break;
    }
}

void RunPlan::schedule_task(TaskIndex i, Timestamp now) {
    set_state(i, TaskState::scheduled);
    tasks_[i].scheduled_at = now;
    tasks_[i].next_retry_at.reset();
    if (dag_->tasks[i].operator_name != "empty") {
        newly_scheduled_.push_back(i);
        return;
    }
    // Nothing to run: it takes no place and no process, only its moment.
    tasks_[i].try_number = 1;
    tasks_[i].start_date = now;
    finish_task(i, TaskState::success, now);
}

void RunPlan::work_through(Timestamp now) {
    if (run_.state == RunState::running) {
        for (std::size_t next = 0; next < to_consider_.size(); ++next) {
            consider(to_consider_[next], now);
        }
    }
    to_consider_.clear();
    finish_run_when_done(now);
}

void RunPlan::finish_run_when_done(Timestamp now) {
    if (unfinished_ != 0 || run_.state != RunState::running) return;
    // Airflow's rule: the leaves decide.
    const bool bad_leaf =
        std::ranges::any_of(tasks_, [&, i = TaskIndex{0}](const auto& record) mutable {
            return dag_->tasks[i++].downstream.empty() &&
                   (record.state == TaskState::failed || record.state == TaskState::upstream_failed
                   );
        });
    set_run_state(bad_leaf ? RunState::failed : RunState::success);
    run_.end_date = now;
}

void RunPlan::end(RunState state, Timestamp now, const std::string& why) {
    if (run_.state == RunState::queued) {
        set_run_state(RunState::running);
        run_.start_date = now;
    }
    for (TaskIndex i = 0; i < tasks_.size(); ++i) {
        if (core::is_finished(tasks_[i].state)) continue;
        const bool lives = core::is_occupying(tasks_[i].state);
        if (lives) cancelled_.push_back(tasks_[i].attempt);
        set_state(i, lives ? TaskState::failed : TaskState::skipped);
        tasks_[i].end_date = now;
        tasks_[i].message = why;
    }
    unfinished_ = 0;
    to_consider_.clear();
    newly_scheduled_.clear();
    set_run_state(state);
    run_.end_date = now;
}

void RunPlan::set_note(std::string note) {
    run_.note = std::move(note);
    if (created_) created_->run.note = run_.note;
    if (!created_ && !run_was_) run_was_ = run_.state;
}

std::vector<TaskIndex> RunPlan::take_newly_scheduled() {
    return std::exchange(newly_scheduled_, {});
}
std::vector<TaskIndex> RunPlan::take_retries() {
    return std::exchange(retries_, {});
}
std::vector<core::AttemptId> RunPlan::take_cancelled() {
    return std::exchange(cancelled_, {});
}

void RunPlan::flush(store::Commit& commit) {
    if (created_) commit.new_runs.push_back(std::move(*created_));
    if (run_was_) commit.runs.push_back({.from = *run_was_, .after = run_});
    for (const auto i : changed_) {
        commit.tasks.push_back({.from = *task_was_[i], .after = tasks_[i]});
        task_was_[i].reset();
    }
    std::ranges::move(xcoms_, std::back_inserter(commit.xcoms));
    created_.reset();
    run_was_.reset();
    changed_.clear();
    xcoms_.clear();
}

}  // namespace reel::scheduler
