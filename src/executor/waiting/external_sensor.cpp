#include "external_sensor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "executor/context.hpp"
#include "reel/core/did_you_mean.hpp"

namespace reel::executor {

namespace {

bool holds_word(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

std::vector<std::string> states_of(
    const Json& args, const std::string& name, std::vector<std::string> fallback = {}
) {
    std::vector<std::string> states = words_of(args, name);
    if (states.empty()) states = std::move(fallback);
    return states;
}

core::Result<std::vector<core::TaskId>> tasks_of_group(
    const core::Dag& dag, const std::string& group
) {
    std::vector<core::TaskId> tasks;
    for (const core::Task& task : dag.tasks) {
        if (dag.is_in_group(task, group)) {
            tasks.push_back(task.task_id);
        }
    }
    if (!tasks.empty()) {
        return tasks;
    }
    std::vector<std::string> names;
    names.reserve(dag.groups.size());
    for (const core::TaskGroup& each : dag.groups) {
        names.push_back(each.group_id);
    }
    return core::fail(
        core::Errc::not_found,
        fmt::format("DAG '{}' has no task group '{}'", dag.dag_id.str(), group),
        core::did_you_mean(group, names)
    );
}

core::Result<void> check_tasks(const core::Dag& dag, const std::vector<core::TaskId>& tasks) {
    for (const core::TaskId& task : tasks) {
        if (dag.find_task(task) != nullptr) {
            continue;
        }
        std::vector<std::string> names;
        names.reserve(dag.tasks.size());
        for (const core::Task& each : dag.tasks) {
            names.push_back(each.task_id.str());
        }
        return core::fail(
            core::Errc::not_found,
            fmt::format("DAG '{}' has no task '{}'", dag.dag_id.str(), task.str()),
            core::did_you_mean(task.str(), names)
        );
    }
    return {};
}

/// Completes the wish by what the other DAG has, where that is asked for.
core::Result<void> look_at_dag(
    const Json& args, const core::DagId& dag_id, store::RunStore& store, ExternalWish& wish
) {
    const std::string group = text_of(args, "external_task_group_id");
    if (group.empty() && !flag_of(args, "check_existence")) {
        return {};
    }
    const auto record = store.get_dag(dag_id);
    if (!record) {
        return core::fail(
            record.error().code,
            fmt::format("there is no DAG '{}' to wait for", dag_id.str()),
            "`reel dags list` shows those that there are"
        );
    }
    if (group.empty()) {
        return check_tasks(record->dag, wish.tasks);
    }
    auto tasks = tasks_of_group(record->dag, group);
    if (!tasks) {
        return std::unexpected(tasks.error());
    }
    wish.tasks = *std::move(tasks);
    return {};
}

Poke judge_run(const ExternalWish& wish, core::RunState state) {
    const std::string_view word = core::to_string(state);
    const std::string words = fmt::format("the run is {}", word);
    if (holds_word(wish.failed_states, word)) {
        return {.finding = Finding::ended_badly, .words = words};
    }
    if (holds_word(wish.skipped_states, word)) {
        return {.finding = Finding::skipped, .words = words};
    }
    return holds_word(wish.allowed_states, word) ? met(words) : not_yet(words);
}

}  // namespace

Poke judge_states(const ExternalWish& wish, const store::StateAnswer& answer) {
    if (!answer.run) {
        return not_yet("there is no such run yet");
    }
    if (wish.tasks.empty()) {
        return judge_run(wish, *answer.run);
    }
    Poke verdict = met("all that is waited for is there");
    std::vector<core::TaskId> missing = wish.tasks;
    for (const auto& [task, state] : answer.tasks) {
        std::erase(missing, task);
        const std::string_view word = core::to_string(state);
        const std::string words = fmt::format("task '{}' is {}", task.str(), word);
        if (holds_word(wish.failed_states, word)) {
            return {.finding = Finding::ended_badly, .words = words};
        }
        if (holds_word(wish.skipped_states, word)) {
            verdict = {.finding = Finding::skipped, .words = words};
        } else if (verdict.finding == Finding::met && !holds_word(wish.allowed_states, word)) {
            verdict = not_yet(words);
        }
    }
    if (verdict.finding == Finding::met && !missing.empty()) {
        return not_yet(fmt::format("the run has no task '{}'", missing.front().str()));
    }
    return verdict;
}

core::Result<AskStore> parse_external(
    const scheduler::AttemptOrder& order, const Json& args, store::RunStore& store
) {
    const auto delta = duration_of(args, "execution_delta");
    if (!delta) {
        return std::unexpected(delta.error());
    }
    ExternalWish wish{
        .tasks = {},
        .allowed_states = states_of(args, "allowed_states", {"success"}),
        .failed_states = states_of(args, "failed_states"),
        .skipped_states = states_of(args, "skipped_states"),
    };
    for (const char* name : {"external_task_id", "external_task_ids"}) {
        for (const std::string& task : words_of(args, name)) {
            wish.tasks.emplace_back(task);
        }
    }
    const core::DagId dag_id(text_of(args, "external_dag_id"));
    if (const auto looked = look_at_dag(args, dag_id, store, wish); !looked) {
        return std::unexpected(looked.error());
    }
    AskStore ask;
    ask.question.dag_id = dag_id;
    ask.question.logical_date = template_date(order.run) - delta->value_or(core::Duration::zero());
    ask.question.tasks = wish.tasks;
    ask.judge = [wish = std::move(wish)](const store::StateAnswer& answer) {
        return judge_states(wish, answer);
    };
    return ask;
}

}  // namespace reel::executor
