#include "wait_list.hpp"

#include <algorithm>
#include <utility>

namespace reel::executor {

void WaitList::put(core::AttemptId attempt, Waiting& waiting, core::Timestamp due) {
    if (waiting.due) {
        due_.erase({*waiting.due, attempt});
    }
    waiting.due = due;
    due_.emplace(due, attempt);
}

void WaitList::add_looker(
    core::AttemptId attempt,
    const WaitRules& rules,
    std::optional<core::Timestamp> deadline,
    core::Timestamp now
) {
    remove(attempt);
    Waiting& waiting = waiting_[attempt];
    waiting.rules = rules;
    waiting.deadline = deadline;
    put(attempt, waiting, now);
}

void WaitList::add_sleeper(
    core::AttemptId attempt, core::Timestamp moment, std::optional<core::Timestamp> deadline
) {
    remove(attempt);
    Waiting& waiting = waiting_[attempt];
    waiting.deadline = deadline;
    waiting.moment = moment;
    put(attempt, waiting, std::min(moment, deadline.value_or(moment)));
}

void WaitList::remove(core::AttemptId attempt) {
    const auto found = waiting_.find(attempt);
    if (found == waiting_.end()) {
        return;
    }
    if (found->second.due) {
        due_.erase({*found->second.due, attempt});
    }
    waiting_.erase(found);
}

std::vector<WaitList::Due> WaitList::take_due(core::Timestamp now) {
    std::vector<Due> due;
    while (!due_.empty() && due_.begin()->first <= now) {
        const core::AttemptId attempt = due_.begin()->second;
        due_.erase(due_.begin());
        Waiting& waiting = waiting_.at(attempt);
        waiting.due.reset();
        if (!waiting.moment) {
            ++waiting.looks;
            due.push_back({attempt, Call::look});
            continue;
        }
        due.push_back({attempt, *waiting.moment <= now ? Call::moment : Call::deadline});
        waiting_.erase(attempt);
    }
    return due;
}

bool WaitList::looked(core::AttemptId attempt, core::Timestamp now) {
    const auto found = waiting_.find(attempt);
    if (found == waiting_.end()) {
        return true;
    }
    Waiting& waiting = found->second;
    if (waiting.deadline && *waiting.deadline <= now) {
        waiting_.erase(found);
        return false;
    }
    const bool at_once = std::exchange(waiting.look_again, false);
    // What is there at the deadline is in time, so the last look is then.
    const core::Timestamp next = now + pause_after(waiting.rules, waiting.looks);
    put(attempt, waiting, at_once ? now : std::min(next, waiting.deadline.value_or(next)));
    return true;
}

void WaitList::look_now(core::AttemptId attempt, core::Timestamp now) {
    const auto found = waiting_.find(attempt);
    if (found == waiting_.end() || found->second.moment) {
        return;
    }
    if (found->second.due) {
        put(attempt, found->second, now);
    } else {
        found->second.look_again = true;
    }
}

std::optional<core::Timestamp> WaitList::next_due() const {
    return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

std::optional<core::Timestamp> WaitList::due_of(core::AttemptId attempt) const {
    const auto found = waiting_.find(attempt);
    return found == waiting_.end() ? std::nullopt : found->second.due;
}

}  // namespace reel::executor
