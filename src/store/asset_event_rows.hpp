#pragma once

#include <string_view>

#include "reel/store/asset_records.hpp"
#include "row_reading.hpp"

namespace reel::store {

/// Of reel.asset_event e and its reel.asset a; read_asset_event takes them.
inline constexpr std::string_view event_select =
    "e.id, a.uri, reel.micros_of(e.at), e.extra, e.source_dag_id, e.source_run_id, "
    "e.source_task_id, e.source_map_index";

[[nodiscard]] AssetEventRecord read_asset_event(RowReader& reader);

}  // namespace reel::store
