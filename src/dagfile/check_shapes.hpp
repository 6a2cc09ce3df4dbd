#pragma once

#include "shape.hpp"

namespace reel::dagfile {

/// One entry of a list of checks: exactly one check, and options beside it.
[[nodiscard]] ShapePtr check_shape();

/// Another tool's file of checks, or a list of them: `dbt`, `soda`.
[[nodiscard]] ShapePtr check_file_shape();

}  // namespace reel::dagfile
