#pragma once

#include <vector>

#include "shape.hpp"

namespace reel::dagfile {

/// What every task may say, whatever its operator: Airflow's BaseOperator and dag-factory's own.
[[nodiscard]] const std::vector<Field>& task_fields();

/// A DAG, its `tasks`, `task_groups` and `default_args` described elsewhere.
[[nodiscard]] const Shape& dag_shape();

/// default_args of a DAG and of a task group: what every task may say, and every operator's args.
[[nodiscard]] const Shape& dag_default_args_shape();
[[nodiscard]] const Shape& group_default_args_shape();

[[nodiscard]] const Shape& task_group_shape();

}  // namespace reel::dagfile
