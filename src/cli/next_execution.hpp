#pragma once

#include <string>
#include <vector>

#include "context.hpp"

namespace reel::cli {

struct NextExecution {
    std::string dag_id;
    int count = 1;
    std::string field = "run_after";  ///< what is printed of each run
    Format format = Format::table;
};

/// What --field takes, as Airflow names it.
[[nodiscard]] std::vector<std::string> next_execution_fields();

/// Prints when a DAG is due next by its schedule, `count` times at most.
[[nodiscard]] core::Result<int> next_execution(Context& context, const NextExecution& wish);

}  // namespace reel::cli
