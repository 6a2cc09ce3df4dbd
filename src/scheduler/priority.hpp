#pragma once

#include <vector>

#include "reel/core/dag.hpp"

namespace reel::scheduler {

/// Airflow's effective weights by task index: `absolute` is the task's own priority_weight,
/// `downstream` adds those of everything behind it (so long tails start early), `upstream` those of
/// everything before it.
[[nodiscard]] std::vector<int> effective_weights(const core::Dag& dag);

}  // namespace reel::scheduler
