#pragma once

#include <nlohmann/json.hpp>

#include "reel/core/dag.hpp"

/// Pieces of the stored form of a DAG. Readers throw nlohmann::json::exception or
/// std::bad_optional_access for anything that task_to_json did not write.
namespace reel::store {

[[nodiscard]] nlohmann::json task_to_json(const core::Task& task);
[[nodiscard]] core::Task task_from_json(const nlohmann::json& json);

/// The elements of a mapped task or group.
[[nodiscard]] nlohmann::json mapping_to_json(const std::optional<core::Mapping>& mapping);
[[nodiscard]] std::optional<core::Mapping> mapping_from_json(const nlohmann::json& json);

[[nodiscard]] nlohmann::json assets_to_json(const std::vector<core::Asset>& assets);
[[nodiscard]] std::vector<core::Asset> assets_from_json(const nlohmann::json& json);
/// Null where there is none.
[[nodiscard]] nlohmann::json expression_to_json(
    const std::optional<core::AssetExpression>& expression
);
[[nodiscard]] std::optional<core::AssetExpression> expression_from_json(const nlohmann::json& json);

/// Whom something calls, and when a run should have ended.
[[nodiscard]] nlohmann::json callbacks_to_json(const core::Callbacks& callbacks);
[[nodiscard]] core::Callbacks callbacks_from_json(const nlohmann::json& json);
[[nodiscard]] nlohmann::json deadlines_to_json(const std::vector<core::Deadline>& deadlines);
[[nodiscard]] std::vector<core::Deadline> deadlines_from_json(const nlohmann::json& json);

template <class T>
[[nodiscard]] nlohmann::json optional_to_json(const std::optional<T>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

/// Leaves `into` as it is where the key is missing.
template <class T>
void read_if_there(const nlohmann::json& json, const char* key, T& into) {
    if (const auto found = json.find(key); found != json.end()) found->get_to(into);
}
template <class T>
void read_if_there(const nlohmann::json& json, const char* key, std::optional<T>& into) {
    const auto found = json.find(key);
    if (found != json.end() && !found->is_null()) into = found->template get<T>();
}

/// Microseconds, null where there is none.
template <class Time>
[[nodiscard]] nlohmann::json micros_to_json(const std::optional<Time>& time) {
    if (!time) return nullptr;
    if constexpr (std::is_same_v<Time, core::Timestamp>) {
        return time->time_since_epoch().count();
    } else {
        return time->count();
    }
}

template <class Time>
[[nodiscard]] std::optional<Time> micros_from_json(const nlohmann::json& json) {
    if (json.is_null()) return std::nullopt;
    return Time(core::Duration(json.get<std::int64_t>()));
}

}  // namespace reel::store
