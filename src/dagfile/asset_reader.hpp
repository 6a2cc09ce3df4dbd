#pragma once

#include <optional>
#include <vector>

#include "diagnostics.hpp"
#include "reel/core/asset.hpp"
#include "reel/dagfile/node.hpp"
#include "shape_check.hpp"

namespace reel::dagfile {

/// Whether a `schedule` speaks of assets: a URI, a condition over some, Airflow's classes, and /
/// or.
[[nodiscard]] bool stands_for_assets(const Node& node);

/// Reads a condition over assets: text as in "(s3://a & s3://b) | s3://c", a list (all of them),
/// {and: […]}, {or: […]}, dag-factory's __and__ and __or__, Airflow's classes by __type__. What is
/// wrong is a diagnostic, and no condition.
[[nodiscard]] std::optional<core::AssetExpression> read_asset_expression(
    const Node& node, const Subject& subject, Diagnostics& diagnostics
);

/// The alias that a value names in a form of alias_shape() or alias_class_shape(); nothing for an
/// asset.
[[nodiscard]] std::optional<std::string> read_alias(const Node& node);

/// One asset that assets_shape() accepts: a URI or a map.
[[nodiscard]] core::Asset read_asset(const Node& node);

}  // namespace reel::dagfile
