#include "warehouse/publish/target.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

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

// $1 the table's quoted name, $2 the key's columns as text[]. Whether a unique index covers exactly
// those.
constexpr std::string_view select_unique = R"(
SELECT EXISTS (
    SELECT 1 FROM pg_index AS i
    WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indimmediate AND i.indisvalid
      AND i.indpred IS NULL AND i.indexprs IS NULL
      AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text)
           FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS k(attnum)
           JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum)
        = (SELECT array_agg(c ORDER BY c) FROM unnest($2::text[]) AS c)) AS found)";

// Two publishers that need the same new schema take turns.
constexpr std::string_view lock_ddl =
    "SELECT pg_advisory_xact_lock(hashtextextended('reel.warehouse.ddl', 0))";

std::vector<std::string> names_of(const std::vector<CatalogColumn>& columns) {
    const auto names = columns | std::views::transform(&CatalogColumn::name);
    return {names.begin(), names.end()};
}

bool contains(const std::vector<CatalogColumn>& columns, const std::string& name) {
    return std::ranges::find(columns, name, &CatalogColumn::name) != columns.end();
}

bool is_comparable(const std::string& type) {
    return type != "json" && type != "xml";
}

std::string array_of(const std::vector<std::string>& names) {
    return postgres::array_literal({names.begin(), names.end()});
}

core::Result<void> check_key(
    const PublishSpec& spec, const std::vector<std::string>& source, const std::string& side
) {
    for (const auto& part : spec.key) {
        if (std::ranges::find(source, part) == source.end()) {
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format("{} has no key column '{}'{}", side, part, did_you_mean(part, source)),
                fmt::format("it has: {}", comma_list(source)),
                spec.into.readable()
            );
        }
    }
    return {};
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

core::Result<bool> ensure_target(
    postgres::Link& link, const PublishSpec& spec, const std::string& source
) {
    const auto target = spec.into.quoted();
    const auto kind = link.exec(select_kind, {target});
    if (!kind.empty()) {
        const auto& letter = kind.at(0, "kind");
        if (letter == "r" || letter == "p") {
            return false;
        }
        return core::fail(
            core::Errc::invalid_argument, "is there, but is no table", {}, spec.into.readable()
        );
    }
    if (const auto key = check_key(spec, names_of(read_columns(link, source)), "the source");
        !key) {
        return std::unexpected(key.error());
    }
    link.exec(lock_ddl);
    link.exec_script("SET LOCAL client_min_messages = warning");
    link.exec("CREATE SCHEMA IF NOT EXISTS " + quote_identifier(spec.into.schema));
    link.exec(fmt::format("CREATE TABLE {} (LIKE {})", target, source));
    if (!spec.key.empty()) {
        link.exec(fmt::format("ALTER TABLE {} ADD PRIMARY KEY ({})", target, quote_list(spec.key)));
    }
    return true;
}

core::Result<MergeShape> shape_merge(
    postgres::Link& link, const PublishSpec& spec, const std::string& source
) {
    const auto target = spec.into.quoted();
    auto shape =
        match_columns(spec, source, read_columns(link, source), read_columns(link, target));
    if (!shape || spec.key.empty() || spec.mode == LoadMode::append) {
        return shape;
    }
    const auto unique = link.exec(select_unique, {target, array_of(spec.key)});
    if (unique.at(0, "found") != "t") {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("has no primary key or unique constraint on ({})", comma_list(spec.key)),
            fmt::format("ALTER TABLE {} ADD PRIMARY KEY ({})", target, quote_list(spec.key)),
            spec.into.readable()
        );
    }
    return shape;
}

core::Result<MergeShape> match_columns(
    const PublishSpec& spec,
    const std::string& source,
    const std::vector<CatalogColumn>& source_columns,
    const std::vector<CatalogColumn>& target_columns
) {
    MergeShape shape{spec.into.quoted(), source, {}, spec.key};
    const auto target_names = names_of(target_columns);
    std::vector<std::string> problems;
    for (const auto& column : source_columns) {
        const auto target = std::ranges::find(target_columns, column.name, &CatalogColumn::name);
        if (target == target_columns.end()) {
            const auto guess = did_you_mean(column.name, target_names);
            problems.push_back(fmt::format("the table has no column '{}'{}", column.name, guess));
        } else if (target->written_by_server) {
            problems.push_back(fmt::format("the server alone writes column '{}'", column.name));
        } else {
            shape.columns.push_back({column.name, is_comparable(target->type)});
        }
    }
    for (const auto& column : target_columns) {
        const bool needed =
            column.not_null && !column.filled_by_server && !column.written_by_server;
        if (needed && !contains(source_columns, column.name)) {
            problems.push_back(
                fmt::format("the source has no column '{}', which must not be NULL", column.name)
            );
        }
    }
    if (!problems.empty()) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("the columns do not fit: {}", fmt::join(problems, "; ")),
            fmt::format(
                "the source has {}; the table has {}",
                comma_list(names_of(source_columns)),
                comma_list(target_names)
            ),
            spec.into.readable()
        );
    }
    if (const auto key = check_key(spec, names_of(source_columns), "the source"); !key) {
        return std::unexpected(key.error());
    }
    return shape;
}

}  // namespace reel::warehouse
