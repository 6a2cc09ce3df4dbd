#include "simulation/scheduler/world_executor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/post.hpp>

namespace reel::scheduler {

namespace asio = boost::asio;

void Processes::begin(const AttemptOrder& order) {
    for (const auto& [attempt, process] : all_) {
        ASSERT_TRUE(process.ended || process.order.key != order.key)
            << "two live attempts of " << order.key.task_id.str();
    }
    auto& last = last_[order.key];
    ASSERT_GE(order.attempt, last) << "attempts are fencing tokens";
    last = order.attempt;
    const bool waits = waits_without_process(order.task());
    ++(waits ? waits_begun_ : begun_);
    all_.emplace(order.attempt, Process{.order = order, .waits = waits, .ended = {}});
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

void Processes::keep_only(const std::vector<AttemptOrder>& orders) {
    std::erase_if(all_, [&](const auto& entry) {
        return entry.second.waits ||
               std::ranges::find(orders, entry.first, &AttemptOrder::attempt) == orders.end();
    });
}

void WorldExecutor::start(AttemptOrder order) {
    if (processes_.find(order.attempt) == nullptr) processes_.begin(order);
}

/// What waits ends at once, inside of the call.
void WorldExecutor::cancel(core::AttemptId attempt) {
    auto* const process = processes_.find(attempt);
    if (process == nullptr) return;
    process->unwanted = true;
    if (!process->waits || process->ended) return;
    process->ended = AttemptEnded{
        .attempt = attempt,
        .key = process->order.key,
        .outcome = TaskOutcome::cancelled,
        .at = clock_.now(),
        .message = {},
        .xcoms = {}
    };
    report_end(attempt);
}

asio::awaitable<void> WorldExecutor::adopt(std::vector<AttemptOrder> orders) {
    processes_.keep_only(orders);
    for (const AttemptOrder& order : orders) {
        const auto* const process = processes_.find(order.attempt);
        if (process == nullptr) {
            processes_.begin(order);
            continue;
        }
        EXPECT_EQ(process->order.try_number, order.try_number);
        asio::post(io_, [this, attempt = order.attempt] {
            const auto* const adopted = processes_.find(attempt);
            if (adopted == nullptr) return;
            if (adopted->started) report_start(attempt);
            if (adopted->ended) report_end(attempt);
        });
    }
    co_return;
}

void WorldExecutor::report_start(core::AttemptId attempt) {
    const auto& order = processes_.find(attempt)->order;
    listener_.started(
        {.attempt = attempt, .key = order.key, .at = clock_.now(), .pid = 7, .hostname = "h"}
    );
}

void WorldExecutor::report_end(core::AttemptId attempt) {
    listener_.ended(*processes_.find(attempt)->ended);
}

}  // namespace reel::scheduler
