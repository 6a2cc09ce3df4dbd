#pragma once

#include "draft.hpp"

namespace reel::dagfile {

/// Resolves `dependencies` of tasks and groups, and fills upstream and downstream of every task.
/// Unknown names, empty groups, a group that waits for itself, and cycles are diagnostics.
void connect_tasks(DagDraft& draft, Diagnostics& diagnostics);

}  // namespace reel::dagfile
