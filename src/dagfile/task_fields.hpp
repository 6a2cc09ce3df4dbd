#pragma once

#include "reel/core/dag.hpp"
#include "reel/dagfile/node.hpp"
#include "values.hpp"

namespace reel::dagfile {

/// What every task may say, from a map that default_args were added to. A value that is not what it
/// must be is left at its default; whoever checked the map has reported it.
[[nodiscard]] core::Task read_task_fields(const Node& body, const DateContext& dates);

}  // namespace reel::dagfile
