#include "facts.hpp"

#include <functional>

namespace reel::store {

namespace {

void for_each_source(
    const core::Dag& dag, const std::function<void(const core::MapSource&)>& visit
) {
    const auto visit_all = [&](const std::optional<core::Mapping>& mapping) {
        if (!mapping) return;
        for (const auto& source : mapping->sources) {
            if (source.upstream) visit(source);
        }
    };
    for (const auto& group : dag.groups) visit_all(group.mapping);
    for (const auto& task : dag.tasks) visit_all(task.mapping);
}

}  // namespace

bool is_fact(const core::Dag& dag, const XComRecord& xcom) {
    bool found = xcom.name == skip_xcom;
    for_each_source(dag, [&](const core::MapSource& source) {
        const auto& task = dag.tasks.at(*source.upstream);
        found = found || (source.xcom_key == xcom.name && task.task_id == xcom.key.task_id);
    });
    return found;
}

std::set<std::string> fact_names(const core::Dag& dag) {
    std::set<std::string> names{skip_xcom};
    for_each_source(dag, [&](const core::MapSource& source) { names.insert(source.xcom_key); });
    return names;
}

}  // namespace reel::store
