#include <fmt/format.h>

#include <algorithm>

#include "contract/store/random_steps.hpp"
#include "contract/store/step_words.hpp"

namespace reel::store {

namespace {

constexpr Page all{1000, 0};

std::string dags_in_words(RunStore& store) {
    std::string text;
    for (const DagRecord& dag : store.list_dags({.include_stale = true, .page = all}).items) {
        text += fmt::format(
            "{} {} number {}{}{} at {}\n",
            dag.dag.dag_id.str(),
            dag.dag.version,
            dag.version_number,
            dag.is_paused ? " paused" : "",
            dag.is_stale ? " stale" : "",
            core::format_iso(dag.last_parsed_at)
        );
        if (const auto latest = latest_scheduled_run(store, dag.dag.dag_id)) {
            text += "  latest " + in_words(*latest) + "\n";
        }
    }
    return text;
}

std::string settings_in_words(RunStore& store) {
    std::string text;
    for (const VariableRecord& variable : store.list_variables(all).items) {
        text += fmt::format("{}={}\n", variable.key, variable.value);
    }
    for (const ConnectionRecord& connection : store.list_connections(all).items) {
        text += fmt::format(
            "{} {}:{}\n",
            connection.connection_id,
            connection.conn_type,
            connection.port.value_or(0)
        );
    }
    return text;
}

std::string active_in_words(RunStore& store) {
    std::string text;
    for (const ActiveRun& active : store.load_active()) {
        text += fmt::format("{} active {}\n", active.dag.version, in_words(active.run));
        for (const TaskInstanceRecord& task : active.tasks) text += "  " + in_words(task) + "\n";
    }
    return text;
}

/// Every run and its tasks, asked for by id and by logical date.
std::string states_in_words(RunStore& store, const Answer& answer) {
    std::vector<StateQuestion> questions;
    for (const RunRecord& run : answer.runs) {
        StateQuestion question{.dag_id = run.dag_id, .run_id = run.run_id};
        for (const TaskInstanceRecord& task : answer.tasks) {
            question.tasks.push_back(task.key.task_id);
        }
        questions.push_back(question);
        question.run_id.reset();
        question.logical_date = run.logical_date;
        questions.push_back(std::move(question));
    }
    std::string text;
    for (const StateAnswer& states : store.find_states(questions)) {
        text += states.run ? core::to_string(*states.run) : "no run";
        for (const auto& [task, state] : states.tasks) {
            text += fmt::format(" {} {}", task.str(), core::to_string(state));
        }
        text += '\n';
    }
    return text;
}

std::string tasks_in_words(const std::vector<AssetTask>& tasks) {
    std::string text;
    for (const AssetTask& task : tasks) text += " " + task.dag_id.str() + "." + task.task_id.str();
    return text;
}

/// Without the ids of assets, which each store counts in its own way.
std::string assets_in_words(RunStore& store) {
    std::vector<std::string> lines;
    for (const AssetRecord& asset : store.list_assets()) {
        lines.push_back(fmt::format(
            "{} {}{} from{} to{} for {} aliases {} last {} updated {}\n",
            asset.asset.uri,
            asset.asset.name,
            asset.is_active ? "" : " inactive",
            tasks_in_words(asset.producing_tasks),
            tasks_in_words(asset.consuming_tasks),
            asset.scheduled_dags.size(),
            asset.aliases.size(),
            asset.last_event_id.value_or(0),
            core::format_iso(asset.updated_at)
        ));
    }
    std::ranges::sort(lines);
    for (const AssetEventView& view : store.list_asset_events({.page = all}).items) {
        lines.push_back(fmt::format("event {} of {} to", view.event.id, view.event.uri));
        for (const RunRecord& run : view.created_runs) lines.back() += " " + run.run_id.str();
        lines.back() += "\n";
    }
    for (const QueuedAssetEvent& queued : store.list_queued_asset_events({}, {})) {
        lines.push_back(fmt::format("queued {} {}\n", queued.dag_id.str(), queued.event_id));
    }
    return fmt::format("{}", fmt::join(lines, ""));
}

std::string lingering_in_words(RunStore& store) {
    std::string text;
    for (const LingeringAttempt& each : store.load_lingering()) {
        text += fmt::format("{} of {} lingers\n", each.attempt, each.key.task_id.str());
    }
    return text;
}

}  // namespace

Answer everything(RunStore& store) {
    Answer answer;
    answer.words = dags_in_words(store) + settings_in_words(store) + active_in_words(store) +
                   assets_in_words(store) + lingering_in_words(store);
    answer.runs = store.list_runs({.page = all}).items;
    answer.tasks = store.list_task_instances({.page = all}).items;
    answer.total = answer.tasks.size();
    for (const TaskInstanceRecord& task : answer.tasks) {
        for (AttemptRecord& attempt : store.list_attempts(task.key)) {
            answer.attempts.push_back(std::move(attempt));
        }
    }
    for (const RunRecord& run : answer.runs) {
        for (XComRecord& xcom : store.list_xcoms(run.dag_id, run.run_id)) {
            answer.xcoms.push_back(std::move(xcom));
        }
    }
    answer.words += states_in_words(store, answer);
    return answer;
}

}  // namespace reel::store
