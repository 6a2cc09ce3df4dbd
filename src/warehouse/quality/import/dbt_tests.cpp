#include "warehouse/quality/import/dbt_tests.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/quality/import/dbt_words.hpp"

namespace reel::warehouse::dbt {

namespace {

Json relationships(DbtTest& test) {
    const auto column = needed_column(test);
    const auto table = test.relation("to");
    const auto field = test.args.required_text("field");
    return body_of(
        "relationships", {{"column", column}, {"to", fmt::format("{}.{}", table, field)}}
    );
}

Json relationships_where(DbtTest& test) {
    Json found = relationships(test);
    if (const auto condition = test.args.text("from_condition"); condition && condition != "1=1") {
        found["where"] = *condition;
    }
    if (const auto condition = test.args.text("to_condition"); condition && condition != "1=1") {
        test.args.mistake("has a 'to_condition', which is not supported; write an sql check");
    }
    return found;
}

Json not_null_proportion(DbtTest& test) {
    Json body{{"of", fmt::format("null_share({})", needed_column(test))}};
    const auto percentage = [](double share) { return fmt::format("{:.10g}%", (1 - share) * 100); };
    for (const auto& [key, bound] : {std::pair{"at_least", "max"}, {"at_most", "min"}}) {
        const auto* const node = test.args.find(key);
        const auto share = node == nullptr ? std::nullopt : node->as_number();
        if (node != nullptr && !share) {
            test.args.mistake(*node, fmt::format("'{}' must be a number", key));
        } else if (share) {
            body[bound] = percentage(*share);
        }
    }
    if (body.size() == 1) {
        test.args.mistake("lacks 'at_least'");
    }
    return body_of("aggregate", body);
}

Json not_empty_string(DbtTest& test) {
    const bool trimmed = test.args.flag("trim_whitespace").value_or(true);
    const auto column = quoted_column(test);
    return expression(trimmed ? fmt::format("trim({}) <> ''", column) : column + " <> ''");
}

/// A number of the whole column that must not be one value, whatever the severity.
Json never(const std::string& of, const std::string& condition) {
    return body_of("aggregate", {{"of", of}, {"error_if", condition}, {"warn_if", condition}});
}

constexpr std::array own_tests{
    Translation{"unique", [](DbtTest& t) { return of_columns("unique", t); }},
    Translation{"not_null", [](DbtTest& t) { return of_columns("not_null", t); }},
    Translation{
        "accepted_values", [](DbtTest& t) { return accepted_values(t, "values", "quote"); }
    },
    Translation{"relationships", relationships},
    Translation{
        "dbt_utils.accepted_range",
        [](DbtTest& t) {
            return between(t, quoted_column(t), !t.args.flag("inclusive").value_or(true));
        }
    },
    Translation{"dbt_utils.expression_is_true", expression_is_true},
    Translation{
        "dbt_utils.unique_combination_of_columns",
        [](DbtTest& t) { return unique_rows(t, "combination_of_columns"); }
    },
    Translation{"dbt_utils.not_null_proportion", not_null_proportion},
    Translation{"dbt_utils.not_empty_string", not_empty_string},
    Translation{
        "dbt_utils.not_accepted_values",
        [](DbtTest& t) { return refused_values(t, "values", "quote"); }
    },
    Translation{
        "dbt_utils.not_constant",
        [](DbtTest& t) { return never(fmt::format("distinct({})", needed_column(t)), "= 1"); }
    },
    Translation{
        "dbt_utils.at_least_one",
        [](DbtTest& t) { return never(fmt::format("null_share({})", needed_column(t)), ">= 1"); }
    },
    Translation{"dbt_utils.relationships_where", relationships_where},
    Translation{
        "dbt_utils.recency", [](DbtTest& t) { return recent(t, t.args.required_text("field")); }
    },
};

const Translation* find_translation(const std::string& name) {
    for (const auto tests : {std::span<const Translation>(own_tests), expectations()}) {
        const auto found = std::ranges::find(tests, name, &Translation::name);
        if (found != tests.end()) {
            return &*found;
        }
    }
    return nullptr;
}

/// Tests of packages are called by their own names; ours say what they became.
void add_name(const std::string& name, const DbtTest& test, Json& found) {
    const auto dot = name.find('.');
    if (dot == std::string::npos || found.contains("name")) {
        return;
    }
    const auto bare = name.substr(dot + 1);
    if (!test.column.empty()) {
        found["name"] = fmt::format("{}({})", bare, test.column);
    }
}

}  // namespace

std::optional<Json> translate(const std::string& name, DbtTest& test) {
    const auto* const found = find_translation(name);
    if (found == nullptr) {
        return std::nullopt;
    }
    Json check = found->carry_out(test);
    if (name.starts_with("dbt_expectations.")) {
        if (const auto condition = test.args.text("row_condition")) {
            const auto before = check.value("where", "");
            check["where"] =
                before.empty() ? *condition : fmt::format("({}) AND ({})", before, *condition);
        }
    }
    add_name(name, test, check);
    return check;
}

std::string guess(const std::string& name) {
    std::vector<std::string> names;
    for (const auto tests : {std::span<const Translation>(own_tests), expectations()}) {
        for (const auto& test : tests) {
            names.emplace_back(test.name);
        }
    }
    return did_you_mean(name, names);
}

}  // namespace reel::warehouse::dbt
