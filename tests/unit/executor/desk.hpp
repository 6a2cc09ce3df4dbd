#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <vector>

#include "executor/process_executor.hpp"
#include "fake_store.hpp"
#include "fixture.hpp"
#include "support/fake_runner_client.hpp"
#include "support/manual_clock.hpp"

namespace reel::executor {

/// An executor over a fake runner and store, whose loop is turned by hand: run() goes on until
/// nothing is left to do without the world's help.
class Desk {
  public:
    explicit Desk(const std::function<void(ExecutorOptions&)>& adjust = {});

    void run();
    /// Starts an attempt and runs.
    void start(const scheduler::AttemptOrder& order);
    void adopt(std::vector<scheduler::AttemptOrder> orders);
    [[nodiscard]] std::string log() const;

    Scratch scratch;
    boost::asio::io_context io;
    async::BlockingPool pool{1};
    FakeStore store;
    support::FakeRunner runner;
    std::shared_ptr<support::ManualClock> clock = std::make_shared<support::ManualClock>();
    std::vector<int> pauses;  ///< `tries` of every wait
    bool adopted = false;     ///< adopt() has come back
    std::vector<scheduler::AttemptStarted> started;
    std::vector<scheduler::AttemptEnded> ended;
    std::vector<std::string> dropped;
    ExecutorOptions options = options_below(scratch.path());
    std::unique_ptr<ProcessExecutor> executor;
};

/// A bash attempt with this id.
[[nodiscard]] scheduler::AttemptOrder bash_order(
    core::AttemptId attempt, const std::string& command = "true"
);

}  // namespace reel::executor
