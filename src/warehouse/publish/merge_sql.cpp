#include "warehouse/publish/merge_sql.hpp"

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/publish/clauses.hpp"

namespace reel::warehouse {

namespace {

std::string conflict_clause(const MergeShape& shape) {
    const auto difference = differs(shape, "excluded");
    if (difference.empty()) {
        return fmt::format("ON CONFLICT ({}) DO NOTHING", quote_list(shape.key));
    }
    return fmt::format(
        "ON CONFLICT ({}) DO UPDATE SET {} WHERE {}",
        quote_list(shape.key),
        assignments(shape, "excluded"),
        difference
    );
}

}  // namespace

std::string on_conflict_sql(const MergeShape& shape) {
    const auto names = quote_list(names_of(shape));
    const auto insert = fmt::format(
        "INSERT INTO {} AS t ({}) SELECT {} FROM {} {}",
        shape.target,
        names,
        names,
        shape.source,
        conflict_clause(shape)
    );
    if (shape.is_partitioned) {
        // Rows of partitions do not show their xmax. The join sees the table as it was before.
        return fmt::format(
            "WITH merged AS ({} RETURNING {}) SELECT count(*) - count({}) AS inserted, count({}) "
            "AS updated FROM merged AS m LEFT JOIN {} AS t ON {}",
            insert,
            quote_list(shape.key, "t."),
            "t." + quote_identifier(shape.key.front()),
            "t." + quote_identifier(shape.key.front()),
            shape.target,
            key_matches(shape, "m", "t")
        );
    }
    // A fresh row has no xmax; one that ON CONFLICT updated has this transaction's.
    return fmt::format(
        "WITH merged AS ({} RETURNING (t.xmax = 0) AS is_new) "
        "SELECT count(*) FILTER (WHERE is_new) AS inserted, "
        "count(*) FILTER (WHERE NOT is_new) AS updated FROM merged",
        insert
    );
}

std::string merge_sql(const MergeShape& shape) {
    const auto names = names_of(shape);
    const auto difference = differs(shape, "s");
    const auto update =
        difference.empty()
            ? std::string()
            : fmt::format(
                  " WHEN MATCHED AND {} THEN UPDATE SET {}", difference, assignments(shape, "s")
              );
    return fmt::format(
        "MERGE INTO {} AS t USING {} AS s ON {}{} "
        "WHEN NOT MATCHED THEN INSERT ({}) VALUES ({})",
        shape.target,
        shape.source,
        key_matches(shape, "s", "t"),
        update,
        quote_list(names),
        quote_list(names, "s.")
    );
}

std::string written_sql(const MergeShape& shape) {
    return fmt::format(
        "SELECT pg_stat_get_xact_tuples_inserted(oid) AS inserted, "
        "pg_stat_get_xact_tuples_updated(oid) AS updated FROM pg_class WHERE oid = {}::regclass",
        quote_literal(shape.target)
    );
}

std::string append_sql(const MergeShape& shape) {
    const auto names = quote_list(names_of(shape));
    return fmt::format(
        "INSERT INTO {} ({}) SELECT {} FROM {}", shape.target, names, names, shape.source
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

std::string source_rows_sql(const MergeShape& shape) {
    return "SELECT count(*) AS total FROM " + shape.source;
}

}  // namespace reel::warehouse
