#pragma once

#include <memory>
#include <optional>

#include "reel/core/dag.hpp"

namespace reel::scheduler {

/// A DAG as the scheduler needs it.
struct ScheduledDag {
    std::shared_ptr<const core::Dag> dag;
    bool is_paused = true;
    int version_number = 1;
    std::optional<core::DataInterval> last_scheduled;  ///< of its latest scheduled run
    int consecutive_failed_runs = 0;
};

}  // namespace reel::scheduler
