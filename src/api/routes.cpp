#include <array>

#include "endpoints.hpp"

namespace reel::api {

namespace {

constexpr std::array table{
    Route{"GET", "/", get_root, Access::anyone},
    Route{"GET", "/health", get_health, Access::anyone},
    Route{"GET", "/api/v2/monitor/health", get_health, Access::anyone},
    Route{"GET", "/api/v2/version", get_version, Access::anyone},
    Route{"POST", "/auth/token", create_token, Access::anyone, Place::here},
    Route{"POST", "/auth/token/cli", create_token, Access::anyone, Place::here},

    Route{"GET", "/api/v2/dags", list_dags},
    Route{"PATCH", "/api/v2/dags", patch_dags},
    Route{"GET", "/api/v2/dags/{dag_id}", get_dag},
    Route{"PATCH", "/api/v2/dags/{dag_id}", patch_dag},
    Route{"DELETE", "/api/v2/dags/{dag_id}", delete_dag},
    Route{"GET", "/api/v2/dags/{dag_id}/details", get_dag_details},
    Route{"GET", "/api/v2/dags/{dag_id}/tasks", list_tasks},
    Route{"GET", "/api/v2/dags/{dag_id}/tasks/{task_id}", get_task},
    Route{"GET", "/api/v2/dagSources/{dag_id}", get_dag_source},
    Route{"GET", "/api/v2/importErrors", list_import_errors},
    Route{"GET", "/api/v2/importErrors/{import_error_id}", get_import_error},

    Route{"GET", "/api/v2/dags/{dag_id}/dagVersions", list_dag_versions},
    Route{"GET", "/api/v2/dags/{dag_id}/dagVersions/{version_number}", get_dag_version},
    Route{"GET", "/api/reel/v1/dags/{dag_id}/diff", diff_dag_versions},
    Route{"GET", "/api/reel/v1/leader", get_leader},
    Route{"GET", "/api/reel/v1/dags/{dag_id}/nextExecutions", list_next_executions},
    Route{"GET", "/api/reel/v1/dags/{dag_id}/skippedFires", list_skipped_fires},
    Route{"GET", "/api/reel/v1/callbacks", list_callbacks},

    Route{"GET", "/api/reel/v1/workers", list_workers},

    Route{"GET", "/api/v2/dags/{dag_id}/dagRuns", list_runs},
    Route{"POST", "/api/v2/dags/{dag_id}/dagRuns", trigger_run},
    Route{
        "POST", "/api/v2/dags/{dag_id}/dagRuns/list", list_runs_batch, Access::token, Place::here
    },
    Route{"GET", "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}", get_run},
    Route{"PATCH", "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}", patch_run},
    Route{"GET", "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/wait", wait_for_run},
    Route{"POST", "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/clear", clear_run},
    Route{"POST", "/api/v2/dags/{dag_id}/clearTaskInstances", clear_task_instances},

    Route{"GET", "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances", list_task_instances},
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}",
        get_task_instance
    },
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/tries",
        list_tries
    },
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/tries/{try_number}",
        get_try
    },
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/logs/{try_number}",
        get_log
    },
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/xcomEntries",
        list_xcoms
    },
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/xcomEntries/"
        "{xcom_key}",
        get_xcom
    },
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/dependencies",
        list_dependencies,
        Access::token,
        Place::leader
    },
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/{map_index}/"
        "dependencies",
        list_dependencies,
        Access::token,
        Place::leader
    },
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/{map_index}",
        get_task_instance
    },
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/{map_index}/tries",
        list_tries
    },

    Route{
        "PATCH",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}",
        patch_task_instance
    },
    Route{
        "PATCH",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/dry_run",
        dry_run_task_instance
    },
    Route{
        "PATCH",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/{map_index}",
        patch_task_instance
    },
    Route{
        "PATCH",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/{map_index}/dry_run",
        dry_run_task_instance
    },

    Route{"GET", "/api/v2/backfills", list_backfills},
    Route{"POST", "/api/v2/backfills", create_backfill},
    Route{"POST", "/api/v2/backfills/dry_run", dry_run_backfill},
    Route{"GET", "/api/v2/backfills/{backfill_id}", get_backfill},
    Route{"PUT", "/api/v2/backfills/{backfill_id}/pause", pause_backfill},
    Route{"PUT", "/api/v2/backfills/{backfill_id}/unpause", unpause_backfill},
    Route{"PUT", "/api/v2/backfills/{backfill_id}/cancel", cancel_backfill},
    Route{"GET", "/api/v2/assets", list_assets},
    Route{"GET", "/api/v2/assets/events", list_asset_events},
    Route{"POST", "/api/v2/assets/events", create_asset_event},
    Route{"GET", "/api/v2/assets/aliases", list_asset_aliases},
    Route{"GET", "/api/v2/assets/aliases/{asset_alias_id}", get_asset_alias},
    Route{"GET", "/api/v2/assets/{asset_id}", get_asset},
    Route{"POST", "/api/v2/assets/{asset_id}/materialize", materialize_asset},
    Route{"GET", "/api/v2/assets/{asset_id}/queuedEvents", list_queued_events},
    Route{"DELETE", "/api/v2/assets/{asset_id}/queuedEvents", delete_queued_events},
    Route{"GET", "/api/v2/dags/{dag_id}/assets/queuedEvents", list_queued_events},
    Route{"DELETE", "/api/v2/dags/{dag_id}/assets/queuedEvents", delete_queued_events},
    Route{"GET", "/api/v2/dags/{dag_id}/assets/{asset_id}/queuedEvents", get_queued_event},
    Route{"DELETE", "/api/v2/dags/{dag_id}/assets/{asset_id}/queuedEvents", delete_queued_events},
    Route{
        "GET",
        "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/upstreamAssetEvents",
        list_upstream_asset_events
    },

    Route{"GET", "/api/v2/pools", list_pools},
    Route{"POST", "/api/v2/pools", create_pool},
    Route{"GET", "/api/v2/pools/{pool_name}", get_pool},
    Route{"PATCH", "/api/v2/pools/{pool_name}", patch_pool},
    Route{"DELETE", "/api/v2/pools/{pool_name}", delete_pool},

    Route{"GET", "/api/v2/variables", list_variables},
    Route{"POST", "/api/v2/variables", create_variable},
    Route{"GET", "/api/v2/variables/{variable_key}", get_variable},
    Route{"PATCH", "/api/v2/variables/{variable_key}", patch_variable},
    Route{"DELETE", "/api/v2/variables/{variable_key}", delete_variable},
    Route{"GET", "/api/v2/connections", list_connections},
    Route{"POST", "/api/v2/connections", create_connection},
    Route{"POST", "/api/v2/connections/test", test_connection, Access::token, Place::here},
    Route{"GET", "/api/v2/connections/{connection_id}", get_connection},
    Route{"PATCH", "/api/v2/connections/{connection_id}", patch_connection},
    Route{"DELETE", "/api/v2/connections/{connection_id}", delete_connection},
};

}  // namespace

std::span<const Route> routes() {
    return table;
}

}  // namespace reel::api
