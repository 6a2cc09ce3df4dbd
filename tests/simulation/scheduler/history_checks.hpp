#pragma once

#include <map>
#include <set>
#include <vector>

#include "reel/store/run_store.hpp"
#include "simulation/scheduler/dag_folder.hpp"

namespace reel::scheduler {

/// What must hold of every commit, whoever makes it. A run that a person has touched (`by_hand`)
/// may go ways that its DAG does not know. Fails the running test.
class HistoryChecks final {
  public:
    HistoryChecks(const DagFolder& folder, store::RunStore& store)
        : folder_(folder), store_(store) {}

    /// No transition outside the tables, each from where the store stands, and no run leaves the
    /// version of its DAG that it began with.
    void before(const store::Commit& commit, const std::set<core::RunId>& by_hand) const;
    /// No task has left `none` against its trigger rule, and new runs have the tasks of their date.
    void after(const store::Commit& commit, const std::set<core::RunId>& by_hand) const;

    /// Of DAGs that are paused or whose files are away nobody knows whether they hear of it.
    void may_not_hear(std::int64_t event, std::set<core::DagId> dags) {
        perhaps_unheard_[event] = std::move(dags);
    }

    /// At the end: every event waits for, or has started exactly one run of, each DAG whose
    /// condition names its asset. Gives how many there were.
    std::size_t check_events() const;
    /// At the end: who is to be called about the state in which a task or a run has ended is called
    /// once about it, but for runs that a person has touched. Gives how many calls there are.
    std::size_t check_callbacks(const std::set<core::RunId>& by_hand) const;
    /// At the end: every fire of every backfill has a run that has ended, or a reason, unless
    /// somebody may have cancelled the backfill; none is open. Gives how many fires there were.
    std::size_t check_backfills(const std::set<store::BackfillId>& cancelled) const;

    [[nodiscard]] std::vector<store::TaskInstanceRecord> tasks_of(const store::RunRecord& run
    ) const;
    [[nodiscard]] std::vector<store::RunRecord> runs_of(const core::DagId& dag_id) const;

  private:
    void check_rule(const store::TaskChange& change) const;
    void check_spans(const store::NewRun& made) const;
    [[nodiscard]] bool was_skipped_by_branch(const core::Dag& dag, const core::TaskKey& key) const;

    const DagFolder& folder_;
    store::RunStore& store_;
    std::map<std::int64_t, std::set<core::DagId>> perhaps_unheard_;  ///< by event
};

}  // namespace reel::scheduler
