#include "schema_words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace reel::core {

namespace {

using nlohmann::json;

bool is_integer(const json& value) {
    if (value.is_number_float()) return std::trunc(value.get<double>()) == value.get<double>();
    return value.is_number_integer();
}

struct Type {
    std::string_view word;
    bool (*holds)(const json& value);
};

constexpr std::array types{
    Type{"string", [](const json& value) { return value.is_string(); }},
    Type{"integer", is_integer},
    Type{"number", [](const json& value) { return value.is_number(); }},
    Type{"boolean", [](const json& value) { return value.is_boolean(); }},
    Type{"object", [](const json& value) { return value.is_object(); }},
    Type{"array", [](const json& value) { return value.is_array(); }},
    Type{"null", [](const json& value) { return value.is_null(); }},
};

}  // namespace

std::vector<std::string> types_of(const json& schema) {
    std::vector<std::string> words;
    const json type = schema.value("type", json::array());
    for (const json& word : type.is_array() ? type : json::array({type})) {
        if (word.is_string()) words.push_back(word.get<std::string>());
    }
    return words;
}

bool is_type(std::string_view word) {
    return std::ranges::find(types, word, &Type::word) != types.end();
}

bool is_of_type(const json& value, std::string_view type) {
    const auto* const found = std::ranges::find(types, type, &Type::word);
    return found == types.end() || found->holds(value);
}

std::string_view word_of(const json& value) {
    switch (value.type()) {
        case json::value_t::null:
            return "null";
        case json::value_t::boolean:
            return "a boolean";
        case json::value_t::string:
            return "a text";
        case json::value_t::array:
            return "a list";
        case json::value_t::object:
            return "a map";
        default:
            return "a number";
    }
}

const json* find_reference(const json& root, const json& schema) {
    const auto reference = schema.find("$ref");
    if (reference == schema.end() || !reference->is_string()) return nullptr;
    const std::string text = reference->get<std::string>();
    if (!text.starts_with('#')) return nullptr;
    try {
        const json::json_pointer pointer(text.substr(1));
        return root.contains(pointer) ? &root.at(pointer) : nullptr;
    } catch (const json::exception&) {
        return nullptr;
    }
}

}  // namespace reel::core
