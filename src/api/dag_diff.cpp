#include "dag_diff.hpp"

#include <fmt/format.h>

#include <set>

#include "dag_text.hpp"
#include "line_diff.hpp"

namespace reel::api {

namespace {

/// The keys whose values differ, or that one of both has alone.
std::vector<std::string> differing_keys(const OrderedJson& one, const OrderedJson& other) {
    std::set<std::string> keys;
    for (const auto& [key, value] : one.items()) {
        if (!other.contains(key) || other[key] != value) keys.insert(key);
    }
    for (const auto& [key, value] : other.items()) {
        if (!one.contains(key)) keys.insert(key);
    }
    return {keys.begin(), keys.end()};
}

}  // namespace

DagDiff compare_dags(const core::Dag& from, int from_number, const core::Dag& to, int to_number) {
    OrderedJson old_content = dag_content(from);
    OrderedJson new_content = dag_content(to);
    DagDiff diff;
    for (const auto& [id, task] : new_content["tasks"].items()) {
        if (!old_content["tasks"].contains(id)) {
            diff.tasks_added.push_back(id);
            continue;
        }
        auto fields = differing_keys(old_content["tasks"][id], task);
        if (!fields.empty()) diff.tasks_changed.push_back({id, std::move(fields)});
    }
    for (const auto& [id, task] : old_content["tasks"].items()) {
        if (!new_content["tasks"].contains(id)) diff.tasks_removed.push_back(id);
    }
    old_content.erase("tasks");
    new_content.erase("tasks");
    diff.fields_changed = differing_keys(old_content, new_content);
    const auto name = [](const core::Dag& dag, int number) {
        return fmt::format("{} version {}", dag.dag_id.str(), number);
    };
    diff.text =
        unified_diff(dag_text(from), dag_text(to), {name(from, from_number), name(to, to_number)});
    return diff;
}

}  // namespace reel::api
