#include "fake_store.hpp"

#include <stdexcept>

namespace reel::executor {

namespace {

[[noreturn]] void not_expected(const char* call) {
    throw std::logic_error(std::string("an executor has no business with ") + call);
}

}  // namespace

void FakeStore::look_up() {
    ++look_ups;
    if (on_look_up) {
        on_look_up();
    }
    if (away > 0) {
        --away;
        throw postgres::DatabaseError(failure, "57P01", "terminating connection");
    }
}

void FakeStore::add_database(const std::string& connection_id, const std::string& password) {
    store::ConnectionRecord record;
    record.connection_id = connection_id;
    record.conn_type = "postgres";
    record.host = "db.example";
    record.login = "loader";
    record.password = password;
    record.schema = "films";
    record.port = 5432;
    connections[connection_id] = record;
}

void FakeStore::add_staged(const std::string& task_id, const std::string& table) {
    const Json columns = Json::array({Json{{"name", "movie_id"}, {"type", "integer"}}});
    const Json report{
        {"tables",
         Json{
             {table,
              Json{
                  {"physical", "\"reel_staging\".\"" + task_id + "_" + table + "\""},
                  {"columns", columns},
                  {"key", Json::array({"movie_id"})},
              }}
         }},
    };
    xcoms[{task_id, "return_value"}] = dump(report);
}

core::Result<store::VariableRecord> FakeStore::get_variable(const std::string& key) {
    look_up();
    const auto found = variables.find(key);
    if (found == variables.end()) {
        return core::fail(core::Errc::not_found, "no variable");
    }
    return store::VariableRecord{.key = key, .value = found->second, .description = {}};
}

core::Result<store::ConnectionRecord> FakeStore::get_connection(const std::string& id) {
    look_up();
    const auto found = connections.find(id);
    if (found == connections.end()) {
        return core::fail(core::Errc::not_found, "no connection");
    }
    return found->second;
}

core::Result<store::XComRecord> FakeStore::get_xcom(
    const core::TaskKey& key, const std::string& name
) {
    look_up();
    const auto found = xcoms.find({key.task_id.str(), name});
    if (found == xcoms.end()) {
        return core::fail(core::Errc::not_found, "no XCom");
    }
    return store::XComRecord{
        .key = key, .name = name, .value = core::JsonText{found->second}, .at = {}
    };
}

core::AttemptId FakeStore::reserve_attempts(int) {
    not_expected("reserve_attempts");
}
core::Result<void> FakeStore::commit(const store::Commit&) {
    not_expected("commit");
}
std::vector<store::ActiveRun> FakeStore::load_active() {
    not_expected("load_active");
}
std::optional<store::ActiveRun> FakeStore::load_run_at(const core::DagId&, core::Timestamp) {
    not_expected("load_run_at");
}
core::Result<store::BackfillRecord> FakeStore::
    create_backfill(const store::BackfillRecord&, const std::vector<store::BackfillRunRecord>&) {
    not_expected("create_backfill");
}
core::Result<store::BackfillRecord> FakeStore::get_backfill(store::BackfillId) {
    not_expected("get_backfill");
}
store::Listing<store::BackfillRecord>
FakeStore::list_backfills(const std::optional<core::DagId>&, const store::Page&) {
    not_expected("list_backfills");
}
std::vector<store::OpenBackfill> FakeStore::load_open_backfills() {
    not_expected("load_open_backfills");
}
std::vector<store::BackfillRunRecord> FakeStore::list_backfill_runs(store::BackfillId) {
    not_expected("list_backfill_runs");
}
std::vector<store::RunName> FakeStore::find_expired_runs(const store::RunExpiry&) {
    not_expected("find_expired_runs");
}
store::RunRows FakeStore::count_run_rows(const std::vector<store::RunName>&) {
    not_expected("count_run_rows");
}
store::RunRows FakeStore::delete_runs(const std::vector<store::RunName>&) {
    not_expected("delete_runs");
}
std::size_t FakeStore::count_expired(store::Remains, core::Timestamp) {
    not_expected("count_expired");
}
store::RemovedRemains FakeStore::delete_expired(const store::RemainsExpiry&) {
    not_expected("delete_expired");
}
std::vector<store::PoolRecord> FakeStore::list_pools() {
    not_expected("list_pools");
}
core::Result<store::PoolRecord> FakeStore::get_pool(const std::string&) {
    not_expected("get_pool");
}
void FakeStore::set_pool(const store::PoolRecord&) {
    not_expected("set_pool");
}
core::Result<void> FakeStore::delete_pool(const std::string&) {
    not_expected("delete_pool");
}
std::vector<store::LingeringAttempt> FakeStore::load_lingering() {
    not_expected("load_lingering");
}
std::int64_t FakeStore::last_callback_id() {
    not_expected("last_callback_id");
}
std::vector<store::CallbackRecord> FakeStore::due_callbacks(core::Timestamp, std::size_t) {
    not_expected("due_callbacks");
}
std::optional<core::Timestamp> FakeStore::next_callback_due() {
    not_expected("next_callback_due");
}
void FakeStore::update_callback(const store::CallbackRecord&) {
    not_expected("update_callback");
}
store::Listing<store::CallbackRecord> FakeStore::list_callbacks(const store::CallbackFilter&) {
    not_expected("list_callbacks");
}
std::vector<store::PoolUse> FakeStore::count_pool_slots() {
    not_expected("count_pool_slots");
}
core::Result<store::ActiveRun> FakeStore::load_run(const core::DagId&, const core::RunId&) {
    not_expected("load_run");
}
std::optional<store::ActiveRun> FakeStore::load_run_before(const core::DagId&, core::Timestamp) {
    not_expected("load_run_before");
}
std::vector<store::RunRecord> FakeStore::latest_scheduled_runs(const std::vector<core::DagId>&) {
    not_expected("latest_scheduled_runs");
}
std::vector<store::DagSummary> FakeStore::save_dags(
    const std::vector<core::Dag>&, bool, core::Timestamp
) {
    not_expected("save_dags");
}
void FakeStore::mark_stale_except(const std::vector<core::DagId>&) {
    not_expected("mark_stale_except");
}
void FakeStore::save_import_errors(const std::vector<store::ImportErrorRecord>&) {
    not_expected("save_import_errors");
}
store::Listing<store::ImportErrorRecord> FakeStore::list_import_errors(const store::Page&) {
    not_expected("list_import_errors");
}
store::Listing<store::DagRecord> FakeStore::list_dags(const store::DagFilter&) {
    not_expected("list_dags");
}
std::string FakeStore::dag_display_name(const core::DagId&) {
    not_expected("dag_display_name");
}

store::Listing<store::DagSummary> FakeStore::summarize_dags(const store::DagFilter&) {
    not_expected("summarize_dags");
}
core::Result<store::DagRecord> FakeStore::get_dag(const core::DagId& dag_id) {
    look_up();
    const auto found = dags.find(dag_id.str());
    if (found == dags.end()) {
        return core::fail(core::Errc::not_found, "no DAG");
    }
    store::DagRecord record;
    record.dag = found->second;
    return record;
}
std::vector<store::DagVersionRecord> FakeStore::list_dag_versions(const core::DagId&) {
    not_expected("list_dag_versions");
}
core::Result<core::Dag> FakeStore::get_dag_version(const core::DagId&, const std::string&) {
    not_expected("get_dag_version");
}
core::Result<void> FakeStore::set_paused(const core::DagId&, bool) {
    not_expected("set_paused");
}
void FakeStore::set_next_runs(const store::NextRuns&) {
    not_expected("set_next_runs");
}
core::Result<void> FakeStore::delete_dag(const core::DagId&) {
    not_expected("delete_dag");
}
core::Result<store::RunRecord> FakeStore::get_run(const core::DagId&, const core::RunId& run_id) {
    look_up();
    const auto found = runs.find(run_id.str());
    if (found == runs.end()) {
        return core::fail(core::Errc::not_found, "no run");
    }
    return found->second;
}
store::Listing<store::RunRecord> FakeStore::list_runs(const store::RunFilter& filter) {
    look_up();
    run_filters.push_back(filter);
    return {listed_runs, listed_runs.size()};
}
core::Result<store::TaskInstanceRecord> FakeStore::get_task_instance(const core::TaskKey&) {
    look_up();
    return task_instance;
}
store::Listing<store::TaskInstanceRecord>
FakeStore::list_task_instances(const store::TaskInstanceFilter&) {
    not_expected("list_task_instances");
}
store::Listing<store::SkippedFiresRecord>
FakeStore::list_skipped_fires(const core::DagId&, const store::Page&) {
    not_expected("list_skipped_fires");
}
std::vector<store::AttemptRecord> FakeStore::list_attempts(const core::TaskKey&) {
    look_up();
    return attempts;
}
std::vector<store::StateAnswer> FakeStore::find_states(
    const std::vector<store::StateQuestion>& asked
) {
    look_up();
    questions.push_back(asked);
    std::vector<store::StateAnswer> answers;
    for (const auto& question : asked) {
        answers.push_back(on_question ? on_question(question) : store::StateAnswer());
    }
    return answers;
}
std::vector<store::XComRecord> FakeStore::list_xcoms(const core::DagId&, const core::RunId&) {
    not_expected("list_xcoms");
}
store::Listing<store::VariableRecord> FakeStore::list_variables(const store::Page&) {
    not_expected("list_variables");
}
void FakeStore::set_variable(const store::VariableRecord&) {
    not_expected("set_variable");
}
core::Result<void> FakeStore::delete_variable(const std::string&) {
    not_expected("delete_variable");
}
store::Listing<store::ConnectionRecord> FakeStore::list_connections(const store::Page&) {
    not_expected("list_connections");
}
core::Result<void> FakeStore::add_connection(const store::ConnectionRecord&) {
    not_expected("add_connection");
}
core::Result<void> FakeStore::set_connection(const store::ConnectionRecord&) {
    not_expected("set_connection");
}
core::Result<void> FakeStore::delete_connection(const std::string&) {
    not_expected("delete_connection");
}
void FakeStore::ping() {
    not_expected("ping");
}
store::LeaseRecord FakeStore::read_lease() {
    not_expected("read_lease");
}
std::optional<store::LeaseRecord>
FakeStore::acquire_lease(const store::LeaseHolder&, core::Duration, std::optional<store::Epoch>) {
    not_expected("acquire_lease");
}
bool FakeStore::renew_lease(store::Epoch, core::Duration) {
    not_expected("renew_lease");
}
void FakeStore::release_lease(store::Epoch) {
    not_expected("release_lease");
}
std::vector<store::TermRecord> FakeStore::list_terms() {
    not_expected("list_terms");
}
void FakeStore::fence(store::Epoch) {
    not_expected("fence");
}

store::Listing<store::AssetEventView> FakeStore::list_asset_events(
    const store::AssetEventFilter& filter
) {
    look_up();
    store::Listing<store::AssetEventView> listing;
    for (const auto& view : asset_events) {
        if (!filter.uri || view.event.uri == *filter.uri) {
            listing.items.push_back(view);
        }
    }
    listing.total = listing.items.size();
    return listing;
}

std::vector<store::AssetAliasRecord> FakeStore::list_asset_aliases() {
    not_expected("list_asset_aliases");
}
store::AssetState FakeStore::load_asset_state() {
    not_expected("load_asset_state");
}

std::vector<store::AssetRecord> FakeStore::list_assets() {
    not_expected("list_assets");
}

std::vector<store::QueuedAssetEvent> FakeStore::list_queued_asset_events(
    const std::optional<core::DagId>& /*dag_id*/, const std::optional<std::string>& /*uri*/
) {
    not_expected("list_queued_asset_events");
}

}  // namespace reel::executor
