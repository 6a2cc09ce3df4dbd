#include "asset_schema.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace reel::dagfile {
namespace {

using Json = nlohmann::ordered_json;

Json definition(const std::string& name) {
    return {{"$ref", "#/definitions/" + name}};
}

Json with_key(const std::string& name) {
    return {{"required", Json::array({name})}};
}

}  // namespace

Json asset_expression_schema(const Json& asset) {
    const Json list{{"type", "array"}, {"items", definition("asset_expression")}, {"minItems", 1}};
    Json options = Json::array({{{"type", "string"}}, asset, list});
    for (const char* word : {"and", "or", "__and__", "__or__"}) {
        Json combined{{"type", "object"}, {"properties", {{word, list}}}};
        combined.update(with_key(word));
        combined["additionalProperties"] = false;
        options.push_back(combined);
    }
    const Json type{{"pattern", "(^|\\.)(Asset|Dataset)(All|Any)$"}};
    Json of_class{{"type", "object"}, {"properties", {{"__type__", type}, {"__args__", list}}}};
    of_class.update(with_key("__args__"));
    of_class["additionalProperties"] = false;
    options.push_back(of_class);
    const Json text{{"type", "string"}};
    Json alias{{"type", "object"}, {"properties", {{"alias", text}, {"group", text}}}};
    alias.update(with_key("alias"));
    alias["additionalProperties"] = false;
    options.push_back(alias);
    const Json alias_type{{"pattern", "(^|\\.)(Asset|Dataset)Alias$"}};
    Json alias_class{{"type", "object"}};
    alias_class["properties"] = {{"__type__", alias_type}, {"name", text}, {"group", text}};
    alias_class["required"] = Json::array({"__type__", "name"});
    alias_class["additionalProperties"] = false;
    options.push_back(alias_class);
    return {
        {"description", "assets that must have news: a condition over URIs, a list (all), and, or"},
        {"anyOf", options}
    };
}

Json asset_schedule_schema(Json members) {
    for (const char* key : {"assets", "datasets"}) {
        members["properties"][key] = definition("asset_expression");
    }
    members["properties"]["timetable"] = definition("schedule");
    members["anyOf"] = Json::array({with_key("assets"), with_key("datasets")});
    return members;
}

}  // namespace reel::dagfile
