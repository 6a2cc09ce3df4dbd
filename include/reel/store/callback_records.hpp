#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reel/core/callback.hpp"
#include "reel/core/ids.hpp"
#include "reel/core/time.hpp"

namespace reel::store {

enum class CallbackState {
    pending,  ///< to be called at `next_try_at`
    success,
    failed,   ///< and will not be tried again
    skipped,  ///< nobody is called: a deadline was over when its run was cleared
};

[[nodiscard]] std::string_view to_string(CallbackState state);
[[nodiscard]] std::optional<CallbackState> parse_callback_state(std::string_view text);

/// One call that is due since something has happened. It names the callback by its place in the
/// DAG: what its templates give may be secret and is nowhere kept.
struct CallbackRecord {
    std::int64_t id = 0;  ///< the scheduler's, counted up from 1
    core::TaskKey key;    ///< the task id is empty for what the run itself calls
    int try_number = 0;   ///< of the task
    core::CallbackEvent event = core::CallbackEvent::success;
    int deadline = 0;  ///< of `deadline`: which one, into Dag::deadlines
    int position = 0;  ///< into the list of callbacks
    core::CallbackKind kind = core::CallbackKind::command;
    std::string dag_version;  ///< that declares it
    std::string reason;       ///< why it came to this, for people and templates; may be empty
    core::Timestamp created_at;
    CallbackState state = CallbackState::pending;
    int tries = 0;                               ///< that have ended
    std::optional<core::Timestamp> next_try_at;  ///< set while pending
    std::optional<core::Timestamp> ended_at;
    std::string error;  ///< of the last try; without secrets
    bool operator==(const CallbackRecord&) const = default;

    [[nodiscard]] bool is_of_task() const { return !key.task_id.str().empty(); }
};

}  // namespace reel::store
