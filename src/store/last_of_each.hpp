#pragma once

#include <vector>

#include "reel/core/dag.hpp"

namespace reel::store {

/// The DAGs in the order of their ids, of those with the same id the last one only.
[[nodiscard]] std::vector<core::Dag> last_of_each(const std::vector<core::Dag>& dags);

}  // namespace reel::store
