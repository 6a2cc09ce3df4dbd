#pragma once

#include "diagnostics.hpp"
#include "draft.hpp"

namespace reel::dagfile {

/// What setups and teardowns may be and stand before, as in Airflow; after the tasks were
/// connected.
void check_setups(const DagDraft& draft, Diagnostics& diagnostics);

}  // namespace reel::dagfile
