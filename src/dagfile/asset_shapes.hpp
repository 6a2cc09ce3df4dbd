#pragma once

#include <string_view>

#include "shape.hpp"

namespace reel::dagfile {

/// {uri, name, group, extra}, with or without Airflow's __type__.
[[nodiscard]] const ShapePtr& asset_shape();
/// {alias: …}: a name that tasks give to assets when they run; or Airflow's class by __type__.
[[nodiscard]] const ShapePtr& alias_shape();
[[nodiscard]] const ShapePtr& alias_class_shape();
/// What `inlets` hold: URIs and maps of assets.
[[nodiscard]] ShapePtr assets_shape();
/// What `outlets` hold: the same and aliases.
[[nodiscard]] ShapePtr outlets_shape();
/// {assets: …, timetable: …}.
[[nodiscard]] const Shape& asset_schedule_shape();

/// Whether a __type__ is Airflow's class of that name: "Asset", or "Dataset" as it was before.
/// `kind` is what follows the word: "", "All", "Any" or "OrTimeSchedule".
[[nodiscard]] bool is_asset_class(std::string_view type, std::string_view kind);

}  // namespace reel::dagfile
