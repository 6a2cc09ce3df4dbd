#include "group_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "dag_shapes.hpp"
#include "mapping.hpp"
#include "reel/core/did_you_mean.hpp"
#include "shape_check.hpp"

namespace reel::dagfile {
namespace {

void read_group(const Entry& entry, DagDraft& draft, Diagnostics& diagnostics) {
    const Subject subject{fmt::format("task group '{}'", entry.key)};
    if (!entry.value.is_null()) {
        check_shape(entry.value, task_group_shape(), subject, diagnostics);
    }
    GroupDraft group{.name = entry.key, .id = entry.key, .at = entry.at};
    if (const Node* prefix = entry.value.find_value("prefix_group_id")) {
        group.prefixes = prefix->as_boolean().value_or(true);
    }
    if (const Node* tooltip = entry.value.find_value("tooltip")) {
        group.tooltip = tooltip->as_text().value_or("");
    }
    group.mapping = read_group_mapping(entry.value, subject, diagnostics);
    group.default_args = entry.value.find_value("default_args");
    if (group.default_args != nullptr) {
        check_present(
            *group.default_args,
            group_default_args_shape(),
            {fmt::format("default_args of {}", subject.owner)},
            diagnostics
        );
    }
    group.dependencies = read_references(entry.value.find_value("dependencies"));
    draft.groups.push_back(std::move(group));
}

void link_parents(const Node& groups, DagDraft& draft, Diagnostics& diagnostics) {
    std::vector<std::string> names;
    names.reserve(draft.groups.size());
    for (const GroupDraft& group : draft.groups) {
        names.push_back(group.name);
    }
    for (std::size_t i = 0; i < draft.groups.size(); ++i) {
        const Node* parent = groups.entries[i].value.find_value("parent_group_name");
        if (parent == nullptr || !parent->is_text()) {
            continue;
        }
        const auto found = std::ranges::find(names, parent->text);
        if (found == names.end()) {
            diagnostics.add(
                parent->at,
                fmt::format("unknown task group '{}'", parent->text),
                core::did_you_mean(parent->text, names)
            );
            continue;
        }
        draft.groups[i].parent = static_cast<std::size_t>(found - names.begin());
        // A chain that leads back to where it began would never end.
        std::optional<std::size_t> above = draft.groups[i].parent;
        while (above && *above != i) {
            above = draft.groups[*above].parent;
        }
        if (above) {
            draft.groups[i].parent.reset();
            diagnostics.add(parent->at, fmt::format("task group '{}' would hold itself", names[i]));
        }
    }
}

void name_groups(DagDraft& draft, Diagnostics& diagnostics) {
    std::map<std::string, std::string> names_by_id;
    for (GroupDraft& group : draft.groups) {
        const std::vector<std::size_t> above = enclosing_groups(draft, group.parent);
        // Only what stands right before it matters: its parent's id has the others already in it.
        std::string prefix;
        for (const std::size_t parent : above) {
            const GroupDraft& outer = draft.groups[parent];
            const std::string id = prefix + outer.name;
            prefix = outer.prefixes ? id + "." : "";
        }
        group.id = prefix + group.name;
        if (!core::is_valid_key(group.id)) {
            diagnostics.add(
                group.at,
                fmt::format("'{}' is no name for a task group", group.id),
                "letters, digits, '_', '-' and '.', at most 250 bytes"
            );
        }
        const auto [earlier, is_new] = names_by_id.emplace(group.id, group.name);
        // Two members of a list with one name were reported when the list was read.
        if (!is_new && earlier->second != group.name) {
            diagnostics.add(group.at, fmt::format("'{}' names two task groups", group.id));
        }
    }
}

}  // namespace

std::vector<std::size_t> enclosing_groups(
    const DagDraft& draft, std::optional<std::size_t> innermost
) {
    std::vector<std::size_t> chain;
    while (innermost) {
        chain.push_back(*innermost);
        innermost = draft.groups[*innermost].parent;
    }
    std::ranges::reverse(chain);
    return chain;
}

void build_groups(const Node& dag, DagDraft& draft, Diagnostics& diagnostics) {
    const Node* groups = dag.find_value("task_groups");
    if (groups == nullptr || !groups->is_map()) {
        return;
    }
    for (const Entry& entry : groups->entries) {
        read_group(entry, draft, diagnostics);
    }
    link_parents(*groups, draft, diagnostics);
    name_groups(draft, diagnostics);
}

}  // namespace reel::dagfile
