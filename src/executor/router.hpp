#pragma once

#include <unordered_map>

#include "names.hpp"
#include "reel/executor/executor.hpp"
#include "waiting/waits.hpp"

namespace reel::executor {

/// Sends what waits to `Waits` and everything else to the processes, and tells those that wait for
/// tasks and runs when one has ended. The ends of mapped instances go by way of their names.
class Router final : public Executor {
  public:
    Router(
        std::unique_ptr<ProcessExecutor> processes,
        std::shared_ptr<Waits> waits,
        std::shared_ptr<Names> names
    );
    ~Router() override;
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    void listen(scheduler::TaskListener listener) override;
    void reach(scheduler::RunControl& control) override { waits_->reach(control); }
    void expect(const std::vector<scheduler::AttemptOrder>& orders) override {
        processes_->expect(orders);
    }
    void start(scheduler::AttemptOrder order) override;
    void cancel(core::AttemptId attempt) override;
    void release(core::AttemptId attempt) override;
    void end_lingering(const std::vector<store::LingeringAttempt>& attempts) override {
        processes_->end_lingering(attempts);
    }
    boost::asio::awaitable<void> adopt(std::vector<scheduler::AttemptOrder> orders) override;
    void assets_have_news(const std::vector<std::string>& uris) override;
    void run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) override;
    [[nodiscard]] std::optional<std::string> explain(core::AttemptId attempt) const override;
    [[nodiscard]] std::size_t out_of_reach() const override { return processes_->out_of_reach(); }
    boost::asio::awaitable<void> stop(bool end_runner_when_idle) override;
    void abandon() override;
    boost::asio::awaitable<void> idle() override { return waits_->stop(); }

  private:
    /// Of which run an attempt is, until its end is committed.
    struct RunName {
        core::DagId dag_id;
        core::RunId run_id;
        std::optional<core::Timestamp> logical_date;
    };
    void remember(const scheduler::AttemptOrder& order);
    void ended(scheduler::AttemptEnded event);

    std::unique_ptr<ProcessExecutor> processes_;
    std::shared_ptr<Waits> waits_;
    std::shared_ptr<Names> names_;
    scheduler::TaskListener listener_;
    std::unordered_map<core::AttemptId, RunName> runs_;
    std::unordered_map<core::AttemptId, scheduler::AttemptOrder> unnamed_;
};

}  // namespace reel::executor
