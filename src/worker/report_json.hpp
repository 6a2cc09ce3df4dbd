#pragma once

#include "reel/core/json_text.hpp"
#include "reel/core/result.hpp"
#include "reel/scheduler/task_executor.hpp"

namespace reel::worker {

/// What a worker tells of an attempt, as it travels through the database. Whose attempt it is
/// stands in the row and is not repeated.
[[nodiscard]] core::JsonText to_json(const scheduler::AttemptStarted& started);
[[nodiscard]] core::JsonText to_json(const scheduler::AttemptEnded& ended);

/// Errc::corrupt_data for what no worker writes.
[[nodiscard]] core::Result<scheduler::AttemptStarted> read_started(
    core::AttemptId attempt, const core::TaskKey& key, const core::JsonText& text
);
[[nodiscard]] core::Result<scheduler::AttemptEnded> read_ended(
    core::AttemptId attempt, const core::TaskKey& key, const core::JsonText& text
);

}  // namespace reel::worker
