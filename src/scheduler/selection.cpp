#include "selection.hpp"

#include <set>
#include <string>

#include "reel/core/did_you_mean.hpp"

namespace reel::scheduler {

using core::TaskState;

namespace {

using Neighbours = std::vector<std::uint32_t> core::Task::*;

void add_all(
    const core::Dag& dag, TaskIndex start, Neighbours direction, std::set<TaskIndex>& found
) {
    std::vector<TaskIndex> todo(dag.tasks[start].*direction);
    while (!todo.empty()) {
        const TaskIndex i = todo.back();
        todo.pop_back();
        if (!found.insert(i).second) continue;
        const auto& next = dag.tasks[i].*direction;
        todo.insert(todo.end(), next.begin(), next.end());
    }
}

core::Result<TaskIndex> find_task(const core::Dag& dag, const core::TaskId& id) {
    if (const auto index = dag.index_of(id)) return *index;
    std::vector<std::string> names;
    names.reserve(dag.tasks.size());
    for (const auto& task : dag.tasks) names.push_back(task.task_id.str());
    return core::fail(
        core::Errc::not_found,
        "DAG '" + dag.dag_id.str() + "' has no task '" + id.str() + "'",
        core::did_you_mean(id.str(), names)
    );
}

bool is_wanted(TaskState state, const TaskSelection& selection) {
    if (!selection.only_failed && !selection.only_running) return true;
    const bool failed = state == TaskState::failed || state == TaskState::upstream_failed;
    return (selection.only_failed && failed) ||
           (selection.only_running && state == TaskState::running);
}

class Selecting final {
  public:
    Selecting(const RunPlan& plan, const TaskSelection& selection)
        : plan_(plan), selection_(selection) {}

    core::Result<void> add(const TaskName& name) {
        const auto task = find_task(plan_.dag(), name.task_id);
        if (!task) return std::unexpected(task.error());
        if (selection_.upstream) add_all(plan_.dag(), *task, &core::Task::upstream, whole_);
        if (selection_.downstream) add_all(plan_.dag(), *task, &core::Task::downstream, whole_);
        if (!name.map_index) {
            whole_.insert(*task);
            return {};
        }
        const auto instance = plan_.instances().find(*task, *name.map_index);
        if (!instance || plan_.task(*instance).key.map_index != *name.map_index) {
            return core::fail(
                core::Errc::not_found,
                "task '" + name.task_id.str() + "' has no instance of map index " +
                    std::to_string(*name.map_index)
            );
        }
        single_.insert(*instance);
        return {};
    }

    void add_everything() {
        for (TaskIndex i = 0; i < plan_.blueprint().size(); ++i) whole_.insert(i);
    }

    [[nodiscard]] std::vector<InstanceIndex> take() const {
        std::set<InstanceIndex> chosen = single_;
        for (const TaskIndex task : whole_) {
            for (const InstanceIndex i : plan_.instances().of_task(task)) chosen.insert(i);
        }
        std::erase_if(chosen, [&](InstanceIndex i) {
            return !is_wanted(plan_.task(i).state, selection_);
        });
        return {chosen.begin(), chosen.end()};
    }

  private:
    const RunPlan& plan_;
    const TaskSelection& selection_;
    std::set<TaskIndex> whole_;
    std::set<InstanceIndex> single_;
};

}  // namespace

core::Result<std::vector<InstanceIndex>> select_instances(
    const RunPlan& plan, const TaskSelection& selection
) {
    Selecting selecting(plan, selection);
    if (selection.tasks.empty()) selecting.add_everything();
    for (const TaskName& name : selection.tasks) {
        if (auto added = selecting.add(name); !added) return std::unexpected(added.error());
    }
    return selecting.take();
}

}  // namespace reel::scheduler
