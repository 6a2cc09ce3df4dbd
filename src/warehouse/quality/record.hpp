#pragma once

#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/quality/inspect.hpp"

namespace reel::warehouse {

/// The table of schema reel that holds the failing rows of a check with `store_failures`, as that
/// check of that task last found them; bare, at most 63 bytes.
[[nodiscard]] std::string failures_table(const Check& check, const LoadIdentity& identity);

/// Within the caller's transaction: puts failing rows into their tables (and names those in the
/// results), takes tables away of which the check has none any more, and adds a row per result to
/// reel.quality_results.
void record(postgres::Link& link, std::vector<CheckResult>& results, const LoadIdentity& identity);

}  // namespace reel::warehouse
