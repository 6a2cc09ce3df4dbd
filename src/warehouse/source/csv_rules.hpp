#pragma once

#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/source/record_reader.hpp"

namespace reel::warehouse {

/// Whether the options make sense together.
[[nodiscard]] core::Result<void> check_options(const CsvOptions& options);

/// Whether every column has a name of its own; the error lists all that have not.
[[nodiscard]] core::Result<void> check_names(const std::vector<std::string>& names);

}  // namespace reel::warehouse
