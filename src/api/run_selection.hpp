#pragma once

#include <optional>
#include <vector>

#include "reel/store/run_store.hpp"
#include "rejection.hpp"

namespace reel::api {

using Tasks = std::vector<store::TaskInstanceRecord>;

/// Which runs are meant beside the named one, or instead of it.
struct RunSelection {
    std::optional<core::RunId> run_id;
    std::optional<core::Timestamp> from;
    std::optional<core::Timestamp> to;
    bool past = false;
    bool future = false;
};

[[nodiscard]] Outcome<std::vector<core::RunId>> find_selected_runs(
    store::RunStore& store, const core::DagId& dag_id, const RunSelection& wish
);

/// The task instances as a collection.
[[nodiscard]] Response tasks_response(store::RunStore& store, const Tasks& tasks);

}  // namespace reel::api
