#pragma once

#include <string>

#include "diagnostics.hpp"
#include "reel/dagfile/load.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// Builds one DAG from its merged description. What comes back is whole only when `diagnostics`
/// got nothing for it.
[[nodiscard]] core::Dag build_dag(
    const Entry& description,
    const DagFileText& file,
    const LoadOptions& options,
    Diagnostics& diagnostics
);

}  // namespace reel::dagfile
