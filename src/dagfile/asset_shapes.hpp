#pragma once

#include <string_view>

#include "shape.hpp"

namespace reel::dagfile {

/// {uri, name, group, extra}, with or without Airflow's __type__.
[[nodiscard]] const ShapePtr& asset_shape();
/// What `inlets` and `outlets` hold: URIs and maps of the above.
[[nodiscard]] ShapePtr assets_shape();
/// {assets: …, timetable: …}.
[[nodiscard]] const Shape& asset_schedule_shape();

/// Whether a __type__ is Airflow's class of that name: "Asset", or "Dataset" as it was before.
/// `kind` is what follows the word: "", "All", "Any" or "OrTimeSchedule".
[[nodiscard]] bool is_asset_class(std::string_view type, std::string_view kind);

}  // namespace reel::dagfile
