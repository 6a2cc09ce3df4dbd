#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "warehouse/args.hpp"
#include "warehouse/quality/check.hpp"

namespace reel::warehouse {

/// What a kind of check needs to turn its arguments into SQL.
struct CheckBuild {
    ArgReader& args;
    std::string where;  ///< the user's condition, "" for all rows
    /// A table's quoted name from what the user wrote; "" and a mistake when it is none.
    std::function<std::string(std::string_view key, const std::string& table)> resolve;
    Check& check;  ///< table and relation are set; the kind fills in the rest
};

struct CheckKind {
    std::string_view name;
    /// The argument that a bare value stands for (`unique: movie_id`); empty: a map is needed.
    std::string_view bare;
    void (*build)(CheckBuild& build);
};

/// All kinds, by the names that people write.
[[nodiscard]] std::span<const CheckKind> check_kinds();

// Rows, each of which holds or not.
void build_not_null(CheckBuild& build);
void build_accepted_values(CheckBuild& build);
void build_range(CheckBuild& build);
void build_length(CheckBuild& build);
void build_regex(CheckBuild& build);
void build_expression(CheckBuild& build);
// Rows that need others.
void build_unique(CheckBuild& build);
void build_relationships(CheckBuild& build);
void build_sql(CheckBuild& build);
// Numbers of a whole table.
void build_row_count(CheckBuild& build);
void build_aggregate(CheckBuild& build);
void build_change(CheckBuild& build);
void build_freshness(CheckBuild& build);
// What a table looks like.
void build_schema(CheckBuild& build);

// What they share.

/// `t."column"`
[[nodiscard]] std::string of_table(const std::string& column);
/// `(where) AND (condition)`
[[nodiscard]] std::string narrowed(const CheckBuild& build, const std::string& condition);
/// ` FILTER (WHERE where)`, "" for all rows.
[[nodiscard]] std::string filter(const CheckBuild& build);
/// `columns` or `column`; none is a mistake.
[[nodiscard]] std::vector<std::string> column_names(CheckBuild& build);
[[nodiscard]] std::string one_column(CheckBuild& build);
/// A number is bad that is not 0; `what` are counted: "rows".
void forbid_any(CheckBuild& build, std::string_view what);
/// min, max and equals of a check with one number: what is bad, and what is expected. False when
/// there is none of them.
bool read_bounds(CheckBuild& build);
/// Rows as JSON, shortened, of any query.
[[nodiscard]] std::string row_examples(const std::string& query);

}  // namespace reel::warehouse
