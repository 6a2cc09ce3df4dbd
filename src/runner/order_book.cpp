#include "order_book.hpp"

#include <utility>

namespace reel::runner {

bool OrderBook::start(ProcessSpec spec) {
    const auto [held, is_new] = starts_.try_emplace(spec.attempt);
    if (is_new) held->second = std::move(spec);
    return is_new;
}

bool OrderBook::cancel(core::AttemptId attempt) {
    if (!running_.contains(attempt) && !starts_.contains(attempt)) return false;
    cancels_.insert(attempt);
    return true;
}

void OrderBook::acknowledge(core::AttemptId attempt) {
    reported_.erase(attempt);
    acknowledgements_.insert(attempt);
}

bool OrderBook::started(const ProcessStart& start) {
    starts_.erase(start.attempt);
    return running_.insert(start.attempt).second;
}

void OrderBook::exited(const ProcessExit& exit) {
    starts_.erase(exit.attempt);
    cancels_.erase(exit.attempt);
    running_.erase(exit.attempt);
    reported_.insert(exit.attempt);
}

void OrderBook::adopt(RunnerInventory& inventory) {
    running_.clear();
    for (const auto& start : inventory.running) static_cast<void>(started(start));
    std::erase_if(inventory.ended, [this](const ProcessExit& exit) {
        return acknowledgements_.contains(exit.attempt);
    });
    for (const auto& exit : inventory.ended) exited(exit);
    std::erase_if(cancels_, [this](core::AttemptId attempt) {
        return !running_.contains(attempt) && !starts_.contains(attempt);
    });
}

std::vector<Message> OrderBook::catch_up(RunnerInventory inventory) {
    const auto told_running = running_;
    const auto told_ended = reported_;
    adopt(inventory);
    std::vector<Message> missed;
    for (const auto& start : inventory.running) {
        if (!told_running.contains(start.attempt)) missed.emplace_back(Started{start});
    }
    for (auto& exit : inventory.ended) {
        if (!told_ended.contains(exit.attempt)) missed.emplace_back(Exited{std::move(exit)});
    }
    return missed;
}

std::vector<Message> OrderBook::unconfirmed() const {
    std::vector<Message> orders;
    orders.reserve(starts_.size() + cancels_.size() + acknowledgements_.size());
    for (const auto& [attempt, spec] : starts_) orders.emplace_back(Start{spec});
    for (const core::AttemptId attempt : cancels_) orders.emplace_back(Cancel{attempt});
    for (const core::AttemptId attempt : acknowledgements_) {
        orders.emplace_back(Acknowledge{attempt});
    }
    return orders;
}

}  // namespace reel::runner
