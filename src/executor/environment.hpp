#pragma once

#include <string>
#include <vector>

#include "json.hpp"
#include "reel/config/config.hpp"
#include "reel/core/result.hpp"
#include "reel/scheduler/task_executor.hpp"

namespace reel::executor {

/// What every task process may know of Reel's own environment: all but its configuration,
/// connections and variables, which hold secrets.
[[nodiscard]] config::Environment inherited_environment(const config::Environment& environment);

/// Airflow's AIRFLOW_CTX_… names for one attempt.
[[nodiscard]] config::Environment attempt_environment(const scheduler::AttemptOrder& order);

/// The environment of a bash task. As in Airflow a task's `env` stands in the place of what is
/// inherited unless `append_env` says otherwise; where programs, home and language are is always
/// inherited.
[[nodiscard]] core::Result<config::Environment> bash_environment(
    const config::Environment& inherited, const Json& args
);

/// "NAME=value", sorted by name.
[[nodiscard]] std::vector<std::string> environment_list(const config::Environment& environment);

}  // namespace reel::executor
