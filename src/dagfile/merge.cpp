#include "merge.hpp"

#include <fmt/format.h>

#include <map>

namespace reel::dagfile {
namespace {

Node* find_mutable(Node& map, std::string_view key) {
    for (Entry& entry : map.entries) {
        if (entry.key == key) {
            return &entry.value;
        }
    }
    return nullptr;
}

/// The name that a list's item gives itself; null when it gives none that can be used.
const Node* find_name(const Node& item, const MemberList& list, Diagnostics& diagnostics) {
    if (!item.is_map()) {
        diagnostics.add(
            item.at,
            fmt::format("a {} must be a map, not {}", list.noun, describe_value(item)),
            fmt::format("write '- {}: …'", list.id)
        );
        return nullptr;
    }
    const Node* name = item.find_value(list.id);
    if (name == nullptr) {
        diagnostics.add(item.at, fmt::format("a {} lacks '{}'", list.noun, list.id));
        return nullptr;
    }
    if (!name->is_text()) {
        diagnostics.add(
            name->at,
            fmt::format("'{}' must be text, not {}", list.id, describe_value(*name)),
            "put it in quotes"
        );
        return nullptr;
    }
    return name;
}

Node name_items(const Node& items, const MemberList& list, Diagnostics& diagnostics) {
    Node named{.kind = NodeKind::map, .at = items.at};
    std::map<std::string, int> lines;
    for (const Node& item : items.items) {
        const Node* name = find_name(item, list, diagnostics);
        if (name == nullptr) {
            continue;
        }
        const auto [earlier, is_new] = lines.emplace(name->text, name->at.line);
        if (!is_new) {
            diagnostics.add(
                name->at,
                fmt::format("{} '{}' is declared twice", list.noun, name->text),
                fmt::format("it is first declared in line {}", earlier->second)
            );
        }
        named.entries.push_back({name->text, name->at, item});
    }
    return named;
}

}  // namespace

Node merge_defaults(Node own, const Node& base) {
    const bool is_one_value = own.find("__type__") != nullptr || base.find("__type__") != nullptr;
    if (!own.is_map() || !base.is_map() || is_one_value) {
        return own;
    }
    for (const Entry& entry : base.entries) {
        bool is_own = false;
        for (Entry& mine : own.entries) {
            if (mine.key == entry.key) {
                mine.value = merge_defaults(std::move(mine.value), entry.value);
                is_own = true;
            }
        }
        if (!is_own) {
            own.entries.push_back(entry);
        }
    }
    return own;
}

void name_members(Node& owner, const MemberList& list, Diagnostics& diagnostics) {
    Node* members = find_mutable(owner, list.key);
    if (members == nullptr || members->is_null()) {
        return;
    }
    if (members->is_list()) {
        *members = name_items(*members, list, diagnostics);
    } else if (!members->is_map()) {
        diagnostics.add(
            members->at,
            fmt::format("'{}' must be a list or a map, not {}", list.key, describe_value(*members))
        );
        *members = Node{.kind = NodeKind::map, .at = members->at};
    }
}

void name_all_members(Node& dag, Diagnostics& diagnostics) {
    name_members(dag, {.key = "tasks", .id = "task_id", .noun = "task"}, diagnostics);
    name_members(
        dag, {.key = "task_groups", .id = "group_name", .noun = "task group"}, diagnostics
    );
}

}  // namespace reel::dagfile
