#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/store/run_store.hpp"

namespace reel::scheduler {

using TaskIndex = std::uint32_t;

/// One active run: its task instances, how the upstreams of each stand, and what has changed since
/// the last flush. Pure: an event costs the out-degree of the task it is about. Task instances lie
/// in the order of Dag::tasks.
class RunPlan final {
  public:
    /// A run that begins; flush() will create it.
    [[nodiscard]] static RunPlan begin(std::shared_ptr<const core::Dag> dag, store::RunRecord run);
    /// A run as the store holds it.
    [[nodiscard]] static RunPlan restore(
        std::shared_ptr<const core::Dag> dag,
        store::RunRecord run,
        std::vector<store::TaskInstanceRecord> tasks
    );

    [[nodiscard]] const core::Dag& dag() const { return *dag_; }
    [[nodiscard]] std::shared_ptr<const core::Dag> shared_dag() const { return dag_; }
    [[nodiscard]] const store::RunRecord& run() const { return run_; }
    [[nodiscard]] const store::TaskInstanceRecord& task(TaskIndex i) const { return tasks_[i]; }
    [[nodiscard]] std::size_t task_count() const { return tasks_.size(); }
    [[nodiscard]] int occupying() const { return occupying_; }
    [[nodiscard]] AttemptOrder order(TaskIndex i) const;

    // --- events; each leaves what became `scheduled` in newly_scheduled() and timers in retries()
    /// queued → running, and every task that may run at once becomes scheduled.
    void start(core::Timestamp now);
    /// scheduled → queued under a fresh attempt.
    void grant(TaskIndex i, core::AttemptId attempt, core::Timestamp now);
    /// queued → running.
    void task_started(TaskIndex i, const AttemptStarted& event);
    void task_ended(TaskIndex i, const AttemptEnded& event);
    /// up_for_retry → scheduled, if it still waits.
    void retry_due(TaskIndex i, core::Timestamp now);
    /// Ends the run by decree: unfinished tasks become skipped (failed for those whose attempt
    /// lives).
    void end(core::RunState state, core::Timestamp now, const std::string& why);

    /// What people noted about the run; no event of it.
    void set_note(std::string note);

    /// Takes the tasks that became `scheduled` since the last call.
    [[nodiscard]] std::vector<TaskIndex> take_newly_scheduled();
    /// Takes the tasks that became `up_for_retry` since the last call; their next_retry_at says
    /// when they are due.
    [[nodiscard]] std::vector<TaskIndex> take_retries();
    /// Takes the attempts whose processes are no longer wanted.
    [[nodiscard]] std::vector<core::AttemptId> take_cancelled();

    /// Appends what has changed since the last flush.
    void flush(store::Commit& commit);

  private:
    RunPlan(
        std::shared_ptr<const core::Dag> dag,
        store::RunRecord run,
        std::vector<store::TaskInstanceRecord> tasks
    );

    void set_state(TaskIndex i, core::TaskState to);
    void finish_task(TaskIndex i, core::TaskState state, core::Timestamp now);
    void retry_task(TaskIndex i, core::Timestamp at);
    void fail_or_retry(TaskIndex i, const AttemptEnded& event);
    void consider(TaskIndex i, core::Timestamp now);
    void schedule_task(TaskIndex i, core::Timestamp now);
    void work_through(core::Timestamp now);
    void finish_run_when_done(core::Timestamp now);
    void set_run_state(core::RunState to);

    std::shared_ptr<const core::Dag> dag_;
    store::RunRecord run_;
    std::vector<store::TaskInstanceRecord> tasks_;
    std::vector<core::UpstreamCounts> upstreams_;
    std::size_t unfinished_ = 0;
    int occupying_ = 0;

    std::vector<TaskIndex>
        to_consider_;  ///< tasks whose upstreams moved; worked through without recursion
    std::vector<TaskIndex> newly_scheduled_;
    std::vector<TaskIndex> retries_;
    std::vector<core::AttemptId> cancelled_;

    // What flush() owes the store.
    std::optional<store::NewRun> created_;
    std::optional<core::RunState> run_was_;
    std::vector<std::optional<core::TaskState>> task_was_;
    std::vector<TaskIndex> changed_;
    std::vector<store::XComRecord> xcoms_;
};

/// What every run of a DAG begins with.
[[nodiscard]] std::vector<store::TaskInstanceRecord> initial_tasks(
    const core::Dag& dag, const core::RunId& run_id
);

}  // namespace reel::scheduler
