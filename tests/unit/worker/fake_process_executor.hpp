#pragma once

#include <map>
#include <utility>
#include <vector>

#include "reel/executor/process_executor.hpp"

namespace reel::worker {

/// Records what it is asked to do; its attempts end when a test says so, or at once when they are
/// cancelled.
class FakeProcessExecutor final : public executor::ProcessExecutor {
  public:
    void listen(scheduler::TaskListener listener) override { listener_ = std::move(listener); }
    void start(scheduler::AttemptOrder order) override {
        live[order.attempt] = order.key;
        started.push_back(std::move(order));
    }
    void cancel(core::AttemptId attempt) override {
        if (!live.contains(attempt)) return;
        cancelled.push_back(attempt);
        if (ends_on_cancel) tell_ended(attempt, scheduler::TaskOutcome::cancelled);
    }
    void release(core::AttemptId attempt) override { released.push_back(attempt); }
    void end_lingering(const std::vector<store::LingeringAttempt>&) override {}
    boost::asio::awaitable<void> adopt(std::vector<scheduler::AttemptOrder> orders) override {
        live.clear();
        for (const auto& order : orders) live[order.attempt] = order.key;
        ++adoptions;
        adopted = std::move(orders);
        co_return;
    }
    void run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag>) override {
        ended_runs.push_back(run);
    }
    void abandon() override { listener_ = {}; }
    boost::asio::awaitable<void> stop(bool end_runner_when_idle) override {
        stopped.push_back(end_runner_when_idle);
        co_return;
    }

    void tell_started(core::AttemptId attempt, int pid = 4711) {
        listener_.started(
            {.attempt = attempt, .key = live.at(attempt), .at = {}, .pid = pid, .hostname = "host1"}
        );
    }
    void tell_ended(
        core::AttemptId attempt,
        scheduler::TaskOutcome outcome = scheduler::TaskOutcome::succeeded,
        std::vector<store::XComRecord> xcoms = {}
    ) {
        scheduler::AttemptEnded ended;
        ended.attempt = attempt;
        ended.key = live.extract(attempt).mapped();
        ended.outcome = outcome;
        ended.xcoms = std::move(xcoms);
        listener_.ended(std::move(ended));
    }

    bool ends_on_cancel = true;
    std::map<core::AttemptId, core::TaskKey> live;
    std::vector<scheduler::AttemptOrder> started;
    std::vector<scheduler::AttemptOrder> adopted;
    int adoptions = 0;
    std::vector<core::AttemptId> cancelled;
    std::vector<core::AttemptId> released;
    std::vector<store::RunRecord> ended_runs;
    std::vector<bool> stopped;

  private:
    scheduler::TaskListener listener_;
};

}  // namespace reel::worker
