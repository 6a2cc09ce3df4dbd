#pragma once

#include "draft.hpp"

namespace reel::dagfile {

/// Reads `task_groups` of a merged DAG into the draft.
void build_groups(const Node& dag, DagDraft& draft, Diagnostics& diagnostics);

/// The groups around a group or task, the outermost first; `innermost` itself is the last.
[[nodiscard]] std::vector<std::size_t> enclosing_groups(
    const DagDraft& draft, std::optional<std::size_t> innermost
);

}  // namespace reel::dagfile
