#include "task_executor.hpp"

#include "reel/worker/dispatching_executor.hpp"

namespace reel::daemon {

bool runs_on_workers(const config::Config& config) {
    const std::string& word = config.text("core", "executor");
    return word == "worker" || word == "CeleryExecutor";
}

std::unique_ptr<executor::Executor> make_task_executor(
    const config::Config& config,
    const Databases& databases,
    const executor::ExecutorOptions& options,
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    store::Epoch term
) {
    auto processes = executor::make_process_executor(executor, pool, store, options);
    if (runs_on_workers(config)) {
        processes = worker::make_dispatching_executor(
            executor,
            pool,
            store::make_postgres_dispatch_store(databases.metadata, term),
            std::move(processes),
            databases.metadata
        );
    }
    return executor::make_executor(executor, pool, store, options, std::move(processes));
}

}  // namespace reel::daemon
