#pragma once

#include <nlohmann/json.hpp>

#include "reel/core/dag.hpp"

/// Pieces of the stored form of a DAG. Readers throw nlohmann::json::exception or
/// std::bad_optional_access for anything that task_to_json did not write.
namespace reel::store {

[[nodiscard]] nlohmann::json task_to_json(const core::Task& task);
[[nodiscard]] core::Task task_from_json(const nlohmann::json& json);

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
