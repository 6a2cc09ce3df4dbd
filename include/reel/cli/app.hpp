#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reel/config/config.hpp"
#include "reel/core/dag.hpp"

namespace reel::cli {

/// `dags test`: one whole run in the foreground, without a server.
struct DagTestOptions {
    std::string dag_id;
    std::optional<core::Timestamp> logical_date;  ///< empty: now
    std::string dag_file;                         ///< empty: look in the DAG folder
    core::JsonText conf{"{}"};                    ///< object
    /// Tasks whose ids begin with a match of this regular expression are not run: they succeed.
    std::string mark_success_pattern;
};

/// `tasks test` and `tasks render`: one task, without a server and without its upstreams.
struct TaskTestOptions {
    std::string dag_id;
    std::string task_id;
    std::optional<core::Timestamp> logical_date;  ///< empty: now
    std::string dag_file;                         ///< empty: look in the DAG folder
    core::JsonText params{"{}"};                  ///< object; overrides the DAG's params
    std::optional<int> map_index;                 ///< of a mapped task; `test` runs all without
};

/// `worker`: what its line says beside the configuration.
struct WorkerCommandOptions {
    std::vector<std::string> queues;  ///< empty: worker.queues
    int concurrency = 0;              ///< 0: worker.concurrency
};

/// What the daemon module carries out for the command line: commands that need the whole program
/// put together.
struct ServerCommands {
    std::function<int(const config::Config&)> standalone;
    std::function<int(const config::Config&, const WorkerCommandOptions&)> worker;
    std::function<int(const config::Config&)> scheduler;
    std::function<int(const config::Config&)> api_server;
    std::function<int()> task_exec;
    /// The metadata database's URI for `db migrate|check|reset|url` and `dags test`; starts the
    /// embedded cluster for the time of the call when it is the one in use and is down.
    std::function<core::Result<std::string>(const config::Config&, const std::string& database)>
        database_uri;
    /// Gives the exit status: 0 when the run succeeded.
    std::function<int(const config::Config&, const DagTestOptions&)> dags_test;
    /// Gives the exit status: 0 when the task succeeded.
    std::function<int(const config::Config&, const TaskTestOptions&)> tasks_test;
    /// The task's arguments with every template rendered, an object.
    std::function<core::Result<core::JsonText>(const config::Config&, const TaskTestOptions&)>
        tasks_render;
};

// Both parse, run and report. Exit status: 0, 1 failed, 2 usage.

/// The command line of `reel`, a client of the REST API. For a command that needs more this process
/// becomes reel-server, which stands in the same folder.
int run_client(int argc, char** argv);
/// The command line of `reel-server`, which knows every command.
int run_server(int argc, char** argv, const ServerCommands& commands);

}  // namespace reel::cli
