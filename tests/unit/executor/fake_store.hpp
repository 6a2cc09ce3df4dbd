#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "executor/json.hpp"
#include "reel/postgres/error.hpp"
#include "reel/store/run_store.hpp"

namespace reel::executor {

/// Variables, connections and XComs; whatever else an executor might ask for is a failure. Can be
/// away for a number of look-ups.
class FakeStore final : public store::RunStore {
  public:
    std::map<std::string, std::string> variables;
    std::map<std::string, store::ConnectionRecord> connections;
    std::map<std::pair<std::string, std::string>, std::string> xcoms;  ///< by task and name
    int away = 0;                                                      ///< look-ups that still fail
    postgres::FailureKind failure = postgres::FailureKind::transient;
    std::vector<store::AssetEventView> asset_events;  ///< of any run
    int look_ups = 0;
    std::map<std::string, core::Dag> dags;
    std::vector<store::AttemptRecord> attempts;  ///< of whatever task
    store::TaskInstanceRecord task_instance;     ///< whatever its key
    /// The questions of each look, and who answers them; unanswered: there are no such runs.
    std::vector<std::vector<store::StateQuestion>> questions;
    std::function<store::StateAnswer(const store::StateQuestion&)> on_question;
    std::map<std::string, store::RunRecord> runs;  ///< by run id
    std::vector<store::RunRecord> listed_runs;     ///< what every list of runs gives
    std::vector<store::RunFilter> run_filters;     ///< what was asked for
    std::function<void()> on_look_up;              ///< called first, where set

    /// A "postgres" connection of user "loader" with a password.
    void add_database(const std::string& connection_id, const std::string& password);
    /// The report of a stage task, with one table.
    void add_staged(const std::string& task_id, const std::string& table);

    core::Result<store::VariableRecord> get_variable(const std::string& key) override;
    core::Result<store::ConnectionRecord> get_connection(const std::string& id) override;
    core::Result<store::XComRecord> get_xcom(const core::TaskKey& key, const std::string& name)
        override;

    store::Listing<store::AssetEventView> list_asset_events(const store::AssetEventFilter& filter
    ) override;

    store::AssetState load_asset_state() override;
    std::vector<store::AssetRecord> list_assets() override;
    std::vector<store::AssetAliasRecord> list_asset_aliases() override;
    std::vector<store::QueuedAssetEvent> list_queued_asset_events(
        const std::optional<core::DagId>& dag_id, const std::optional<std::string>& uri
    ) override;
    core::AttemptId reserve_attempts(int count) override;
    core::Result<void> commit(const store::Commit& commit) override;
    std::vector<store::ActiveRun> load_active() override;
    std::optional<store::ActiveRun> load_run_at(
        const core::DagId& dag_id, core::Timestamp logical_date
    ) override;
    core::Result<store::BackfillRecord> create_backfill(
        const store::BackfillRecord& backfill, const std::vector<store::BackfillRunRecord>& runs
    ) override;
    core::Result<store::BackfillRecord> get_backfill(store::BackfillId id) override;
    store::Listing<store::BackfillRecord> list_backfills(
        const std::optional<core::DagId>& dag_id, const store::Page& page
    ) override;
    std::vector<store::OpenBackfill> load_open_backfills() override;
    std::vector<store::BackfillRunRecord> list_backfill_runs(store::BackfillId id) override;
    std::vector<store::RunName> find_expired_runs(const store::RunExpiry& expiry) override;
    store::RunRows count_run_rows(const std::vector<store::RunName>& runs) override;
    store::RunRows delete_runs(const std::vector<store::RunName>& runs) override;
    std::size_t count_expired(store::Remains what, core::Timestamp before) override;
    store::RemovedRemains delete_expired(const store::RemainsExpiry& expiry) override;
    std::int64_t last_callback_id() override;
    std::vector<store::LingeringAttempt> load_lingering() override;
    std::vector<store::CallbackRecord> due_callbacks(core::Timestamp now, std::size_t limit)
        override;
    std::optional<core::Timestamp> next_callback_due() override;
    void update_callback(const store::CallbackRecord& callback) override;
    store::Listing<store::CallbackRecord> list_callbacks(const store::CallbackFilter& filter
    ) override;
    std::vector<store::PoolRecord> list_pools() override;
    core::Result<store::PoolRecord> get_pool(const std::string& name) override;
    void set_pool(const store::PoolRecord& pool) override;
    core::Result<void> delete_pool(const std::string& name) override;
    std::vector<store::PoolUse> count_pool_slots() override;
    core::Result<store::ActiveRun> load_run(const core::DagId& dag_id, const core::RunId& run_id)
        override;
    std::optional<store::ActiveRun> load_run_before(
        const core::DagId& dag_id, core::Timestamp logical_date
    ) override;
    std::vector<store::RunRecord> latest_scheduled_runs(const std::vector<core::DagId>& dag_ids
    ) override;
    std::vector<store::DagSummary> save_dags(
        const std::vector<core::Dag>& dags, bool paused_at_creation, core::Timestamp at
    ) override;
    void mark_stale_except(const std::vector<core::DagId>& present) override;
    void save_import_errors(const std::vector<store::ImportErrorRecord>& errors) override;
    store::Listing<store::ImportErrorRecord> list_import_errors(const store::Page& page) override;
    store::Listing<store::DagRecord> list_dags(const store::DagFilter& filter) override;
    store::Listing<store::DagSummary> summarize_dags(const store::DagFilter& filter) override;
    std::string dag_display_name(const core::DagId& dag_id) override;
    core::Result<store::DagRecord> get_dag(const core::DagId& dag_id) override;
    std::vector<store::DagVersionRecord> list_dag_versions(const core::DagId& dag_id) override;
    core::Result<core::Dag> get_dag_version(const core::DagId& dag_id, const std::string& version)
        override;
    core::Result<void> set_paused(const core::DagId& dag_id, bool paused) override;
    void set_next_runs(const store::NextRuns& next_runs) override;
    core::Result<void> delete_dag(const core::DagId& dag_id) override;
    core::Result<store::RunRecord> get_run(const core::DagId& dag_id, const core::RunId& run_id)
        override;
    store::Listing<store::RunRecord> list_runs(const store::RunFilter& filter) override;
    core::Result<store::TaskInstanceRecord> get_task_instance(const core::TaskKey& key) override;
    store::Listing<store::TaskInstanceRecord> list_task_instances(
        const store::TaskInstanceFilter& filter
    ) override;
    store::Listing<store::SkippedFiresRecord> list_skipped_fires(
        const core::DagId& dag_id, const store::Page& page
    ) override;
    std::vector<store::AttemptRecord> list_attempts(const core::TaskKey& key) override;
    std::vector<store::StateAnswer> find_states(const std::vector<store::StateQuestion>& questions
    ) override;
    std::vector<store::XComRecord> list_xcoms(const core::DagId& dag_id, const core::RunId& run_id)
        override;
    store::Listing<store::VariableRecord> list_variables(const store::Page& page) override;
    void set_variable(const store::VariableRecord& variable) override;
    core::Result<void> delete_variable(const std::string& key) override;
    store::Listing<store::ConnectionRecord> list_connections(const store::Page& page) override;
    core::Result<void> add_connection(const store::ConnectionRecord& connection) override;
    core::Result<void> set_connection(const store::ConnectionRecord& connection) override;
    core::Result<void> delete_connection(const std::string& connection_id) override;
    void ping() override;
    store::LeaseRecord read_lease() override;
    std::optional<store::LeaseRecord> acquire_lease(
        const store::LeaseHolder& holder, core::Duration length, std::optional<store::Epoch> dead
    ) override;
    bool renew_lease(store::Epoch epoch, core::Duration length) override;
    void release_lease(store::Epoch epoch) override;
    std::vector<store::TermRecord> list_terms() override;
    void fence(store::Epoch epoch) override;

  private:
    void look_up();
};

}  // namespace reel::executor
