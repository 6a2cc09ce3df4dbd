#include "warehouse/quality/metric.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/types/ascii.hpp"

namespace reel::warehouse {

namespace {

std::unexpected<core::Error> no_metric(std::string_view text, const std::string& function) {
    const auto& known = metric_functions();
    return core::fail(
        core::Errc::invalid_argument,
        fmt::format("'{}' is no number of a table{}", text, did_you_mean(function, known)),
        fmt::format("write row_count, or one of {} like avg(column)", comma_list(known))
    );
}

/// `sum`, `avg_length`, …: a function of Postgres over the column or its length.
std::string aggregate_call(const Metric& metric, const std::string& filter) {
    const auto column = "t." + quote_identifier(metric.column);
    const auto suffix = metric.function.find("_length");
    const bool of_length = suffix != std::string::npos;
    return fmt::format(
        "{}({}){}::float8",
        metric.function.substr(0, suffix),
        of_length ? fmt::format("char_length({}::text)", column) : column,
        filter
    );
}

}  // namespace

const std::vector<std::string>& metric_functions() {
    static const std::vector<std::string> functions{
        "row_count",
        "sum",
        "avg",
        "min",
        "max",
        "stddev",
        "avg_length",
        "min_length",
        "max_length",
        "null_count",
        "null_share",
        "distinct"
    };
    return functions;
}

core::Result<Metric> parse_metric(std::string_view text) {
    const auto whole = trim(text);
    const auto open = whole.find('(');
    Metric metric{std::string(trim(whole.substr(0, open))), {}};
    if (open != std::string::npos) {
        if (!whole.ends_with(')')) {
            return no_metric(text, metric.function);
        }
        metric.column = trim(whole.substr(open + 1, whole.size() - open - 2));
    }
    const auto& known = metric_functions();
    const bool of_table = metric.function == "row_count";
    if (std::ranges::find(known, metric.function) == known.end() ||
        of_table != metric.column.empty() || (of_table && open != std::string::npos)) {
        return no_metric(text, metric.function);
    }
    return metric;
}

std::string to_string(const Metric& metric) {
    return metric.column.empty() ? metric.function
                                 : fmt::format("{}({})", metric.function, metric.column);
}

void measure_metric(const Metric& metric, const std::string& where, Check& check) {
    const auto column = "t." + quote_identifier(metric.column);
    const auto filter = where.empty() ? "" : fmt::format(" FILTER (WHERE {}\n)", where);
    const auto with = [&](const std::string& condition) {
        return where.empty() ? condition : fmt::format("({}\n) AND {}", where, condition);
    };
    check.unit = CheckUnit::plain;
    if (metric.function == "row_count") {
        check.unit = CheckUnit::rows;
        check.measure = "count(*)" + filter;
    } else if (metric.function == "distinct") {
        // count(DISTINCT) would sort every row and keep the whole scan from running in parallel.
        check.unit = CheckUnit::rows;
        check.shape = CheckShape::query;
        check.measure = fmt::format(
            "SELECT count(*) FROM (SELECT 1 FROM {} AS t WHERE {} GROUP BY {}) AS d",
            check.relation,
            with(column + " IS NOT NULL"),
            column
        );
    } else if (metric.function == "null_count") {
        check.unit = CheckUnit::rows;
        check.measure = fmt::format("count(*) FILTER (WHERE {})", with(column + " IS NULL"));
    } else if (metric.function == "null_share") {
        check.unit = CheckUnit::share;
        check.measure = fmt::format(
            "count(*) FILTER (WHERE {})::float8 / nullif(count(*){}, 0)",
            with(column + " IS NULL"),
            filter
        );
    } else {
        check.measure = aggregate_call(metric, filter);
    }
}

}  // namespace reel::warehouse
