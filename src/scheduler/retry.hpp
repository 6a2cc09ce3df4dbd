#pragma once

#include "reel/core/dag.hpp"
#include "reel/core/ids.hpp"

namespace reel::scheduler {

/// How long after its failed try `try_number` (from 1) a task waits. Airflow's rule: retry_delay,
/// however long; with retry_exponential_backoff it is multiplied per further try and spread by a
/// hash of the task and try, so that many tasks that failed together do not come back together, and
/// then capped by max_retry_delay and by a day.
[[nodiscard]] core::Duration retry_delay(
    const core::Task& task, const core::TaskKey& key, int try_number
);

}  // namespace reel::scheduler
