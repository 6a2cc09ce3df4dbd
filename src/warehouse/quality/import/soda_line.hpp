#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/core/threshold.hpp"

/// The lines of SodaCL: "missing_percent(title) < 5", "change avg last 7 for row_count < 50".
namespace reel::warehouse::soda {

/// "change avg last 7 percent for …"
struct ChangeWords {
    int runs = 0;  ///< of an average; 0: the last run
    bool percent = false;

    bool operator==(const ChangeWords&) const = default;
};

/// A metric and maybe the threshold that it must keep.
struct MetricLine {
    std::string metric;
    std::vector<std::string> columns;
    std::optional<core::Threshold> passes;  ///< none: it stands under `warn` and `fail`
    std::optional<ChangeWords> change;
};

[[nodiscard]] core::Result<MetricLine> parse_metric_line(std::string_view text);

/// "values in (movie_id) must exist in movies (movie_id)"
struct ReferenceLine {
    std::string column;
    std::string table;
    std::string table_column;
};

[[nodiscard]] core::Result<ReferenceLine> parse_reference_line(std::string_view text);

/// "when < 10", of `warn` and `fail`: what is bad.
[[nodiscard]] core::Result<core::Threshold> parse_alert(std::string_view text);

/// "checks for movies.ratings [daily]" without its first words.
struct Dataset {
    std::string name;
    std::string partition;
};

[[nodiscard]] Dataset parse_dataset(std::string_view text);

}  // namespace reel::warehouse::soda
