#pragma once

#include "reel/core/result.hpp"
#include "reel/postgres/error.hpp"
#include "reel/runner/protocol.hpp"
#include "reel/scheduler/task_executor.hpp"

namespace reel::executor {

/// What the end of its process says about an attempt.
[[nodiscard]] scheduler::AttemptEnded interpret_exit(
    const scheduler::AttemptOrder& order, const runner::ProcessExit& exit
);

/// What an error before the process was started says: trying again helps only where the world may
/// mend.
[[nodiscard]] scheduler::TaskOutcome outcome_of_preparation(const core::Error& error);

/// Whether the metadata database will answer again: that says nothing about the task.
[[nodiscard]] bool is_away(const postgres::DatabaseError& error);

}  // namespace reel::executor
