#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/dag.hpp"
#include "task_spans.hpp"

namespace reel::scheduler {

using TaskIndex = std::uint32_t;  ///< into Dag::tasks

/// What it takes to carry a task out.
enum class Body {
    process,      ///< an attempt that holds a place
    waiting,      ///< an attempt without a process or place: a sensor, a trigger_dag that waits
    nothing,      ///< `empty`: done the moment it may run
    latest_only,  ///< decided by the planner alone
};

/// Airflow's default of core.max_map_length.
inline constexpr std::size_t default_max_map_length = 1024;

/// What all runs of one version of a DAG share, worked out once; or those that go without some of
/// its tasks.
class Blueprint final {
  public:
    Blueprint(std::shared_ptr<const core::Dag> dag, std::size_t max_map_length);
    /// Of the runs that lack these tasks of `whole`.
    Blueprint(const Blueprint& whole, const AbsentTasks& absent);

    /// The tasks that the run has.
    [[nodiscard]] const core::Dag& dag() const { return *dag_; }
    /// The DAG as its file has it, which those who carry tasks out know.
    [[nodiscard]] const std::shared_ptr<const core::Dag>& whole_dag() const { return whole_dag_; }
    [[nodiscard]] TaskIndex index_in_whole(TaskIndex i) const {
        return whole_indices_.empty() ? i : whole_indices_[i];
    }
    [[nodiscard]] const core::Task& task(TaskIndex i) const { return dag_->tasks[i]; }
    [[nodiscard]] TaskIndex size() const { return static_cast<TaskIndex>(dag_->tasks.size()); }
    [[nodiscard]] int weight(TaskIndex i) const { return weights_[i]; }
    [[nodiscard]] Body body(TaskIndex i) const { return bodies_[i]; }

    /// Over what the task or its group is mapped: null for a task that is not.
    [[nodiscard]] const core::Mapping* mapping(TaskIndex i) const { return mappings_[i]; }
    /// The product of the lengths of all lists that the file itself gives to that mapping.
    [[nodiscard]] std::size_t literal_length(TaskIndex i) const { return literal_lengths_[i]; }
    /// Whether nothing but the file gives it.
    [[nodiscard]] bool is_mapped_literally(TaskIndex i) const;
    [[nodiscard]] bool share_mapped_group(TaskIndex one, TaskIndex other) const {
        return mapped_groups_[one] != nullptr && mapped_groups_[one] == mapped_groups_[other];
    }
    /// The tasks that get their instances together with this one, itself among them.
    [[nodiscard]] std::vector<TaskIndex> mapped_together(TaskIndex i) const;
    /// Whether some mapping takes its elements from what this task pushes.
    [[nodiscard]] bool is_map_source(TaskIndex i) const { return map_sources_[i]; }
    /// Whether it does so from this XCom of the task.
    [[nodiscard]] bool is_map_source(TaskIndex i, const std::string& xcom_key) const;
    /// How many elements a task may push for others to be mapped over.
    [[nodiscard]] std::size_t max_map_length() const { return max_map_length_; }
    /// Whether the end of this task decides how its run ends.
    [[nodiscard]] bool decides_run(TaskIndex i) const { return deciders_[i]; }
    /// Whether some task looks at the run before.
    [[nodiscard]] bool uses_past() const { return uses_past_; }

  private:
    [[nodiscard]] bool is_decider(const core::Task& task) const;

    std::shared_ptr<const core::Dag> dag_;
    std::shared_ptr<const core::Dag> whole_dag_;
    std::vector<TaskIndex> whole_indices_;  ///< empty: it has all
    std::vector<int> weights_;
    std::vector<Body> bodies_;
    std::vector<const core::TaskGroup*> mapped_groups_;
    std::vector<const core::Mapping*> mappings_;
    std::vector<std::size_t> literal_lengths_;  ///< 1 for a task that is not mapped
    std::vector<bool> map_sources_;
    std::vector<bool> deciders_;
    bool uses_past_ = false;
    std::size_t max_map_length_;
};

[[nodiscard]] inline std::shared_ptr<const Blueprint> make_blueprint(
    std::shared_ptr<const core::Dag> dag, std::size_t max_map_length = default_max_map_length
) {
    return std::make_shared<const Blueprint>(std::move(dag), max_map_length);
}

}  // namespace reel::scheduler
