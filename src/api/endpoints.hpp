#pragma once

#include "application.hpp"

namespace reel::api {

// The endpoints by the paths that the route table gives them; each answers as Airflow's does.

// /auth, /health, /
boost::asio::awaitable<Outcome<Response>> create_token(Call call);
boost::asio::awaitable<Outcome<Response>> get_health(Call call);
Outcome<Response> get_version(const Call& call);
Outcome<Response> get_leader(const Call& call);
Outcome<Response> get_root(const Call& call);

// /api/v2/dags
Outcome<Response> list_dags(const Call& call);
Outcome<Response> get_dag(const Call& call);
Outcome<Response> get_dag_details(const Call& call);
boost::asio::awaitable<Outcome<Response>> patch_dags(Call call);
boost::asio::awaitable<Outcome<Response>> patch_dag(Call call);
boost::asio::awaitable<Outcome<Response>> delete_dag(Call call);
Outcome<Response> list_tasks(const Call& call);
Outcome<Response> get_task(const Call& call);
Outcome<Response> get_dag_source(const Call& call);
Outcome<Response> list_import_errors(const Call& call);
Outcome<Response> get_import_error(const Call& call);

// /api/reel/v1/dags/{dag_id}
Outcome<Response> list_next_executions(const Call& call);
Outcome<Response> list_skipped_fires(const Call& call);

// /api/reel/v1/callbacks
Outcome<Response> list_callbacks(const Call& call);
// /api/reel/v1/workers
Outcome<Response> list_workers(const Call& call);

// …/dagRuns
Outcome<Response> list_runs(const Call& call);
Outcome<Response> list_runs_batch(const Call& call);
Outcome<Response> get_run(const Call& call);
boost::asio::awaitable<Outcome<Response>> trigger_run(Call call);
boost::asio::awaitable<Outcome<Response>> patch_run(Call call);
boost::asio::awaitable<Outcome<Response>> clear_run(Call call);
boost::asio::awaitable<Outcome<Response>> wait_for_run(Call call);

// …/taskInstances
boost::asio::awaitable<Outcome<Response>> clear_task_instances(Call call);
boost::asio::awaitable<Outcome<Response>> list_dependencies(Call call);
boost::asio::awaitable<Outcome<Response>> patch_task_instance(Call call);
boost::asio::awaitable<Outcome<Response>> dry_run_task_instance(Call call);
Outcome<Response> list_task_instances(const Call& call);
Outcome<Response> get_task_instance(const Call& call);
Outcome<Response> list_tries(const Call& call);
Outcome<Response> get_try(const Call& call);
Outcome<Response> get_log(const Call& call);
Outcome<Response> list_xcoms(const Call& call);
Outcome<Response> get_xcom(const Call& call);

// /api/v2/backfills
Outcome<Response> list_backfills(const Call& call);
Outcome<Response> get_backfill(const Call& call);
boost::asio::awaitable<Outcome<Response>> create_backfill(Call call);
boost::asio::awaitable<Outcome<Response>> dry_run_backfill(Call call);
boost::asio::awaitable<Outcome<Response>> pause_backfill(Call call);
boost::asio::awaitable<Outcome<Response>> unpause_backfill(Call call);
boost::asio::awaitable<Outcome<Response>> cancel_backfill(Call call);
// /api/v2/assets, …/queuedEvents, …/upstreamAssetEvents
Outcome<Response> list_assets(const Call& call);
Outcome<Response> get_asset(const Call& call);
Outcome<Response> list_dag_versions(const Call& call);
Outcome<Response> get_dag_version(const Call& call);
Outcome<Response> diff_dag_versions(const Call& call);
Outcome<Response> list_asset_aliases(const Call& call);
Outcome<Response> get_asset_alias(const Call& call);
boost::asio::awaitable<Outcome<Response>> materialize_asset(Call call);
Outcome<Response> list_asset_events(const Call& call);
boost::asio::awaitable<Outcome<Response>> create_asset_event(Call call);
Outcome<Response> list_upstream_asset_events(const Call& call);
Outcome<Response> list_queued_events(const Call& call);
Outcome<Response> get_queued_event(const Call& call);
boost::asio::awaitable<Outcome<Response>> delete_queued_events(Call call);

// /api/v2/pools
Outcome<Response> list_pools(const Call& call);
Outcome<Response> get_pool(const Call& call);
boost::asio::awaitable<Outcome<Response>> create_pool(Call call);
boost::asio::awaitable<Outcome<Response>> patch_pool(Call call);
boost::asio::awaitable<Outcome<Response>> delete_pool(Call call);

// /api/v2/variables, /api/v2/connections
Outcome<Response> list_variables(const Call& call);
Outcome<Response> get_variable(const Call& call);
Outcome<Response> create_variable(const Call& call);
Outcome<Response> patch_variable(const Call& call);
Outcome<Response> delete_variable(const Call& call);
Outcome<Response> list_connections(const Call& call);
Outcome<Response> get_connection(const Call& call);
Outcome<Response> create_connection(const Call& call);
Outcome<Response> patch_connection(const Call& call);
Outcome<Response> delete_connection(const Call& call);
Outcome<Response> test_connection(const Call& call);

}  // namespace reel::api
