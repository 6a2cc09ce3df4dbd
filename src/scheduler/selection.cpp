#include "selection.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "reel/core/did_you_mean.hpp"

namespace reel::scheduler {

using core::TaskState;

namespace {

using Neighbours = std::vector<std::uint32_t> core::Task::*;

std::set<TaskIndex> all_along(const core::Dag& dag, TaskIndex start, Neighbours direction) {
    std::set<TaskIndex> found;
    std::vector<TaskIndex> todo(dag.tasks[start].*direction);
    while (!todo.empty()) {
        const TaskIndex i = todo.back();
        todo.pop_back();
        if (!found.insert(i).second) continue;
        const auto& next = dag.tasks[i].*direction;
        todo.insert(todo.end(), next.begin(), next.end());
    }
    return found;
}

std::vector<TaskIndex> teardowns_of(const core::Dag& dag, TaskIndex setup) {
    std::vector<TaskIndex> teardowns;
    for (const TaskIndex down : dag.tasks[setup].downstream) {
        if (dag.tasks[down].is_teardown) teardowns.push_back(down);
    }
    return teardowns;
}

/// Of each task the setups before it that are taken down behind it, or never, with their
/// teardowns. Worked out from the setups: most DAGs have none.
std::map<TaskIndex, std::set<TaskIndex>> setups_by_task(const core::Dag& dag) {
    std::map<TaskIndex, std::set<TaskIndex>> found;
    for (TaskIndex setup = 0; setup < dag.tasks.size(); ++setup) {
        if (!dag.tasks[setup].is_setup) continue;
        const auto teardowns = teardowns_of(dag, setup);
        std::set<TaskIndex> taken_down;
        for (const TaskIndex teardown : teardowns) {
            taken_down.merge(all_along(dag, teardown, &core::Task::upstream));
        }
        for (const TaskIndex work : all_along(dag, setup, &core::Task::downstream)) {
            if (!teardowns.empty() && !taken_down.contains(work)) continue;
            found[work].insert(setup);
            found[work].insert(teardowns.begin(), teardowns.end());
        }
    }
    return found;
}

core::Result<TaskIndex> find_task(const RunPlan& plan, const core::TaskId& id) {
    const core::Dag& dag = plan.dag();
    if (const auto index = dag.index_of(id)) return *index;
    const core::Dag& whole = *plan.blueprint().whole_dag();
    if (const core::Task* task = whole.find_task(id)) {
        return core::fail(core::Errc::not_found, why_absent(whole, *task, plan.run()));
    }
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
    Selecting(const RunPlan& plan, const TaskSelection& selection, bool with_setups)
        : plan_(plan), selection_(selection) {
        if (with_setups) setups_ = setups_by_task(plan.dag());
    }

    core::Result<void> add(const TaskName& name) {
        const auto task = find_task(plan_, name.task_id);
        if (!task) return std::unexpected(task.error());
        const std::set<TaskIndex> around = relatives_of(*task);
        whole_.insert(around.begin(), around.end());
        if (setups_) add_setups(*task, around, name.map_index);
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
    [[nodiscard]] std::set<TaskIndex> relatives_of(TaskIndex task) const {
        std::set<TaskIndex> found;
        if (selection_.upstream) found = all_along(plan_.dag(), task, &core::Task::upstream);
        if (selection_.downstream) {
            found.merge(all_along(plan_.dag(), task, &core::Task::downstream));
        }
        return found;
    }

    /// Of what is cleared with the task as well.
    void add_setups(
        TaskIndex task, const std::set<TaskIndex>& around, std::optional<int> map_index
    ) {
        const core::Dag& dag = plan_.dag();
        const auto add_around = [&](TaskIndex one) {
            const core::Task& declared = dag.tasks[one];
            if (declared.is_setup) {
                for (const TaskIndex i : teardowns_of(dag, one)) add_beside(task, i, map_index);
            } else if (const auto own = setups_->find(one);
                       own != setups_->end() && !declared.is_teardown) {
                for (const TaskIndex i : own->second) add_beside(task, i, map_index);
            }
        };
        add_around(task);
        std::ranges::for_each(around, add_around);
    }

    /// In a mapped group an instance is set up by those of its own map index.
    void add_beside(TaskIndex task, TaskIndex other, std::optional<int> map_index) {
        const bool is_single = map_index && plan_.blueprint().share_mapped_group(task, other);
        const auto instance = is_single ? plan_.instances().find(other, *map_index) : std::nullopt;
        if (instance) {
            single_.insert(*instance);
        } else {
            whole_.insert(other);
        }
    }

    const RunPlan& plan_;
    const TaskSelection& selection_;
    std::optional<std::map<TaskIndex, std::set<TaskIndex>>> setups_;  ///< none: not asked for
    std::set<TaskIndex> whole_;
    std::set<InstanceIndex> single_;
};

core::Result<std::vector<InstanceIndex>> select(
    Selecting selecting, const TaskSelection& selection
) {
    if (selection.tasks.empty()) selecting.add_everything();
    for (const TaskName& name : selection.tasks) {
        if (auto added = selecting.add(name); !added) return std::unexpected(added.error());
    }
    return selecting.take();
}

}  // namespace

core::Result<std::vector<InstanceIndex>> select_instances(
    const RunPlan& plan, const TaskSelection& selection
) {
    return select(Selecting(plan, selection, false), selection);
}

core::Result<std::vector<InstanceIndex>> select_to_clear(
    const RunPlan& plan, const TaskSelection& selection
) {
    return select(Selecting(plan, selection, true), selection);
}

}  // namespace reel::scheduler
