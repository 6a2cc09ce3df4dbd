#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/warehouse/operations.hpp"

namespace reel::warehouse {

enum class Severity { error, warn };

/// How a check's number is found.
enum class CheckShape {
    aggregate,  ///< `measure` is an expression; all of one table share a scan
    query,      ///< `measure` is a query of its own with one row and one column
    rows,       ///< `measure` is a user's query: its rows are failures, or its one cell `count`
};

/// How a check's number reads.
enum class CheckUnit { rows, age };

/// One check, turned into SQL. Table alias is `t`.
struct Check {
    std::string table;     ///< as the user wrote it
    std::string relation;  ///< quoted
    std::string name;      ///< "unique(movie_id)" or the user's own
    Severity severity = Severity::error;
    CheckShape shape = CheckShape::aggregate;
    CheckUnit unit = CheckUnit::rows;
    std::string measure;
    std::optional<double> least;
    std::optional<double> most;
    std::string expected;  ///< for people: "0 rows", ">= 1"
    std::string examples;  ///< query of one text column with up to five failing rows; maybe empty
};

/// Reads `checks`: table → list of checks. A table is schema.table or a staged "task.table" of the
/// context. All mistakes in one error.
[[nodiscard]] core::Result<std::vector<Check>> parse_checks(
    const core::JsonText& args, const OperationContext& context
);

}  // namespace reel::warehouse
