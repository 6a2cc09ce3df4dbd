#pragma once

#include <map>
#include <set>
#include <vector>

#include "message.hpp"
#include "reel/runner/client.hpp"

namespace reel::runner {

/// What a worker asked of its runner and has no confirmation of yet, and what the worker was told.
/// Knows no connection: after a broken one it says what to send again and what is news.
class OrderBook final {
  public:
    /// False when that start was asked for already.
    bool start(ProcessSpec spec);
    /// False when no such attempt is known to run or to be about to.
    bool cancel(core::AttemptId attempt);
    void acknowledge(core::AttemptId attempt);

    /// False when it was told before.
    bool started(const ProcessStart& start);
    void exited(const ProcessExit& exit);
    void forgotten(core::AttemptId attempt) { acknowledgements_.erase(attempt); }

    /// Takes over what a runner holds. Leaves out of `inventory` the ends that were acknowledged.
    void adopt(RunnerInventory& inventory);
    /// What of an inventory is news to the worker, as the messages that were missed; adopts it.
    [[nodiscard]] std::vector<Message> catch_up(RunnerInventory inventory);
    /// Everything without a confirmation; the runner ignores what it knows.
    [[nodiscard]] std::vector<Message> unconfirmed() const;

  private:
    std::map<core::AttemptId, ProcessSpec> starts_;
    std::set<core::AttemptId> cancels_;
    std::set<core::AttemptId> acknowledgements_;
    std::set<core::AttemptId> running_;   ///< their start was told
    std::set<core::AttemptId> reported_;  ///< their exit was told, not acknowledged yet
};

}  // namespace reel::runner
