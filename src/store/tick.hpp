#pragma once

#include <string_view>

#include "reel/store/records.hpp"

namespace reel::store {

/// Whether the run is a tick of its DAG's schedule. A backfill that runs it again makes its type
/// another one; its id stays.
[[nodiscard]] inline bool is_tick(const RunRecord& run) {
    const bool is_scheduled =
        run.type == core::RunType::scheduled || run.run_id.str().starts_with("scheduled__");
    return is_scheduled && run.logical_date.has_value();
}

/// The same of reel.dag_run as {0}.
inline constexpr std::string_view tick_sql =
    "({0}.logical_date is not null and "
    "({0}.run_type = 'scheduled' or starts_with({0}.run_id, 'scheduled__')))";

}  // namespace reel::store
