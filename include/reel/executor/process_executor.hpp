#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "reel/async/blocking_pool.hpp"
#include "reel/config/config.hpp"
#include "reel/core/result.hpp"
#include "reel/runner/client.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/store/run_store.hpp"

namespace reel::executor {

struct ExecutorOptions {
    std::filesystem::path
        logs;  ///< below it: dag_id=D/run_id=R/task_id=T[.map_index=M].attempt=N.log
    std::filesystem::path data;  ///< below it: the run's data folder dag_id=D/run_id=R, and cache/
    std::filesystem::path program;  ///< this program, for `task exec`
    config::Environment
        environment;  ///< what shell tasks inherit, and REEL_CONN_*, REEL_VAR_* overrides
    std::string default_warehouse_uri;  ///< connection "warehouse" where nobody defines it; empty:
                                        ///< there is none
    core::Duration keep_failed_staging = std::chrono::hours(72);
    runner::RunnerOptions runner;
    /// Asked before the runner is met and before it is told to start something. Empty: always.
    std::function<bool()> may_act = {};
    /// For an attempt that another home's runner had, how long it may still run there. Empty: no
    /// other home had any.
    std::function<std::optional<core::Duration>(core::AttemptId)> elsewhere = {};
};

/// Carries attempts out as processes of a runner.
class ProcessExecutor : public scheduler::TaskExecutor {
  public:
    /// An orderly end: takes no more work, calls the listener no more and leaves the runner, which
    /// keeps what still runs until a worker comes back; with `end_runner_when_idle` it ends itself
    /// once nothing runs any more. Without this call the destructor leaves the runner as a crash
    /// would.
    virtual boost::asio::awaitable<void> stop(bool end_runner_when_idle) = 0;
    /// The end of one that may not act any more: takes no more work, calls the listener no more and
    /// tells the runner nothing, which keeps what runs until its lease ends or somebody else comes.
    virtual void abandon() = 0;
};

/// Renders, resolves connections and hands attempts to the runner. Lives on one loop; database
/// look-ups go to the pool. `pool` and `store` outlive it.
[[nodiscard]] std::unique_ptr<ProcessExecutor> make_process_executor(
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    ExecutorOptions options
);

/// Whether a process carries the task out: not a branch that its arguments decide.
[[nodiscard]] bool needs_process(const core::Task& task);

/// This machine's name, as attempts carry it.
[[nodiscard]] std::string host_name();

/// Where a new attempt has its log.
[[nodiscard]] std::filesystem::path log_path(
    const std::filesystem::path& logs, const core::TaskKey& key, int try_number
);

/// Where the log of an attempt is that may have begun under an older version: to be read, and to be
/// written on.
[[nodiscard]] std::filesystem::path find_log(
    const std::filesystem::path& logs, const core::TaskKey& key, int try_number
);

/// A task's arguments with every template rendered, as an object (`tasks render`). Passwords of
/// connections are shown as ***. Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<core::JsonText> render_task(
    const scheduler::AttemptOrder& order, store::RunStore& store, const ExecutorOptions& options
);

/// `reel task exec`: reads its spec from descriptor 3, runs one of the built-in operators, logs to
/// stdout, writes its result to descriptor 4. Gives the exit status: 0 success, 1 failed, 2 failed
/// for good, 99 skipped.
int task_exec();

}  // namespace reel::executor
