#include "yaml_objects.hpp"

#include <fmt/format.h>

#include <utility>

namespace reel::dagfile {
namespace {

Node join(const Node& list, const std::string& form, Diagnostics& diagnostics) {
    Node joined{.kind = NodeKind::text, .at = list.at};
    if (!list.is_list()) {
        diagnostics.add(
            list.at, fmt::format("'{}' must hold a list, not {}", form, describe_value(list))
        );
    }
    for (const Node& item : list.items) {
        if (item.is_list() || item.is_map() || item.is_null()) {
            diagnostics.add(
                item.at, fmt::format("'{}' joins texts, not {}", form, describe_value(item))
            );
            continue;
        }
        joined.text += item.text;
    }
    return joined;
}

bool is_list_object(const Node& node) {
    const Node* type = node.find_value("__type__");
    return type != nullptr && type->is_text() && type->text == "builtins.list" &&
           node.find_value("items") != nullptr;
}

}  // namespace

Node carry_out_object(Node node, Diagnostics& diagnostics) {
    if (!node.is_map()) {
        return node;
    }
    const Entry* parts = node.find_entry("__join__");
    if (parts != nullptr && node.entries.size() == 1) {
        Node joined = join(parts->value, "__join__", diagnostics);
        joined.at = node.at;
        return joined;
    }
    if (!is_list_object(node) || node.entries.size() != 2) {
        return node;
    }
    Node items = *node.find_value("items");
    if (!items.is_list()) {
        diagnostics.add(
            items.at, fmt::format("'items' must be a list, not {}", describe_value(items))
        );
        items = Node{.kind = NodeKind::list, .at = items.at};
    }
    return items;
}

Node carry_out_tag(Node list, const std::string& tag, Diagnostics& diagnostics) {
    if (tag == "!join") {
        return join(list, tag, diagnostics);
    }
    if (tag == "!and" || tag == "!or") {
        const core::SourcePosition at = list.at;
        Node condition{.kind = NodeKind::map, .at = at};
        condition.entries.push_back({tag == "!and" ? "__and__" : "__or__", at, std::move(list)});
        return condition;
    }
    diagnostics.add(
        list.at,
        fmt::format("the tag '{}' is not supported", tag),
        "write the value without a tag; of dag-factory's there are !join, !and and !or"
    );
    return list;
}

}  // namespace reel::dagfile
