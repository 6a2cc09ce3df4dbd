#include <fmt/format.h>

#include <set>

#include "group_builder.hpp"
#include "mapping.hpp"
#include "reel/core/did_you_mean.hpp"

namespace reel::dagfile {
namespace {

class MappingResolver final {
  public:
    MappingResolver(DagDraft& draft, Diagnostics& diagnostics)
        : draft_(draft), diagnostics_(diagnostics) {}

    void resolve_task(std::size_t task) {
        TaskDraft& draft = draft_.tasks[task];
        if (draft.mapping.empty()) {
            return;
        }
        for (const std::size_t group : enclosing_groups(draft_, draft.group)) {
            if (!draft_.groups[group].mapping.empty()) {
                diagnostics_.add(
                    draft.mapping.front().elements.at,
                    fmt::format(
                        "task '{}' is mapped inside the mapped task group '{}'",
                        draft.name,
                        draft_.groups[group].name
                    ),
                    "map either the group or the task"
                );
            }
        }
        draft.task.mapping = resolve(draft.mapping);
        for (const core::MapSource& source : draft.task.mapping->sources) {
            if (source.upstream) {
                draft_.implied.emplace(std::pair(*source.upstream, task), draft.task.position);
            }
        }
    }

    void resolve_group(std::size_t group) {
        GroupDraft& draft = draft_.groups[group];
        for (const std::size_t outer : enclosing_groups(draft_, draft.parent)) {
            if (!draft.mapping.empty() && !draft_.groups[outer].mapping.empty()) {
                diagnostics_.add(
                    draft.at,
                    fmt::format(
                        "the mapped task group '{}' lies inside the mapped task group '{}'",
                        draft.name,
                        draft_.groups[outer].name
                    )
                );
            }
        }
        if (draft.mapping.empty()) {
            return;
        }
        draft.mapped = resolve(draft.mapping);
        for (const MapDraft& source : draft.mapping) {
            if (source.output && draft_.find_task(source.output->task)) {
                draft.dependencies.push_back({source.output->task, source.elements.at});
            }
        }
    }

  private:
    core::Mapping resolve(const std::vector<MapDraft>& sources) {
        core::Mapping mapping;
        for (const MapDraft& source : sources) {
            core::MapSource resolved{.argument = source.argument, .literal = {}, .upstream = {}};
            if (!source.output) {
                resolved.literal = {to_json_text(source.elements)};
            } else if (const auto task = find(source)) {
                resolved.upstream = static_cast<std::uint32_t>(*task);
                resolved.xcom_key = source.output->key;
            }
            mapping.sources.push_back(std::move(resolved));
        }
        return mapping;
    }

    std::optional<std::size_t> find(const MapDraft& source) {
        const auto task = draft_.find_task(source.output->task);
        if (!task) {
            std::vector<std::string> names;
            names.reserve(draft_.tasks.size());
            for (const TaskDraft& each : draft_.tasks) {
                names.push_back(each.name);
            }
            diagnostics_.add(
                source.elements.at,
                fmt::format("'{}' names no task", source.elements.text),
                core::did_you_mean(source.output->task, names)
            );
        }
        return task;
    }

    DagDraft& draft_;
    Diagnostics& diagnostics_;
};

}  // namespace

void resolve_mappings(DagDraft& draft, Diagnostics& diagnostics) {
    MappingResolver resolver(draft, diagnostics);
    for (std::size_t i = 0; i < draft.tasks.size(); ++i) {
        resolver.resolve_task(i);
    }
    for (std::size_t i = 0; i < draft.groups.size(); ++i) {
        resolver.resolve_group(i);
    }
}

std::vector<core::TaskGroup> groups_of(const DagDraft& draft) {
    std::set<std::pair<std::size_t, std::size_t>> order;  // by depth, then as in the file
    for (std::size_t i = 0; i < draft.groups.size(); ++i) {
        order.emplace(enclosing_groups(draft, i).size(), i);
    }
    std::vector<core::TaskGroup> groups;
    for (const auto& [depth, index] : order) {
        const GroupDraft& group = draft.groups[index];
        groups.push_back({
            .group_id = group.id,
            .label = group.name,
            .tooltip = group.tooltip,
            .parent = group.parent ? draft.groups[*group.parent].id : "",
            .mapping = group.mapped,
        });
    }
    return groups;
}

}  // namespace reel::dagfile
