#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "reel/core/dag.hpp"

namespace reel::api {

using OrderedJson = nlohmann::ordered_json;

/// What a DAG says, in words of its file and without what is left at its default: its own fields,
/// `task_groups` and `tasks` by their ids. Places in the file are no part of it.
[[nodiscard]] OrderedJson dag_content(const core::Dag& dag);

/// The same as YAML, one value a line.
[[nodiscard]] std::string dag_text(const core::Dag& dag);

}  // namespace reel::api
