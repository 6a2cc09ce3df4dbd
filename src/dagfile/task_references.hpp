#pragma once

#include "draft.hpp"

namespace reel::dagfile {

/// Finds what the tasks' arguments say of other tasks (`+task_id`, upsert's `from`, staged('…') in
/// templates, tables of a quality task), adds what follows from it to `implied`, and writes the
/// full task ids into the arguments. Unknown tasks and tables, and templates that cannot be read,
/// are diagnostics.
void resolve_task_references(DagDraft& draft, Diagnostics& diagnostics);

}  // namespace reel::dagfile
