#pragma once

#include <functional>
#include <vector>

#include "reel/core/dag.hpp"

namespace reel::store {

/// Somebody else's, where a copy of a thousand would take as long as what is done with them.
using DagRefs = std::vector<std::reference_wrapper<const core::Dag>>;

/// The DAGs in the order of their ids, of those with the same id the last one only.
[[nodiscard]] DagRefs last_of_each(const std::vector<core::Dag>& dags);

}  // namespace reel::store
