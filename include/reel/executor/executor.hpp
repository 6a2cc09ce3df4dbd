#pragma once

#include <memory>

#include "reel/executor/process_executor.hpp"
#include "reel/scheduler/run_control.hpp"

namespace reel::executor {

/// Carries out whatever a task may be: as a process of a runner, or, where it only waits, without
/// one.
class Executor : public ProcessExecutor {
  public:
    /// Through whom `trigger_dag` makes runs. Before the first start or adopt.
    virtual void reach(scheduler::RunControl& control) = 0;
    /// After abandon(): until nothing of it is under way through the run control any more.
    virtual boost::asio::awaitable<void> idle() = 0;
};

/// As make_process_executor(); waits go by the system's clock.
[[nodiscard]] std::unique_ptr<Executor> make_executor(
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    const ExecutorOptions& options
);

/// Over whatever carries out processes; waits go by the system's clock.
[[nodiscard]] std::unique_ptr<Executor> make_executor(
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    const ExecutorOptions& options,
    std::unique_ptr<ProcessExecutor> processes
);

}  // namespace reel::executor
