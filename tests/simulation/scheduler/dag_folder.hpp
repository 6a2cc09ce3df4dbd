#pragma once

#include <set>
#include <vector>

#include "reel/scheduler/scheduler.hpp"

namespace reel::scheduler {

/// The DAG files of a world: what they hold now, and every version that they have held.
class DagFolder final {
  public:
    explicit DagFolder(std::vector<core::Dag> dags);

    /// What the files hold, those that are away, too.
    [[nodiscard]] const std::vector<core::Dag>& dags() const { return dags_; }
    /// What a scheduler finds: the same objects while nothing is changed.
    [[nodiscard]] Dags present() const;
    /// Counts the changes.
    [[nodiscard]] int changes() const { return changes_; }

    /// In the place of the one of this id.
    void change(core::Dag dag);
    /// All that a DAG has been, the first one first.
    [[nodiscard]] std::vector<core::Dag> versions(const core::DagId& dag_id) const;
    void take_away(const core::DagId& dag_id);
    void put_back(const core::DagId& dag_id);
    [[nodiscard]] bool is_away(const core::DagId& dag_id) const { return away_.contains(dag_id); }

    /// The one that the run is pinned to; fails the running test where no file has ever held it.
    [[nodiscard]] const core::Dag& version_of(const store::RunRecord& run) const;

  private:
    std::vector<core::Dag> dags_;
    Dags all_;  ///< every version, in the order in which they came
    std::set<core::DagId> away_;
    int changes_ = 0;
};

}  // namespace reel::scheduler
