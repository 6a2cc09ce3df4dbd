#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/quality/kinds.hpp"

namespace reel::warehouse {

namespace {

// {0} the table's name as a literal, {1} columns, {2} types ("" for any), {3} columns that must not
// be there, {4} whether others may be. Types are compared by what the server calls them, and by
// length or precision only where the user gives one.
constexpr std::string_view problems = R"(
WITH want AS (
    SELECT w.name, nullif(w.type, '') AS type, w.position,
           to_regtype(regexp_replace(nullif(w.type, ''), '\([^)]*\)', '')) AS type_id,
           replace(substring(w.type FROM '\([^)]*\)'), ' ', '') AS length
    FROM unnest({1}::text[], {2}::text[]) WITH ORDINALITY AS w(name, type, position)
), have AS (
    SELECT a.attname::text AS name, a.attnum AS position, a.atttypid AS type_id,
           format_type(a.atttypid, a.atttypmod) AS type,
           substring(format_type(a.atttypid, a.atttypmod) FROM '\([^)]*\)') AS length
    FROM pg_attribute AS a
    WHERE a.attrelid = {0}::regclass AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT 1 AS part, want.position, format('column ''%s'' is missing', want.name) AS problem
FROM want WHERE NOT EXISTS (SELECT FROM have WHERE have.name = want.name)
UNION ALL
SELECT 2, want.position, CASE WHEN want.type_id IS NULL
    THEN format('column ''%s'' is %s; there is no type ''%s''', want.name, have.type, want.type)
    ELSE format('column ''%s'' is %s, not %s', want.name, have.type, want.type) END
FROM want JOIN have ON have.name = want.name
WHERE want.type IS NOT NULL AND (want.type_id IS NULL OR want.type_id <> have.type_id
    OR (want.length IS NOT NULL AND want.length IS DISTINCT FROM have.length))
UNION ALL
SELECT 3, have.position, format('column ''%s'' must not be there', have.name)
FROM have WHERE have.name = ANY ({3}::text[])
    OR ({4} AND have.name NOT IN (SELECT want.name FROM want)))";

std::string text_array(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) {
        out += (out.empty() ? "" : ", ") + quote_literal(text);
    }
    return fmt::format("ARRAY[{}]", out);
}

struct WantedColumns {
    std::vector<std::string> names;
    std::vector<std::string> types;
};

/// A list of names, or a map of names and types (null: any).
WantedColumns wanted_columns(CheckBuild& build) {
    WantedColumns wanted;
    const Json* columns = build.args.find("columns");
    if (columns == nullptr) {
        return wanted;
    }
    if (!columns->is_object()) {
        wanted.names = build.args.names("columns");
        wanted.types.resize(wanted.names.size());
        return wanted;
    }
    for (const auto& [name, type] : columns->items()) {
        if (!type.is_string() && !type.is_null()) {
            build.args.mistake("columns." + name, "a type was expected, such as integer");
        }
        wanted.names.push_back(name);
        wanted.types.push_back(type.is_string() ? type.get<std::string>() : "");
    }
    return wanted;
}

}  // namespace

void build_schema(CheckBuild& build) {
    auto& check = build.check;
    const auto wanted = wanted_columns(build);
    const auto forbidden = build.args.names("forbidden");
    const bool exact = build.args.flag("exact").value_or(false);
    if (wanted.names.empty() && forbidden.empty()) {
        build.args.mistake("columns", "columns or forbidden is needed");
    }
    if (exact && wanted.names.empty()) {
        build.args.mistake("exact", "goes with columns");
    }
    if (!build.where.empty()) {
        build.args.mistake("where", "a schema has no rows");
    }
    const auto query = fmt::format(
        problems,
        quote_literal(check.relation),
        text_array(wanted.names),
        text_array(wanted.types),
        text_array(forbidden),
        exact
    );
    check.name = "schema";
    check.shape = CheckShape::query;
    check.measure = fmt::format("SELECT count(*) FROM ({}\n) AS p", query);
    check.failing = fmt::format("SELECT problem FROM ({}\n) AS p ORDER BY part, position", query);
    check.examples = check.failing;
    forbid_any(build, "differences");
    check.percent_of = PercentOf::nothing;
}

}  // namespace reel::warehouse
