#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/json_text.hpp"
#include "reel/core/time.hpp"

namespace reel::core {

/// What a callback is called for. The words are those of Airflow's arguments: "on_failure_callback"
/// is `failure`.
enum class CallbackEvent {
    execute,   ///< a task begins
    success,   ///< a task or a run has ended well
    failure,   ///< a task or a run has failed, and no try is left
    retry,     ///< a task has failed and will be tried again
    skipped,   ///< a task that ran asked to be skipped
    deadline,  ///< a run has not ended when it should have
};

/// What it does.
enum class CallbackKind { command, http, email, slack };

[[nodiscard]] std::string_view to_string(CallbackEvent event);
[[nodiscard]] std::string_view to_string(CallbackKind kind);
[[nodiscard]] std::optional<CallbackEvent> parse_callback_event(std::string_view text);
[[nodiscard]] std::optional<CallbackKind> parse_callback_kind(std::string_view text);

/// One thing to be done when something has happened, as the DAG file declares it.
struct Callback {
    CallbackKind kind = CallbackKind::command;
    JsonText args;  ///< an object; its texts are templates, not rendered yet
    bool operator==(const Callback&) const = default;
};

/// In the order of the file. An event that is not there calls nobody.
using Callbacks = std::map<CallbackEvent, std::vector<Callback>>;

/// Airflow's DeadlineAlert: calls somebody when a run has not ended so long after a moment.
struct Deadline {
    enum class Reference {
        dagrun_logical_date,  ///< of a run without one when it was due
        dagrun_queued_at,
        fixed_datetime,
    };
    Reference reference = Reference::dagrun_logical_date;
    Timestamp fixed_at;  ///< of fixed_datetime
    Duration interval{};
    std::vector<Callback> callbacks;
    bool operator==(const Deadline&) const = default;
};

[[nodiscard]] std::string_view to_string(Deadline::Reference reference);
[[nodiscard]] std::optional<Deadline::Reference> parse_deadline_reference(std::string_view text);

inline constexpr std::array all_callback_kinds{
    CallbackKind::command, CallbackKind::http, CallbackKind::email, CallbackKind::slack
};

}  // namespace reel::core
