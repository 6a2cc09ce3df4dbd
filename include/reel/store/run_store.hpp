#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/store/asset_store.hpp"
#include "reel/store/backfill.hpp"
#include "reel/store/callback_store.hpp"
#include "reel/store/commit.hpp"
#include "reel/store/commit_under_way.hpp"
#include "reel/store/lease.hpp"
#include "reel/store/lingering.hpp"
#include "reel/store/listing.hpp"
#include "reel/store/records.hpp"
#include "reel/store/retention.hpp"

namespace reel::store {

/// A run with all its parts, as a scheduler needs it that takes it up.
struct ActiveRun {
    core::Dag dag;  ///< of the version the run is pinned to
    RunRecord run;
    std::vector<TaskInstanceRecord> tasks;
    std::vector<XComRecord> facts;  ///< what map sources have pushed, and what branches skipped
    std::set<int> called_deadlines = {};  ///< of the DAG's: those that called somebody, or are over
};

struct DagFilter {
    std::string id_pattern;        ///< SQL LIKE, empty: all
    std::vector<core::DagId> ids;  ///< these; empty: all
    std::optional<bool> paused;
    std::vector<std::string> tags;  ///< any of them
    bool include_stale = false;
    Page page;
    std::string order_by = "dag_id";  ///< dag_id, dag_display_name, is_paused, last_parsed_at,
                                      ///< next_run_after; "-" in front: descending; an unknown
                                      ///< word stands for dag_id
};

/// When each of these DAGs is due next; empty: never.
using NextRuns = std::map<core::DagId, std::optional<core::Timestamp>>;

struct RunFilter {
    std::optional<core::DagId> dag_id;
    std::vector<core::RunState> states;  ///< empty: all
    std::optional<core::Timestamp> run_after_gte;
    std::optional<core::Timestamp> run_after_lte;
    std::optional<core::Timestamp> logical_date_gte;  ///< a run without one is in no such span
    std::optional<core::Timestamp> logical_date_lte;
    Page page;
    std::string order_by = "id";  ///< id, run_after, logical_date, start_date, end_date,
                                  ///< dag_run_id, state; "-": descending
};

struct TaskInstanceFilter {
    std::optional<core::DagId> dag_id;
    std::optional<core::RunId> run_id;
    std::vector<core::TaskState> states;
    Page page;
};

/// A run, or some of its tasks, whose states somebody waits for, or an asset. The run is named by
/// its id or by its logical date.
struct StateQuestion {
    core::DagId dag_id;
    std::optional<core::RunId> run_id;
    std::optional<core::Timestamp> logical_date;
    std::vector<core::TaskId> tasks;
    std::optional<std::string> asset = {};  ///< its URI; then nothing else is asked
};

struct StateAnswer {
    std::optional<core::RunState> run;  ///< empty: there is no such run
    /// Of each instance of the tasks that were asked for, in the order of their rows.
    std::vector<std::pair<core::TaskId, core::TaskState>> tasks;
    std::optional<AssetEventRecord> event = {};  ///< the latest of the asset
    bool operator==(const StateAnswer&) const = default;
};

/// Durable state as domain verbs. Blocking, all but begin(): called on the blocking pool. Expected
/// misses are Results; a lost database throws postgres::DatabaseError (the in-memory store never
/// throws). Thread-safe.
class RunStore : public AssetStore, public CallbackStore, public LeaseStore {
  public:
    // --- the scheduler's half
    /// The first of `count` consecutive attempt ids that nobody else will get.
    virtual core::AttemptId reserve_attempts(int count) = 0;
    /// All or nothing. Errc::conflict names the first row that was not in its `from` state;
    /// Errc::already_exists a new run whose (dag_id, run_id) or (dag_id, logical_date) exists with
    /// other content.
    /// A conflict is also a change whose `after.attempt` is smaller than the row's, one that ends
    /// an attempt of another task (live ones are told apart by reserve_attempts() alone), and one
    /// that gives a run another logical date. Errc::not_found for a row, run or DAG version that
    /// does not exist, Errc::invalid_argument for a new task that is given twice or is of another
    /// run, and for numbers that no task can have. An asset event whose id another one has is a
    /// conflict, and so is a new run that consumes what is not queued for its DAG; Errc::not_found
    /// for the event of an asset that no DAG has named. Of several flaws the first is told: what
    /// contradicts itself, then asset events, new runs, runs, tasks, attempts, XComs, callbacks. An
    /// attempt that is queued or running is told by its task's row; one that ends, waits or is
    /// being ended has a row of its own in the history from then on.
    virtual core::Result<void> commit(const Commit& commit) = 0;
    /// The same without a thread that waits. Null: nothing was done, and commit() is the way, for
    /// what is large or uncommon, or while the store is busy. Does not wait; throws as commit()
    /// does.
    virtual std::unique_ptr<CommitUnderWay> begin(const Commit& commit);
    /// Runs in state queued or running, oldest first.
    virtual std::vector<ActiveRun> load_active() = 0;
    /// One run in whatever state, to be taken up again.
    virtual core::Result<ActiveRun> load_run(
        const core::DagId& dag_id, const core::RunId& run_id
    ) = 0;
    /// The run with the latest logical date before that one, for what looks at the past; empty:
    /// none.
    virtual std::optional<ActiveRun> load_run_before(
        const core::DagId& dag_id, core::Timestamp logical_date
    ) = 0;
    /// The run of that logical date, in whatever state; empty: none.
    virtual std::optional<ActiveRun> load_run_at(
        const core::DagId& dag_id, core::Timestamp logical_date
    ) = 0;
    /// What was ended by decree and may still live, by attempt.
    virtual std::vector<LingeringAttempt> load_lingering() = 0;
    /// Of each of these DAGs that has one the scheduled run of the latest logical date, for the
    /// timetable. One that a backfill has run again is still the tick that it was: its id says so.
    virtual std::vector<RunRecord> latest_scheduled_runs(const std::vector<core::DagId>& dag_ids
    ) = 0;

    // --- DAGs
    /// Records what the catalog has parsed: new and changed DAGs get a version, DAGs of `fileloc`s
    /// not given stay as they are. `paused_at_creation` applies to DAGs seen for the first time.
    /// How each of them stands then, in the order of their ids.
    virtual std::vector<DagSummary> save_dags(
        const std::vector<core::Dag>& dags, bool paused_at_creation, core::Timestamp at
    ) = 0;
    /// DAGs whose ids are not among `present` become stale, the others not.
    virtual void mark_stale_except(const std::vector<core::DagId>& present) = 0;
    virtual void save_import_errors(const std::vector<ImportErrorRecord>& errors
    ) = 0;  ///< replaces all of them
    virtual Listing<ImportErrorRecord> list_import_errors(const Page& page) = 0;
    virtual Listing<DagRecord> list_dags(const DagFilter& filter) = 0;
    /// What list_dags gives, summarized, without reading what the tasks do.
    virtual Listing<DagSummary> summarize_dags(const DagFilter& filter) = 0;
    virtual core::Result<DagRecord> get_dag(const core::DagId& dag_id) = 0;
    /// Empty for a DAG that there is not; one look into an index.
    virtual std::string dag_display_name(const core::DagId& dag_id) = 0;
    /// By number; empty for a DAG that there is not.
    virtual std::vector<DagVersionRecord> list_dag_versions(const core::DagId& dag_id) = 0;
    virtual core::Result<core::Dag> get_dag_version(
        const core::DagId& dag_id, const std::string& version
    ) = 0;
    virtual core::Result<void> set_paused(const core::DagId& dag_id, bool paused) = 0;
    /// DAGs that there are not are passed over.
    virtual void set_next_runs(const NextRuns& next_runs) = 0;
    /// With its runs, task instances, attempts and XComs. Errc::conflict while a run is active.
    virtual core::Result<void> delete_dag(const core::DagId& dag_id) = 0;

    // --- reading runs
    /// The fires that gave no run, the latest first.
    virtual Listing<SkippedFiresRecord> list_skipped_fires(
        const core::DagId& dag_id, const Page& page
    ) = 0;
    virtual core::Result<RunRecord> get_run(
        const core::DagId& dag_id, const core::RunId& run_id
    ) = 0;
    virtual Listing<RunRecord> list_runs(const RunFilter& filter) = 0;
    virtual core::Result<TaskInstanceRecord> get_task_instance(const core::TaskKey& key) = 0;
    virtual Listing<TaskInstanceRecord> list_task_instances(const TaskInstanceFilter& filter) = 0;
    virtual std::vector<AttemptRecord> list_attempts(const core::TaskKey& key
    ) = 0;  ///< oldest first
    /// One answer to each question, in their order; however many they are, one look.
    virtual std::vector<StateAnswer> find_states(const std::vector<StateQuestion>& questions) = 0;
    virtual core::Result<XComRecord> get_xcom(
        const core::TaskKey& key, const std::string& name
    ) = 0;
    virtual std::vector<XComRecord> list_xcoms(
        const core::DagId& dag_id, const core::RunId& run_id
    ) = 0;

    // --- backfills
    /// Stores it under an id of its own, with all its fires. Errc::already_exists while another
    /// backfill of the DAG is open, not_found without the DAG.
    virtual core::Result<BackfillRecord> create_backfill(
        const BackfillRecord& backfill, const std::vector<BackfillRunRecord>& runs
    ) = 0;
    virtual core::Result<BackfillRecord> get_backfill(BackfillId id) = 0;
    /// Of one DAG, or of all; by id.
    virtual Listing<BackfillRecord> list_backfills(
        const std::optional<core::DagId>& dag_id, const Page& page
    ) = 0;
    /// Those that have not completed, by id, with their fires in order.
    virtual std::vector<OpenBackfill> load_open_backfills() = 0;
    virtual std::vector<BackfillRunRecord> list_backfill_runs(BackfillId id) = 0;  ///< in order

    // --- what is too old
    /// Runs that have ended before then, the oldest first. Never one that is active or the latest
    /// scheduled one of its DAG, by which the scheduler knows where it stands.
    virtual std::vector<RunName> find_expired_runs(const RunExpiry& expiry) = 0;
    /// What belongs to these runs; names of no runs count nothing.
    virtual RunRows count_run_rows(const std::vector<RunName>& runs) = 0;
    /// Removes those of them that have ended, with all that belongs to them. One transaction.
    virtual RunRows delete_runs(const std::vector<RunName>& runs) = 0;
    virtual std::size_t count_expired(Remains what, core::Timestamp before) = 0;
    /// At most `limit` of them, in one transaction; fewer when there are no more.
    virtual RemovedRemains delete_expired(const RemainsExpiry& expiry) = 0;

    // --- pools
    virtual std::vector<PoolRecord> list_pools() = 0;  ///< by name; default_pool is always there
    virtual core::Result<PoolRecord> get_pool(const std::string& name) = 0;
    virtual void set_pool(const PoolRecord& pool) = 0;  ///< creates or replaces
    /// Errc::invalid_argument for default_pool.
    virtual core::Result<void> delete_pool(const std::string& name) = 0;
    /// Of task instances that are scheduled, queued, running, restarting or deferred; what lingers
    /// counts as running.
    virtual std::vector<PoolUse> count_pool_slots() = 0;

    // --- variables and connections
    virtual Listing<VariableRecord> list_variables(const Page& page) = 0;
    virtual core::Result<VariableRecord> get_variable(const std::string& key) = 0;
    virtual void set_variable(const VariableRecord& variable) = 0;  ///< creates or replaces
    virtual core::Result<void> delete_variable(const std::string& key) = 0;
    virtual Listing<ConnectionRecord> list_connections(const Page& page) = 0;
    virtual core::Result<ConnectionRecord> get_connection(const std::string& connection_id) = 0;
    virtual core::Result<void> add_connection(const ConnectionRecord& connection
    ) = 0;  ///< Errc::already_exists
    virtual core::Result<void> set_connection(const ConnectionRecord& connection
    ) = 0;  ///< Errc::not_found
    virtual core::Result<void> delete_connection(const std::string& connection_id) = 0;

    /// Throws when the database does not answer.
    virtual void ping() = 0;
};

/// Of one DAG; empty: none.
[[nodiscard]] std::optional<RunRecord> latest_scheduled_run(
    RunStore& store, const core::DagId& dag_id
);
/// The runs that are queued or running.
[[nodiscard]] std::vector<std::pair<core::DagId, core::RunId>> active_runs(RunStore& store);

/// For `dags test` and tests: everything in memory, gone at the end. Its lease goes by the clock,
/// which outlives it.
[[nodiscard]] std::unique_ptr<RunStore> make_memory_store(const core::Clock& clock);
[[nodiscard]] std::unique_ptr<RunStore> make_memory_store();

/// The real one. `uri` is the metadata database, migrated to the newest level.
[[nodiscard]] std::unique_ptr<RunStore> make_postgres_store(const std::string& uri);

}  // namespace reel::store
