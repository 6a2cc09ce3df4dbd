#pragma once

#include <filesystem>
#include <vector>

#include "json.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/store/asset_records.hpp"

namespace reel::executor {

/// The moment that a run's templates speak of: its logical date; for a run without one (a manual
/// run) the moment it was due, so that `{{ ds }}` works in every run.
[[nodiscard]] core::Timestamp template_date(const store::RunRecord& run);

/// The part of a template context that is about the run alone.
[[nodiscard]] Json run_template_context(
    const core::Dag& dag,
    const store::RunRecord& run,
    const std::vector<store::AssetEventView>& events = {}
);

/// Airflow's template context of one attempt. Names that are not known are absent, and so undefined
/// in templates. `expand` is what a mapping gives to a mapped instance, `events` are those that
/// started the run.
[[nodiscard]] Json template_context(
    const scheduler::AttemptOrder& order,
    const Json& expand = {},
    const std::vector<store::AssetEventView>& events = {}
);

/// URI → its events, the earliest first.
[[nodiscard]] Json events_context(const std::vector<store::AssetEventView>& events);

/// Airflow's prev_…_success: of the last run that succeeded, null where there is none.
[[nodiscard]] Json last_success_context(const std::optional<store::RunRecord>& last);

/// The parameters of a run: the DAG's defaults, over them those of a task, over them the keys of
/// the run's conf.
[[nodiscard]] Json run_params(
    const core::Dag& dag, const store::RunRecord& run, const core::Task* task = nullptr
);

}  // namespace reel::executor
