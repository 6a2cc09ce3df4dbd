#pragma once

#include "diagnostics.hpp"
#include "reel/dagfile/node.hpp"
#include "shape.hpp"

namespace reel::dagfile {

/// dag-factory's `timetable: {callable: …, params: {…}}` of a merged DAG becomes the `schedule`
/// that says the same. What cannot be one is a diagnostic; the DAG then has neither.
void read_timetable_block(Entry& dag, Diagnostics& diagnostics);

/// What such a block looks like, for the schema.
[[nodiscard]] ShapePtr timetable_block_shape();

}  // namespace reel::dagfile
