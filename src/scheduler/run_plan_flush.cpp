// What a run owes the store.

#include <algorithm>
#include <iterator>
#include <utility>

#include "run_plan.hpp"

namespace reel::scheduler {

using core::TaskState;
using core::Timestamp;

namespace {

/// Until when a task may wait to be stored with what comes next; nullopt for one that may not.
std::optional<Timestamp> may_wait_until(
    const Instance& instance, Timestamp now, const Patience& patience
) {
    const auto& task = instance.record;
    const bool is_running = task.state == TaskState::running;
    const auto since = is_running ? task.start_date : task.scheduled_at;
    // A clock that was set back must not hold it back.
    if (!since || *since > now) return std::nullopt;
    const Timestamp until = *since + (is_running ? patience.running : patience.scheduled);
    // A crash would leave it as it was: only from these does a run that is taken up schedule it
    // again. Not so what had a place and gave it to another one, or had ended and was cleared.
    const bool comes_again =
        *instance.was == TaskState::none || *instance.was == TaskState::up_for_retry;
    const bool passes = is_running || (task.state == TaskState::scheduled && comes_again);
    return passes && now < until ? std::optional(until) : std::nullopt;
}

}  // namespace

std::optional<Timestamp> RunPlan::flush(store::Commit& commit, Timestamp now, Patience patience) {
    // What is made here is made as it stands; and a call about a start is stored with the start.
    if (created_ || !expansions_.empty() || !calls_.empty()) patience = no_patience;
    std::vector<InstanceIndex> passing;
    std::optional<Timestamp> first;
    if (created_) commit.new_runs.push_back(*std::exchange(created_, std::nullopt));
    if (run_was_) commit.runs.push_back({.from = run_was_->state, .after = run_});
    std::ranges::move(expansions_, std::back_inserter(commit.expansions));
    std::ranges::move(earlier_, std::back_inserter(commit.tasks));
    for (const auto i : changed_) {
        if (const auto until = may_wait_until(instances_[i], now, patience)) {
            passing.push_back(i);
            first = std::min(first.value_or(*until), *until);
            continue;
        }
        commit.tasks.push_back({.from = *instances_[i].was, .after = task(i)});
        instances_[i].was.reset();
    }
    std::ranges::move(cleared_, std::back_inserter(commit.attempts));
    std::ranges::move(stale_xcoms_, std::back_inserter(commit.stale_xcoms));
    std::ranges::move(xcoms_, std::back_inserter(commit.xcoms));
    std::ranges::move(calls_, std::back_inserter(commit.callbacks));
    run_was_.reset();
    expansions_.clear();
    earlier_.clear();
    cleared_.clear();
    changed_ = std::move(passing);
    stale_xcoms_.clear();
    xcoms_.clear();
    calls_.clear();
    return first;
}

}  // namespace reel::scheduler
