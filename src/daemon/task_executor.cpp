#include "task_executor.hpp"

#include "reel/worker/dispatching_executor.hpp"

namespace reel::daemon {

executor::ExecutorOptions executor_options(
    const config::Config& config, const Databases& databases
) {
    executor::ExecutorOptions options;
    options.logs = config.path("logging", "base_log_folder");
    options.data = config.path("core", "data_folder");
    options.program = std::filesystem::read_symlink("/proc/self/exe");
    options.environment = config.environment();
    options.default_warehouse_uri = databases.warehouse;
    options.keep_failed_staging = config.duration("warehouse", "keep_failed_staging");
    options.runner.directory = config.home() / "run";
    options.runner.program = options.program;
    options.runner.lease = config.duration("scheduler", "task_instance_heartbeat_timeout");
    return options;
}

bool runs_on_workers(const config::Config& config) {
    const std::string& word = config.text("core", "executor");
    return word == "worker" || word == "CeleryExecutor";
}

std::unique_ptr<executor::Executor> make_task_executor(
    const config::Config& config,
    const Databases& databases,
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store
) {
    const auto options = executor_options(config, databases);
    auto processes = executor::make_process_executor(executor, pool, store, options);
    if (runs_on_workers(config)) {
        processes = worker::make_dispatching_executor(
            executor,
            pool,
            store::make_postgres_dispatch_store(databases.metadata),
            std::move(processes),
            databases.metadata
        );
    }
    return executor::make_executor(executor, pool, store, options, std::move(processes));
}

}  // namespace reel::daemon
