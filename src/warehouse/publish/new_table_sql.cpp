#include "warehouse/publish/new_table_sql.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/publish/clauses.hpp"
#include "warehouse/publish/version_sql.hpp"

namespace reel::warehouse {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string create_filled_sql(
    const MergeShape& shape, const PublishSpec& spec, const std::string& at
) {
    auto columns = quote_list(names_of(shape));
    if (spec.mode == LoadMode::scd2) {
        columns += fmt::format(
            ", {}::timestamptz AS {}, NULL::timestamptz AS {}, true AS {}",
            quote_literal(at),
            quote_identifier(valid_from_column),
            quote_identifier(valid_to_column),
            quote_identifier(is_current_column)
        );
    } else if (!shape.deleted_mark.empty()) {
        columns += fmt::format(", NULL::timestamptz AS {}", quote_identifier(shape.deleted_mark));
    }
    return fmt::format("CREATE TABLE {} AS SELECT {} FROM {}", shape.target, columns, shape.source);
}

std::vector<std::string> take_over_sql(const MergeShape& shape, const PublishSpec& spec) {
    // The schema first: the staged table's name is like no other's there.
    const auto schema = quote_identifier(spec.into.schema);
    const auto name = shape.source.substr(shape.source.find('.') + 1);
    std::vector<std::string> statements{
        fmt::format("ALTER TABLE {} SET SCHEMA {}", shape.source, schema),
        fmt::format(
            "ALTER TABLE {}.{} RENAME TO {}", schema, name, quote_identifier(spec.into.table)
        )
    };
    if (!shape.deleted_mark.empty()) {
        statements.push_back(fmt::format(
            "ALTER TABLE {} ADD COLUMN {} timestamptz",
            shape.target,
            quote_identifier(shape.deleted_mark)
        ));
    }
    return statements;
}

std::vector<std::string> constrain_sql(
    const PublishSpec& spec, const std::vector<std::string>& not_null
) {
    const bool has_versions = spec.mode == LoadMode::scd2;
    auto key = spec.key;
    auto filled = not_null;
    if (has_versions) {
        key.emplace_back(valid_from_column);
        filled.emplace_back(is_current_column);
    }
    // One statement, so that one scan proves them all.
    std::vector<std::string> clauses;
    for (const auto& name : filled) {
        if (!contains(key, name)) {
            clauses.push_back(fmt::format("ALTER COLUMN {} SET NOT NULL", quote_identifier(name)));
        }
    }
    if (!key.empty()) {
        clauses.push_back(fmt::format("ADD PRIMARY KEY ({})", quote_list(key)));
    }
    std::vector<std::string> statements;
    const auto table = spec.into.quoted();
    if (!clauses.empty()) {
        statements.push_back(fmt::format("ALTER TABLE {} {}", table, fmt::join(clauses, ", ")));
    }
    if (has_versions) {
        statements.push_back(fmt::format(
            "CREATE UNIQUE INDEX ON {} ({}) WHERE {}",
            table,
            quote_list(spec.key),
            quote_identifier(is_current_column)
        ));
    }
    return statements;
}

}  // namespace reel::warehouse
