#pragma once

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::store {

/// The stored form of a DAG: every field of core::Dag, so that a run can be finished under the
/// version it began with. dag_from_json(dag_to_json(d)) equals d.
[[nodiscard]] core::JsonText dag_to_json(const core::Dag& dag);
[[nodiscard]] core::Result<core::Dag> dag_from_json(const core::JsonText& json);

}  // namespace reel::store
