#include "setup_checks.hpp"

#include <fmt/format.h>

namespace reel::dagfile {
namespace {

using core::TriggerRule;

void check_kind(const TaskDraft& draft, Diagnostics& diagnostics) {
    const core::Task& task = draft.task;
    const auto add = [&](std::string_view what, const char* hint) {
        diagnostics.add(task.position, fmt::format("task '{}' {}", draft.name, what), hint);
    };
    if (task.is_setup && task.is_teardown) {
        add("cannot be both a setup and a teardown", "make two tasks of it");
    }
    if (task.is_teardown) {
        return;
    }
    if (task.on_failure_fail_dagrun) {
        add("has on_failure_fail_dagrun, which is for teardowns alone",
            "the failure of any other task fails the run as it is");
    }
    if (task.trigger_rule == TriggerRule::all_done_setup_success) {
        add("has the trigger rule all_done_setup_success, which is for teardowns alone",
            "say is_teardown: true, or take all_done");
    }
}

/// Airflow: a task that ran although its setup did not could not be cleared with it.
void check_behind(const TaskDraft& setup, const TaskDraft& behind, Diagnostics& diagnostics) {
    if (behind.task.is_teardown || behind.task.trigger_rule == TriggerRule::all_success) {
        return;
    }
    diagnostics.add(
        behind.task.position,
        fmt::format(
            "task '{}' stands right behind the setup '{}' and must have the trigger rule "
            "all_success, not {}",
            behind.name,
            setup.name,
            core::to_string(behind.task.trigger_rule)
        ),
        "put a task between them"
    );
}

}  // namespace

void check_setups(const DagDraft& draft, Diagnostics& diagnostics) {
    for (const TaskDraft& one : draft.tasks) {
        check_kind(one, diagnostics);
        if (!one.task.is_setup) {
            continue;
        }
        for (const std::uint32_t down : one.task.downstream) {
            check_behind(one, draft.tasks[down], diagnostics);
        }
    }
}

}  // namespace reel::dagfile
