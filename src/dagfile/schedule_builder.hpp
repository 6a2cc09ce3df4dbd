#pragma once

#include "diagnostics.hpp"
#include "reel/core/dag.hpp"
#include "reel/dagfile/load.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// Everything of a DAG that says when it runs, its zone and dates apart, which must be there
/// already.
void build_schedule(
    const Node& description, const LoadOptions& options, core::Dag& dag, Diagnostics& diagnostics
);

}  // namespace reel::dagfile
