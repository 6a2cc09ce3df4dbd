#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/store/backfill.hpp"
#include "reel/store/records.hpp"

namespace reel::scheduler {

/// A wish for a run. Empty ids are filled in Airflow's way ("manual__2026-11-21T07:00:00+00:00").
struct TriggerRequest {
    core::DagId dag_id;
    std::optional<core::RunId> run_id;
    std::optional<core::Timestamp> logical_date;  ///< empty: the run has none
    std::optional<core::DataInterval> data_interval;
    std::optional<core::Timestamp> run_after;  ///< empty: now
    core::JsonText conf{"{}"};
    std::string note;
    core::TriggeredBy triggered_by = core::TriggeredBy::rest_api;
    std::string triggering_user;
    core::RunType type = core::RunType::manual;  ///< or asset_materialization
};

/// Which queued asset events a person means.
struct QueuedEventSelection {
    std::optional<core::DagId> dag_id;  ///< empty: of all DAGs
    std::optional<std::string> uri;     ///< empty: of all assets
    std::optional<core::Timestamp> before;
};

/// A wish for a backfill; both dates are included.
struct BackfillRequest {
    core::DagId dag_id;
    core::Timestamp from_date;
    core::Timestamp to_date;
    int max_active_runs = 10;
    bool run_backwards = false;
    core::ReprocessBehavior reprocess_behavior = core::ReprocessBehavior::none;
    core::JsonText dag_run_conf{"{}"};
    std::string triggering_user;
};

/// A task as a person names it; without a map index all its instances are meant.
struct TaskName {
    core::TaskId task_id;
    std::optional<int> map_index;
};

/// Which task instances of a run a person means.
struct TaskSelection {
    std::vector<TaskName> tasks;  ///< empty: all of the run
    bool upstream = false;        ///< and everything before them
    bool downstream = false;      ///< and everything behind them
    bool only_failed = false;     ///< of these the failed and upstream_failed
    bool only_running = false;    ///< of these the running
    /// Airflow's prevent_running_task: where one of them runs, none is cleared.
    bool refuse_running = false;
};

/// One condition that keeps a task from running: Airflow's name of it, and what it is in words.
struct UnmetCondition {
    std::string name;
    std::string reason;
};

/// What people may ask of the scheduler. Every answer comes after its commit. Coroutines of the
/// loop thread.
class RunControl {
  public:
    virtual ~RunControl() = default;
    /// Errc::not_found: no such DAG; already_exists: the run id or logical date is taken;
    /// invalid_argument: bad run id, or conf that breaks the DAG's params. A run of a paused DAG
    /// stays queued.
    virtual boost::asio::awaitable<core::Result<store::RunRecord>> trigger(TriggerRequest request
    ) = 0;
    virtual boost::asio::awaitable<core::Result<void>> set_paused(
        core::DagId dag_id, bool paused
    ) = 0;
    /// Marks a run, active or ended: `failed` ends what runs and passes over what waits, `success`
    /// ends what runs and marks every task success, `queued` clears all its tasks so that it begins
    /// anew. Teardowns are left out; where some are still to come, the run goes on until they have
    /// ended. Errc::invalid_argument for `running`; not_found: no such run.
    virtual boost::asio::awaitable<core::Result<store::RunRecord>> set_run_state(
        core::DagId dag_id, core::RunId run_id, core::RunState state
    ) = 0;
    /// Clears task instances of one run or several, all of them or none: they begin anew, a run
    /// that had ended is queued again. Gives those that are meant as they stood before. With
    /// `dry_run` nothing is done. Errc::not_found: no such run or task; of several runs those
    /// without the task are passed over. Errc::conflict: `refuse_running` stands against it.
    virtual boost::asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> clear(
        core::DagId dag_id, std::vector<core::RunId> run_ids, TaskSelection selection, bool dry_run
    ) = 0;
    /// Marks task instances success, failed or skipped; what failed behind them is cleared, so that
    /// it is decided anew. Gives them as they stand afterwards, otherwise as clear().
    virtual boost::asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> mark(
        core::DagId dag_id,
        core::RunId run_id,
        TaskSelection selection,
        core::TaskState state,
        bool dry_run
    ) = 0;
    /// Replaces what people noted about a run, active or not, or about a task of it; nothing else
    /// changes. Gives the run.
    virtual boost::asio::awaitable<core::Result<store::RunRecord>> set_note(
        core::DagId dag_id, core::RunId run_id, std::optional<TaskName> task, std::string note
    ) = 0;
    /// What a task of an active run waits for; of one that runs or has ended that it does. Empty:
    /// nothing, it is about to run. Errc::not_found: no such run or task.
    virtual boost::asio::awaitable<core::Result<std::vector<UnmetCondition>>> why(
        core::DagId dag_id, core::RunId run_id, TaskName task
    ) = 0;
    /// Makes a backfill, which then makes its runs as they may begin. Errc::not_found: no such DAG;
    /// already_exists: an earlier one of the DAG is open; invalid_argument: a DAG without fires, a
    /// span that holds none, or what Airflow forbids with depends_on_past.
    virtual boost::asio::awaitable<core::Result<store::BackfillRecord>> create_backfill(
        BackfillRequest request
    ) = 0;
    /// The logical dates that it would run, in their order; nothing is done.
    virtual boost::asio::awaitable<core::Result<std::vector<core::Timestamp>>> dry_run_backfill(
        BackfillRequest request
    ) = 0;
    /// A paused backfill begins no runs; those that are active go on. Errc::not_found: no such
    /// backfill; conflict: it has completed.
    virtual boost::asio::awaitable<core::Result<store::BackfillRecord>> set_backfill_paused(
        store::BackfillId id, bool paused
    ) = 0;
    /// Completes a backfill at once: runs that have begun go on, queued ones fail, no others come.
    /// Errors as above.
    virtual boost::asio::awaitable<core::Result<store::BackfillRecord>> cancel_backfill(
        store::BackfillId id
    ) = 0;
    /// Creates or replaces a pool, or removes one; the tasks that wait for places feel it at once.
    virtual boost::asio::awaitable<core::Result<void>> set_pool(store::PoolRecord pool) = 0;
    virtual boost::asio::awaitable<core::Result<void>> delete_pool(std::string name) = 0;
    /// News of an asset that somebody else made; gives the event's id. Errc::not_found: no DAG
    /// names the asset.
    virtual boost::asio::awaitable<core::Result<std::int64_t>> create_asset_event(
        std::string uri, core::JsonText extra
    ) = 0;
    /// Takes events out of the queues of DAGs that wait for more; gives how many there were.
    virtual boost::asio::awaitable<core::Result<std::size_t>> delete_queued_events(
        QueuedEventSelection selection
    ) = 0;
    /// Errc::conflict while a run is active.
    virtual boost::asio::awaitable<core::Result<void>> delete_dag(core::DagId dag_id) = 0;
    /// When the loop last turned, for the health page.
    [[nodiscard]] virtual core::Timestamp latest_heartbeat() const = 0;
};

}  // namespace reel::scheduler
