#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reel/scheduler/task_executor.hpp"

namespace reel::support {

/// Records what it is asked to do; ends nothing by itself unless on_start does.
class FakeTaskExecutor final : public scheduler::TaskExecutor {
  public:
    void listen(scheduler::TaskListener listener) override { listener_ = std::move(listener); }
    void expect(const std::vector<scheduler::AttemptOrder>& orders) override {
        if (on_expect) on_expect(orders);
    }
    void start(scheduler::AttemptOrder order) override {
        started.push_back(order);
        if (on_start) on_start(order);
    }
    void cancel(core::AttemptId attempt) override {
        cancelled.push_back(attempt);
        if (on_cancel) on_cancel(attempt);
    }
    void release(core::AttemptId attempt) override { released.push_back(attempt); }
    void end_lingering(const std::vector<store::LingeringAttempt>& attempts) override {
        lingering = attempts;
    }
    boost::asio::awaitable<void> adopt(std::vector<scheduler::AttemptOrder> orders) override {
        adopted = std::move(orders);
        co_return;
    }
    void run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag>) override {
        ended_runs.push_back(run);
    }
    void assets_have_news(const std::vector<std::string>& uris) override {
        news.insert(news.end(), uris.begin(), uris.end());
    }
    [[nodiscard]] std::optional<std::string> explain(core::AttemptId attempt) const override {
        const auto found = explanations.find(attempt);
        return found == explanations.end() ? std::nullopt : std::optional(found->second);
    }

    [[nodiscard]] std::size_t out_of_reach() const override { return unreachable; }

    /// Reports that the attempt started and ended so.
    void finish(
        const scheduler::AttemptOrder& order, scheduler::TaskOutcome outcome, core::Timestamp at
    ) {
        listener_.started(
            {.attempt = order.attempt, .key = order.key, .at = at, .pid = 42, .hostname = "here"}
        );
        end(order.attempt, order.key, outcome, at);
    }
    void end(
        core::AttemptId attempt,
        const core::TaskKey& key,
        scheduler::TaskOutcome outcome,
        core::Timestamp at
    ) {
        scheduler::AttemptEnded event;
        event.attempt = attempt;
        event.key = key;
        event.outcome = outcome;
        event.at = at;
        listener_.ended(std::move(event));
    }

    std::function<void(const std::vector<scheduler::AttemptOrder>&)> on_expect;
    std::function<void(const scheduler::AttemptOrder&)> on_start;
    std::function<void(core::AttemptId)> on_cancel;
    std::vector<scheduler::AttemptOrder> started;
    std::vector<scheduler::AttemptOrder> adopted;
    std::vector<store::LingeringAttempt> lingering;
    std::vector<core::AttemptId> cancelled;
    std::vector<core::AttemptId> released;
    std::vector<store::RunRecord> ended_runs;
    std::vector<std::string> news;  ///< URIs of assets
    std::size_t unreachable = 0;
    std::map<core::AttemptId, std::string> explanations;

  private:
    scheduler::TaskListener listener_;
};

}  // namespace reel::support
