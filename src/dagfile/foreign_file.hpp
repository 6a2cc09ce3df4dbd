#pragma once

#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// Whether a file holds the checks of dbt (models, sources …, each a list) or of Soda ("checks for
/// …") and no DAGs: `quality` names such files relative to its DAG's file, so they lie in the same
/// folder.
[[nodiscard]] bool holds_checks(const Node& root);

/// Whether it is a list of `datasets` (or `assets`) and no DAGs: schedules name such files the same
/// way.
[[nodiscard]] bool holds_assets(const Node& root);

}  // namespace reel::dagfile
