#include "params.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reel/core/json_schema.hpp"
#include "shape_check.hpp"

namespace reel::dagfile {
namespace {

const std::vector<std::string>& type_names() {
    static const std::vector<std::string> names{
        "string", "integer", "number", "boolean", "array", "object", "null"
    };
    return names;
}

const Shape& param_shape() {
    const auto type = choice(type_names());
    static const ShapePtr shape = object({
        optional("__type__", text(), ""),
        optional("default", any_value(), ""),
        optional("type", either({type, list_of(type, true)}), ""),
        optional("description", text(), ""),
        optional("description_md", text(), ""),
        optional("title", text(), ""),
        optional("enum", list_of(any_value(), true), ""),
        optional("const", any_value(), ""),
        optional("examples", list_of(any_value()), ""),
        optional("values_display", map_of(any_value()), ""),
        optional("minimum", number(), ""),
        optional("maximum", number(), ""),
        optional("exclusiveMinimum", number(), ""),
        optional("exclusiveMaximum", number(), ""),
        optional("multipleOf", number(), ""),
        optional("minLength", integer(0), ""),
        optional("maxLength", integer(0), ""),
        optional("minItems", integer(0), ""),
        optional("maxItems", integer(0), ""),
        optional("pattern", text(), ""),
        optional("format", text(), ""),
        optional("uniqueItems", boolean(), ""),
        optional("items", any_value(), ""),
        optional("prefixItems", list_of(any_value()), ""),
        optional("contains", any_value(), ""),
        optional("minContains", integer(0), ""),
        optional("maxContains", integer(0), ""),
        optional("properties", map_of(any_value()), ""),
        optional("patternProperties", map_of(any_value()), ""),
        optional("additionalProperties", any_value(), ""),
        optional("propertyNames", any_value(), ""),
        optional("minProperties", integer(0), ""),
        optional("maxProperties", integer(0), ""),
        optional("required", list_of(text()), ""),
        optional("dependentRequired", map_of(list_of(text())), ""),
        optional("allOf", list_of(any_value(), true), ""),
        optional("anyOf", list_of(any_value(), true), ""),
        optional("oneOf", list_of(any_value(), true), ""),
        optional("not", any_value(), ""),
        optional("if", any_value(), ""),
        optional("then", any_value(), ""),
        optional("else", any_value(), ""),
        optional("$ref", text(), ""),
        optional("$defs", map_of(any_value()), ""),
        optional("definitions", map_of(any_value()), ""),
        optional("section", text(), ""),
    });
    return *shape;
}

/// A map is a schema when it says what a schema says; any other map is a plain value.
bool is_schema(const Node& node) {
    constexpr std::array words{"type", "default", "enum", "__type__", "oneOf", "anyOf", "allOf"};
    return node.is_map() &&
           std::ranges::any_of(words, [&](const char* word) { return node.find(word) != nullptr; });
}

/// The value at a place that was found wrong; where keys lack, what should have them.
const Node& node_at(const Node& top, const std::vector<std::string>& path) {
    const Node* node = &top;
    for (const std::string& part : path) {
        const Node* below = node->find(part);
        if (node->is_list()) {
            const std::size_t index = std::stoull(part);
            below = index < node->items.size() ? &node->items[index] : nullptr;
        }
        if (below == nullptr) {
            break;
        }
        node = below;
    }
    return *node;
}

/// " at /0/name", nothing for the whole.
std::string place_of(const core::SchemaMisfit& misfit) {
    return misfit.path.empty() ? "" : " at " + core::json_pointer(misfit.path);
}

void check_default(
    const std::string& name, const Node& schema, const Node& value, Diagnostics& diagnostics
) {
    for (const auto& misfit : core::find_misfits({to_json_text(schema)}, {to_json_text(value)})) {
        diagnostics.add(
            node_at(value, misfit.path).at,
            fmt::format("the default of param '{}'{} {}", name, place_of(misfit), misfit.message)
        );
    }
}

void check_schema(const std::string& name, const Node& schema, Diagnostics& diagnostics) {
    for (const auto& flaw : core::find_schema_flaws({to_json_text(schema)})) {
        diagnostics.add(
            node_at(schema, flaw.path).at,
            fmt::format("the schema of param '{}'{} {}", name, place_of(flaw), flaw.message)
        );
    }
}

Node without_type(const Node& schema) {
    Node plain = schema;
    std::erase_if(plain.entries, [](const Entry& entry) { return entry.key == "__type__"; });
    return plain;
}

Node build_param(const Entry& param, Diagnostics& diagnostics) {
    if (!is_schema(param.value)) {
        Node schema{.kind = NodeKind::map, .at = param.value.at};
        schema.entries.push_back({"default", param.at, param.value});
        return schema;
    }
    const Subject subject{fmt::format("param '{}'", param.key)};
    Diagnostics of_shape;
    check_shape(param.value, param_shape(), subject, of_shape);
    if (!of_shape.empty()) {
        check_shape(param.value, param_shape(), subject, diagnostics);
    }
    Node schema = without_type(param.value);
    if (of_shape.empty()) {
        check_schema(param.key, schema, diagnostics);
        if (const Node* value = param.value.find("default")) {
            check_default(param.key, schema, *value, diagnostics);
        }
    }
    return schema;
}

}  // namespace

Node params_of(const Node& dag) {
    Node params{.kind = NodeKind::map, .at = dag.at};
    const Node* args = dag.find_value("default_args");
    const Node* over = args == nullptr ? nullptr : args->find_value("params");
    const Node* own = dag.find_value("params");
    if (over != nullptr) params.entries = over->entries;
    if (own != nullptr) add_missing(*own, params);
    return params;
}

void add_missing(const Node& from, Node& into) {
    for (const Entry& entry : from.entries) {
        if (into.find_entry(entry.key) == nullptr) into.entries.push_back(entry);
    }
}

core::JsonText build_params(const Node* params, Diagnostics& diagnostics) {
    Node built{.kind = NodeKind::map};
    if (params != nullptr && params->is_map()) {
        for (const Entry& param : params->entries) {
            built.entries.push_back({param.key, param.at, build_param(param, diagnostics)});
        }
    }
    return {to_json_text(built)};
}

const Entry* find_required_param(const Node& params) {
    const auto found = std::ranges::find_if(params.entries, [](const Entry& param) {
        return is_schema(param.value) && param.value.find("default") == nullptr;
    });
    return found == params.entries.end() ? nullptr : &*found;
}

}  // namespace reel::dagfile
