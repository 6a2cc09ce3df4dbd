// Who is called about what a run and its tasks do. What comes out are records: another one makes
// the calls, after the commit that holds them.

#include <utility>

#include "run_plan.hpp"

namespace reel::scheduler {

using core::CallbackEvent;
using core::RunState;
using core::Timestamp;

store::CallbackRecord RunPlan::call_of(CallbackEvent event, Timestamp now) const {
    store::CallbackRecord record;
    record.key.dag_id = run_.dag_id;
    record.key.run_id = run_.run_id;
    record.event = event;
    record.dag_version = run_.dag_version;
    record.created_at = now;
    record.next_try_at = now;
    return record;
}

void RunPlan::add_calls(
    const std::vector<core::Callback>& callbacks, store::CallbackRecord record
) {
    record.position = 0;
    for (const core::Callback& callback : callbacks) {
        record.kind = callback.kind;
        calls_.push_back(record);
        ++record.position;
    }
}

void RunPlan::call(CallbackEvent event, InstanceIndex i, Timestamp now) {
    const core::Callbacks& callbacks = declared(i).callbacks;
    if (callbacks.empty()) return;
    const auto found = callbacks.find(event);
    if (found == callbacks.end()) return;
    store::CallbackRecord record = call_of(event, now);
    record.key = task(i).key;
    record.try_number = task(i).try_number;
    // Before it begins there is nothing to say, and the last try's words are not this one's.
    if (event != CallbackEvent::execute) record.reason = task(i).message;
    add_calls(found->second, std::move(record));
}

void RunPlan::call_of_run(CallbackEvent event, const char* reason, Timestamp now) {
    const auto found = dag().callbacks.find(event);
    if (found == dag().callbacks.end()) return;
    store::CallbackRecord record = call_of(event, now);
    record.reason = reason;
    add_calls(found->second, std::move(record));
}

void RunPlan::time_out(Timestamp now) {
    const std::string why = "dagrun_timeout: the run took longer than it may";
    for (InstanceIndex i = 0; i < instances_.size(); ++i) {
        end_with_run(i, RunState::failed, false, now, why);
    }
    close(RunState::failed, now);
    call_of_run(CallbackEvent::failure, "timed_out", now);
}

// --- deadlines

/// A backfill is about days that are over: its runs are late by nothing but their own time.
bool RunPlan::is_deadline_open(std::size_t deadline) const {
    const bool counts =
        run_.type != core::RunType::backfill ||
        dag().deadlines[deadline].reference == core::Deadline::Reference::dagrun_queued_at;
    return counts && !called_deadlines_.contains(static_cast<int>(deadline));
}

Timestamp RunPlan::deadline_at(std::size_t deadline) const {
    const core::Deadline& declared = dag().deadlines[deadline];
    switch (declared.reference) {
        case core::Deadline::Reference::dagrun_queued_at:
            return run_.queued_at + declared.interval;
        case core::Deadline::Reference::fixed_datetime:
            return declared.fixed_at + declared.interval;
        case core::Deadline::Reference::dagrun_logical_date:
            break;
    }
    // A run without one has been due at some moment, too; templates take that as well.
    return run_.logical_date.value_or(run_.run_after) + declared.interval;
}

void RunPlan::end_of_deadline(std::size_t deadline, store::CallbackRecord record) {
    called_deadlines_.insert(static_cast<int>(deadline));
    record.deadline = static_cast<int>(deadline);
    add_calls(dag().deadlines[deadline].callbacks, std::move(record));
}

void RunPlan::miss_deadline(std::size_t deadline, Timestamp now) {
    // A run that was cleared counts from when it was queued again.
    if (!is_deadline_open(deadline) || deadline_at(deadline) > now) return;
    store::CallbackRecord record = call_of(CallbackEvent::deadline, now);
    record.reason = "the run has not ended by " + core::format_iso(deadline_at(deadline));
    end_of_deadline(deadline, std::move(record));
}

/// The run had ended in time; that it begins anew long after is nobody's delay.
void RunPlan::pass_over_deadlines(Timestamp now) {
    for (std::size_t i = 0; i < dag().deadlines.size(); ++i) {
        if (!is_deadline_open(i) || deadline_at(i) > now) continue;
        store::CallbackRecord record = call_of(CallbackEvent::deadline, now);
        record.state = store::CallbackState::skipped;
        record.next_try_at.reset();
        record.ended_at = now;
        record.reason = "it was over when the run was cleared";
        end_of_deadline(i, std::move(record));
    }
}

}  // namespace reel::scheduler
