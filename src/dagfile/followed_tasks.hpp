#pragma once

#include "diagnostics.hpp"
#include "draft.hpp"

namespace reel::dagfile {

/// What branches follow by name: tasks and task groups, under their full ids from here on. What a
/// template gives is looked up when it has been rendered.
void resolve_followed_tasks(DagDraft& draft, Diagnostics& diagnostics);

}  // namespace reel::dagfile
