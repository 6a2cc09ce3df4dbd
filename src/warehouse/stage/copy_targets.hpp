#pragma once

#include <atomic>
#include <deque>
#include <string>
#include <vector>

#include "warehouse/stage/binding.hpp"
#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/stage/table_checks.hpp"

namespace reel::warehouse {

/// What the staged tables of an attempt are called in the database, quoted.
[[nodiscard]] std::vector<std::string> physical_names(
    const LoadIdentity& identity, const std::vector<BoundTable>& tables
);

/// Where the rows of each table go, and who looks at them on the way. `must_number` has an element
/// for each table and outlives the lanes.
[[nodiscard]] std::vector<CopySink::Target> copy_targets(
    const std::vector<BoundTable>& tables,
    const std::vector<TableChecks>& checks,
    const std::vector<std::string>& physical,
    std::deque<std::atomic<bool>>& must_number
);

}  // namespace reel::warehouse
