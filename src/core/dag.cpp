#include "reel/core/dag.hpp"

#include <algorithm>

#include "reel/core/words.hpp"

namespace reel::core {

namespace {

constexpr Words<WeightRule, 3> weight_rules{{
    {WeightRule::downstream, "downstream"},
    {WeightRule::upstream, "upstream"},
    {WeightRule::absolute, "absolute"},
}};

}  // namespace

std::string_view to_string(WeightRule rule) {
    return find_word(weight_rules, rule);
}

std::optional<WeightRule> parse_weight_rule(std::string_view text) {
    return find_value(weight_rules, text);
}

const Task* Dag::find_task(const TaskId& id) const {
    const auto found = std::ranges::find(tasks, id, &Task::task_id);
    return found == tasks.end() ? nullptr : &*found;
}

std::optional<std::uint32_t> Dag::index_of(const TaskId& id) const {
    const Task* task = find_task(id);
    if (task == nullptr) return std::nullopt;
    return static_cast<std::uint32_t>(task - tasks.data());
}

const TaskGroup* Dag::mapped_group_of(const Task& task) const {
    std::string id = task.group;
    while (!id.empty()) {
        const auto found = std::ranges::find(groups, id, &TaskGroup::group_id);
        if (found == groups.end()) return nullptr;
        if (found->mapping) return &*found;
        id = found->parent;
    }
    return nullptr;
}

bool Dag::is_in_group(const Task& task, std::string_view group_id) const {
    std::string_view id = task.group;
    while (!id.empty() && id != group_id) {
        const auto found = std::ranges::find(groups, id, &TaskGroup::group_id);
        id = found == groups.end() ? std::string_view() : std::string_view(found->parent);
    }
    return !id.empty();
}

const Mapping* Dag::mapping_of(const Task& task) const {
    if (task.mapping) return &*task.mapping;
    const TaskGroup* group = mapped_group_of(task);
    return group == nullptr ? nullptr : &*group->mapping;
}

}  // namespace reel::core
