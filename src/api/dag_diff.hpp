#pragma once

#include <string>
#include <vector>

#include "reel/core/dag.hpp"

namespace reel::api {

struct ChangedTask {
    std::string task_id;
    std::vector<std::string> fields;  ///< sorted
    bool operator==(const ChangedTask&) const = default;
};

/// What sets two versions of a DAG apart.
struct DagDiff {
    std::vector<std::string> tasks_added;  ///< in the order of the newer version
    std::vector<std::string> tasks_removed;
    std::vector<ChangedTask> tasks_changed;
    std::vector<std::string> fields_changed;  ///< of the DAG itself and its groups, sorted
    std::string text;                         ///< unified, over dag_text()
};

[[nodiscard]] DagDiff compare_dags(
    const core::Dag& from, int from_number, const core::Dag& to, int to_number
);

}  // namespace reel::api
