#include "warehouse/quality/import/dbt_words.hpp"

#include <array>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"

namespace reel::warehouse::dbt {

namespace {

/// dbt writes the values as literals, or as they are with `quote: false`.
std::string value_list(DbtTest& test, std::string_view key, bool quoted) {
    std::string out;
    for (const auto& value : test.args.scalars(key)) {
        const auto text = scalar_text(value).value_or("");
        out += (out.empty() ? "" : ", ") + (quoted ? quote_literal(text) : text);
    }
    if (out.empty()) {
        test.args.mistake(fmt::format("lacks '{}'", key));
    }
    return out;
}

}  // namespace

Json body_of(const std::string& kind, Json body) {
    return {{kind, std::move(body)}};
}

std::string needed_column(DbtTest& test) {
    if (test.column.empty()) {
        test.column = test.args.text("column_name").value_or("");
    }
    if (test.column.empty()) {
        test.args.mistake("lacks its column");
    }
    return test.column;
}

std::string quoted_column(DbtTest& test) {
    return quote_identifier(needed_column(test));
}

Json expression(const std::string& condition) {
    return body_of("expression", {{"expression", condition}});
}

Json between(DbtTest& test, const std::string& what, bool strictly) {
    const auto least = test.args.text("min_value");
    const auto most = test.args.text("max_value");
    if (!least && !most) {
        test.args.mistake("lacks 'min_value' or 'max_value'");
    }
    std::string condition;
    if (least) {
        condition = fmt::format("{} {} ({})", what, strictly ? ">" : ">=", *least);
    }
    if (most) {
        condition += fmt::format(
            "{}{} {} ({})", condition.empty() ? "" : " AND ", what, strictly ? "<" : "<=", *most
        );
    }
    return expression(condition);
}

Json of_columns(const std::string& kind, DbtTest& test) {
    return body_of(kind, {{"columns", {needed_column(test)}}});
}

Json accepted_values(DbtTest& test, std::string_view values, std::string_view quote) {
    const auto column = needed_column(test);
    static_cast<void>(test.args.flag(quote));  // a literal takes the type of its column anyway
    const Json list = test.args.scalars(values);
    if (list.empty()) {
        test.args.mistake(fmt::format("lacks '{}'", values));
    }
    return body_of("accepted_values", {{"column", column}, {"values", list}});
}

Json refused_values(DbtTest& test, std::string_view values, std::string_view quote) {
    const auto column = quoted_column(test);
    const bool quoted = test.args.flag(quote).value_or(true);
    return expression(fmt::format("{} NOT IN ({})", column, value_list(test, values, quoted)));
}

Json expression_is_true(DbtTest& test) {
    const auto condition = test.args.required_text("expression");
    return expression(
        test.column.empty() ? condition : fmt::format("{} {}", quoted_column(test), condition)
    );
}

Json recent(DbtTest& test, const std::string& column) {
    const auto period = test.args.required_text("datepart");
    const auto count = test.args.required_text("interval");
    const auto span = span_text(count, period);
    if (!span) {
        test.args.mistake(
            fmt::format("has an age of '{} {}'; days and less are known", count, period)
        );
    }
    return body_of("freshness", {{"column", column}, {"max_age", span.value_or("1d")}});
}

Json unique_rows(DbtTest& test, std::string_view key) {
    const Json columns = test.args.scalars(key);
    if (columns.empty()) {
        test.args.mistake(fmt::format("lacks '{}'", key));
    }
    return body_of("unique", {{"columns", columns}, {"nulls_equal", true}});
}

std::optional<std::string> span_text(const std::string& count, const std::string& period) {
    constexpr std::array<std::pair<std::string_view, char>, 5> letters{
        {{"second", 's'}, {"minute", 'm'}, {"hour", 'h'}, {"day", 'd'}, {"week", 'w'}}
    };
    const bool whole = !count.empty() && count.find_first_not_of("0123456789") == std::string::npos;
    for (const auto& [word, letter] : letters) {
        if (whole && period == word) {
            return fmt::format("{}{}", count, letter);
        }
    }
    return std::nullopt;
}

}  // namespace reel::warehouse::dbt
