#pragma once

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::scheduler {

/// Whether a run's conf fits the DAG's params: conf is an object, a param named in it has the
/// declared type and is one of its `enum`, and a param without a default is given. Names that are
/// no params are free (dag_run.conf).
[[nodiscard]] core::Result<void> check_conf(const core::Dag& dag, const core::JsonText& conf);

}  // namespace reel::scheduler
