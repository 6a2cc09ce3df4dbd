#pragma once

#include "draft.hpp"
#include "shape_check.hpp"

namespace reel::dagfile {

/// Holds a task's body, its default_args carried out and what is mapped taken out, to the shape of
/// its operator; of an operator that is not known, to that of all tasks.
void check_task(
    const TaskDraft& draft, const Node& body, const Subject& subject, Diagnostics& diagnostics
);

}  // namespace reel::dagfile
