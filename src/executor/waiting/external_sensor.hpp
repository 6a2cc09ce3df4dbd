#pragma once

#include "wait.hpp"

namespace reel::executor {

/// What is waited for elsewhere: a run as a whole, or some tasks of it.
struct ExternalWish {
    std::vector<core::TaskId> tasks;  ///< empty: the run
    std::vector<std::string> allowed_states;
    std::vector<std::string> failed_states;
    std::vector<std::string> skipped_states;
};

/// Airflow's ExternalTaskSensor, from rendered arguments: the run of the other DAG whose logical
/// date is this run's, less execution_delta. With check_existence, and for a task group, the DAG
/// must be there when the wait begins. Blocking; throws postgres::DatabaseError.
[[nodiscard]] core::Result<AskStore> parse_external(
    const scheduler::AttemptOrder& order, const Json& args, store::RunStore& store
);

/// Met when everything that is waited for is in an allowed state, every instance of a mapped task;
/// the first one in a failed or skipped state ends the wait.
[[nodiscard]] Poke judge_states(const ExternalWish& wish, const store::StateAnswer& answer);

}  // namespace reel::executor
