#include "params.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace reel::scheduler {

namespace {

using nlohmann::json;

bool has_type(const json& value, const std::string& type) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "null") return value.is_null();
    return true;
}

/// JSON Schema's `type`: one word or a list of them.
std::vector<std::string> types_of(const json& schema) {
    const auto found = schema.find("type");
    if (found == schema.end()) return {};
    if (found->is_array()) return found->get<std::vector<std::string>>();
    return {found->get<std::string>()};
}

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " or ") + word;
    return text;
}

core::Result<void> check_param(const std::string& name, const json& schema, const json& value) {
    const auto types = types_of(schema);
    if (!types.empty() &&
        std::ranges::none_of(types, [&](const auto& type) { return has_type(value, type); })) {
        return core::fail(
            core::Errc::invalid_argument,
            "param '" + name + "' must be of type " + join(types),
            "it was given as " + std::string(value.type_name())
        );
    }
    const auto choices = schema.find("enum");
    if (choices != schema.end() && std::ranges::find(*choices, value) == choices->end()) {
        return core::fail(
            core::Errc::invalid_argument, "param '" + name + "' must be one of " + choices->dump()
        );
    }
    return {};
}

}  // namespace

core::Result<void> check_conf(const core::Dag& dag, const core::JsonText& conf) {
    const json given = json::parse(conf.text, nullptr, false);
    if (!given.is_object()) {
        return core::fail(
            core::Errc::invalid_argument,
            "conf must be a JSON object",
            R"(for instance {"dataset": "file.zip"})"
        );
    }
    const json params = json::parse(dag.params.text, nullptr, false);
    if (!params.is_object()) return {};
    for (const auto& [name, schema] : params.items()) {
        if (!schema.is_object()) continue;
        const auto value = given.find(name);
        if (value != given.end()) {
            if (auto valid = check_param(name, schema, *value); !valid) return valid;
        } else if (!schema.contains("default")) {
            return core::fail(
                core::Errc::invalid_argument,
                "param '" + name + "' has no default and was not given",
                "pass it in conf: {\"" + name + "\": …}"
            );
        }
    }
    return {};
}

}  // namespace reel::scheduler
