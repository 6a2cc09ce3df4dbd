#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"
#include "reel/scheduler/run_control.hpp"
#include "reel/store/backfill.hpp"

namespace reel::scheduler {

/// More fires than this are refused: their plan alone would be a burden.
inline constexpr std::size_t most_backfill_runs = 100'000;

/// The fires of a backfill in the order in which their runs begin, none decided yet.
/// Errc::invalid_argument for what RunControl::create_backfill names.
[[nodiscard]] core::Result<std::vector<store::BackfillRunRecord>> plan_backfill(
    const core::Dag& dag, const BackfillRequest& request, core::Timestamp now
);

/// Airflow's reason why a fire whose run stands so is not run again; nullopt: it is.
[[nodiscard]] std::optional<std::string> reason_against(
    core::RunState there, core::ReprocessBehavior behavior
);

}  // namespace reel::scheduler
