#include "warehouse/quality/kinds.hpp"

#include <array>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"

namespace reel::warehouse {

namespace {

using Test = core::Threshold::Test;

constexpr int max_example_length = 200;

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
    CheckKind{"schema", "", build_schema},
    CheckKind{"aggregate", "", build_aggregate},
    CheckKind{"change", "", build_change},
};

std::optional<core::Threshold> read_bound(CheckBuild& build, std::string_view key) {
    const auto text = build.args.text(key);
    if (!text) {
        return std::nullopt;
    }
    const auto bound = core::parse_bound(*text);
    if (!bound) {
        build.args.mistake(key, bound.error());
        return std::nullopt;
    }
    return *bound;
}

/// "between 1 and 5%" is what parse_threshold understands, too.
core::Threshold outside(const core::Threshold& least, const core::Threshold& most) {
    const auto unit = least.unit == core::ThresholdUnit::number ? most.unit : least.unit;
    return {Test::not_between, least.bound, most.bound, unit};
}

}  // namespace

std::span<const CheckKind> check_kinds() {
    return kinds;
}

std::string of_table(const std::string& column) {
    return "t." + quote_identifier(column);
}

std::string narrowed(const CheckBuild& build, const std::string& condition) {
    return build.where.empty() ? condition : fmt::format("({}\n) AND ({})", build.where, condition);
}

std::string filter(const CheckBuild& build) {
    return build.where.empty() ? "" : fmt::format(" FILTER (WHERE {}\n)", build.where);
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

void forbid_any(CheckBuild& build, std::string_view what) {
    auto& check = build.check;
    check.bad = core::Threshold{Test::not_equal, 0};
    check.expected = fmt::format("0 {}", what);
    check.counts_failures = true;
    check.percent_of = PercentOf::rows;
    check.total = "count(*)" + filter(build);
}

bool read_bounds(CheckBuild& build) {
    auto& check = build.check;
    const auto least = read_bound(build, "min");
    const auto most = read_bound(build, "max");
    const auto equals = read_bound(build, "equals");
    if (equals && (least || most)) {
        build.args.mistake("equals", "goes neither with min nor with max");
    }
    if (equals) {
        check.bad = equals->negated();
        check.expected = equals->text();
        return true;
    }
    if (least && most) {
        check.bad = outside(*least, *most);
        check.expected = fmt::format("{} to {}", least->text().substr(2), most->text().substr(2));
        if (least->bound > most->bound) {
            build.args.mistake("min", "is greater than max");
        }
        return true;
    }
    if (least || most) {
        check.bad = least ? *least : *most;
        check.bad->test = least ? Test::less : Test::greater;
        check.expected = check.bad->negated().text();
    }
    return check.bad.has_value();
}

std::string row_examples(const std::string& query) {
    return fmt::format(
        "SELECT left(to_jsonb(q)::text, {}) FROM (\n{}\n) AS q", max_example_length, query
    );
}

}  // namespace reel::warehouse
