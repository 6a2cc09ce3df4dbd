#pragma once

#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/args.hpp"
#include "warehouse/stage/row_encoder.hpp"

namespace reel::warehouse {

// What the file has and no column of the spec reads, under the tables' contracts (`columns`). A
// column is new when no table of the task reads it; a key of a list's element, when no table of
// that list does.

/// What a contract cannot mean: columns that come to light one by one, in objects, are too late for
/// a table that is made already.
void check_contracts(const StageSpec& spec, Mistakes& mistakes);

/// Gives every table whose contract says evolve the header's new columns, as text under their own
/// names. An error (corrupt_data) where such a name is taken or none of a column.
[[nodiscard]] core::Result<void> evolve_columns(
    StageSpec& spec, const std::vector<std::string>& header
);

/// Whether it would give any: the spec was evolved by another header.
[[nodiscard]] bool would_evolve(const StageSpec& spec, const std::vector<std::string>& header);

/// Notes in the tables what is to be watched while reading. An error (corrupt_data) names the
/// header's new columns where a table's contract freezes them.
[[nodiscard]] core::Result<void> watch_new_columns(
    const StageSpec& spec, const std::vector<std::string>& header, std::vector<BoundTable>& tables
);

/// Adds what the contract says of values in the row's object that are watched.
void judge_new_values(
    const BoundTable& table, const Record& record, const literal::Value* element, EncodedRow& row
);

}  // namespace reel::warehouse
