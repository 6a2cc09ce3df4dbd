#pragma once

#include "reel/store/run_store.hpp"

/// The expected failures of a store, in the same words whichever store it is.
namespace reel::store {

using Miss = std::unexpected<core::Error>;

[[nodiscard]] std::string describe(const core::TaskKey& key);

[[nodiscard]] Miss no_such_dag(const core::DagId& dag_id);
[[nodiscard]] Miss no_such_version(const core::DagId& dag_id, const std::string& version);
[[nodiscard]] Miss no_such_run(const core::DagId& dag_id, const core::RunId& run_id);
[[nodiscard]] Miss no_such_task(const core::TaskKey& key);
[[nodiscard]] Miss no_such_xcom(const core::TaskKey& key, const std::string& name);
[[nodiscard]] Miss no_such_pool(const std::string& name);
[[nodiscard]] Miss default_pool_stays();
[[nodiscard]] Miss no_such_asset(const std::string& uri);
[[nodiscard]] Miss event_id_taken(std::int64_t event_id);
[[nodiscard]] Miss event_not_queued(const core::DagId& dag_id, std::int64_t event_id);
[[nodiscard]] Miss no_such_variable(const std::string& key);
[[nodiscard]] Miss no_such_connection(const std::string& connection_id);
[[nodiscard]] Miss connection_exists(const std::string& connection_id);
[[nodiscard]] Miss dag_is_active(const core::DagId& dag_id);
[[nodiscard]] Miss no_such_backfill(BackfillId id);
[[nodiscard]] Miss backfill_is_open(const core::DagId& dag_id);
[[nodiscard]] Miss run_exists(const RunRecord& run);
[[nodiscard]] Miss task_exists(const core::TaskKey& key);
[[nodiscard]] Miss run_moved_on(const RunChange& change, core::RunState now);
[[nodiscard]] Miss run_keeps_date(const RunChange& change, const RunRecord& now);
[[nodiscard]] Miss task_moved_on(const TaskChange& change, const TaskInstanceRecord& now);
[[nodiscard]] Miss attempt_of_another_task(core::AttemptId attempt, const core::TaskKey& key);
[[nodiscard]] Miss task_of_another_run(const core::TaskKey& key, const RunRecord& run);
[[nodiscard]] Miss task_made_twice(const core::TaskKey& key);
[[nodiscard]] Miss impossible_numbers(const TaskInstanceRecord& task);

}  // namespace reel::store
