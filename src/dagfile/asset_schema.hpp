#pragma once

#include <nlohmann/json_fwd.hpp>

namespace reel::dagfile {

/// The JSON Schema of a condition over assets, where `asset` is that of one asset. Refers to itself
/// as the definition "asset_expression".
[[nodiscard]] nlohmann::ordered_json asset_expression_schema(const nlohmann::ordered_json& asset);

/// That of {assets: …, timetable: …}, where `members` has its keys; refers to the definitions
/// "asset_expression" and "schedule".
[[nodiscard]] nlohmann::ordered_json asset_schedule_schema(nlohmann::ordered_json members);

}  // namespace reel::dagfile
