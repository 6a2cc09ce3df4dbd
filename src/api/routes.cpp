#include "endpoints.hpp"

namespace reel::api {

const std::vector<Route>& routes() {
    static const std::vector<Route> table{
        {"GET", "/", get_root, Access::anyone},
        {"GET", "/health", get_health, Access::anyone},
        {"GET", "/api/v2/monitor/health", get_health, Access::anyone},
        {"GET", "/api/v2/version", get_version, Access::anyone},
        {"POST", "/auth/token", create_token, Access::anyone},
        {"POST", "/auth/token/cli", create_token, Access::anyone},

        {"GET", "/api/v2/dags", list_dags},
        {"PATCH", "/api/v2/dags", patch_dags},
        {"GET", "/api/v2/dags/{dag_id}", get_dag},
        {"PATCH", "/api/v2/dags/{dag_id}", patch_dag},
        {"DELETE", "/api/v2/dags/{dag_id}", delete_dag},
        {"GET", "/api/v2/dags/{dag_id}/details", get_dag_details},
        {"GET", "/api/v2/dags/{dag_id}/tasks", list_tasks},
        {"GET", "/api/v2/dags/{dag_id}/tasks/{task_id}", get_task},
        {"GET", "/api/v2/dagSources/{dag_id}", get_dag_source},
        {"GET", "/api/v2/importErrors", list_import_errors},
        {"GET", "/api/v2/importErrors/{import_error_id}", get_import_error},

        {"GET", "/api/v2/dags/{dag_id}/dagRuns", list_runs},
        {"POST", "/api/v2/dags/{dag_id}/dagRuns", trigger_run},
        {"POST", "/api/v2/dags/{dag_id}/dagRuns/list", list_runs_batch},
        {"GET", "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}", get_run},
        {"PATCH", "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}", patch_run},
        {"GET", "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/wait", wait_for_run},

        {"GET", "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances", list_task_instances},
        {"GET",
         "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}",
         get_task_instance},
        {"GET",
         "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/tries",
         list_tries},
        {"GET",
         "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/tries/{try_number}",
         get_try},
        {"GET",
         "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/logs/{try_number}",
         get_log},
        {"GET",
         "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/xcomEntries",
         list_xcoms},
        {"GET",
         "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/xcomEntries/"
         "{xcom_key}",
         get_xcom},
        {"GET",
         "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/{map_index}",
         get_task_instance},
        {"GET",
         "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/{map_index}/tries",
         list_tries},

        {"GET", "/api/v2/variables", list_variables},
        {"POST", "/api/v2/variables", create_variable},
        {"GET", "/api/v2/variables/{variable_key}", get_variable},
        {"PATCH", "/api/v2/variables/{variable_key}", patch_variable},
        {"DELETE", "/api/v2/variables/{variable_key}", delete_variable},
        {"GET", "/api/v2/connections", list_connections},
        {"POST", "/api/v2/connections", create_connection},
        {"POST", "/api/v2/connections/test", test_connection},
        {"GET", "/api/v2/connections/{connection_id}", get_connection},
        {"PATCH", "/api/v2/connections/{connection_id}", patch_connection},
        {"DELETE", "/api/v2/connections/{connection_id}", delete_connection},
    };
    return table;
}

}  // namespace reel::api
