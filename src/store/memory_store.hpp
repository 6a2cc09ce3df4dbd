#pragma once

#include <map>
#include <mutex>
#include <set>

#include "asset_references.hpp"
#include "commit_plan.hpp"
#include "reel/store/run_store.hpp"

namespace reel::store {

/// Everything in maps under one mutex. Not final: a simulation makes it fail.
class MemoryStore : public RunStore {
  public:
    MemoryStore() : MemoryStore(real_clock) {}
    explicit MemoryStore(const core::Clock& clock) : clock_(clock) {}

    core::AttemptId reserve_attempts(int count) override;
    core::Result<void> commit(const Commit& commit) override;
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
    void fence(Epoch epoch) override;

    void ping() override {}

  private:
    struct StoredDag {
        bool is_paused = true;
        bool is_stale = false;
        std::string version;  ///< the current one
        std::map<std::string, std::pair<int, core::Dag>> versions;
        std::map<std::string, core::Timestamp> versions_since;
        core::Timestamp last_parsed_at;
        std::optional<core::Timestamp> next_run_after;
        int consecutive_failed_runs = 0;
    };
    /// `id` counts up as rows are made: the order of listings.
    struct StoredRun {
        std::int64_t id = 0;
        RunRecord record;
    };
    struct StoredTask {
        std::int64_t id = 0;
        TaskInstanceRecord record;
    };
    struct StoredAsset {
        std::int64_t id = 0;
        core::Asset asset;
        core::Timestamp created_at;
        core::Timestamp updated_at;
    };
    using RunKey = std::pair<core::DagId, core::RunId>;
    using XComKey = std::pair<core::TaskKey, std::string>;

    struct StoredBackfill {
        BackfillRecord record;
        std::vector<BackfillRunRecord> runs;
    };

    void save_assets(const std::vector<core::Dag>& dags, core::Timestamp at);
    void delete_assets_of(const core::DagId& dag_id);
    /// Leaves those in the plan that are not stored yet.
    [[nodiscard]] core::Result<void> check_asset_events(CommitPlan& plan) const;
    [[nodiscard]] core::Result<void> check_consumption(const CommitPlan& plan) const;
    void apply_asset_events(const CommitPlan& plan);
    void apply_aliases(const NewAssetEvent& added);
    [[nodiscard]] std::vector<AssetAliasRecord> aliases_by_id() const;
    [[nodiscard]] std::optional<AssetEventRecord> latest_event(const std::string& uri) const;
    [[nodiscard]] bool is_wanted_event(
        const AssetEventRecord& event, const AssetEventFilter& filter
    ) const;
    [[nodiscard]] AssetEventView view_of(const AssetEventRecord& event) const;
    [[nodiscard]] core::Result<bool> check_new_run(const NewRun& added) const;
    [[nodiscard]] core::Result<void> check_run(const RunChange& change) const;
    [[nodiscard]] core::Result<void> check_task(const TaskChange& change) const;
    [[nodiscard]] core::Result<void> check_expansion(
        const CommitPlan& plan, const Expansion& expansion
    ) const;
    [[nodiscard]] core::Result<void> check(CommitPlan& plan) const;
    [[nodiscard]] core::Result<void> check_history(const CommitPlan& plan) const;
    [[nodiscard]] bool has_version(const RunRecord& run) const;
    void apply(const CommitPlan& plan);
    void apply_backfills(const CommitPlan& plan);
    [[nodiscard]] core::Result<void> check_callbacks(const CommitPlan& plan) const;
    void apply_callbacks(const CommitPlan& plan);
    void apply_lingering(const CommitPlan& plan);
    [[nodiscard]] std::set<int> called_deadlines(const RunKey& run) const;
    void erase_run(const RunKey& run);
    [[nodiscard]] ActiveRun whole_run(const RunRecord& run) const;
    [[nodiscard]] DagRecord record_of(const StoredDag& dag) const;
    [[nodiscard]] std::vector<const StoredTask*> tasks_of(const RunKey& run) const;
    [[nodiscard]] bool is_expired(const StoredRun& run, const RunExpiry& expiry) const;
    [[nodiscard]] RunRows rows_of(const std::vector<RunName>& runs) const;
    [[nodiscard]] bool is_held(std::int64_t event_id) const;
    [[nodiscard]] static bool is_superseded(
        const StoredDag& dag, const std::string& version, core::Timestamp before
    );
    [[nodiscard]] bool has_run_of(const core::DagId& dag_id, const std::string& version) const;
    /// Only counts them when `dry`.
    RemovedRemains erase_expired(const RemainsExpiry& expiry, bool dry);
    RemovedRemains erase_versions(const RemainsExpiry& expiry, bool dry);

    [[nodiscard]] LeaseRecord lease_now() const;
    /// Throws LostLeadership.
    void check_fence() const;

    static const core::SystemClock real_clock;
    const core::Clock& clock_;
    std::mutex mutex_;
    LeaseRecord lease_;
    core::Timestamp lease_expires_at_;
    std::vector<LeaseRecord> terms_;
    std::vector<core::AttemptId> first_attempts_;  ///< of the terms
    std::optional<Epoch> fence_;
    std::int64_t next_id_ = 1;
    core::AttemptId next_attempt_ = 1;
    std::map<core::DagId, StoredDag> dags_;
    std::map<RunKey, StoredRun> runs_;
    std::map<core::TaskKey, StoredTask> tasks_;
    std::map<core::AttemptId, AttemptRecord> attempts_;
    std::map<core::AttemptId, LingeringAttempt> lingering_;
    std::map<XComKey, XComRecord> xcoms_;
    std::map<std::pair<core::DagId, core::Timestamp>, SkippedFiresRecord> skipped_;
    std::map<BackfillId, StoredBackfill> backfills_;
    std::map<std::int64_t, CallbackRecord> callbacks_;
    std::map<std::string, StoredAsset> assets_;  ///< by URI
    std::map<core::DagId, std::set<AssetReference>> asset_references_;
    std::map<std::string, std::int64_t> asset_aliases_;  ///< ids by name
    core::AliasedAssets aliased_;
    std::map<std::int64_t, AssetEventRecord> asset_events_;
    std::set<std::pair<core::DagId, std::int64_t>> asset_queue_;
    std::map<RunKey, std::set<std::int64_t>> consumed_events_;
    std::map<std::string, ImportErrorRecord> import_errors_;
    std::map<std::string, PoolRecord> pools_{{"default_pool", {}}};
    std::map<std::string, VariableRecord> variables_;
    std::map<std::string, ConnectionRecord> connections_;
};

/// One page out of rows that are in order already.
template <class T>
Listing<T> paged(std::vector<T> rows, const Page& page) {
    Listing<T> listing;
    listing.total = rows.size();
    for (std::size_t i = page.offset; i < rows.size() && listing.items.size() < page.limit; ++i) {
        listing.items.push_back(std::move(rows[i]));
    }
    return listing;
}

}  // namespace reel::store
