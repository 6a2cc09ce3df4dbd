#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "warehouse/stage/load_lane.hpp"

/// What all lanes of a load have seen together.
namespace reel::warehouse {

using Lanes = std::vector<std::unique_ptr<LoadLane>>;

/// What they loaded so far, of all files; most duplicates are found later.
[[nodiscard]] FileAccount account_of(const Lanes& lanes);

/// What their COPYs counted of a table.
[[nodiscard]] std::uint64_t sum_of(
    const Lanes& lanes, std::uint64_t (CopySink::*count)(std::size_t) const, std::size_t table
);

/// What they counted of each table's checks.
[[nodiscard]] std::vector<RowChecks> seen_rows(
    const Lanes& lanes, const std::vector<TableChecks>& tables
);

/// Keys that columns are made of and that no object had.
[[nodiscard]] std::vector<std::string> missing_keys(const Lanes& lanes);

}  // namespace reel::warehouse
