#pragma once

#include "json.hpp"
#include "reel/core/dag.hpp"

namespace reel::executor {

/// `from` of a download: a relative name is one beside the DAG; where there is none the error shall
/// name a whole path.
void resolve_source(const core::Dag& dag, Json& args);

/// The files of a quality task's `dbt` and `soda`: relative names become whole paths as far as they
/// are found.
void resolve_check_files(const core::Dag& dag, Json& args);

}  // namespace reel::executor
