#include "contract/store/step_words.hpp"

#include <fmt/format.h>

#include <ostream>

namespace reel::store {

namespace {

std::string words_of(const core::TaskKey& key) {
    return fmt::format(
        "{}/{}/{}[{}]", key.dag_id.str(), key.run_id.str(), key.task_id.str(), key.map_index
    );
}

}  // namespace

std::string in_words(const RunRecord& run) {
    return fmt::format(
        "{}/{} {} {} {} for {} note '{}'",
        run.dag_id.str(),
        run.run_id.str(),
        run.dag_version,
        core::to_string(run.type),
        core::to_string(run.state),
        run.logical_date ? core::format_iso(*run.logical_date) : "no date",
        run.note
    );
}

std::string in_words(const TaskInstanceRecord& task) {
    return fmt::format(
        "{} {} attempt {} tries {}/{} message '{}' named '{}'",
        words_of(task.key),
        core::to_string(task.state),
        task.attempt,
        task.try_number,
        task.max_tries,
        task.message,
        task.rendered_map_index
    );
}

std::string in_words(const Commit& commit) {
    std::string text = "commit";
    for (const NewAssetEvent& added : commit.asset_events) {
        text += fmt::format("\n  event {} of {}", added.event.id, added.event.uri);
        for (const core::DagId& dag_id : added.queued_for) text += " for " + dag_id.str();
    }
    for (const NewRun& added : commit.new_runs) {
        text += "\n  new " + in_words(added.run);
        for (const std::int64_t event : added.consumed_events) {
            text += fmt::format(" consumes {}", event);
        }
        for (const TaskInstanceRecord& task : added.tasks) text += "\n    " + in_words(task);
    }
    for (const RunChange& change : commit.runs) {
        text += fmt::format("\n  {} -> {}", core::to_string(change.from), in_words(change.after));
    }
    for (const TaskChange& change : commit.tasks) {
        text += fmt::format("\n  {} -> {}", core::to_string(change.from), in_words(change.after));
    }
    for (const AttemptRecord& each : commit.attempts) {
        text += fmt::format("\n  {} of {} has ended", each.attempt, words_of(each.key));
    }
    for (const XComRecord& xcom : commit.xcoms) {
        text += fmt::format("\n  {} says {}={}", words_of(xcom.key), xcom.name, xcom.value.text);
    }
    for (const DroppedEvent& dropped : commit.dropped_events) {
        text += fmt::format("\n  drop {} {}", dropped.dag_id.str(), dropped.event_id);
    }
    for (const LingeringAttempt& each : commit.lingering) {
        text += fmt::format("\n  {} of {} lingers", each.attempt, words_of(each.key));
    }
    for (const core::AttemptId attempt : commit.gone) text += fmt::format("\n  {} gone", attempt);
    return text;
}

std::string in_words(const std::vector<core::Dag>& dags) {
    std::string text = "save DAGs";
    for (const core::Dag& dag : dags) {
        text += fmt::format(" {} {}", dag.dag_id.str(), dag.version);
        if (dag.is_paused_upon_creation) text += *dag.is_paused_upon_creation ? " paused" : " on";
    }
    return text;
}

void PrintTo(const Answer& answer, std::ostream* out) {
    *out << (answer.code ? "refused: " : "taken ") << answer.words << " total " << answer.total;
    for (const RunRecord& run : answer.runs) *out << "\n  " << in_words(run);
    for (const TaskInstanceRecord& task : answer.tasks) *out << "\n  " << in_words(task);
    for (const AttemptRecord& attempt : answer.attempts) {
        *out << "\n  attempt " << attempt.attempt << " of " << words_of(attempt.key) << " "
             << core::to_string(attempt.state);
    }
    for (const XComRecord& xcom : answer.xcoms) {
        *out << "\n  " << words_of(xcom.key) << " " << xcom.name << "=" << xcom.value.text;
    }
}

}  // namespace reel::store
