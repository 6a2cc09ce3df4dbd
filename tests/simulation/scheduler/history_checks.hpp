#pragma once

#include <set>
#include <vector>

#include "reel/store/run_store.hpp"

namespace reel::scheduler {

/// What must hold of every commit, whoever makes it. A run that a person has touched (`by_hand`)
/// may go ways that its DAG does not know. Fails the running test.
class HistoryChecks final {
  public:
    HistoryChecks(const std::vector<core::Dag>& dags, store::RunStore& store)
        : dags_(dags), store_(store) {}

    /// No transition outside the tables, and each from where the store stands.
    void before(const store::Commit& commit, const std::set<core::RunId>& by_hand) const;
    /// No task has left `none` against its trigger rule.
    void after(const store::Commit& commit, const std::set<core::RunId>& by_hand) const;

    [[nodiscard]] std::vector<store::TaskInstanceRecord> tasks_of(const store::RunRecord& run
    ) const;

  private:
    void check_rule(const store::TaskChange& change) const;
    [[nodiscard]] bool was_skipped_by_branch(const core::Dag& dag, const core::TaskKey& key) const;

    const std::vector<core::Dag>& dags_;
    store::RunStore& store_;
};

}  // namespace reel::scheduler
