#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/quality/kinds.hpp"

namespace reel::warehouse {

namespace {

// What holds for a table need not hold for those that inherit from it, and a scan reads them, too.
constexpr std::string_view no_heirs = R"(
  AND (c.relkind = 'p' OR NOT EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhparent = c.oid)))";

/// The name of a unique index on some of the columns, by the same notion of equality as GROUP BY's.
std::string unique_index(const std::string& relation, const std::vector<std::string>& columns) {
    std::string names;
    for (const auto& column : columns) {
        names += (names.empty() ? "" : ", ") + quote_literal(column);
    }
    return fmt::format(
        R"(SELECT i.indexrelid::regclass::text AS name
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
WHERE c.oid = {}::regclass AND i.indisunique AND i.indimmediate AND i.indisvalid
  AND i.indpred IS NULL AND i.indexprs IS NULL
  AND NOT EXISTS (
      SELECT FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1],
                         (i.indcollation::oid[])[0:i.indnkeyatts - 1]) AS k(attnum, collation_id)
      JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
      WHERE a.attname <> ALL (ARRAY[{}]::name[]) OR a.attcollation <> k.collation_id){}
LIMIT 1)",
        quote_literal(relation),
        names,
        no_heirs
    );
}

/// The name of a foreign key that the server has kept from its first row on.
std::string foreign_key(
    const std::string& relation,
    const std::string& column,
    const std::string& parent,
    const std::string& parent_column
) {
    return fmt::format(
        R"(SELECT f.conname::text AS name
FROM pg_constraint AS f JOIN pg_class AS c ON c.oid = f.conrelid
WHERE f.contype = 'f' AND f.convalidated AND c.oid = {}::regclass AND f.confrelid = {}::regclass
  AND f.conkey = ARRAY[(SELECT attnum FROM pg_attribute WHERE attrelid = c.oid AND attname = {})]
  AND f.confkey =
      ARRAY[(SELECT attnum FROM pg_attribute WHERE attrelid = f.confrelid AND attname = {})]
  AND NOT EXISTS (
      SELECT FROM pg_trigger AS g WHERE g.tgconstraint = f.oid AND g.tgenabled NOT IN ('O', 'A')){}
LIMIT 1)",
        quote_literal(relation),
        quote_literal(parent),
        quote_literal(column),
        quote_literal(parent_column),
        no_heirs
    );
}

}  // namespace

void build_unique(CheckBuild& build) {
    auto& check = build.check;
    const auto names = column_names(build);
    const bool nulls_equal = build.args.flag("nulls_equal").value_or(false);
    std::string present;
    for (const auto& name : names) {
        present += fmt::format("{}{} IS NOT NULL", present.empty() ? "" : " AND ", of_table(name));
    }
    const auto columns = quote_list(names, "t.");
    const auto groups = fmt::format(
        "FROM {} AS t WHERE {} GROUP BY {} HAVING count(*) > 1",
        check.relation,
        narrowed(build, nulls_equal ? "true" : present),
        columns
    );
    check.name = fmt::format("unique({})", comma_list(names));
    check.rule = RowRule{.test = RowRule::Test::repeats, .columns = names};
    check.shape = CheckShape::query;
    check.measure = fmt::format("SELECT count(*) FROM (SELECT 1 {}) AS d", groups);
    // Where one NULL is like another, an index proves nothing.
    check.proof = nulls_equal ? "" : unique_index(check.relation, names);
    check.failing =
        fmt::format("SELECT {}, count(*) AS n_records {} ORDER BY count(*) DESC", columns, groups);
    check.examples = fmt::format(
        "SELECT concat('(', concat_ws(', ', {}), ') × ', count(*)) {} ORDER BY count(*) DESC",
        columns,
        groups
    );
    forbid_any(build, "keys");
}

void build_relationships(CheckBuild& build) {
    auto& check = build.check;
    const auto column = one_column(build);
    const auto to = build.args.required_text("to");
    const auto dot = to.rfind('.');
    if (dot == std::string::npos) {
        return build.args.mistake("to", "schema.table.column was expected");
    }
    const auto parent = build.resolve("to", to.substr(0, dot));
    const auto parent_column = to.substr(dot + 1);
    const auto orphans = fmt::format(
        "{} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE p.{} = {})",
        of_table(column),
        parent,
        quote_identifier(parent_column),
        of_table(column)
    );
    const auto from =
        fmt::format("FROM {} AS t WHERE {}", check.relation, narrowed(build, orphans));
    check.name = fmt::format("relationships({} -> {})", column, to);
    check.rule_obstacle = "it looks into another table";
    check.shape = CheckShape::query;
    check.measure = "SELECT count(*) " + from;
    check.proof = foreign_key(check.relation, column, parent, parent_column);
    check.failing = "SELECT t.* " + from;
    check.examples = fmt::format("SELECT DISTINCT {}::text {}", of_table(column), from);
    forbid_any(build, "rows");
}

void build_sql(CheckBuild& build) {
    auto& check = build.check;
    std::string query = build.args.required_text("query");
    query.erase(query.find_last_not_of(" \t\r\n;") + 1);
    if (!build.where.empty()) {
        build.args.mistake("where", "write the condition into the query");
    }
    check.name = "sql";
    check.rule_obstacle = "it is SQL";
    check.shape = CheckShape::rows;
    check.measure = query;
    check.failing = query;
    check.examples = row_examples(query);
    forbid_any(build, "rows");
}

}  // namespace reel::warehouse
