#include "warehouse/publish/target.hpp"

#include <fmt/format.h>

#include "warehouse/count_of.hpp"
#include "warehouse/publish/new_table_sql.hpp"
#include "warehouse/publish/version_sql.hpp"

namespace reel::warehouse {

namespace {

// $1 the table's quoted name
constexpr std::string_view select_columns = R"(
SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS not_null,
       atthasdef OR attidentity <> '' AS filled, attgenerated <> '' OR attidentity = 'a' AS written
FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY attnum)";

// $1 the table's quoted name. One row of its kind ("r" table, "p" partitioned, …), or none.
constexpr std::string_view select_kind =
    "SELECT relkind::text AS kind FROM pg_class WHERE oid = to_regclass($1)";

// $1 the table's quoted name, $2 the key's columns as text[], $3 the rows it holds for ("" for
// all). Whether a unique index covers exactly those.
constexpr std::string_view select_unique = R"(
SELECT EXISTS (
    SELECT 1 FROM pg_index AS i
    WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indimmediate AND i.indisvalid
      AND coalesce(pg_get_expr(i.indpred, i.indrelid), '') = $3 AND i.indexprs IS NULL
      AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text)
           FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS k(attnum)
           JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum)
        = (SELECT array_agg(c ORDER BY c) FROM unnest($2::text[]) AS c)) AS found)";

// $1 the table's quoted name. Whether it is partitioned, and whether a row that is sent there may
// come to nothing without an error: by a trigger before the row is written, by a rule, or in a
// foreign partition.
constexpr std::string_view select_nature = R"(
WITH RECURSIVE tree(oid) AS (
    SELECT $1::regclass::oid
    UNION ALL SELECT i.inhrelid FROM pg_inherits AS i JOIN tree AS t ON i.inhparent = t.oid)
SELECT (SELECT relkind = 'p' FROM pg_class WHERE oid = $1::regclass) AS partitioned,
  EXISTS (
    SELECT 1 FROM tree JOIN pg_trigger AS g ON g.tgrelid = tree.oid
    WHERE g.tgenabled <> 'D' AND (g.tgtype & 3) = 3 AND (g.tgtype & 20) <> 0)
  OR EXISTS (SELECT 1 FROM tree JOIN pg_rewrite AS r ON r.ev_class = tree.oid)
  OR EXISTS (SELECT 1 FROM tree JOIN pg_class AS c ON c.oid = tree.oid WHERE c.relkind = 'f')
  AS drops,
  (SELECT relkind = 'r' FROM pg_class WHERE oid = $1::regclass)
    AND (SELECT count(*) FROM tree) = 1
    AND NOT EXISTS (SELECT 1 FROM pg_trigger
                    WHERE tgrelid = $1::regclass AND NOT tgisinternal AND tgenabled <> 'D')
    AND NOT EXISTS (SELECT 1 FROM pg_rewrite WHERE ev_class = $1::regclass)
  AS plain)";

// Two publishers that need the same new schema take turns.
constexpr std::string_view lock_ddl =
    "SELECT pg_advisory_xact_lock(hashtextextended('reel.warehouse.ddl', 0))";

// $1 the table's quoted name, whose key this transaction has made. What its build has counted is
// exact as long as a real can tell such numbers apart.
constexpr std::string_view select_indexed = R"(
SELECT CASE WHEN reltuples BETWEEN 0 AND 16777216 THEN reltuples::bigint ELSE -1 END AS rows
FROM pg_class WHERE oid = $1::regclass)";

// $1 rows. A sort that fits into memory takes a fifth less; with 64 bytes for each row it does. A
// server that shares so little that this is more than four times as much is left as it is.
constexpr std::string_view give_memory = R"(
SELECT set_config('maintenance_work_mem', need || 'kB', true)
FROM (SELECT $1::bigint * 64 / 1024 AS need) AS n
JOIN pg_settings AS now ON now.name = 'maintenance_work_mem' AND now.setting::bigint < need
JOIN pg_settings AS shared ON shared.name = 'shared_buffers'
 AND need <= least(1048576, shared.setting::bigint * 8 * 4))";
constexpr std::int64_t worth_asking = 1'000'000;

/// Of a table that this transaction alone sees.
std::int64_t count_rows(postgres::Link& link, const std::string& table, bool has_new_key) {
    const auto indexed =
        has_new_key ? count_of(link.exec(select_indexed, {table}), "rows") : std::int64_t{-1};
    return indexed >= 0 ? indexed
                        : count_of(link.exec("SELECT count(*) AS rows FROM " + table), "rows");
}

void make_schema(postgres::Link& link, const PublishSpec& spec) {
    link.exec(lock_ddl);
    link.exec_script("SET LOCAL client_min_messages = warning");
    link.exec("CREATE SCHEMA IF NOT EXISTS " + quote_identifier(spec.into.schema));
}

void constrain(
    postgres::Link& link,
    const PublishSpec& spec,
    const std::vector<CatalogColumn>& columns,
    std::int64_t rows
) {
    if (rows >= worth_asking) {
        link.exec(give_memory, {fmt::format("{}", rows)});
    }
    std::vector<std::string> not_null;
    for (const auto& column : columns) {
        if (column.not_null) {
            not_null.push_back(column.name);
        }
    }
    for (const auto& statement : constrain_sql(spec, not_null)) {
        link.exec(statement);
    }
}

std::string array_of(const std::vector<std::string>& names) {
    return postgres::array_literal({names.begin(), names.end()});
}

core::Result<void> check_unique(postgres::Link& link, const PublishSpec& spec) {
    const bool has_versions = spec.mode == LoadMode::scd2;
    const auto target = spec.into.quoted();
    const auto rows = has_versions ? std::string(is_current_column) : std::string();
    const auto unique = link.exec(select_unique, {target, array_of(spec.key), rows});
    if (unique.at(0, "found") == "t") {
        return {};
    }
    const auto key = quote_list(spec.key);
    return core::fail(
        core::Errc::invalid_argument,
        fmt::format(
            "has no {} on ({}){}",
            has_versions ? "unique index" : "primary key or unique constraint",
            comma_list(spec.key),
            has_versions ? " of the current versions" : ""
        ),
        has_versions ? fmt::format("CREATE UNIQUE INDEX ON {} ({}) WHERE {}", target, key, rows)
                     : fmt::format("ALTER TABLE {} ADD PRIMARY KEY ({})", target, key),
        spec.into.readable()
    );
}

}  // namespace

std::vector<CatalogColumn> read_columns(postgres::Link& link, const std::string& quoted_table) {
    const auto rows = link.exec(select_columns, {quoted_table});
    std::vector<CatalogColumn> columns;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto is = [&](std::string_view column) { return rows.at(i, column) == "t"; };
        columns.push_back(
            {rows.at(i, "name").value(),
             rows.at(i, "type").value(),
             is("not_null"),
             is("filled"),
             is("written")}
        );
    }
    return columns;
}

core::Result<bool> find_target(postgres::Link& link, const PublishSpec& spec) {
    const auto kind = link.exec(select_kind, {spec.into.quoted()});
    if (kind.empty()) {
        return false;
    }
    const auto& letter = kind.at(0, "kind");
    if (letter == "r" || letter == "p") {
        return true;
    }
    return core::fail(
        core::Errc::invalid_argument, "is there, but is no table", {}, spec.into.readable()
    );
}

core::Result<MergeShape> shape_merge(
    postgres::Link& link, const PublishSpec& spec, const std::string& source
) {
    auto shape = match_columns(
        spec, source, read_columns(link, source), read_columns(link, spec.into.quoted())
    );
    const bool needs_unique = merges(spec.mode) || spec.mode == LoadMode::scd2;
    if (!shape || spec.key.empty() || !needs_unique) {
        return shape;
    }
    if (const auto unique = check_unique(link, spec); !unique) {
        return std::unexpected(unique.error());
    }
    const auto nature = link.exec(select_nature, {spec.into.quoted()});
    shape->is_partitioned = nature.at(0, "partitioned") == "t";
    shape->may_drop_rows = nature.at(0, "drops") == "t";
    shape->is_plain = nature.at(0, "plain") == "t";
    return shape;
}

std::int64_t make_target(
    postgres::Link& link, const PublishSpec& spec, const MergeShape& shape, const std::string& at
) {
    make_schema(link, spec);
    const auto made = link.exec(create_filled_sql(shape, spec, at)).affected();
    const auto rows = static_cast<std::int64_t>(made);
    constrain(link, spec, read_columns(link, shape.source), rows);
    return rows;
}

std::int64_t take_over_staged(
    postgres::Link& link, const PublishSpec& spec, const MergeShape& shape, std::int64_t staged
) {
    make_schema(link, spec);
    for (const auto& statement : take_over_sql(shape, spec)) {
        link.exec(statement);
    }
    constrain(link, spec, {}, staged);  // what must not be NULL was staged as such
    return count_rows(link, shape.target, !spec.key.empty());
}

}  // namespace reel::warehouse
