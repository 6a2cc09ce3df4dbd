#pragma once

#include <string>

#include "reel/postgres/database.hpp"
#include "reel/store/records.hpp"

namespace reel::store {

/// Of reel.dag d, for read_summary.
[[nodiscard]] std::string summary_columns();
[[nodiscard]] DagSummary read_summary(const postgres::Rows& rows, std::size_t row);

}  // namespace reel::store
