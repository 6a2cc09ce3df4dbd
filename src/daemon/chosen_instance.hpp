#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>

#include "reel/core/time.hpp"
#include "reel/scheduler/task_executor.hpp"

namespace reel::daemon {

/// An executor that carries out one instance of a DAG's mapped task and skips the others; without a
/// map index it passes everything on, and what is of other DAGs in any case. Lives as long as the
/// loop runs.
class ChosenInstance final : public scheduler::TaskExecutor {
  public:
    ChosenInstance(
        boost::asio::any_io_executor loop,
        scheduler::TaskExecutor& tasks,
        const core::Clock& clock,
        core::DagId dag_id,
        std::optional<int> map_index
    );

    void listen(scheduler::TaskListener listener) override;
    void expect(const std::vector<scheduler::AttemptOrder>& orders) override;
    void start(scheduler::AttemptOrder order) override;
    void cancel(core::AttemptId attempt) override;
    void release(core::AttemptId attempt) override;
    void end_lingering(const std::vector<store::LingeringAttempt>& attempts) override;
    boost::asio::awaitable<void> adopt(std::vector<scheduler::AttemptOrder> orders) override;
    void run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) override;
    void assets_have_news(const std::vector<std::string>& uris) override;
    [[nodiscard]] std::optional<std::string> explain(core::AttemptId attempt) const override;
    [[nodiscard]] std::size_t out_of_reach() const override { return tasks_.out_of_reach(); }

  private:
    [[nodiscard]] bool is_chosen(const core::TaskKey& key) const;

    boost::asio::any_io_executor loop_;
    scheduler::TaskExecutor& tasks_;
    const core::Clock& clock_;
    core::DagId dag_id_;
    std::optional<int> map_index_;
    scheduler::TaskListener listener_;
};

}  // namespace reel::daemon
