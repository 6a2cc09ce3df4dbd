#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reel/core/dag.hpp"

namespace reel::store {

/// What says when a DAG runs, its zone and dates apart: added to the DAG's object.
void add_schedule(const core::Dag& dag, nlohmann::json& to);

/// Fills in the same; what a row of an earlier version lacks keeps its default.
void read_schedule(const nlohmann::json& from, core::Dag& dag);

}  // namespace reel::store
