#pragma once

#include "diagnostics.hpp"
#include "reel/dagfile/load.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// dag-factory's `schedule: {file: …, datasets: …}` of a merged DAG: `datasets` holds names, a list
/// or a condition, and the file beside the DAG's says which URIs they stand for. They are put in
/// the place of the names. Gives the name of that file, empty where none is asked for; what is
/// wrong is a diagnostic, and the DAG then has no schedule.
[[nodiscard]] std::string read_asset_file(
    Entry& dag, const DagFileText& file, Diagnostics& diagnostics
);

}  // namespace reel::dagfile
