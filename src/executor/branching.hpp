#pragma once

#include <optional>
#include <string_view>

#include "json.hpp"
#include "reel/core/result.hpp"
#include "reel/executor/process_executor.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "secrets.hpp"

namespace reel::executor {

/// Whether the task decides by its rendered arguments alone, without a process: `branch`, a branch
/// by time, and `short_circuit` with a condition.
[[nodiscard]] bool decides_by_arguments(const core::Task& task);

/// Whether it calls a Python function, whose return value may be a decision.
[[nodiscard]] bool calls_python(std::string_view operator_name);

/// What a branch has chosen by `value`, its argument or what its function returned: for `branch` a
/// task or task group, by its id or its name in the file, a list of them or nothing; for
/// `short_circuit` what counts as false in Python; for `branch.sql` the report of its query.
/// nullopt: everything goes on. Errc::invalid_argument names a task that the DAG does not have;
/// corrupt_data: the query gave neither a yes nor a no.
[[nodiscard]] core::Result<std::optional<scheduler::BranchDecision>> decide(
    const core::Dag& dag, const core::Task& task, const Json& value
);

/// The same for an attempt that needs no process, at `now`. Blocking; throws
/// postgres::DatabaseError.
[[nodiscard]] core::Result<std::optional<scheduler::BranchDecision>> decide_by_arguments(
    const scheduler::AttemptOrder& order,
    store::RunStore& store,
    const ExecutorOptions& options,
    SecretMask& mask,
    core::Timestamp now
);

}  // namespace reel::executor
