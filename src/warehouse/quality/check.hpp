#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/core/threshold.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/args.hpp"

namespace reel::warehouse {

enum class Severity { error, warn };

/// How a check's number is found.
enum class CheckShape {
    aggregate,  ///< `measure` is an expression; all of one table share a scan
    query,      ///< `measure` is a query of its own with one row and one column
    rows,       ///< `measure` is a user's query: its rows are failures, or its one cell `count`
};

/// How a check's number reads.
enum class CheckUnit { rows, plain, share, age };

/// What a threshold in percent is a percentage of.
enum class PercentOf {
    nothing,   ///< such a threshold is a mistake
    rows,      ///< `total`
    whole,     ///< the number is a share: 1 is 100 %
    baseline,  ///< what the number is compared with
};

/// What the number is held against instead of bounds of its own: the same check's of earlier runs.
struct ChangeRule {
    enum class Against { last, mean, mad };
    Against against = Against::last;
    int runs = 1;  ///< how many earlier runs count

    bool operator==(const ChangeRule&) const = default;
};

/// What a check forbids in a row, as the user wrote it: so that somebody who sees the rows can
/// count without SQL.
struct RowRule {
    enum class Test { is_null, not_accepted, out_of_range, out_of_length, no_match, repeats };
    Test test = Test::is_null;
    std::vector<std::string> columns;       ///< any of them (is_null), all (repeats), else the one
    std::vector<std::string> values = {};   ///< that are accepted
    std::optional<std::string> least = {};  ///< of a range or length
    std::optional<std::string> most = {};
    std::string pattern = {};
};

/// One check, turned into SQL. Table alias is `t`.
struct Check {
    std::string table;     ///< as the user wrote it
    std::string relation;  ///< quoted
    std::string place;     ///< where it was written: "checks.m.t[2]", "schema.yml:12:9"
    std::string kind;
    std::string name;  ///< "unique(movie_id)" or the user's own
    Severity severity = Severity::error;
    CheckShape shape = CheckShape::aggregate;
    CheckUnit unit = CheckUnit::rows;
    std::string measure;
    bool counts_failures = false;  ///< the number is how many rows or keys are wrong
    PercentOf percent_of = PercentOf::nothing;
    std::string total;  ///< an aggregate of the table: what counts as 100 %
    std::string
        proof;  ///< query that names a constraint which leaves nothing to count; maybe empty
    std::optional<core::Threshold> bad;       ///< of the kind, where nobody says otherwise
    std::optional<core::Threshold> error_if;  ///< looked at first; none: never fails
    std::optional<core::Threshold> warn_if;
    std::string expected;  ///< for people: "0 rows", ">= 1"
    std::string failing;   ///< query of all failing rows; empty where none can be told
    std::string examples;  ///< query of one text column about them; maybe empty. Neither has LIMIT
    std::optional<std::int64_t> limit;  ///< of examples and of stored rows
    bool store_failures = false;
    std::optional<ChangeRule> change;
    std::optional<RowRule> rule;  ///< where a row by itself, and the key, say whether it is broken
    std::string rule_obstacle;    ///< why there is no rule; empty: it is about a whole table

    [[nodiscard]] bool uses_percent() const;
};

/// Reads what `quality` is told: `checks` (table → list of checks), `dbt` and `soda` (files). A
/// table is schema.table or a staged "task.table" of the context. All mistakes in one error.
[[nodiscard]] core::Result<std::vector<Check>> parse_checks(
    const core::JsonText& args, const OperationContext& context
);

/// A list of checks that all look at `relation` (quoted), which people know as `table`. `path` is
/// where the list stands in the arguments.
[[nodiscard]] std::vector<Check> parse_check_list(
    const Json& list,
    const std::string& table,
    const std::string& relation,
    const OperationContext& context,
    Mistakes& mistakes,
    const std::string& path = "checks"
);

}  // namespace reel::warehouse
