#pragma once

#include <optional>
#include <string>

#include "warehouse/quality/import/node_reader.hpp"
#include "warehouse/quality/import/soda_line.hpp"

namespace reel::warehouse::soda {

/// A metric in our words, without a threshold: {"not_null": {"columns": ["title"]}}. `config` is
/// what stands below the line ("valid values", "missing values" …), null where there is nothing.
/// Nothing, and a mistake, for a metric that is not known.
[[nodiscard]] std::optional<Json> translate_metric(const MetricLine& line, NodeReader& config);

/// `schema` under `warn` or `fail`: {"when required column missing": […], …}.
[[nodiscard]] Json translate_schema(NodeReader& when);

}  // namespace reel::warehouse::soda
