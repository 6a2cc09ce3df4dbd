#include "reel/core/states.hpp"

#include <cstdint>
#include <initializer_list>
#include <utility>

#include "reel/core/words.hpp"

namespace reel::core {

namespace {

constexpr Words<TaskState, 13> task_words{{
    {TaskState::none, "none"},
    {TaskState::scheduled, "scheduled"},
    {TaskState::queued, "queued"},
    {TaskState::running, "running"},
    {TaskState::success, "success"},
    {TaskState::failed, "failed"},
    {TaskState::up_for_retry, "up_for_retry"},
    {TaskState::up_for_reschedule, "up_for_reschedule"},
    {TaskState::deferred, "deferred"},
    {TaskState::upstream_failed, "upstream_failed"},
    {TaskState::skipped, "skipped"},
    {TaskState::restarting, "restarting"},
    {TaskState::removed, "removed"},
}};

constexpr Words<RunState, 4> run_words{{
    {RunState::queued, "queued"},
    {RunState::running, "running"},
    {RunState::success, "success"},
    {RunState::failed, "failed"},
}};

constexpr Words<RunType, 5> type_words{{
    {RunType::scheduled, "scheduled"},
    {RunType::manual, "manual"},
    {RunType::backfill, "backfill"},
    {RunType::asset_triggered, "asset_triggered"},
    {RunType::asset_materialization, "asset_materialization"},
}};

constexpr Words<TriggeredBy, 8> by_words{{
    {TriggeredBy::cli, "cli"},
    {TriggeredBy::operator_, "operator"},
    {TriggeredBy::rest_api, "rest_api"},
    {TriggeredBy::ui, "ui"},
    {TriggeredBy::test, "test"},
    {TriggeredBy::timetable, "timetable"},
    {TriggeredBy::asset, "asset"},
    {TriggeredBy::backfill, "backfill"},
}};

constexpr Words<ReprocessBehavior, 3> reprocess_words{{
    {ReprocessBehavior::none, "none"},
    {ReprocessBehavior::failed, "failed"},
    {ReprocessBehavior::completed, "completed"},
}};

class StateSet {
  public:
    constexpr StateSet(std::initializer_list<TaskState> states) {
        for (const TaskState state : states) bits_ |= bit(state);
    }
    [[nodiscard]] constexpr bool has(TaskState state) const { return (bits_ & bit(state)) != 0; }

  private:
    static constexpr std::uint32_t bit(TaskState state) { return 1U << std::to_underlying(state); }
    std::uint32_t bits_ = 0;
};

/// What may come next. `skipped` and `failed` are reachable from every unfinished state (a run's
/// timeout, fail_fast), `removed` too (the task left its DAG).
StateSet successors(TaskState from) {
    using enum TaskState;
    switch (from) {
        case none:
            return {scheduled, upstream_failed, skipped, failed, removed};
        case scheduled:
            // Success without a process: `empty`. None: a change of plans before a place was given.
            return {none, queued, deferred, success, upstream_failed, skipped, failed, removed};
        case queued:
            // An attempt may end before anybody saw it start; one that was never started goes back.
            return {
                scheduled,
                running,
                success,
                failed,
                up_for_retry,
                up_for_reschedule,
                deferred,
                skipped,
                restarting,
                removed
            };
        case running:
            return {
                success,
                failed,
                up_for_retry,
                up_for_reschedule,
                deferred,
                skipped,
                restarting,
                removed
            };
        case up_for_retry:
        case up_for_reschedule:
            return {scheduled, upstream_failed, skipped, failed, removed};
        case deferred:
            return {scheduled, success, up_for_retry, skipped, failed, removed};
        case restarting:
            return {none, scheduled, up_for_retry, skipped, failed, removed};
        case success:
        case failed:
        case upstream_failed:
        case skipped:
        case removed:
            return {};
    }
    return {};
}

}  // namespace

std::string_view to_string(TaskState state) {
    return find_word(task_words, state);
}
std::string_view to_string(RunState state) {
    return find_word(run_words, state);
}
std::string_view to_string(RunType type) {
    return find_word(type_words, type);
}
std::string_view to_string(TriggeredBy by) {
    return find_word(by_words, by);
}
std::string_view to_string(ReprocessBehavior behavior) {
    return find_word(reprocess_words, behavior);
}

std::optional<TaskState> parse_task_state(std::string_view text) {
    return find_value(task_words, text);
}
std::optional<RunState> parse_run_state(std::string_view text) {
    return find_value(run_words, text);
}
std::optional<RunType> parse_run_type(std::string_view text) {
    return find_value(type_words, text);
}
std::optional<TriggeredBy> parse_triggered_by(std::string_view text) {
    return find_value(by_words, text);
}
std::optional<ReprocessBehavior> parse_reprocess_behavior(std::string_view text) {
    return find_value(reprocess_words, text);
}

bool is_finished(TaskState state) {
    using enum TaskState;
    return StateSet{success, failed, upstream_failed, skipped, removed}.has(state);
}

bool is_finished(RunState state) {
    return state == RunState::success || state == RunState::failed;
}

bool is_occupying(TaskState state) {
    using enum TaskState;
    return StateSet{queued, running, restarting}.has(state);
}

bool has_live_attempt(TaskState state) {
    return is_occupying(state) || state == TaskState::deferred;
}

bool may_follow(TaskState from, TaskState to) {
    return successors(from).has(to);
}

bool may_follow(RunState from, RunState to) {
    switch (from) {
        case RunState::queued:
            return to == RunState::running || to == RunState::failed;
        case RunState::running:
            return to == RunState::success || to == RunState::failed;
        case RunState::success:
        case RunState::failed:
            return false;
    }
    return false;
}

}  // namespace reel::core
