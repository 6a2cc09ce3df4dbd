#include "reel/core/dag.hpp"

#include <algorithm>

namespace reel::core {

const Task* Dag::find_task(const TaskId& id) const {
    const auto found = std::ranges::find(tasks, id, &Task::task_id);
    return found == tasks.end() ? nullptr : &*found;
}

std::optional<std::uint32_t> Dag::index_of(const TaskId& id) const {
    const Task* task = find_task(id);
    if (task == nullptr) return std::nullopt;
    return static_cast<std::uint32_t>(task - tasks.data());
}

}  // namespace reel::core
