#pragma once

#include <string>

#include "reel/postgres/database.hpp"
#include "reel/store/records.hpp"

namespace reel::store {

/// Rows for read_summary, without their where.
[[nodiscard]] const std::string& select_summaries();
[[nodiscard]] DagSummary read_summary(const postgres::Rows& rows, std::size_t row);

}  // namespace reel::store
