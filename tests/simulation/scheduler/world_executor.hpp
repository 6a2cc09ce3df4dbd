#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <optional>
#include <vector>

#include "reel/scheduler/task_executor.hpp"

namespace reel::scheduler {

/// The processes of a machine, which outlive the scheduler as the runner that watches them does;
/// and what waits without a process, which every life of the scheduler begins anew.
class Processes final {
  public:
    struct Process {
        AttemptOrder order;
        bool waits = false;  ///< it has no process
        bool started = false;
        bool unwanted = false;
        std::optional<AttemptEnded> ended;  ///< kept until the scheduler has stored it
    };

    /// Fails the running test where another one of the same task instance lives.
    void begin(const AttemptOrder& order);
    [[nodiscard]] std::vector<core::AttemptId> alive() const;
    [[nodiscard]] Process* find(core::AttemptId attempt);
    void forget(core::AttemptId attempt) { all_.erase(attempt); }
    /// What no adopted order names dies unseen, or is forgotten where it had ended. What waits goes
    /// with the life that it was of.
    void keep_only(const std::vector<AttemptOrder>& orders);
    [[nodiscard]] bool empty() const { return all_.empty(); }
    [[nodiscard]] std::size_t begun() const { return begun_; }
    [[nodiscard]] std::size_t waits_begun() const { return waits_begun_; }

  private:
    std::map<core::AttemptId, Process> all_;
    std::map<core::TaskKey, core::AttemptId> last_;
    std::size_t begun_ = 0;  ///< processes
    std::size_t waits_begun_ = 0;
};

/// What one life of the scheduler sees of them: the runner's protocol in short.
class WorldExecutor final : public TaskExecutor {
  public:
    WorldExecutor(boost::asio::any_io_executor io, Processes& processes, const core::Clock& clock)
        : io_(std::move(io)), processes_(processes), clock_(clock) {}

    void listen(TaskListener listener) override { listener_ = std::move(listener); }
    void start(AttemptOrder order) override;
    void cancel(core::AttemptId attempt) override;
    void release(core::AttemptId attempt) override { processes_.forget(attempt); }
    boost::asio::awaitable<void> adopt(std::vector<AttemptOrder> orders) override;
    void run_ended(const store::RunRecord&, std::shared_ptr<const core::Dag>) override {}

    /// Tells what has become of a process; from the loop's thread, never from inside a call of it.
    void report_start(core::AttemptId attempt);
    void report_end(core::AttemptId attempt);

  private:
    boost::asio::any_io_executor io_;
    Processes& processes_;
    const core::Clock& clock_;
    TaskListener listener_;
};

}  // namespace reel::scheduler
