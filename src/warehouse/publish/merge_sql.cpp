#include "warehouse/publish/merge_sql.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"

namespace reel::warehouse {

namespace {

std::vector<std::string> names_of(const MergeShape& shape) {
    const auto names = shape.columns | std::views::transform(&MergeColumn::name);
    return {names.begin(), names.end()};
}

bool in_key(const MergeShape& shape, const MergeColumn& column) {
    return std::ranges::find(shape.key, column.name) != shape.key.end();
}

/// `t."a", t."b"::text` for what may change.
std::string compared(const std::vector<MergeColumn>& columns, std::string_view prefix) {
    std::string out;
    for (const auto& column : columns) {
        out += fmt::format(
            "{}{}.{}{}",
            out.empty() ? "" : ", ",
            prefix,
            quote_identifier(column.name),
            column.comparable ? "" : "::text"
        );
    }
    return out;
}

std::string on_conflict(const MergeShape& shape) {
    std::vector<MergeColumn> changing;
    std::string assignments;
    for (const auto& column : shape.columns) {
        if (in_key(shape, column)) {
            continue;
        }
        const auto name = quote_identifier(column.name);
        assignments +=
            fmt::format("{}{} = excluded.{}", assignments.empty() ? "" : ", ", name, name);
        changing.push_back(column);
    }
    if (changing.empty()) {
        return fmt::format("ON CONFLICT ({}) DO NOTHING", quote_list(shape.key));
    }
    return fmt::format(
        "ON CONFLICT ({}) DO UPDATE SET {} WHERE ({}) IS DISTINCT FROM ({})",
        quote_list(shape.key),
        assignments,
        compared(changing, "t"),
        compared(changing, "excluded")
    );
}

std::string key_matches(const MergeShape& shape, std::string_view left, std::string_view right) {
    std::string out;
    for (const auto& part : shape.key) {
        const auto name = quote_identifier(part);
        out += fmt::format("{}{}.{} = {}.{}", out.empty() ? "" : " AND ", left, name, right, name);
    }
    return out;
}

}  // namespace

std::string merge_sql(const MergeShape& shape) {
    const auto names = quote_list(names_of(shape));
    // A fresh row has no xmax; one that ON CONFLICT updated has this transaction's.
    return fmt::format(
        "WITH merged AS (INSERT INTO {} AS t ({}) SELECT {} FROM {} {} "
        "RETURNING (t.xmax = 0) AS is_new) "
        "SELECT count(*) FILTER (WHERE is_new) AS inserted, "
        "count(*) FILTER (WHERE NOT is_new) AS updated FROM merged",
        shape.target,
        names,
        names,
        shape.source,
        on_conflict(shape)
    );
}

std::string append_sql(const MergeShape& shape) {
    const auto names = quote_list(names_of(shape));
    return fmt::format(
        "INSERT INTO {} ({}) SELECT {} FROM {}", shape.target, names, names, shape.source
    );
}

std::string delete_missing_sql(const MergeShape& shape) {
    if (shape.key.empty()) {
        return "DELETE FROM " + shape.target;
    }
    return fmt::format(
        "DELETE FROM {} AS t WHERE NOT EXISTS (SELECT 1 FROM {} AS s WHERE {})",
        shape.target,
        shape.source,
        key_matches(shape, "s", "t")
    );
}

std::string duplicate_keys_sql(const MergeShape& shape) {
    const auto key = quote_list(shape.key);
    return fmt::format(
        "WITH d AS (SELECT {0}, count(*) AS _reel_count FROM {1} GROUP BY {0} "
        "HAVING count(*) > 1) SELECT (SELECT string_agg(line, ', ') FROM (SELECT "
        "concat('(', concat_ws(', ', {0}), ') × ', _reel_count) AS line FROM d "
        "ORDER BY _reel_count DESC, line LIMIT 5) AS l) AS sample, (SELECT count(*) FROM d) AS "
        "total",
        key,
        shape.source
    );
}

std::string null_keys_sql(const MergeShape& shape) {
    std::string any;
    for (const auto& part : shape.key) {
        any += fmt::format("{}{} IS NULL", any.empty() ? "" : " OR ", quote_identifier(part));
    }
    return fmt::format("SELECT count(*) AS total FROM {} WHERE {}", shape.source, any);
}

std::string present_sql(const MergeShape& shape) {
    return fmt::format(
        "SELECT count(*) AS total FROM {} AS s JOIN {} AS t ON {}",
        shape.source,
        shape.target,
        key_matches(shape, "s", "t")
    );
}

}  // namespace reel::warehouse
