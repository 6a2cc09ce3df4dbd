#pragma once

#include <cstdint>

#include "application.hpp"

namespace reel::api {

/// A parameter of the path that must be an integer.
[[nodiscard]] Outcome<std::int64_t> integer_of(const Call& call, const std::string& name);

// Reads that the endpoints of assets share. Blocking.

/// {asset_id} of the path.
[[nodiscard]] Outcome<std::int64_t> asset_id_of(const Call& call);
/// 404 in Airflow's words for an id that no asset has.
[[nodiscard]] Outcome<store::AssetRecord> find_asset(store::RunStore& store, std::int64_t id);

}  // namespace reel::api
