#pragma once

#include "diagnostics.hpp"
#include "reel/core/dag.hpp"

namespace reel::dagfile {

/// What runs go without by the dates of its tasks must not stand between so many others that
/// joining those would take more memory and time than the DAG is worth.
void check_spans(const core::Dag& dag, const core::SourcePosition& at, Diagnostics& diagnostics);

}  // namespace reel::dagfile
