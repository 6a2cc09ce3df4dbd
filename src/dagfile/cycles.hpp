#pragma once

#include <cstddef>
#include <map>
#include <utility>

#include "draft.hpp"

namespace reel::dagfile {

/// Where each edge (upstream, downstream) was asked for.
using EdgePositions = std::map<std::pair<std::size_t, std::size_t>, core::SourcePosition>;

/// One diagnostic for each cycle that a walk along `downstream` in the file's order closes, at the
/// dependency that closes it: "cycle a → b → a".
void report_cycles(const DagDraft& draft, const EdgePositions& edges, Diagnostics& diagnostics);

}  // namespace reel::dagfile
