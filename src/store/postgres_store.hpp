#pragma once

#include <memory>
#include <string>
#include <thread>

#include "commit_link.hpp"
#include "commit_plan.hpp"
#include "fence.hpp"
#include "lease_link.hpp"
#include "reel/postgres/database.hpp"
#include "reel/store/postgres.hpp"
#include "reel/store/run_store.hpp"

namespace reel::store {

/// Schema reel of a migrated database. Every verb is one transaction.
class PostgresStore final : public RunStore {
  public:
    PostgresStore(
        const std::string& uri, std::shared_ptr<postgres::Database> reading, ConnectAhead ahead
    );

    core::AttemptId reserve_attempts(int count) override;
    core::Result<void> commit(const Commit& commit) override;
    std::unique_ptr<CommitUnderWay> begin(const Commit& commit) override;
    std::vector<ActiveRun> load_active() override;
    core::Result<ActiveRun> load_run(const core::DagId& dag_id, const core::RunId& run_id) override;
    std::optional<ActiveRun> load_run_before(
        const core::DagId& dag_id, core::Timestamp logical_date
    ) override;
    std::optional<ActiveRun> load_run_at(const core::DagId& dag_id, core::Timestamp logical_date)
        override;
    std::vector<LingeringAttempt> load_lingering() override;
    std::vector<RunRecord> latest_scheduled_runs(const std::vector<core::DagId>& dag_ids) override;

    std::vector<DagSummary> save_dags(
        const std::vector<core::Dag>& dags, bool paused_at_creation, core::Timestamp at
    ) override;
    void mark_stale_except(const std::vector<core::DagId>& present) override;
    void save_import_errors(const std::vector<ImportErrorRecord>& errors) override;
    Listing<ImportErrorRecord> list_import_errors(const Page& page) override;
    Listing<DagRecord> list_dags(const DagFilter& filter) override;
    Listing<DagSummary> summarize_dags(const DagFilter& filter) override;
    std::string dag_display_name(const core::DagId& dag_id) override;
    core::Result<DagRecord> get_dag(const core::DagId& dag_id) override;
    std::vector<DagVersionRecord> list_dag_versions(const core::DagId& dag_id) override;
    core::Result<core::Dag> get_dag_version(const core::DagId& dag_id, const std::string& version)
        override;
    core::Result<void> set_paused(const core::DagId& dag_id, bool paused) override;
    void set_next_runs(const NextRuns& next_runs) override;
    core::Result<void> delete_dag(const core::DagId& dag_id) override;

    Listing<SkippedFiresRecord> list_skipped_fires(const core::DagId& dag_id, const Page& page)
        override;
    core::Result<RunRecord> get_run(const core::DagId& dag_id, const core::RunId& run_id) override;
    Listing<RunRecord> list_runs(const RunFilter& filter) override;
    core::Result<TaskInstanceRecord> get_task_instance(const core::TaskKey& key) override;
    Listing<TaskInstanceRecord> list_task_instances(const TaskInstanceFilter& filter) override;
    std::vector<AttemptRecord> list_attempts(const core::TaskKey& key) override;
    std::vector<StateAnswer> find_states(const std::vector<StateQuestion>& questions) override;
    core::Result<XComRecord> get_xcom(const core::TaskKey& key, const std::string& name) override;
    std::vector<XComRecord> list_xcoms(const core::DagId& dag_id, const core::RunId& run_id)
        override;

    core::Result<BackfillRecord> create_backfill(
        const BackfillRecord& backfill, const std::vector<BackfillRunRecord>& runs
    ) override;
    core::Result<BackfillRecord> get_backfill(BackfillId id) override;
    Listing<BackfillRecord> list_backfills(
        const std::optional<core::DagId>& dag_id, const Page& page
    ) override;
    std::vector<OpenBackfill> load_open_backfills() override;
    std::vector<BackfillRunRecord> list_backfill_runs(BackfillId id) override;

    std::vector<RunName> find_expired_runs(const RunExpiry& expiry) override;
    RunRows count_run_rows(const std::vector<RunName>& runs) override;
    RunRows delete_runs(const std::vector<RunName>& runs) override;
    std::size_t count_expired(Remains what, core::Timestamp before) override;
    RemovedRemains delete_expired(const RemainsExpiry& expiry) override;
    AssetState load_asset_state() override;
    std::vector<AssetRecord> list_assets() override;
    std::vector<AssetAliasRecord> list_asset_aliases() override;
    Listing<AssetEventView> list_asset_events(const AssetEventFilter& filter) override;
    std::vector<QueuedAssetEvent> list_queued_asset_events(
        const std::optional<core::DagId>& dag_id, const std::optional<std::string>& uri
    ) override;

    std::int64_t last_callback_id() override;
    std::vector<CallbackRecord> due_callbacks(core::Timestamp now, std::size_t limit) override;
    std::optional<core::Timestamp> next_callback_due() override;
    void update_callback(const CallbackRecord& callback) override;
    Listing<CallbackRecord> list_callbacks(const CallbackFilter& filter) override;

    std::vector<PoolRecord> list_pools() override;
    core::Result<PoolRecord> get_pool(const std::string& name) override;
    void set_pool(const PoolRecord& pool) override;
    core::Result<void> delete_pool(const std::string& name) override;
    std::vector<PoolUse> count_pool_slots() override;

    Listing<VariableRecord> list_variables(const Page& page) override;
    core::Result<VariableRecord> get_variable(const std::string& key) override;
    void set_variable(const VariableRecord& variable) override;
    core::Result<void> delete_variable(const std::string& key) override;
    Listing<ConnectionRecord> list_connections(const Page& page) override;
    core::Result<ConnectionRecord> get_connection(const std::string& connection_id) override;
    core::Result<void> add_connection(const ConnectionRecord& connection) override;
    core::Result<void> set_connection(const ConnectionRecord& connection) override;
    core::Result<void> delete_connection(const std::string& connection_id) override;

    LeaseRecord read_lease() override;
    std::optional<LeaseRecord> acquire_lease(
        const LeaseHolder& holder, core::Duration length, std::optional<Epoch> dead
    ) override;
    bool renew_lease(Epoch epoch, core::Duration length) override;
    void release_lease(Epoch epoch) override;
    std::vector<TermRecord> list_terms() override;
    void fence(Epoch epoch) override { fence_.set(epoch); }

    void ping() override { database_->ping(); }

  private:
    core::Result<void> commit_step_by_step(const CommitPlan& plan);
    /// As those of Database, for what only a scheduler writes: within its term.
    void transact_in_term(const std::function<void(postgres::Transaction&)>& work);
    void connect_for_lease() noexcept;
    void connect_for_commits() noexcept;
    /// What is short and awaited, in one round trip between commits.
    postgres::Rows write_in_term(std::string_view sql, postgres::Params params);
    postgres::Rows query_in_term(std::string_view sql, const postgres::Params& params);

    std::shared_ptr<postgres::Database> database_;
    CommitLink commits_;
    LeaseLink leases_;
    Fence fence_;
    std::jthread ahead_;
};

}  // namespace reel::store
