#include "params.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reel/core/did_you_mean.hpp"
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
        optional("items", map_of(any_value()), ""),
        optional("properties", map_of(any_value()), ""),
        optional("section", text(), ""),
    });
    return *shape;
}

/// A map is a schema when it says what a schema says; any other map is a plain value.
bool is_schema(const Node& node) {
    return node.is_map() && (node.find("type") != nullptr || node.find("default") != nullptr ||
                             node.find("enum") != nullptr || node.find("__type__") != nullptr);
}

bool has_json_type(const Node& value, const std::string& type) {
    switch (value.kind) {
        case NodeKind::null:
            return type == "null";
        case NodeKind::boolean:
            return type == "boolean";
        case NodeKind::integer:
            return type == "integer" || type == "number";
        case NodeKind::number:
            return type == "number";
        case NodeKind::text:
            return type == "string";
        case NodeKind::list:
            return type == "array";
        case NodeKind::map:
            return type == "object";
    }
    return false;
}

std::vector<std::string> types_of(const Node& schema) {
    std::vector<std::string> types;
    if (const Node* type = schema.find_value("type")) {
        for (const Node* word : type->as_texts()) {
            types.push_back(word->text);
        }
    }
    return types;
}

std::size_t count_characters(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

bool lies_outside(const Node& schema, double size, const char* least, const char* most) {
    const auto bound = [&](const char* name) {
        const Node* node = schema.find_value(name);
        return node == nullptr ? std::nullopt : node->as_number();
    };
    return (bound(least) && size < *bound(least)) || (bound(most) && size > *bound(most));
}

bool is_on_edge(const Node& schema, double number) {
    return std::ranges::any_of(
        std::initializer_list<const char*>{"exclusiveMinimum", "exclusiveMaximum"},
        [&](const char* name) {
            const Node* edge = schema.find_value(name);
            return edge != nullptr && edge->as_number() == number;
        }
    );
}

std::string find_misfit_of_size(const Node& schema, const Node& value) {
    if (const std::optional<double> number = value.as_number();
        number && (lies_outside(schema, *number, "minimum", "maximum") ||
                   lies_outside(schema, *number, "exclusiveMinimum", "exclusiveMaximum") ||
                   is_on_edge(schema, *number))) {
        return "lies outside of minimum and maximum";
    }
    if (value.is_text() &&
        lies_outside(
            schema, static_cast<double>(count_characters(value.text)), "minLength", "maxLength"
        )) {
        return "is too short or too long";
    }
    if (value.is_list() &&
        lies_outside(schema, static_cast<double>(value.items.size()), "minItems", "maxItems")) {
        return "has too few or too many items";
    }
    return "";
}

/// Why a default does not fit, or nothing.
std::string find_misfit(const Node& schema, const Node& value) {
    const std::vector<std::string> types = types_of(schema);
    const bool has_type = std::ranges::any_of(types, [&](const std::string& type) {
        return has_json_type(value, type);
    });
    if (!types.empty() && !has_type) {
        return fmt::format(
            "must be of type {}, not {}", fmt::join(types, " or "), describe_value(value)
        );
    }
    if (const Node* choices = schema.find_value("enum"); choices != nullptr && choices->is_list()) {
        const bool is_one = std::ranges::any_of(choices->items, [&](const Node& choice) {
            return to_json_text(choice) == to_json_text(value);
        });
        if (!is_one) {
            return fmt::format("must be one of {}", to_json_text(*choices));
        }
    }
    if (const Node* only = schema.find("const");
        only != nullptr && to_json_text(*only) != to_json_text(value)) {
        return fmt::format("must be {}", to_json_text(*only));
    }
    return find_misfit_of_size(schema, value);
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
    check_shape(param.value, param_shape(), subject, diagnostics);
    if (const Node* value = param.value.find("default")) {
        if (const std::string misfit = find_misfit(param.value, *value); !misfit.empty()) {
            diagnostics.add(
                value->at, fmt::format("the default of param '{}' {}", param.key, misfit)
            );
        }
    }
    return without_type(param.value);
}

}  // namespace

core::JsonText build_params(const Node* params, Diagnostics& diagnostics) {
    Node built{.kind = NodeKind::map};
    if (params != nullptr && params->is_map()) {
        for (const Entry& param : params->entries) {
            built.entries.push_back({param.key, param.at, build_param(param, diagnostics)});
        }
    }
    return {to_json_text(built)};
}

const Entry* find_required_param(const Node* params) {
    if (params == nullptr || !params->is_map()) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(params->entries, [](const Entry& param) {
        return is_schema(param.value) && param.value.find("default") == nullptr;
    });
    return found == params->entries.end() ? nullptr : &*found;
}

}  // namespace reel::dagfile
