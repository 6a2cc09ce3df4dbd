#pragma once

#include <optional>
#include <string_view>

#include "reel/core/states.hpp"

namespace reel::core {

/// All of Airflow's trigger rules, under Airflow's names.
enum class TriggerRule {
    all_success,
    all_failed,
    all_done,
    all_done_min_one_success,
    all_skipped,
    one_success,
    one_failed,
    one_done,
    none_failed,
    none_failed_min_one_success,
    none_skipped,
    always,
    all_done_setup_success,  ///< teardowns': all are done, and those of them that are setups
                             ///< succeeded
};

[[nodiscard]] std::string_view to_string(TriggerRule rule);
[[nodiscard]] std::optional<TriggerRule> parse_trigger_rule(std::string_view text);

/// How the upstreams of one task stand. Kept up to date by increments, so a verdict costs O(1).
/// A removed upstream counts as success (Airflow); `done` is the sum of the finished ones.
struct UpstreamCounts {
    int total = 0;
    int success = 0;
    int failed = 0;
    int upstream_failed = 0;
    int skipped = 0;
    /// Those among them that are setups.
    int setups = 0;
    int setups_success = 0;
    int setups_skipped = 0;
    int setups_done = 0;

    [[nodiscard]] int done() const { return success + failed + upstream_failed + skipped; }
    /// Counts one upstream that reached `state`; states that are not finished change nothing.
    void add(TaskState state, bool is_setup = false);
    /// The inverse of add, for an upstream that was cleared.
    void remove(TaskState state, bool is_setup = false);
    UpstreamCounts& operator+=(const UpstreamCounts& other);
};

/// What a trigger rule says about a task that has not started yet.
enum class Verdict {
    wait,  ///< cannot be said yet
    run,   ///< the rule is met
    skip,  ///< can never be met because of skipped (or, for the *_failed rules, successful)
           ///< upstreams
    upstream_failed,  ///< can never be met because an upstream failed
};

/// Airflow's TriggerRuleDep with flag_upstream_failed. A task without upstreams always runs.
[[nodiscard]] Verdict evaluate(TriggerRule rule, const UpstreamCounts& upstreams);

}  // namespace reel::core
