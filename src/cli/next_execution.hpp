#pragma once

#include <string>

#include "context.hpp"

namespace reel::cli {

/// Prints when a DAG is due next by its schedule, `count` times at most.
[[nodiscard]] core::Result<int> next_execution(
    Context& context, const std::string& dag_id, int count, Format format
);

}  // namespace reel::cli
