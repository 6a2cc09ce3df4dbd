#include <array>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/quality/import/dbt_words.hpp"

namespace reel::warehouse::dbt {

namespace {

Json compound_unique(DbtTest& test) {
    Json found = unique_rows(test, "column_list");
    const auto ignored = test.args.text("ignore_row_if").value_or("all_values_are_missing");
    auto& body = found["unique"];
    if (ignored == "any_value_is_missing") {
        body["nulls_equal"] = false;
    } else if (ignored == "all_values_are_missing") {
        std::string present;
        for (const auto& column : body["columns"]) {
            present +=
                (present.empty() ? "" : ", ") + quote_identifier(scalar_text(column).value_or(""));
        }
        found["where"] = fmt::format("num_nonnulls({}) > 0", present);
    } else if (ignored != "never") {
        test.args.mistake(fmt::format("does not know 'ignore_row_if: {}'", ignored));
    }
    return found;
}

Json lengths(DbtTest& test) {
    const auto length = fmt::format("char_length({})", quoted_column(test));
    return between(test, length, test.args.flag("strictly").value_or(false));
}

/// Bounds of one number of the table.
Json bounded(DbtTest& test, const std::string& kind, const std::string& of) {
    Json body = Json::object();
    if (!of.empty()) {
        body["of"] = fmt::format("{}({})", of, needed_column(test));
    }
    for (const auto& [key, bound] :
         {std::pair{"min_value", "min"}, {"max_value", "max"}, {"value", "equals"}}) {
        if (const auto* const node = test.args.find(key)) {
            body[bound] = json_of(*node);
        }
    }
    if (test.args.flag("strictly").value_or(false)) {
        test.args.mistake("is 'strictly', which is not supported here; move its bounds");
    }
    return body_of(kind, body);
}

Json schema_of_list(DbtTest& test, bool exact) {
    static_cast<void>(test.args.text("transform")
    );  // how the package spells names, not what they are
    return body_of("schema", {{"columns", test.args.scalars("column_list")}, {"exact", exact}});
}

constexpr std::array expectation_tests{
    Translation{
        "dbt_expectations.expect_column_to_exist",
        [](DbtTest& t) { return of_columns("schema", t); }
    },
    Translation{
        "dbt_expectations.expect_column_values_to_be_null",
        [](DbtTest& t) { return expression(quoted_column(t) + " IS NULL"); }
    },
    Translation{
        "dbt_expectations.expect_column_values_to_not_be_null",
        [](DbtTest& t) { return of_columns("not_null", t); }
    },
    Translation{
        "dbt_expectations.expect_column_values_to_be_unique",
        [](DbtTest& t) { return of_columns("unique", t); }
    },
    Translation{
        "dbt_expectations.expect_column_values_to_be_of_type",
        [](DbtTest& t) {
            const Json columns{{needed_column(t), t.args.required_text("column_type")}};
            return body_of("schema", {{"columns", columns}});
        }
    },
    Translation{
        "dbt_expectations.expect_column_values_to_be_in_set",
        [](DbtTest& t) { return accepted_values(t, "value_set", "quote_values"); }
    },
    Translation{
        "dbt_expectations.expect_column_values_to_not_be_in_set",
        [](DbtTest& t) { return refused_values(t, "value_set", "quote_values"); }
    },
    Translation{
        "dbt_expectations.expect_column_values_to_be_between",
        [](DbtTest& t) {
            return between(t, quoted_column(t), t.args.flag("strictly").value_or(false));
        }
    },
    Translation{"dbt_expectations.expect_column_value_lengths_to_be_between", lengths},
    Translation{
        "dbt_expectations.expect_column_value_lengths_to_equal",
        [](DbtTest& t) {
            const auto length = t.args.required_text("value");
            return expression(fmt::format("char_length({}) = ({})", quoted_column(t), length));
        }
    },
    Translation{
        "dbt_expectations.expect_column_values_to_match_regex",
        [](DbtTest& t) {
            const auto pattern = t.args.required_text("regex");
            static_cast<void>(t.args.flag("is_raw"));
            return body_of("regex", {{"column", needed_column(t)}, {"pattern", pattern}});
        }
    },
    Translation{
        "dbt_expectations.expect_column_values_to_not_match_regex",
        [](DbtTest& t) {
            const auto pattern = quote_literal(t.args.required_text("regex"));
            static_cast<void>(t.args.flag("is_raw"));
            return expression(fmt::format("{} !~ {}", quoted_column(t), pattern));
        }
    },
    Translation{
        "dbt_expectations.expect_table_row_count_to_be_between",
        [](DbtTest& t) { return bounded(t, "row_count", ""); }
    },
    Translation{
        "dbt_expectations.expect_table_row_count_to_equal",
        [](DbtTest& t) { return bounded(t, "row_count", ""); }
    },
    Translation{
        "dbt_expectations.expect_column_mean_to_be_between",
        [](DbtTest& t) { return bounded(t, "aggregate", "avg"); }
    },
    Translation{
        "dbt_expectations.expect_column_min_to_be_between",
        [](DbtTest& t) { return bounded(t, "aggregate", "min"); }
    },
    Translation{
        "dbt_expectations.expect_column_max_to_be_between",
        [](DbtTest& t) { return bounded(t, "aggregate", "max"); }
    },
    Translation{
        "dbt_expectations.expect_column_sum_to_be_between",
        [](DbtTest& t) { return bounded(t, "aggregate", "sum"); }
    },
    Translation{
        "dbt_expectations.expect_column_stdev_to_be_between",
        [](DbtTest& t) { return bounded(t, "aggregate", "stddev"); }
    },
    Translation{
        "dbt_expectations.expect_column_unique_value_count_to_be_between",
        [](DbtTest& t) { return bounded(t, "aggregate", "distinct"); }
    },
    Translation{"dbt_expectations.expect_compound_columns_to_be_unique", compound_unique},
    Translation{
        "dbt_expectations.expect_table_columns_to_contain_set",
        [](DbtTest& t) { return schema_of_list(t, false); }
    },
    Translation{
        "dbt_expectations.expect_table_columns_to_match_set",
        [](DbtTest& t) { return schema_of_list(t, true); }
    },
    Translation{
        "dbt_expectations.expect_row_values_to_have_recent_data",
        [](DbtTest& t) { return recent(t, needed_column(t)); }
    },
    Translation{"dbt_expectations.expression_is_true", expression_is_true},
};

}  // namespace

std::span<const Translation> expectations() {
    return expectation_tests;
}

}  // namespace reel::warehouse::dbt
