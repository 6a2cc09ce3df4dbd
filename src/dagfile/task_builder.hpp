#pragma once

#include "draft.hpp"
#include "values.hpp"

namespace reel::dagfile {

/// Reads `tasks` of a merged DAG into the draft: default_args carried out, every task checked
/// against its operator. Groups must be there already. Dates are those of the DAG's time zone.
void build_tasks(
    const Node& dag, const DateContext& dates, DagDraft& draft, Diagnostics& diagnostics
);

}  // namespace reel::dagfile
