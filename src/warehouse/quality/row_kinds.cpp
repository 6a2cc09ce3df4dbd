#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/quality/kinds.hpp"

namespace reel::warehouse {

namespace {

/// A check that no row may break: `condition` is true for rows that do.
void forbid(CheckBuild& build, const std::string& condition) {
    auto& check = build.check;
    const auto broken = narrowed(build, condition);
    check.measure = fmt::format("count(*) FILTER (WHERE {})", broken);
    check.failing = fmt::format("SELECT t.* FROM {} AS t WHERE {}", check.relation, broken);
    check.examples = row_examples(check.failing);
    forbid_any(build, "rows");
}

/// `expression < min OR expression > max`, for what the user gave; also the check's rule.
std::string out_of_range(
    CheckBuild& build, RowRule::Test test, const std::string& column, const std::string& expression
) {
    const auto least = build.args.text("min");
    const auto most = build.args.text("max");
    build.check.rule = RowRule{.test = test, .columns = {column}, .least = least, .most = most};
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

}  // namespace

void build_not_null(CheckBuild& build) {
    const auto names = column_names(build);
    std::string condition;
    for (const auto& name : names) {
        condition += fmt::format("{}{} IS NULL", condition.empty() ? "" : " OR ", of_table(name));
    }
    build.check.name = fmt::format("not_null({})", comma_list(names));
    build.check.rule = RowRule{.test = RowRule::Test::is_null, .columns = names};
    forbid(build, condition);
}

void build_accepted_values(CheckBuild& build) {
    const auto column = one_column(build);
    const auto accepted = build.args.names("values");
    std::string values;
    for (const auto& value : accepted) {
        values += (values.empty() ? "" : ", ") + quote_literal(value);
    }
    if (values.empty()) {
        return build.args.mistake("values", "a list of values is needed");
    }
    build.check.name = fmt::format("accepted_values({})", column);
    build.check.rule =
        RowRule{.test = RowRule::Test::not_accepted, .columns = {column}, .values = accepted};
    forbid(build, fmt::format("{} NOT IN ({})", of_table(column), values));
}

void build_range(CheckBuild& build) {
    const auto column = one_column(build);
    build.check.name = fmt::format("range({})", column);
    forbid(build, out_of_range(build, RowRule::Test::out_of_range, column, of_table(column)));
}

void build_length(CheckBuild& build) {
    const auto column = one_column(build);
    build.check.name = fmt::format("length({})", column);
    const auto length = fmt::format("char_length({}::text)", of_table(column));
    forbid(build, out_of_range(build, RowRule::Test::out_of_length, column, length));
}

void build_regex(CheckBuild& build) {
    const auto column = one_column(build);
    const auto pattern = build.args.required_text("pattern");
    build.check.name = fmt::format("regex({})", column);
    build.check.rule =
        RowRule{.test = RowRule::Test::no_match, .columns = {column}, .pattern = pattern};
    forbid(build, fmt::format("{}::text !~ {}", of_table(column), quote_literal(pattern)));
}

void build_expression(CheckBuild& build) {
    const auto expression = build.args.required_text("expression");
    build.check.name = fmt::format("expression({})", expression);
    build.check.rule_obstacle = "its expression is SQL";
    forbid(build, fmt::format("({}\n) IS FALSE", expression));
}

}  // namespace reel::warehouse
