#pragma once

#include <optional>
#include <string>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::daemon {

/// The DAG with nothing but one of its tasks, without its upstreams. Errc::not_found for a task
/// that it lacks, Errc::unsupported for one that is mapped over what another pushes.
[[nodiscard]] core::Result<core::Dag> only_task(const core::Dag& dag, const std::string& task_id);

/// The map index that is meant of the one task of what only_task() gave; -1 where it is not mapped.
/// An error where a mapped one has no such instance or none was named, or an ordinary one has.
[[nodiscard]] core::Result<int> chosen_instance(const core::Dag& dag, std::optional<int> map_index);

}  // namespace reel::daemon
