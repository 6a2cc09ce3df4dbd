#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/quality/check.hpp"

namespace reel::warehouse {

/// One number of a table, as `of` writes it: "row_count", "avg(rating)", "null_share(title)".
struct Metric {
    std::string function;
    std::string column;  ///< empty of row_count

    bool operator==(const Metric&) const = default;
};

/// row_count, sum, avg, min, max, stddev, avg_length, min_length, max_length, null_count,
/// null_share, distinct.
[[nodiscard]] const std::vector<std::string>& metric_functions();

[[nodiscard]] core::Result<Metric> parse_metric(std::string_view text);

/// "avg(rating)"
[[nodiscard]] std::string to_string(const Metric& metric);

/// Sets shape, unit and measure; `where` is the user's condition or "".
void measure_metric(const Metric& metric, const std::string& where, Check& check);

}  // namespace reel::warehouse
