#pragma once

#include <unordered_map>

#include "reel/executor/executor.hpp"
#include "waiting/waits.hpp"

namespace reel::executor {

/// Sends what waits to `Waits` and everything else to the processes, and tells those that wait for
/// tasks and runs when one has ended.
class Router final : public Executor {
  public:
    Router(std::unique_ptr<ProcessExecutor> processes, std::shared_ptr<Waits> waits);
    ~Router() override { waits_->join(); }
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    void listen(scheduler::TaskListener listener) override;
    void reach(scheduler::RunControl& control) override { waits_->reach(control); }
    void start(scheduler::AttemptOrder order) override;
    void cancel(core::AttemptId attempt) override;
    void release(core::AttemptId attempt) override;
    boost::asio::awaitable<void> adopt(std::vector<scheduler::AttemptOrder> orders) override;
    void run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) override;
    [[nodiscard]] std::optional<std::string> explain(core::AttemptId attempt) const override;
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

    std::unique_ptr<ProcessExecutor> processes_;
    std::shared_ptr<Waits> waits_;
    std::unordered_map<core::AttemptId, RunName> runs_;
};

}  // namespace reel::executor
