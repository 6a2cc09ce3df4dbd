#include "blueprint.hpp"

#include <algorithm>
#include <utility>

#include "priority.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "xcom_facts.hpp"

namespace reel::scheduler {

namespace {

Body body_of(const core::Task& task) {
    if (task.operator_name == "empty") return Body::nothing;
    if (task.operator_name == "latest_only") return Body::latest_only;
    return waits_without_process(task) ? Body::waiting : Body::process;
}

bool is_upstream(const core::MapSource& source) {
    return source.upstream.has_value();
}

std::size_t literal_length_of(const core::Mapping& mapping) {
    std::size_t length = 1;
    for (const core::MapSource& source : mapping.sources) {
        if (!source.upstream) length *= length_of(source.literal).value_or(0);
    }
    return length;
}

}  // namespace

bool waits_without_process(const core::Task& task) {
    return task.operator_name.starts_with("sensor.") || task.operator_name == "trigger_dag";
}

Blueprint::Blueprint(std::shared_ptr<const core::Dag> dag, std::size_t max_map_length)
    : dag_(std::move(dag)),
      whole_dag_(dag_),
      weights_(effective_weights(*dag_)),
      map_sources_(dag_->tasks.size(), false),
      max_map_length_(max_map_length) {
    for (const core::Task& task : dag_->tasks) {
        bodies_.push_back(body_of(task));
        mapped_groups_.push_back(dag_->mapped_group_of(task));
        mappings_.push_back(dag_->mapping_of(task));
        literal_lengths_.push_back(mappings_.back() ? literal_length_of(*mappings_.back()) : 1);
        deciders_.push_back(is_decider(task));
        uses_past_ = uses_past_ || task.depends_on_past || task.wait_for_downstream;
    }
    for (TaskIndex i = 0; i < size(); ++i) {
        if (mapping(i) == nullptr) continue;
        for (const core::MapSource& source : mapping(i)->sources) {
            if (source.upstream) map_sources_[*source.upstream] = true;
        }
    }
}

Blueprint::Blueprint(const Blueprint& whole, const AbsentTasks& absent)
    : Blueprint(
          std::make_shared<const core::Dag>(without_tasks(whole.dag(), absent)),
          whole.max_map_length()
      ) {
    whole_dag_ = whole.dag_;
    for (TaskIndex i = 0; i < whole.size(); ++i) {
        if (!absent[i]) whole_indices_.push_back(i);
    }
}

bool Blueprint::is_mapped_literally(TaskIndex i) const {
    return mapping(i) != nullptr && std::ranges::none_of(mapping(i)->sources, is_upstream);
}

bool Blueprint::is_map_source(TaskIndex i, const std::string& xcom_key) const {
    const auto reads = [&](const core::MapSource& source) {
        return source.upstream == i && source.xcom_key == xcom_key;
    };
    return std::ranges::any_of(mappings_, [&](const core::Mapping* mapping) {
        return mapping != nullptr && std::ranges::any_of(mapping->sources, reads);
    });
}

std::vector<TaskIndex> Blueprint::mapped_together(TaskIndex i) const {
    if (mapped_groups_[i] == nullptr) return {i};
    std::vector<TaskIndex> members;
    for (TaskIndex other = 0; other < size(); ++other) {
        if (share_mapped_group(i, other)) members.push_back(other);
    }
    return members;
}

/// Airflow's rule: the leaves decide. A teardown does not make a leaf of what stands before it any
/// less of one, and does not count itself unless it asks to.
bool Blueprint::is_decider(const core::Task& task) const {
    if (task.is_teardown) return task.on_failure_fail_dagrun;
    return std::ranges::all_of(task.downstream, [&](TaskIndex down) {
        return dag_->tasks[down].is_teardown;
    });
}

}  // namespace reel::scheduler
