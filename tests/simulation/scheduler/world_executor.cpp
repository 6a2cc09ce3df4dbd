#include "simulation/scheduler/world_executor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "reel/async/quietly.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;

void Processes::begin(const AttemptOrder& order, int home, store::Epoch epoch) {
    for (const auto& [attempt, process] : all_) {
        if (process.ended || process.order.key != order.key) continue;
        FAIL() << "two live attempts of " << order.key.task_id.str() << ": " << attempt
               << " in home " << process.home << ", " << order.attempt << " in home " << home;
    }
    EXPECT_EQ(order.dag->version, order.run.dag_version) << "its run is pinned to it";
    auto& last = last_[order.key];
    ASSERT_GE(order.attempt, last) << "attempts are fencing tokens";
    last = order.attempt;
    const bool waits = waits_without_process(order.task());
    ++(waits ? waits_begun_ : begun_);
    all_.emplace(
        order.attempt,
        Process{.order = order, .home = home, .epoch = epoch, .waits = waits, .ended = {}}
    );
}

std::vector<core::AttemptId> Processes::alive() const {
    std::vector<core::AttemptId> attempts;
    for (const auto& [attempt, process] : all_) {
        if (!process.ended) attempts.push_back(attempt);
    }
    return attempts;
}

Processes::Process* Processes::find(core::AttemptId attempt) {
    const auto found = all_.find(attempt);
    return found == all_.end() ? nullptr : &found->second;
}

Processes::Process* Processes::find_at(int home, core::AttemptId attempt) {
    Process* const found = find(attempt);
    return found == nullptr || found->home != home ? nullptr : found;
}

std::set<core::AttemptId> Processes::keep_only(const std::vector<AttemptOrder>& orders, int home) {
    const auto is_nobodys = [&](core::AttemptId attempt, const Process& process) {
        return process.home == home &&
               std::ranges::find(orders, attempt, &AttemptOrder::attempt) == orders.end();
    };
    std::erase_if(all_, [&](const auto& entry) {
        const auto& [attempt, process] = entry;
        return process.waits || (process.ended && is_nobodys(attempt, process));
    });
    std::set<core::AttemptId> strays;
    for (auto& [attempt, process] : all_) {
        if (!is_nobodys(attempt, process)) continue;
        process.unwanted = true;
        strays.insert(attempt);
    }
    return strays;
}

void Processes::end_term(store::Epoch epoch) {
    std::erase_if(all_, [&](const auto& entry) {
        return entry.second.waits && entry.second.epoch == epoch;
    });
}

void WorldExecutor::begin(const AttemptOrder& order) {
    EXPECT_TRUE(parts_.leads()) << "term " << parts_.epoch << " is over and starts something";
    parts_.processes.begin(order, parts_.home, parts_.epoch);
}

void WorldExecutor::start(AttemptOrder order) {
    if (!parts_.may_act()) return;
    if (parts_.processes.find(order.attempt) == nullptr) begin(order);
}

/// What waits ends at once, inside of the call.
void WorldExecutor::cancel(core::AttemptId attempt) {
    if (const auto found = elsewhere_.find(attempt); found != elsewhere_.end()) {
        found->second.unwanted = true;
    }
    auto* const process = parts_.processes.find_at(parts_.home, attempt);
    if (process == nullptr) return;
    process->unwanted = true;
    if (!process->waits || process->ended) return;
    process->ended = AttemptEnded{
        .attempt = attempt,
        .key = process->order.key,
        .outcome = TaskOutcome::cancelled,
        .at = parts_.clock.now(),
        .message = {},
        .xcoms = {}
    };
    tell_end(attempt);
}

void WorldExecutor::release(core::AttemptId attempt) {
    if (parts_.processes.find_at(parts_.home, attempt) != nullptr) {
        parts_.processes.forget(attempt);
    }
}

asio::awaitable<void> WorldExecutor::adopt(std::vector<AttemptOrder> orders) {
    // A runner hears nothing of a term that is over.
    if (!parts_.may_act()) co_return;
    attached_ = true;
    strays_ = parts_.processes.keep_only(orders, parts_.home);
    take_over_lingering();
    for (const AttemptOrder& order : orders) {
        const bool waits = waits_without_process(order.task());
        const auto wait = waits ? std::nullopt : parts_.whereabouts.elsewhere(order.attempt);
        if (wait) {
            elsewhere_[order.attempt] = {.key = order.key, .until = parts_.clock.now() + *wait};
            continue;
        }
        const auto* const process = parts_.processes.find(order.attempt);
        if (process == nullptr) {
            begin(order);
            continue;
        }
        EXPECT_EQ(process->home, parts_.home);
        EXPECT_EQ(process->order.try_number, order.try_number);
        if (process->started) report_start(order.attempt);
        if (process->ended) report_end(order.attempt);
    }
    // Their tasks may be about to begin anew.
    while (!strays_.empty()) {
        const auto never = asio::steady_timer::time_point::max();
        const auto timer = std::make_shared<asio::steady_timer>(parts_.io, never);
        all_gone_ = timer;
        co_await timer->async_wait(async::quietly);
    }
}

/// What is of this home, and no stray, is gone.
void WorldExecutor::take_over_lingering() {
    std::erase_if(lingering_, [this](const auto& entry) {
        const auto& [attempt, key] = entry;
        if (const auto wait = parts_.whereabouts.elsewhere(attempt)) {
            elsewhere_[attempt] = {
                .key = key, .until = parts_.clock.now() + *wait, .unwanted = true
            };
            return true;
        }
        if (strays_.contains(attempt)) return false;
        EXPECT_EQ(parts_.processes.find(attempt), nullptr);
        tell_gone(attempt, key, TaskOutcome::cancelled);
        return true;
    });
}

void WorldExecutor::end_stray(core::AttemptId attempt) {
    strays_.erase(attempt);
    parts_.processes.forget(attempt);
    const auto lingers = lingering_.extract(attempt);
    EXPECT_TRUE(lingers) << attempt << " is nobody's, and not on record";
    if (lingers && listener_.ended) {
        listener_.ended(end_of_lingering(attempt, lingers.mapped()));
    }
    const auto timer = all_gone_.lock();
    if (strays_.empty() && timer) timer->cancel();
}

void WorldExecutor::tell_gone(
    core::AttemptId attempt, const core::TaskKey& key, TaskOutcome outcome
) {
    AttemptEnded event;
    event.attempt = attempt;
    event.key = key;
    event.at = parts_.clock.now();
    event.outcome = outcome;
    asio::post(parts_.io, [this, event] {
        if (listener_.ended) listener_.ended(event);
    });
}

std::size_t WorldExecutor::outlast() {
    std::size_t lost = 0;
    const auto now = parts_.clock.now();
    for (auto each = elsewhere_.begin(); each != elsewhere_.end();) {
        const auto& [attempt, there] = *each;
        if (there.until > now) {
            ++each;
            continue;
        }
        ++lost;
        const auto* const process = parts_.processes.find(attempt);
        EXPECT_TRUE(process == nullptr || process->ended) << attempt << " runs in another home";
        tell_gone(attempt, there.key, there.unwanted ? TaskOutcome::cancelled : TaskOutcome::lost);
        each = elsewhere_.erase(each);
    }
    return lost;
}

std::optional<core::Timestamp> WorldExecutor::next_outlasted() const {
    std::optional<core::Timestamp> next;
    for (const auto& [attempt, there] : elsewhere_) {
        next = std::min(there.until, next.value_or(there.until));
    }
    return next;
}

bool WorldExecutor::hears_of(const Processes::Process& process) const {
    if (process.waits) return process.epoch == parts_.epoch;
    return attached_ && process.home == parts_.home;
}

void WorldExecutor::report_start(core::AttemptId attempt) {
    asio::post(parts_.io, [this, attempt] { tell_start(attempt); });
}

void WorldExecutor::report_end(core::AttemptId attempt) {
    asio::post(parts_.io, [this, attempt] { tell_end(attempt); });
}

void WorldExecutor::tell_start(core::AttemptId attempt) {
    const auto* const process = parts_.processes.find_at(parts_.home, attempt);
    if (process == nullptr || !listener_.started) return;
    listener_.started(
        {.attempt = attempt,
         .key = process->order.key,
         .at = parts_.clock.now(),
         .pid = 7,
         .hostname = "h"}
    );
}

void WorldExecutor::tell_end(core::AttemptId attempt) {
    if (strays_.contains(attempt)) return end_stray(attempt);
    const auto* const process = parts_.processes.find_at(parts_.home, attempt);
    if (process != nullptr && process->ended && listener_.ended) listener_.ended(*process->ended);
}

}  // namespace reel::scheduler
