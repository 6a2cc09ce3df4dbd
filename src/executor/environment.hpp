#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "json.hpp"
#include "reel/config/config.hpp"
#include "reel/core/result.hpp"
#include "reel/scheduler/task_executor.hpp"

namespace reel::executor {

/// What every task process may know of Reel's own environment: all but its configuration,
/// connections and variables, which hold secrets, and what is of one attempt alone: Reel may itself
/// be a task of an Airflow.
[[nodiscard]] config::Environment inherited_environment(const config::Environment& environment);

/// The same, made once for the attempts of a program's life.
class InheritedEnvironment final {
  public:
    explicit InheritedEnvironment(const config::Environment& environment);
    [[nodiscard]] const config::Environment& variables() const { return variables_; }
    [[nodiscard]] const std::shared_ptr<const std::vector<std::string>>& list() const {
        return list_;
    }

  private:
    config::Environment variables_;
    std::shared_ptr<const std::vector<std::string>> list_;  ///< as environment_list() makes it
};

/// Airflow's AIRFLOW_CTX_… names for one attempt; as there they win over the task's own `env`.
[[nodiscard]] config::Environment attempt_environment(const scheduler::AttemptOrder& order);

/// The environment of a bash task with an `env` of its own, nullopt for one without. As in Airflow
/// it stands in the place of what is inherited unless `append_env` says otherwise; where programs,
/// home and language are is always inherited.
[[nodiscard]] core::Result<std::optional<config::Environment>> bash_environment(
    const config::Environment& inherited, const Json& args
);

/// "NAME=value", sorted by name.
[[nodiscard]] std::vector<std::string> environment_list(const config::Environment& environment);

}  // namespace reel::executor
