#pragma once

#include <vector>

#include "reel/executor/process_executor.hpp"
#include "secrets.hpp"

namespace reel::executor {

/// What an instance of a mapped task is called: the map_index_template of its task, rendered with
/// all that its arguments were rendered with, its arguments as `task.NAME`, and what it has pushed.
/// 250 characters at most, as in Airflow. Secrets are made known to `mask` and are in neither name
/// nor error. Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<std::string> render_instance_name(
    const scheduler::AttemptOrder& order,
    const std::vector<store::XComRecord>& pushed,
    store::RunStore& store,
    const ExecutorOptions& options,
    SecretMask& mask
);

}  // namespace reel::executor
