#include "warehouse/quality/kinds.hpp"

#include <array>

#include <fmt/format.h>

#include "reel/core/time.hpp"
#include "warehouse/identifiers.hpp"

namespace reel::warehouse {

namespace {

constexpr int max_examples = 5;
constexpr int max_example_length = 200;

std::string of_table(const std::string& column) {
    return "t." + quote_identifier(column);
}

/// `(where) AND (condition)`
std::string narrowed(const CheckBuild& build, const std::string& condition) {
    return build.where.empty() ? condition : fmt::format("({}) AND ({})", build.where, condition);
}

std::vector<std::string> column_names(CheckBuild& build) {
    auto names = build.args.names("columns");
    for (auto& name : build.args.names("column")) {
        names.push_back(std::move(name));
    }
    if (names.empty()) {
        build.args.mistake("columns", "a column is needed");
    }
    return names;
}

std::string one_column(CheckBuild& build) {
    return build.args.required_text("column");
}

/// A check that no row may break: `condition` is true for rows that do.
void forbid(CheckBuild& build, const std::string& condition) {
    auto& check = build.check;
    check.measure = fmt::format("count(*) FILTER (WHERE {})", narrowed(build, condition));
    check.most = 0;
    check.expected = "0 rows";
    check.examples = fmt::format(
        "SELECT left(to_jsonb(t)::text, {}) FROM {} AS t WHERE {} LIMIT {}",
        max_example_length,
        check.relation,
        narrowed(build, condition),
        max_examples
    );
}

void build_row_count(CheckBuild& build) {
    auto& check = build.check;
    const auto least = build.args.count("min");
    const auto most = build.args.count("max");
    const auto equals = build.args.count("equals");
    if (!least && !most && !equals) {
        build.args.mistake("min", "one of min, max and equals is needed");
    }
    if (equals && (least || most)) {
        build.args.mistake("equals", "goes neither with min nor with max");
    }
    check.name = "row_count";
    check.measure =
        build.where.empty() ? "count(*)" : fmt::format("count(*) FILTER (WHERE {})", build.where);
    const auto set = [](std::optional<double>& bound, std::optional<std::int64_t> value) {
        if (value) {
            bound = static_cast<double>(*value);
        }
    };
    set(check.least, equals ? equals : least);
    set(check.most, equals ? equals : most);
    if (equals) {
        check.expected = fmt::format("= {}", *equals);
    } else if (least && most) {
        check.expected = fmt::format("{} to {}", *least, *most);
    } else {
        check.expected =
            least ? fmt::format(">= {}", *least) : fmt::format("<= {}", most.value_or(0));
    }
}

void build_not_null(CheckBuild& build) {
    const auto names = column_names(build);
    std::string condition;
    for (const auto& name : names) {
        condition += fmt::format("{}{} IS NULL", condition.empty() ? "" : " OR ", of_table(name));
    }
    build.check.name = fmt::format("not_null({})", comma_list(names));
    forbid(build, condition);
}

void build_unique(CheckBuild& build) {
    auto& check = build.check;
    const auto names = column_names(build);
    std::string present;
    for (const auto& name : names) {
        present += fmt::format("{}{} IS NOT NULL", present.empty() ? "" : " AND ", of_table(name));
    }
    const auto columns = quote_list(names, "t.");
    const auto groups = fmt::format(
        "FROM {} AS t WHERE {} GROUP BY {} HAVING count(*) > 1",
        check.relation,
        narrowed(build, present),
        columns
    );
    check.name = fmt::format("unique({})", comma_list(names));
    check.shape = CheckShape::query;
    check.measure = fmt::format("SELECT count(*) FROM (SELECT 1 {}) AS d", groups);
    check.most = 0;
    check.expected = "0 keys";
    check.examples = fmt::format(
        "SELECT concat('(', concat_ws(', ', {}), ') × ', count(*)) {} ORDER BY count(*) DESC LIMIT "
        "{}",
        columns,
        groups,
        max_examples
    );
}

void build_accepted_values(CheckBuild& build) {
    const auto column = one_column(build);
    std::string values;
    for (const auto& value : build.args.names("values")) {
        values += (values.empty() ? "" : ", ") + quote_literal(value);
    }
    if (values.empty()) {
        return build.args.mistake("values", "a list of values is needed");
    }
    build.check.name = fmt::format("accepted_values({})", column);
    forbid(build, fmt::format("{} NOT IN ({})", of_table(column), values));
}

/// `expression < min OR expression > max`, for what the user gave.
std::string outside(CheckBuild& build, const std::string& expression) {
    const auto least = build.args.text("min");
    const auto most = build.args.text("max");
    if (!least && !most) {
        build.args.mistake("min", "one of min and max is needed");
    }
    std::string condition;
    if (least) {
        condition = fmt::format("{} < {}", expression, quote_literal(*least));
    }
    if (most) {
        condition += fmt::format(
            "{}{} > {}", condition.empty() ? "" : " OR ", expression, quote_literal(*most)
        );
    }
    return condition;
}

void build_range(CheckBuild& build) {
    const auto column = one_column(build);
    build.check.name = fmt::format("range({})", column);
    forbid(build, outside(build, of_table(column)));
}

void build_length(CheckBuild& build) {
    const auto column = one_column(build);
    build.check.name = fmt::format("length({})", column);
    forbid(build, outside(build, fmt::format("char_length({}::text)", of_table(column))));
}

void build_regex(CheckBuild& build) {
    const auto column = one_column(build);
    const auto pattern = build.args.required_text("pattern");
    build.check.name = fmt::format("regex({})", column);
    forbid(build, fmt::format("{}::text !~ {}", of_table(column), quote_literal(pattern)));
}

void build_expression(CheckBuild& build) {
    const auto expression = build.args.required_text("expression");
    build.check.name = fmt::format("expression({})", expression);
    forbid(build, fmt::format("({}\n) IS FALSE", expression));
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
    const auto orphans = fmt::format(
        "{} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE p.{} = {})",
        of_table(column),
        parent,
        quote_identifier(to.substr(dot + 1)),
        of_table(column)
    );
    const auto from =
        fmt::format("FROM {} AS t WHERE {}", check.relation, narrowed(build, orphans));
    check.name = fmt::format("relationships({} -> {})", column, to);
    check.shape = CheckShape::query;
    check.measure = "SELECT count(*) " + from;
    check.most = 0;
    check.expected = "0 rows";
    check.examples =
        fmt::format("SELECT DISTINCT {}::text {} LIMIT {}", of_table(column), from, max_examples);
}

void build_sql(CheckBuild& build) {
    auto& check = build.check;
    std::string query = build.args.required_text("query");
    query.erase(query.find_last_not_of(" \t\r\n;") + 1);
    if (!build.where.empty()) {
        build.args.mistake("where", "write the condition into the query");
    }
    check.name = "sql";
    check.shape = CheckShape::rows;
    check.measure = query;
    check.most = 0;
    check.expected = "0 rows";
    check.examples = fmt::format(
        "SELECT left(to_jsonb(q)::text, {}) FROM (\n{}\n) AS q LIMIT {}",
        max_example_length,
        query,
        max_examples
    );
}

void build_freshness(CheckBuild& build) {
    auto& check = build.check;
    const auto column = one_column(build);
    const auto age = core::parse_duration(build.args.required_text("max_age"));
    if (!age) {
        return build.args.mistake("max_age", age.error());
    }
    const auto filter = build.where.empty() ? "" : fmt::format(" FILTER (WHERE {})", build.where);
    check.name = fmt::format("freshness({})", column);
    check.unit = CheckUnit::age;
    check.measure = fmt::format(
        "extract(epoch FROM now() - (max({}){})::timestamptz)", of_table(column), filter
    );
    check.most = std::chrono::duration<double>(*age).count();
    check.expected = "<= " + core::format_duration(*age);
}

constexpr std::array kinds{
    CheckKind{"row_count", "equals", build_row_count},
    CheckKind{"not_null", "columns", build_not_null},
    CheckKind{"unique", "columns", build_unique},
    CheckKind{"accepted_values", "", build_accepted_values},
    CheckKind{"relationships", "", build_relationships},
    CheckKind{"range", "", build_range},
    CheckKind{"regex", "", build_regex},
    CheckKind{"length", "", build_length},
    CheckKind{"expression", "expression", build_expression},
    CheckKind{"sql", "query", build_sql},
    CheckKind{"freshness", "", build_freshness},
};

}  // namespace

std::span<const CheckKind> check_kinds() {
    return kinds;
}

}  // namespace reel::warehouse
