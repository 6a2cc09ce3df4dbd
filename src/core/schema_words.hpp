#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace reel::core {

/// JSON Schema's `type`: one word or a list of them.
[[nodiscard]] std::vector<std::string> types_of(const nlohmann::json& schema);
[[nodiscard]] bool is_type(std::string_view word);
/// A word that is no type takes everything. 1.0 is an integer, as for Airflow.
[[nodiscard]] bool is_of_type(const nlohmann::json& value, std::string_view type);
/// "a text", "a list"; says nothing of what is in it.
[[nodiscard]] std::string_view word_of(const nlohmann::json& value);
/// What `$ref` leads to, within the root; null without one and where it leads nowhere.
[[nodiscard]] const nlohmann::json* find_reference(
    const nlohmann::json& root, const nlohmann::json& schema
);

}  // namespace reel::core
