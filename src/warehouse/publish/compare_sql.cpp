#include "warehouse/publish/compare_sql.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/publish/clauses.hpp"

namespace reel::warehouse {

namespace {

constexpr double sampled_rows = 3000;

/// NULL where the join has found no row of the target, since an equal key is never NULL.
std::string first_key(const MergeShape& shape) {
    return "t." + quote_identifier(shape.key.front());
}

std::string is_change(const MergeShape& shape) {
    const auto difference = differs(shape, "s");
    return fmt::format(
        "{} IS NULL{}{}", first_key(shape), difference.empty() ? "" : " OR ", difference
    );
}

}  // namespace

std::string find_changes_sql(const MergeShape& shape, std::string_view among) {
    return fmt::format(
        "CREATE TEMP TABLE reel_changes ON COMMIT DROP AS SELECT {}, {} IS NOT NULL AS _reel_there "
        "FROM {} AS s LEFT JOIN {} AS t ON {}{}{} WHERE {}",
        quote_list(names_of(shape), "s."),
        first_key(shape),
        shape.source,
        shape.target,
        key_matches(shape, "s", "t"),
        among.empty() ? "" : " AND ",
        among,
        is_change(shape)
    );
}

std::string count_there_sql() {
    return fmt::format(
        "SELECT count(*) AS there FROM {} AS s WHERE {}", changes_relation, is_there
    );
}

MergeShape from_changes(const MergeShape& shape) {
    auto changes = shape;
    changes.source = changes_relation;
    return changes;
}

std::string sample_sql(const MergeShape& shape, double rows) {
    const auto difference = differs(shape, "s");
    return fmt::format(
        "SELECT count(*) AS sampled, count({0}) AS matched, count({0}){1} AS equal FROM (SELECT "
        "{2} "
        // Repeatable: the plan that was explained is the plan that is run.
        "FROM {3} TABLESAMPLE SYSTEM ({4:.6f}) REPEATABLE (0)) AS s LEFT JOIN {5} AS t ON {6}",
        first_key(shape),
        difference.empty() ? "" : fmt::format(" FILTER (WHERE NOT ({}))", difference),
        quote_list(names_of(shape)),
        shape.source,
        std::min(100.0, 100 * sampled_rows / std::max(rows, 1.0)),
        shape.target,
        key_matches(shape, "s", "t")
    );
}

}  // namespace reel::warehouse
