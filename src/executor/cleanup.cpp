#include "cleanup.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <set>

#include "connections.hpp"
#include "render.hpp"
#include "run_paths.hpp"

namespace reel::executor {

namespace {

void warn(const store::RunRecord& run, const std::string& what, const std::string& why) {
    spdlog::warn("{} dag={} run={} reason={}", what, run.dag_id.str(), run.run_id.str(), why);
}

/// The databases that the run's stage tasks wrote to.
std::set<std::string> staging_databases(
    const store::RunRecord& run,
    const std::shared_ptr<const core::Dag>& dag,
    store::RunStore& store,
    Connections& connections
) {
    std::set<std::string> uris;
    for (std::uint32_t index = 0; index < dag->tasks.size(); ++index) {
        const core::Task& task = dag->tasks[index];
        if (task.operator_name != "stage") {
            continue;
        }
        const scheduler::AttemptOrder order{
            .key = {.dag_id = run.dag_id, .run_id = run.run_id, .task_id = task.task_id},
            .dag = dag,
            .task_index = index,
            .run = run,
        };
        const auto connection_id = render_connection_id(order, store, connections);
        const auto uri = connection_id ? connections.database_uri(*connection_id) : connection_id;
        if (uri) {
            uris.insert(*uri);
        } else {
            warn(run, "staging tables are kept", uri.error().message);
        }
    }
    return uris;
}

void drop_staging(
    const store::RunRecord& run,
    const std::set<std::string>& uris,
    const DropStaged& drop_staged,
    core::Duration keep
) {
    for (const std::string& uri : uris) {
        const auto dropped = drop_staged(uri, run.dag_id, run.run_id, keep);
        if (!dropped) {
            warn(run, "staging tables are kept", dropped.error().message);
        }
    }
}

}  // namespace

void clean_up_run(
    const store::RunRecord& run,
    const std::shared_ptr<const core::Dag>& dag,
    store::RunStore& store,
    const ExecutorOptions& options,
    const DropStaged& drop_staged
) {
    if (run.state != core::RunState::success) {
        return;
    }
    std::error_code failure;
    std::filesystem::remove_all(run_directory(options.data, run.dag_id, run.run_id), failure);
    if (failure) {
        warn(run, "the run's data folder is kept", failure.message());
    }
    try {
        SecretMask mask;
        Connections connections(options.environment, store, options.default_warehouse_uri, mask);
        drop_staging(
            run,
            staging_databases(run, dag, store, connections),
            drop_staged,
            options.keep_failed_staging
        );
    } catch (const std::exception& error) {
        warn(run, "staging tables are kept", error.what());
    }
}

}  // namespace reel::executor
