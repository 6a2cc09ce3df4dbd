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
    std::shared_ptr<const Blueprint> blueprint, store::RunRecord run, Instances instances
)
    : blueprint_(std::move(blueprint)), run_(std::move(run)), instances_(std::move(instances)) {
    if (blueprint_->uses_past()) past_met_.assign(blueprint_->size(), false);
    for (InstanceIndex i = 0; i < instances_.size(); ++i) {
        const TaskState state = task(i).state;
        if (!core::is_finished(state)) ++unfinished_;
        if (core::is_occupying(state)) ++occupying_;
        if (state == TaskState::scheduled) newly_scheduled_.push_back(i);
        if (state == TaskState::up_for_retry) retries_.push_back(i);
    }
}

RunPlan RunPlan::begin(
    std::shared_ptr<const Blueprint> blueprint,
    store::RunRecord run,
    std::vector<std::int64_t> events
) {
    Instances instances(*blueprint, run);
    RunPlan plan(std::move(blueprint), std::move(run), std::move(instances));
    plan.created_ = store::NewRun{
        .run = plan.run_, .tasks = plan.instances_.records(), .consumed_events = std::move(events)
    };
    return plan;
}

RunPlan RunPlan::restore(
    std::shared_ptr<const Blueprint> blueprint,
    store::RunRecord run,
    std::vector<store::TaskInstanceRecord> tasks,
    const std::vector<store::XComRecord>& facts,
    std::set<int> called_deadlines
) {
    Instances instances(*blueprint, run, std::move(tasks));
    RunPlan plan(std::move(blueprint), std::move(run), std::move(instances));
    plan.called_deadlines_ = std::move(called_deadlines);
    for (const auto& xcom : facts) {
        if (const auto i = plan.dag().index_of(xcom.key.task_id)) plan.learn(*i, xcom);
    }
    return plan;
}

AttemptOrder RunPlan::order(InstanceIndex i) const {
    const auto& record = task(i);
    return {
        .attempt = record.attempt,
        .key = record.key,
        .try_number = record.try_number,
        .dag = blueprint_->whole_dag(),
        .task_index = blueprint_->index_in_whole(instances_[i].task),
        .run = run_,
        .priority = record.priority_weight,
        .started_at = record.start_date,
    };
}

void RunPlan::set_state(InstanceIndex i, TaskState to) {
    if (!core::may_follow(task(i).state, to)) std::abort();
    put_state(i, to);
}

/// What a person does by hand follows no table.
void RunPlan::put_state(InstanceIndex i, TaskState to) {
    Instance& instance = instances_[i];
    const TaskState from = instance.record.state;
    if (!instance.was) {
        instance.was = from;
        changed_.push_back(i);
    } else if (instance.ends_try()) {
        // It has its place in the history; what comes next must not cover it.
        earlier_.push_back({.from = *instance.was, .after = instance.record});
        instance.was = from;
    }
    const auto change = [&](auto holds) {
        return static_cast<int>(holds(to)) - static_cast<int>(holds(from));
    };
    occupying_ += change([](TaskState state) { return core::is_occupying(state); });
    const int ended = change([](TaskState state) { return core::is_finished(state); });
    unfinished_ -= static_cast<std::size_t>(ended);
    instance.record.state = to;
}

void RunPlan::set_run_state(RunState to) {
    if (!core::may_follow(run_.state, to)) std::abort();
    if (!run_was_) run_was_ = run_;
    run_.state = to;
}

void RunPlan::start(Timestamp now) {
    set_run_state(RunState::running);
    if (!run_.start_date) run_.start_date = now;
    consider_all(now);
}

void RunPlan::consider_all(Timestamp now) {
    for (InstanceIndex i = 0; i < instances_.size(); ++i) to_consider_.push_back(i);
    work_through(now);
}

void RunPlan::grant(InstanceIndex i, core::AttemptId attempt, Timestamp now) {
    const bool waits = body(i) == Body::waiting;
    set_state(i, waits ? TaskState::deferred : TaskState::queued);
    auto& record = instances_[i].record;
    record.attempt = attempt;
    ++record.try_number;
    record.queued_at = now;
    record.start_date.reset();
    if (waits) record.start_date = now;
    record.end_date.reset();
    record.next_retry_at.reset();
    record.pid = 0;
    record.hostname.clear();
    record.message.clear();
    record.rendered_map_index.clear();
    if (waits) call(core::CallbackEvent::execute, i, now);
}

void RunPlan::task_started(InstanceIndex i, const AttemptStarted& event) {
    if (task(i).state != TaskState::queued) return;
    set_state(i, TaskState::running);
    auto& record = instances_[i].record;
    record.start_date = event.at;
    record.pid = event.pid;
    record.hostname = event.hostname;
    call(core::CallbackEvent::execute, i, event.at);
}

void RunPlan::task_ended(InstanceIndex i, const AttemptEnded& event) {
    const TaskState state = task(i).state;
    if (!core::has_live_attempt(state)) return;
    if (state == TaskState::restarting) {
        end_of_cleared(i, event.at);
        return work_through(event.at);
    }
    if (const auto failure = refused(i, event)) return task_ended(i, *failure);
    auto& record = instances_[i].record;
    // An attempt that ends without having reported its start passes through running all the same.
    if (state == TaskState::queued) {
        set_state(i, TaskState::running);
        if (!record.start_date) record.start_date = event.at;
        call(core::CallbackEvent::execute, i, event.at);
    }
    record.message = event.message;
    record.rendered_map_index = event.rendered_map_index;
    for (const auto& xcom : event.xcoms) xcoms_.push_back(xcom);
    learn(i, event.xcoms);
    settle(i, event);
    if (dag().fail_fast && task(i).state == TaskState::failed && !core::is_finished(run_.state)) {
        const std::string why = "fail_fast: task " + record.key.task_id.str() + " failed";
        if (end(RunState::failed, event.at, why)) {
            call_of_run(core::CallbackEvent::failure, "task_failure", event.at);
        }
    }
    work_through(event.at);
}

void RunPlan::settle(InstanceIndex i, const AttemptEnded& event) {
    switch (event.outcome) {
        case TaskOutcome::succeeded:
            succeed(i, event.at, named_assets(declared(i), event.xcoms).value_or(OutputAssets{}));
            follow(i, event);
            break;
        case TaskOutcome::skipped:
            finish_task(i, TaskState::skipped, event.at);
            call(core::CallbackEvent::skipped, i, event.at);
            break;
        case TaskOutcome::failed_finally:
            finish_task(i, TaskState::failed, event.at);
            call(core::CallbackEvent::failure, i, event.at);
            break;
        case TaskOutcome::cancelled:
            // Nobody decided against the task itself (end() leaves no living attempt): give the try
            // back.
            ++instances_[i].record.max_tries;
            instances_[i].record.end_date = event.at;
            retry_task(i, event.at);
            break;
        case TaskOutcome::failed:
        case TaskOutcome::timed_out:
        case TaskOutcome::lost:
            fail_or_retry(i, event);
            break;
    }
}

void RunPlan::fail_or_retry(InstanceIndex i, const AttemptEnded& event) {
    auto& record = instances_[i].record;
    const auto& codes = declared(i).retry_exit_codes;
    const bool may_retry = codes.empty() || !event.exit_code ||
                           std::ranges::find(codes, *event.exit_code) != codes.end();
    if (!may_retry || record.try_number > record.max_tries) {
        finish_task(i, TaskState::failed, event.at);
        return call(core::CallbackEvent::failure, i, event.at);
    }
    record.end_date = event.at;
    call(core::CallbackEvent::retry, i, event.at);
    retry_task(i, event.at + retry_delay(declared(i), record.key, record.try_number));
}

void RunPlan::retry_task(InstanceIndex i, Timestamp at) {
    set_state(i, TaskState::up_for_retry);
    instances_[i].record.next_retry_at = at;
    retries_.push_back(i);
}

void RunPlan::retry_due(InstanceIndex i, Timestamp now) {
    const bool waits = task(i).state == TaskState::up_for_retry;
    if (waits && run_.state == RunState::running) schedule_task(i, now);
    work_through(now);
}

void RunPlan::finish_task(InstanceIndex i, TaskState state, Timestamp now) {
    set_state(i, state);
    instances_[i].record.end_date = now;
    instances_.count_end(i, to_consider_);
    ended_.push_back(instances_[i].task);
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
    bool failed = false;
    for (InstanceIndex i = 0; i < instances_.size() && !failed; ++i) {
        const TaskState state = task(i).state;
        const bool bad = state == TaskState::failed || state == TaskState::upstream_failed;
        failed = bad && blueprint_->decides_run(instances_[i].task);
    }
    set_run_state(failed ? RunState::failed : RunState::success);
    run_.end_date = now;
    call_of_run(
        failed ? core::CallbackEvent::failure : core::CallbackEvent::success,
        failed ? "task_failure" : "success",
        now
    );
}

std::vector<InstanceIndex> RunPlan::take_newly_scheduled() {
    return std::exchange(newly_scheduled_, {});
}
std::vector<InstanceIndex> RunPlan::take_retries() {
    return std::exchange(retries_, {});
}
std::vector<core::AttemptId> RunPlan::take_cancelled() {
    return std::exchange(cancelled_, {});
}
std::vector<store::NewAssetEvent> RunPlan::take_asset_events() {
    return std::exchange(asset_events_, {});
}
std::vector<TaskIndex> RunPlan::take_ended() {
    return std::exchange(ended_, {});
}

}  // namespace reel::scheduler
