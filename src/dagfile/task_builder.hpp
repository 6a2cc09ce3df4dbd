#pragma once

#include "draft.hpp"

namespace reel::dagfile {

/// Reads `tasks` of a merged DAG into the draft: default_args carried out, every task checked
/// against its operator. Groups must be there already.
void build_tasks(const Node& dag, DagDraft& draft, Diagnostics& diagnostics);

}  // namespace reel::dagfile
