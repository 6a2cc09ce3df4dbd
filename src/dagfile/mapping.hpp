#pragma once

#include <vector>

#include "draft.hpp"
#include "shape_check.hpp"

namespace reel::dagfile {

/// Airflow's dynamic task mapping. Carries `partial` out in the body of a task and takes `expand`
/// and `expand_kwargs` out of it: what is left are the arguments that all instances share.
[[nodiscard]] std::vector<MapDraft> take_mapping(
    Node& body, const Subject& subject, Diagnostics& diagnostics
);

/// `expand` of a task group.
[[nodiscard]] std::vector<MapDraft> read_group_mapping(
    const Node& group, const Subject& subject, Diagnostics& diagnostics
);

/// Checks what the file gives as elements against the arguments of the operator.
void check_elements(const TaskDraft& draft, const Subject& subject, Diagnostics& diagnostics);

/// The operator's shape without the arguments that the mapping gives.
[[nodiscard]] Shape without_mapped(const Shape& shape, const std::vector<MapDraft>& mapping);

/// Whether the mapping may give this argument.
[[nodiscard]] bool is_mapped(const std::vector<MapDraft>& mapping, const std::string& argument);
[[nodiscard]] bool is_any_mapped(
    const std::vector<MapDraft>& mapping, const std::vector<std::string>& arguments
);

/// Finds the tasks whose output is mapped over; a mapped task or group waits for them.
void resolve_mappings(DagDraft& draft, Diagnostics& diagnostics);

/// The groups of a DAG, parents before their children. After resolve_mappings().
[[nodiscard]] std::vector<core::TaskGroup> groups_of(const DagDraft& draft);

}  // namespace reel::dagfile
