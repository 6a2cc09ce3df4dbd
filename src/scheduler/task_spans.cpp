#include "task_spans.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace reel::scheduler {

namespace {

bool has_spans(const core::Dag& dag) {
    return std::ranges::any_of(dag.tasks, [](const core::Task& task) {
        return task.start_date || task.end_date;
    });
}

void move_sources(std::optional<core::Mapping>& mapping, const std::vector<std::uint32_t>& places) {
    if (!mapping) return;
    for (core::MapSource& source : mapping->sources) {
        if (source.upstream) source.upstream = places[*source.upstream];
    }
}

}  // namespace

AbsentTasks absent_tasks(const core::Dag& dag, const store::RunRecord& run) {
    const bool has_all = run.type == core::RunType::backfill || !run.logical_date;
    if (has_all || !has_spans(dag)) return {};
    return core::tasks_outside(dag, *run.logical_date);
}

AbsentTasks absent_tasks(
    const core::Dag& dag, const std::vector<store::TaskInstanceRecord>& tasks
) {
    if (!has_spans(dag)) return {};
    std::set<core::TaskId> there;
    for (const auto& task : tasks) there.insert(task.key.task_id);
    AbsentTasks absent;
    for (const core::Task& task : dag.tasks) absent.push_back(!there.contains(task.task_id));
    const bool has_some = std::ranges::find(absent, true) != absent.end();
    return has_some ? std::move(absent) : AbsentTasks();
}

std::string why_absent(const core::Dag& dag, const core::Task& task, const store::RunRecord& run) {
    const std::string name = "task '" + task.task_id.str() + "' has no instance in this run: ";
    if (!run.logical_date || !core::is_outside(task, *run.logical_date)) {
        const bool is_mapped = dag.mapping_of(task) != nullptr;
        return name + (is_mapped ? "what it is mapped over has none"
                                 : "its dates were others when the run began");
    }
    const bool is_early = task.start_date && *run.logical_date < *task.start_date;
    return name + "its logical date " + core::format_iso(*run.logical_date) + " lies " +
           (is_early ? "before the start_date " + core::format_iso(*task.start_date)
                     : "behind the end_date " + core::format_iso(*task.end_date)) +
           " of the task";
}

core::Dag without_tasks(const core::Dag& dag, const AbsentTasks& absent) {
    core::Dag rest = dag;
    rest.tasks.clear();
    std::vector<std::uint32_t> places(dag.tasks.size());
    for (std::uint32_t i = 0; i < dag.tasks.size(); ++i) {
        places[i] = static_cast<std::uint32_t>(rest.tasks.size());
        if (!absent[i]) rest.tasks.push_back(dag.tasks[i]);
    }
    const auto before =
        core::upstream_without(dag, absent, std::numeric_limits<std::size_t>::max());
    for (std::uint32_t i = 0; i < dag.tasks.size(); ++i) {
        if (absent[i]) continue;
        core::Task& task = rest.tasks[places[i]];
        task.upstream.clear();
        for (const std::uint32_t up : (*before)[i]) task.upstream.push_back(places[up]);
        move_sources(task.mapping, places);
    }
    for (core::Task& task : rest.tasks) task.downstream.clear();
    for (std::uint32_t i = 0; i < rest.tasks.size(); ++i) {
        for (const std::uint32_t up : rest.tasks[i].upstream) {
            rest.tasks[up].downstream.push_back(i);
        }
    }
    for (core::TaskGroup& group : rest.groups) move_sources(group.mapping, places);
    return rest;
}

}  // namespace reel::scheduler
