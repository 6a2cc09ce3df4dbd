#pragma once

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "reel/scheduler/run_control.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/scheduler/timetable.hpp"
#include "reel/store/run_store.hpp"
#include "run_plan.hpp"

namespace reel::scheduler {

using NextRuns = std::map<core::DagId, std::optional<core::Timestamp>>;

/// What the loop must do with one round of planning: commit first, then the rest.
struct Effects {
    store::Commit commit;
    std::vector<AttemptOrder> start;       ///< attempts that became queued
    std::vector<core::AttemptId> cancel;   ///< processes no longer wanted
    std::vector<core::AttemptId> release;  ///< ends that are now recorded
    std::vector<AttemptOrder> ended_runs;  ///< of each only run and dag are set
    NextRuns next_runs;                    ///< changed next_run_after
    [[nodiscard]] bool empty() const;
};

/// A DAG as the scheduler needs it.
struct ScheduledDag {
    std::shared_ptr<const core::Dag> dag;
    bool is_paused = true;
    int version_number = 1;
    std::optional<core::DataInterval> last_scheduled;  ///< of its latest scheduled run
};

/// Decides what happens next. Pure: time and events come in, Effects go out; it knows no clock,
/// database or process. Its picture runs ahead of the store by what plan() has given out and the
/// loop has not committed yet.
class Planner final {
  public:
    explicit Planner(int parallelism) : parallelism_(parallelism) {}

    /// Replaces the set of DAGs. Active runs go on under the DAG they began with.
    void set_dags(std::vector<ScheduledDag> dags, core::Timestamp now);
    void set_paused(const core::DagId& dag_id, bool paused, core::Timestamp now);
    void remove_dag(const core::DagId& dag_id);
    [[nodiscard]] const ScheduledDag* find_dag(const core::DagId& dag_id) const;
    [[nodiscard]] bool has_active_runs(const core::DagId& dag_id) const;

    /// Takes up a run that the store holds, and gives the attempts that were alive in it.
    std::vector<AttemptOrder> restore(store::ActiveRun active, core::Timestamp now);
    /// A new run, queued. Its ids must be free in the store; Errc::already_exists when an active
    /// run has them.
    core::Result<store::RunRecord> add_run(store::RunRecord run);
    /// Errc::not_found: no active run of that name; conflict: it has just ended in another state.
    core::Result<store::RunRecord> end_run(
        const core::DagId& dag_id,
        const core::RunId& run_id,
        core::RunState state,
        core::Timestamp now
    );

    /// The note of an active run. Errc::not_found: no active run of that name.
    core::Result<store::RunRecord> set_note(
        const core::DagId& dag_id, const core::RunId& run_id, std::string note
    );

    /// Forgets a run that turned out not to be free in the store. Nothing of it may have been
    /// started.
    void drop_run(const core::DagId& dag_id, const core::RunId& run_id);

    void on_started(const AttemptStarted& event);
    void on_ended(const AttemptEnded& event);

    /// From now on nothing new is given out; what runs may end.
    void stop_granting() { granting_ = false; }
    [[nodiscard]] std::size_t live_attempts() const { return attempts_.size(); }
    [[nodiscard]] std::vector<core::AttemptId> attempts() const;

    /// At least this many ids must be at hand before plan() (supply_attempts).
    [[nodiscard]] int attempts_wanted() const;
    void supply_attempts(core::AttemptId first, int count);

    /// Everything that is due at `now` and everything that events have led to since the last call.
    [[nodiscard]] Effects plan(core::Timestamp now);
    /// When plan() will next have something to do by itself.
    [[nodiscard]] std::optional<core::Timestamp> next_due() const;

  private:
    using RunKey = std::pair<core::DagId, core::RunId>;

    struct DagEntry {
        ScheduledDag scheduled;
        std::optional<PlannedRun> planned;
        int running = 0;
        bool gone = false;                                         ///< its file is; no new runs
        std::set<std::pair<core::Timestamp, core::RunId>> queued;  ///< by run_after
    };
    /// A task that waits for a place. The order of this type is the order in which places are
    /// given.
    struct Candidate {
        int weight;
        core::Timestamp run_after;
        RunKey run;
        TaskIndex task;
        bool operator<(const Candidate& other) const;
    };
    enum class TimerKind { retry, run_timeout };
    struct Timer {
        TimerKind kind;
        RunKey run;
        TaskIndex task = 0;
    };
    struct LiveAttempt {
        RunKey run;
        TaskIndex task;
    };

    store::RunRecord insert_run(DagEntry& entry, store::RunRecord run);
    void plan_next_run(DagEntry& entry, core::Timestamp now);
    void record_skipped(const DagEntry& entry, core::Timestamp now);
    void create_due_runs(core::Timestamp now);
    void fire_timers(core::Timestamp now);
    void start_queued_runs(core::Timestamp now);
    void grant_places(core::Timestamp now, Effects& effects);
    void collect(const RunKey& key, RunPlan& plan);
    void flush_touched(Effects& effects);
    RunPlan* find_run(const RunKey& key);
    void touch(const RunKey& key) { touched_.insert(key); }

    int parallelism_;
    bool granting_ = true;
    std::map<core::DagId, DagEntry> dags_;
    std::map<RunKey, RunPlan> runs_;
    std::set<Candidate> candidates_;
    std::multimap<core::Timestamp, Timer> timers_;
    std::unordered_map<core::AttemptId, LiveAttempt> attempts_;
    std::set<RunKey> touched_;
    std::vector<core::AttemptId> cancel_;
    std::vector<core::AttemptId> release_;
    NextRuns next_runs_;
    std::vector<store::SkippedFiresRecord> skipped_;
    core::AttemptId next_attempt_ = 0;
    core::AttemptId attempts_end_ = 0;
};

}  // namespace reel::scheduler
