#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace reel::core {

/// Airflow's TaskInstanceState. The enumerator is the token in SQL, JSON, logs and on the page;
/// `none` is NULL there.
enum class TaskState {
    none,               ///< its upstreams are not done, or nothing was decided yet
    scheduled,          ///< its trigger rule is met; waits for a place to run
    queued,             ///< has a place and an attempt; handed to an executor
    running,            ///< its process was started
    success,            ///< ended well
    failed,             ///< ended badly and no try is left
    up_for_retry,       ///< ended badly, will be tried again at `next_retry_at`
    up_for_reschedule,  ///< a sensor that waits for its next poke
    deferred,           ///< waits inside the scheduler, without a process
    upstream_failed,  ///< not run: its trigger rule can no longer be met because an upstream failed
    skipped,          ///< not run on purpose
    restarting,       ///< cleared while it ran; its attempt is being ended
    removed,          ///< the task is no longer in the DAG
};

/// Airflow's DagRunState.
enum class RunState { queued, running, success, failed };

enum class RunType { scheduled, manual, backfill, asset_triggered, asset_materialization };

/// Who asked for a run (Airflow's triggered_by).
enum class TriggeredBy { cli, operator_, rest_api, ui, test, timetable, asset, backfill };

/// Airflow's reprocess_behavior: which ended runs a backfill runs again.
enum class ReprocessBehavior {
    none,
    failed,
    completed,  ///< failed and successful ones
};

[[nodiscard]] std::string_view to_string(TaskState state);
[[nodiscard]] std::string_view to_string(RunState state);
[[nodiscard]] std::string_view to_string(RunType type);
[[nodiscard]] std::string_view to_string(TriggeredBy by);
[[nodiscard]] std::string_view to_string(ReprocessBehavior behavior);

/// The inverse of to_string; nullopt for a word that is none of them.
[[nodiscard]] std::optional<TaskState> parse_task_state(std::string_view text);
[[nodiscard]] std::optional<RunState> parse_run_state(std::string_view text);
[[nodiscard]] std::optional<RunType> parse_run_type(std::string_view text);
[[nodiscard]] std::optional<TriggeredBy> parse_triggered_by(std::string_view text);
[[nodiscard]] std::optional<ReprocessBehavior> parse_reprocess_behavior(std::string_view text);

/// Ended, and will not move again by itself: success, failed, upstream_failed, skipped, removed.
[[nodiscard]] bool is_finished(TaskState state);
/// Success or failed.
[[nodiscard]] bool is_finished(RunState state);
/// An attempt exists and holds a place: queued, running, restarting.
[[nodiscard]] bool is_occupying(TaskState state);

/// An attempt exists: it occupies a place, or waits without one (deferred).
[[nodiscard]] bool has_live_attempt(TaskState state);

/// The one table of allowed transitions; every writer checks it. A person's clear or mark is not a
/// transition of it.
[[nodiscard]] bool may_follow(TaskState from, TaskState to);
[[nodiscard]] bool may_follow(RunState from, RunState to);

inline constexpr std::array all_task_states{
    TaskState::none,
    TaskState::scheduled,
    TaskState::queued,
    TaskState::running,
    TaskState::success,
    TaskState::failed,
    TaskState::up_for_retry,
    TaskState::up_for_reschedule,
    TaskState::deferred,
    TaskState::upstream_failed,
    TaskState::skipped,
    TaskState::restarting,
    TaskState::removed,
};

}  // namespace reel::core
