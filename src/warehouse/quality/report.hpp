#pragma once

#include <string>
#include <vector>

#include "warehouse/args.hpp"
#include "warehouse/quality/inspect.hpp"

namespace reel::warehouse {

[[nodiscard]] std::string severity_of(const Check& check);

/// An aligned table of all results, then examples and messages.
void log_results(const std::vector<CheckResult>& results, const OperationContext& context);

/// A list of maps, as operations.hpp describes them.
[[nodiscard]] Json checks_json(const std::vector<CheckResult>& results);

/// One error that tells every check that failed or could not be made; nothing where none did.
[[nodiscard]] core::Result<void> verdict(const std::vector<CheckResult>& results);

}  // namespace reel::warehouse
