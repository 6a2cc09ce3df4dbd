#include "task_spans.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace reel::scheduler {

namespace {

bool is_outside(const core::Task& task, core::Timestamp at) {
    return (task.start_date && at < *task.start_date) || (task.end_date && at > *task.end_date);
}

/// Until nothing is mapped over what will not be there.
void add_mapped_over_absent(const core::Dag& dag, AbsentTasks& absent) {
    const auto is_absent = [&](const core::MapSource& source) {
        return source.upstream && absent[*source.upstream];
    };
    for (bool has_grown = true; has_grown;) {
        has_grown = false;
        for (std::size_t i = 0; i < dag.tasks.size(); ++i) {
            const core::Mapping* mapping = dag.mapping_of(dag.tasks[i]);
            if (absent[i] || mapping == nullptr) continue;
            absent[i] = std::ranges::any_of(mapping->sources, is_absent);
            has_grown = has_grown || absent[i];
        }
    }
}

bool has_spans(const core::Dag& dag) {
    return std::ranges::any_of(dag.tasks, [](const core::Task& task) {
        return task.start_date || task.end_date;
    });
}

AbsentTasks empty_if_none(AbsentTasks absent) {
    const bool has_some = std::ranges::find(absent, true) != absent.end();
    return has_some ? std::move(absent) : AbsentTasks();
}

/// Works out what is right before each task that stays.
class Bridging final {
  public:
    Bridging(const core::Dag& dag, const AbsentTasks& absent) : dag_(dag), absent_(absent) {}

    std::set<std::uint32_t> before(std::uint32_t task) {
        std::set<std::uint32_t> found;
        for (const std::uint32_t up : dag_.tasks[task].upstream) {
            if (absent_[up]) {
                found.merge(std::set(before_absent(up)));
            } else {
                found.insert(up);
            }
        }
        return found;
    }

  private:
    const std::set<std::uint32_t>& before_absent(std::uint32_t task) {
        const auto known = known_.find(task);
        if (known != known_.end()) return known->second;
        return known_.emplace(task, before(task)).first->second;
    }

    const core::Dag& dag_;
    const AbsentTasks& absent_;
    std::map<std::uint32_t, std::set<std::uint32_t>> known_;
};

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
    AbsentTasks absent;
    for (const core::Task& task : dag.tasks) {
        absent.push_back(is_outside(task, *run.logical_date));
    }
    add_mapped_over_absent(dag, absent);
    return empty_if_none(std::move(absent));
}

AbsentTasks absent_tasks(
    const core::Dag& dag, const std::vector<store::TaskInstanceRecord>& tasks
) {
    if (!has_spans(dag)) return {};
    std::set<core::TaskId> there;
    for (const auto& task : tasks) there.insert(task.key.task_id);
    AbsentTasks absent;
    for (const core::Task& task : dag.tasks) absent.push_back(!there.contains(task.task_id));
    return empty_if_none(std::move(absent));
}

std::string why_absent(const core::Dag& dag, const core::Task& task, const store::RunRecord& run) {
    const std::string name = "task '" + task.task_id.str() + "' has no instance in this run: ";
    if (!run.logical_date || !is_outside(task, *run.logical_date)) {
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
    Bridging bridging(dag, absent);
    for (std::uint32_t i = 0; i < dag.tasks.size(); ++i) {
        if (absent[i]) continue;
        core::Task& task = rest.tasks[places[i]];
        task.upstream.clear();
        for (const std::uint32_t up : bridging.before(i)) task.upstream.push_back(places[up]);
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
