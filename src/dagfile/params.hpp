#pragma once

#include "diagnostics.hpp"
#include "reel/core/dag.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// Those of a DAG: its `params`, over them those of its default_args, as in Airflow.
[[nodiscard]] Node params_of(const Node& dag);

/// Adds to `into` the entries of `from` that it has none of.
void add_missing(const Node& from, Node& into);

/// `params` as an object: name → JSON Schema with its default. A plain value is the default of a
/// param that takes anything. Schemas that are none and defaults that do not fit are diagnostics.
[[nodiscard]] core::JsonText build_params(const Node* params, Diagnostics& diagnostics);

/// The first param that a run without conf would lack; null when there is none.
[[nodiscard]] const Entry* find_required_param(const Node& params);

}  // namespace reel::dagfile
