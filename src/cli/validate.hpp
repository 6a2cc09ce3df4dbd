#pragma once

#include <string>
#include <vector>

#include "context.hpp"

namespace reel::cli {

/// Prints every mistake of the DAG files and a summary; 1 where there is one.
[[nodiscard]] core::Result<int> validate(
    Context& context, const std::vector<std::string>& paths, Format format
);

}  // namespace reel::cli
