#include "one_task.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace reel::daemon {

namespace {

/// Whose output the task's own elements or those of its group come from.
std::optional<std::string> mapped_over(const core::Dag& dag, const core::Task& task) {
    const core::Mapping* mapping = dag.mapping_of(task);
    if (mapping == nullptr) return std::nullopt;
    for (const core::MapSource& source : mapping->sources) {
        if (source.upstream) return dag.tasks.at(*source.upstream).task_id.str();
    }
    return std::nullopt;
}

}  // namespace

core::Result<core::Dag> only_task(const core::Dag& dag, const std::string& task_id) {
    const core::Task* task = dag.find_task(core::TaskId(task_id));
    if (task == nullptr) {
        std::string known;
        for (const auto& each : dag.tasks) {
            known += (known.empty() ? "" : ", ") + each.task_id.str();
        }
        return core::fail(
            core::Errc::not_found,
            "DAG '" + dag.dag_id.str() + "' has no task '" + task_id + "'",
            "its tasks: " + known
        );
    }
    if (const auto needed = mapped_over(dag, *task)) {
        return core::fail(
            core::Errc::unsupported,
            "task '" + task_id + "' is mapped over what '" + *needed +
                "' pushes, which there is only in a run",
            "run both: reel dags test " + dag.dag_id.str()
        );
    }
    core::Dag reduced = dag;
    reduced.tasks = {*task};
    reduced.tasks[0].upstream.clear();
    reduced.tasks[0].downstream.clear();
    // Of other groups' mappings the sources are gone.
    std::erase_if(reduced.groups, [&](const core::TaskGroup& group) {
        return !dag.is_in_group(*task, group.group_id);
    });
    return reduced;
}

core::Result<int> chosen_instance(const core::Dag& dag, std::optional<int> map_index) {
    const core::Task& task = dag.tasks.at(0);
    const std::string name = "task '" + task.task_id.str() + "'";
    const core::Mapping* mapping = dag.mapping_of(task);
    if (mapping == nullptr) {
        if (!map_index) return -1;
        return core::fail(
            core::Errc::invalid_argument, name + " is not mapped", "leave out --map-index"
        );
    }
    std::size_t length = 1;
    for (const core::MapSource& source : mapping->sources) {
        length *= nlohmann::json::parse(source.literal.text).size();
    }
    const auto is_one = [&](int index) {
        return index >= 0 && static_cast<std::size_t>(index) < length;
    };
    if (map_index && is_one(*map_index)) return *map_index;
    const std::string range = length == 0 ? "it is mapped over nothing"
                                          : "--map-index 0 to " + std::to_string(length - 1);
    return core::fail(
        core::Errc::invalid_argument,
        map_index ? name + " has no map index " + std::to_string(*map_index)
                  : name + " is mapped: which of its instances?",
        range
    );
}

}  // namespace reel::daemon
