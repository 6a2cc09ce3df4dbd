#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/quality/check.hpp"
#include "warehouse/quality/inspect.hpp"
#include "warehouse/stage/accounting.hpp"
#include "warehouse/stage/row_checks.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// The `checks` of one staged table.
struct TableChecks {
    std::vector<Check> checks;
    RowCheckPlan plan;
};

/// Of each table of the spec, in its order. People know the tables as "task.table", and checks may
/// name each other's so. All mistakes in one error.
[[nodiscard]] core::Result<std::vector<TableChecks>> read_table_checks(
    const StageSpec& spec, const OperationContext& context
);

/// The numbers that nobody has to measure, when all rows of the table have passed. A count of rows
/// of which some were dropped as duplicates tells only that there are none.
[[nodiscard]] std::map<std::size_t, KnownNumber> known_numbers(
    const RowCheckPlan& plan, const RowChecks& seen, const TableAccount& account
);

/// Makes the checks of all tables within the transaction that staged their rows, records and logs
/// the results. `seen` counted the rows of each.
[[nodiscard]] std::vector<CheckResult> check_staged_rows(
    postgres::Link& link,
    const std::vector<TableChecks>& tables,
    const std::vector<RowChecks>& seen,
    const FileAccount& account,
    const OperationContext& context
);

}  // namespace reel::warehouse
