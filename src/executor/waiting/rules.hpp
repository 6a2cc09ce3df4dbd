#pragma once

#include <optional>

#include "executor/json.hpp"
#include "reel/core/result.hpp"
#include "reel/core/time.hpp"

namespace reel::executor {

/// How a task waits: what every sensor may say of it (Airflow's BaseSensorOperator).
struct WaitRules {
    core::Duration poke_interval = std::chrono::seconds(60);
    std::optional<core::Duration> timeout;  ///< empty: there is none (`trigger_dag`)
    bool over_all_tries = false;  ///< mode reschedule: the timeout counts from the first try
    bool soft_fail = false;       ///< a timeout and a failure for good skip the task
    bool never_fail = false;      ///< every failure does
    bool silent_fail = false;     ///< a look that fails is one that found nothing
    bool exponential_backoff = false;
    std::optional<core::Duration> max_wait;
};

/// Airflow's default of a sensor's timeout.
inline constexpr core::Duration sensor_timeout = std::chrono::days(7);

/// From rendered arguments; `timeout` is the one of a task that says nothing about it.
[[nodiscard]] core::Result<WaitRules> parse_wait_rules(
    const Json& args, std::optional<core::Duration> timeout
);

/// How long to wait after so many looks (from 1). With backoff it doubles every time, up to
/// max_wait. Never so short that looking is all that is done.
[[nodiscard]] core::Duration pause_after(const WaitRules& rules, int looks);

/// A span of time among the arguments: seconds or "5m"; empty where it is not there.
[[nodiscard]] core::Result<std::optional<core::Duration>> duration_of(
    const Json& args, const std::string& name
);

/// A true or false among the arguments, itself or as the text that a template gave.
[[nodiscard]] bool flag_of(const Json& args, const std::string& name, bool fallback = false);

/// A text or a list of texts and numbers; empty where it is not there.
[[nodiscard]] std::vector<std::string> words_of(const Json& args, const std::string& name);

}  // namespace reel::executor
