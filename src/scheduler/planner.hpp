#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "asset_queues.hpp"
#include "backfills.hpp"
#include "dag_entry.hpp"
#include "effects.hpp"
#include "places.hpp"
#include "planner_notes.hpp"
#include "reel/scheduler/patience.hpp"
#include "reel/scheduler/run_control.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/scheduler/timetable.hpp"
#include "reel/store/run_store.hpp"
#include "run_plan.hpp"
#include "scheduled_dag.hpp"

namespace reel::scheduler {

/// Decides what happens next. Pure: time and events come in, Effects go out; it knows no clock,
/// database or process. Its picture runs ahead of the store by what plan() has given out and the
/// loop has not committed yet.
class Planner final {
  public:
    explicit Planner(
        int parallelism,
        std::size_t max_map_length = default_max_map_length,
        Patience patience = no_patience
    )
        : max_map_length_(max_map_length), patience_(patience), places_(parallelism) {}

    /// DAGs that are new or changed, and those whose files are gone. Active runs go on under the
    /// DAG they began with.
    void set_dags(
        std::vector<ScheduledDag> changed, const std::vector<core::DagId>& gone, core::Timestamp now
    );
    void set_pools(std::vector<PoolLimit> pools) { places_.set_pools(std::move(pools)); }
    void set_paused(const core::DagId& dag_id, bool paused, core::Timestamp now);
    void remove_dag(const core::DagId& dag_id);
    [[nodiscard]] const ScheduledDag* find_dag(const core::DagId& dag_id) const;
    [[nodiscard]] bool has_active_runs(const core::DagId& dag_id) const;

    /// Takes up a run that the store holds, and gives the attempts that were alive in it. One that
    /// has ended stays for the next round alone, unless something is done to it.
    std::vector<AttemptOrder> restore(store::ActiveRun active, core::Timestamp now);
    /// A new run, queued. Its ids must be free in the store; Errc::already_exists when an active
    /// run has them.
    core::Result<store::RunRecord> add_run(store::RunRecord run);
    /// Marks a run that is at hand, active or ended. Errc::not_found: no such run.
    core::Result<store::RunRecord> end_run(
        const core::DagId& dag_id,
        const core::RunId& run_id,
        core::RunState state,
        core::Timestamp now
    );

    // --- backfills
    /// A backfill that the store holds; before restore() of its runs. One known already is left.
    void take_up_backfill(store::OpenBackfill open) { backfills_.take_up(std::move(open)); }
    /// Errc::not_found: no open backfill has that id.
    core::Result<store::BackfillRecord> set_backfill_paused(
        store::BackfillId id, bool paused, core::Timestamp now
    );
    core::Result<store::BackfillRecord> cancel_backfill(store::BackfillId id, core::Timestamp now);
    /// Fires that may become runs now; each is to be answered by supply_backfill_run() before the
    /// next plan().
    [[nodiscard]] std::vector<BackfillWish> backfill_wishes() const;
    /// Whether a round would begin runs of backfills.
    [[nodiscard]] bool has_backfill_work() const;
    /// The run that the store has for the date, if there is one.
    void supply_backfill_run(
        const BackfillWish& wish, std::optional<store::ActiveRun> there, core::Timestamp now
    );

    // --- by hand, on runs at hand (restore() those that have ended); RunControl says what they do
    [[nodiscard]] bool has_run(const core::DagId& dag_id, const core::RunId& run_id) const;
    /// Whether it stays at hand: one that has ended is forgotten in the next round.
    [[nodiscard]] bool keeps_run(const core::DagId& dag_id, const core::RunId& run_id) const;
    core::Result<std::vector<store::TaskInstanceRecord>> clear(
        const core::DagId& dag_id,
        const std::vector<core::RunId>& run_ids,
        const TaskSelection& selection,
        bool dry_run,
        core::Timestamp now
    );
    core::Result<std::vector<store::TaskInstanceRecord>> mark(
        const core::DagId& dag_id,
        const core::RunId& run_id,
        const TaskSelection& selection,
        core::TaskState state,
        bool dry_run,
        core::Timestamp now
    );
    core::Result<store::RunRecord> set_note(
        const core::DagId& dag_id,
        const core::RunId& run_id,
        const std::optional<TaskName>& task,
        const std::string& note
    );

    core::Result<Reasons> why(
        const core::DagId& dag_id,
        const core::RunId& run_id,
        const TaskName& task,
        core::Timestamp now
    ) const;
    /// The attempt of a task that waits without a process; nullopt when it does not.
    [[nodiscard]] std::optional<core::AttemptId> waiting_attempt(
        const core::DagId& dag_id, const core::RunId& run_id, const TaskName& task
    ) const;

    /// Forgets a run that turned out not to be free in the store. Nothing of it may have been
    /// started.
    void drop_run(const core::DagId& dag_id, const core::RunId& run_id);

    /// The largest id of a callback that the store holds, before the first plan().
    void restore_callbacks(std::int64_t last_id) { next_callback_ = last_id + 1; }
    /// Before the first plan().
    void restore_lingering(const std::vector<store::LingeringAttempt>& attempts) {
        places_.restore_lingering(attempts);
    }

    // --- assets
    /// Takes up what the store holds, before the first plan().
    void restore_assets(const store::AssetState& state);
    /// News that no task has made, of an asset that the store knows; gives the event's id.
    std::int64_t add_asset_event(
        const std::string& uri, const core::JsonText& extra, core::Timestamp now
    );
    /// Gives how many there were.
    std::size_t drop_queued_events(const QueuedEventSelection& selection);

    void on_started(const AttemptStarted& event);
    void on_ended(const AttemptEnded& event);

    /// From now on nothing new is given out; what runs may end.
    void stop_granting() { granting_ = false; }
    /// Attempts that hold a place. What waits without one holds up no shutdown.
    [[nodiscard]] std::size_t live_attempts() const { return places_.taken(); }
    [[nodiscard]] std::vector<core::AttemptId> attempts() const;

    /// At least this many ids must be at hand before plan() (supply_attempts).
    [[nodiscard]] int attempts_wanted() const;
    void supply_attempts(core::AttemptId first, int count);

    /// Takes the wishes since the last call; each is to be answered by supply_past().
    [[nodiscard]] std::vector<PastWish> take_past_wishes();
    [[nodiscard]] bool has_past_wishes() const { return !past_wishes_.empty(); }
    /// The run before, as the store has it; nullopt: this one is the first.
    void supply_past(
        const PastWish& wish, const std::optional<store::ActiveRun>& before, core::Timestamp now
    );

    /// Everything that is due at `now` and everything that events have led to since the last call.
    [[nodiscard]] Effects plan(core::Timestamp now);
    /// When plan() will next have something to do by itself.
    [[nodiscard]] std::optional<core::Timestamp> next_due() const;

  private:
    using RunKey = std::pair<core::DagId, core::RunId>;
    using DueDags = std::set<std::pair<core::Timestamp, core::DagId>>;

    // --- DAGs
    DagEntry& make_entry(const core::DagId& id);
    void retire(const core::DagId& id);
    void refresh(const core::DagId& id, DagEntry& entry);
    static void move_due(
        DueDags& due,
        const core::DagId& id,
        std::optional<core::Timestamp>& stands_at,
        std::optional<core::Timestamp> at
    );
    void plan_next_run(DagEntry& entry, core::Timestamp now);
    void record_skipped(const DagEntry& entry, core::Timestamp now);
    std::shared_ptr<const Blueprint> blueprint_of(DagEntry& entry, core::Dag dag);
    static std::shared_ptr<const Blueprint> blueprint_without(
        DagEntry& entry, std::shared_ptr<const Blueprint> whole, const AbsentTasks& absent
    );
    static RunPlan begin_plan(
        DagEntry& entry, store::RunRecord run, std::vector<std::int64_t> events = {}
    );

    // --- runs
    store::RunRecord insert_run(
        DagEntry& entry, store::RunRecord run, std::vector<std::int64_t> events = {}
    );
    RunHandle insert(RunPlan plan);
    RunPlan* find_run(RunHandle run);
    std::optional<RunHandle> find_handle(const core::DagId& dag_id, const core::RunId& run_id)
        const;
    DagEntry& entry_of(const RunPlan& plan) { return dags_.at(plan.run().dag_id); }
    [[nodiscard]] bool is_paused(const RunPlan& plan) const {
        return dags_.at(plan.run().dag_id).scheduled.is_paused;
    }
    void begin_running(DagEntry& entry, RunHandle run, core::Timestamp now);
    void queue_again(RunHandle run, const RunPlan& plan);
    /// Active ones, and ended ones that somebody has asked about.
    [[nodiscard]] std::vector<RunHandle> runs_at_hand(const core::DagId& dag_id) const;
    [[nodiscard]] bool has_run_at(const DagEntry& entry, core::Timestamp logical_date) const;
    static void clear_failed_behind(
        RunPlan& plan, const std::vector<InstanceIndex>& marked, core::Timestamp now
    );
    void touch(RunHandle run) { touched_.insert(run); }

    // --- backfills
    [[nodiscard]] bool may_backfill(const core::DagId& dag_id) const;
    void start_backfill_runs(core::Timestamp now);
    void begin_apart(DagEntry& entry, RunHandle run, core::Timestamp now);
    RunHandle take_over(store::ActiveRun ended, core::Timestamp now);

    // --- the run before
    void wish_for_past(RunHandle run);
    void past_has_moved(RunHandle before, core::Timestamp now);
    void judge_past(RunHandle run, TaskIndex task, core::Timestamp now);

    // --- assets
    std::int64_t record_event(store::NewAssetEvent added);
    void create_asset_runs(core::Timestamp now);
    void take_back_events(const core::DagId& dag_id, const core::RunId& run_id);
    template <class IsMeant>
    std::vector<store::QueuedAssetEvent> remove_queued(IsMeant is_meant);

    // --- callbacks
    void arm_deadlines(RunHandle run, const RunPlan& plan);
    void count_end(DagEntry& entry, core::RunState state, core::Timestamp now);
    void number_callbacks(Effects& effects, core::Timestamp now);

    // --- by hand
    [[nodiscard]] core::Result<RunHandle> get_at_hand(
        const core::DagId& dag_id, const core::RunId& run_id
    ) const;
    /// What a clear means; Errc::conflict where the selection spares what runs.
    [[nodiscard]] core::Result<std::vector<Choice>> choose_to_clear(
        const core::DagId& dag_id,
        const std::vector<core::RunId>& run_ids,
        const TaskSelection& selection
    ) const;
    /// Errc::not_found names the run or the task that is not there.
    [[nodiscard]] core::Result<Choice> choose(
        const core::DagId& dag_id, const core::RunId& run_id, const TaskSelection& selection
    ) const;
    void explain_run(const RunPlan& plan, core::Timestamp now, Reasons& reasons) const;
    void explain_place(RunHandle run, const RunPlan& plan, InstanceIndex i, Reasons& reasons) const;

    // --- one round
    void create_due_runs(core::Timestamp now);
    void fire_timers(core::Timestamp now);
    void start_queued_runs(core::Timestamp now);
    void tell_of_past(core::Timestamp now);
    void grant_places(core::Timestamp now, Effects& effects);
    void grant(RunHandle run, InstanceIndex i, core::Timestamp now, Effects& effects);
    [[nodiscard]] Places::Claim claim_of(RunHandle run, const RunPlan& plan, InstanceIndex i) const;
    void collect(RunHandle run, RunPlan& plan);
    void update_hold(RunHandle run, const RunPlan& plan);
    void flush_touched(core::Timestamp now, Effects& effects);
    void forget(RunHandle run, DagEntry& entry);

    bool granting_ = true;
    std::size_t max_map_length_;
    Patience patience_;
    std::map<core::DagId, DagEntry> dags_;
    std::uint32_t next_dag_number_ = 0;
    std::map<RunHandle, RunPlan> runs_;
    std::map<RunKey, RunHandle> handles_;
    RunHandle next_handle_ = 1;
    Places places_;
    Backfills backfills_;
    DueDags due_ticks_;                 ///< DAGs whose planned run may be made
    DueDags due_starts_;                ///< DAGs whose first queued run may start
    std::set<core::DagId> due_assets_;  ///< DAGs whose asset condition is met, with room for a run
    std::multimap<core::Timestamp, Timer> timers_;
    std::map<RunHandle, core::Timestamp> owing_;  ///< when the first timer of kind `store` is due
    std::unordered_map<core::AttemptId, LiveAttempt> attempts_;
    std::vector<std::pair<RunHandle, InstanceIndex>> waiting_;  ///< ready, and in need of no place
    std::set<RunHandle> touched_;
    std::vector<RunHandle> past_wishes_;
    std::map<RunHandle, Past> pasts_;
    std::vector<core::AttemptId> cancel_;
    std::vector<core::AttemptId> release_;
    store::NextRuns next_runs_;
    AssetQueues assets_;
    std::int64_t next_event_ = 1;
    std::vector<store::NewAssetEvent> new_events_;
    std::vector<store::DroppedEvent> dropped_events_;
    std::vector<store::SkippedFiresRecord> skipped_;
    std::int64_t next_callback_ = 1;
    std::vector<store::DagStanding> standings_;
    std::vector<store::DagStanding> paused_;  ///< because of failures
    core::AttemptId next_attempt_ = 0;
    core::AttemptId attempts_end_ = 0;
};

}  // namespace reel::scheduler
