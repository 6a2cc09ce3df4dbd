#pragma once

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::scheduler {

/// Whether a run's conf fits the DAG's params: conf is an object, what it gives to a param fits the
/// param's JSON Schema, and a param without a default is given. Names that are no params are free
/// (dag_run.conf). The error tells all that is wrong, and where ("conf/limit/0") when it is one
/// thing.
[[nodiscard]] core::Result<void> check_conf(const core::Dag& dag, const core::JsonText& conf);
/// The same for the params of a task.
[[nodiscard]] core::Result<void> check_conf(const core::Task& task, const core::JsonText& conf);

}  // namespace reel::scheduler
