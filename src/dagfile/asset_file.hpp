#pragma once

#include "diagnostics.hpp"
#include "reel/dagfile/load.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// dag-factory's `{file: …, datasets: …}` as the `schedule` of a merged DAG, and as `inlets` or
/// `outlets` of its tasks, its default_args and those of its groups: `datasets` holds names (a
/// list; of a schedule a condition, too), and the file beside the DAG's says which URIs they stand
/// for. They are put in the place of the names. Gives the files that were asked for; what is wrong
/// is a diagnostic, and the place then holds nothing.
[[nodiscard]] std::vector<std::string> read_asset_files(
    Entry& dag, const DagFileText& file, Diagnostics& diagnostics
);

}  // namespace reel::dagfile
