#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shape.hpp"

namespace reel::dagfile {

/// An operator that Reel carries out.
struct Operator {
    std::string name;                ///< short name, as Task::operator_name has it
    std::vector<std::string> paths;  ///< Airflow's dotted names for the same thing
    std::string meaning;
    std::vector<Field> args;
    /// Sets of args of which exactly one must be given.
    std::vector<std::vector<std::string>> one_of = {};
    /// Sets of args of which no two go together.
    std::vector<std::vector<std::string>> at_most_one_of = {};
    /// Args of which at least one must be given.
    std::vector<std::string> some_of = {};
    ShapePtr task = nullptr;  ///< what a task may say: args and what every task has
};

[[nodiscard]] const std::vector<Operator>& all_operators();

/// By short name or dotted path; null when it is none of them.
[[nodiscard]] const Operator* find_operator(std::string_view name);

/// Known from Airflow or from Reel's plans, not carried out yet.
[[nodiscard]] bool is_planned_operator(std::string_view name);

/// What to do in the place of an operator that is not here; "" where nothing is known.
[[nodiscard]] std::string hint_for_operator(std::string_view name);

/// Short names, then dotted paths.
[[nodiscard]] std::vector<std::string> operator_names();

/// The args of the loader's operators: stage, upsert, quality.
[[nodiscard]] Operator stage_operator();
[[nodiscard]] Operator upsert_operator();
[[nodiscard]] Operator quality_operator();

/// The fields of a sensor: its own, then those of Airflow's BaseSensorOperator.
[[nodiscard]] std::vector<Field> sensor_fields(std::vector<Field> own);

/// Branches that are decided without a process.
[[nodiscard]] Operator branch_operator();
[[nodiscard]] Operator branch_day_of_week_operator();
[[nodiscard]] Operator branch_date_time_operator();

/// What waits without a process, and the branch that asks a database.
[[nodiscard]] Operator time_sensor();
[[nodiscard]] Operator delta_sensor();
[[nodiscard]] Operator file_sensor();
[[nodiscard]] Operator http_sensor();
[[nodiscard]] Operator sql_sensor();
[[nodiscard]] Operator external_task_sensor();
[[nodiscard]] Operator asset_sensor();
[[nodiscard]] Operator trigger_dag_operator();
[[nodiscard]] Operator branch_sql_operator();

}  // namespace reel::dagfile
