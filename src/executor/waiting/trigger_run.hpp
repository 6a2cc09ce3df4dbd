#pragma once

#include "wait.hpp"

namespace reel::executor {

/// Airflow's TriggerDagRunOperator, from rendered arguments. Without trigger_run_id the run is
/// named after this attempt, so an attempt that is taken up again finds the run that it made.
[[nodiscard]] core::Result<TriggerRun> parse_trigger(
    const scheduler::AttemptOrder& order, const Json& args
);

/// Who a run that this attempt triggers says has done so. No other attempt says the same.
[[nodiscard]] std::string triggering_name(const scheduler::AttemptOrder& order);

/// What the state of the triggered run means to who waits for it.
[[nodiscard]] Poke judge_triggered(
    const std::vector<std::string>& allowed,
    const std::vector<std::string>& failed,
    const store::StateAnswer& answer
);

}  // namespace reel::executor
