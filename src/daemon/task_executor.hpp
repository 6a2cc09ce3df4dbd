#pragma once

#include <memory>

#include "databases.hpp"
#include "reel/async/blocking_pool.hpp"
#include "reel/config/config.hpp"
#include "reel/executor/executor.hpp"
#include "reel/store/run_store.hpp"

namespace reel::daemon {

/// Whether tasks run in workers (core.executor), and go on when the scheduler stops.
[[nodiscard]] bool runs_on_workers(const config::Config& config);

/// The one that core.executor names, for one term of its scheduler. `pool` and `store` outlive it.
[[nodiscard]] std::unique_ptr<executor::Executor> make_task_executor(
    const config::Config& config,
    const Databases& databases,
    const executor::ExecutorOptions& options,
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    store::Epoch term
);

}  // namespace reel::daemon
