// What tasks push for others: over how many elements a mapped task runs, and what is refused.

#include <algorithm>

#include "run_plan.hpp"
#include "xcom_facts.hpp"

namespace reel::scheduler {

using core::TaskState;
using core::Timestamp;

bool RunPlan::is_placeholder(InstanceIndex i) const {
    return task(i).key.map_index < 0 && blueprint_->mapping(instances_[i].task) != nullptr;
}

/// The product over all sources. An error says which of them gives no list.
core::Result<std::size_t> RunPlan::map_length(TaskIndex task) const {
    std::size_t length = blueprint_->literal_length(task);
    for (const core::MapSource& source : blueprint_->mapping(task)->sources) {
        if (!source.upstream) continue;
        const auto found = pushed_.find({*source.upstream, source.xcom_key});
        const std::string& name = blueprint_->task(*source.upstream).task_id.str();
        if (found == pushed_.end()) {
            return core::fail(
                core::Errc::not_found, "task '" + name + "' has pushed nothing to map over"
            );
        }
        if (!found->second.length) {
            return core::fail(
                core::Errc::invalid_argument,
                "task '" + name + "' has pushed neither a list nor an object to map over"
            );
        }
        length *= *found->second.length;
    }
    return length;
}

void RunPlan::expand(InstanceIndex i, Timestamp now) {
    const auto length = map_length(instances_[i].task);
    if (!length) {
        instances_[i].record.message = length.error().message;
        const bool missing = length.error().code == core::Errc::not_found;
        if (missing) return finish_task(i, TaskState::upstream_failed, now);
        finish_task(i, TaskState::failed, now);
        return call(core::CallbackEvent::failure, i, now);
    }
    if (*length == 0) {
        instances_[i].record.message = "nothing to map over";
        return finish_task(i, TaskState::skipped, now);
    }
    for (const TaskIndex member : blueprint_->mapped_together(instances_[i].task)) {
        expand_task(member, *length);
    }
}

void RunPlan::expand_task(TaskIndex task, std::size_t length) {
    const InstanceIndex placeholder = instances_.of_task(task).front();
    if (!is_placeholder(placeholder) || this->task(placeholder).state != TaskState::none) return;
    store::Expansion expansion{.placeholder = this->task(placeholder).key, .instances = {}};
    const auto added = instances_.expand(placeholder, length);
    // Its row goes, whatever it says; that of the first instance comes as the others do.
    if (instances_[placeholder].was) instances_[placeholder].was = TaskState::none;
    unfinished_ += added.size();
    for (const InstanceIndex i : instances_.of_task(task)) {
        expansion.instances.push_back(this->task(i));
        to_consider_.push_back(i);
    }
    expansions_.push_back(std::move(expansion));
}

/// What a task pushes may be more than the schedule can take: then the task has failed.
std::optional<AttemptEnded> RunPlan::refused(InstanceIndex i, const AttemptEnded& event) const {
    if (event.outcome != TaskOutcome::succeeded) return std::nullopt;
    const auto named = named_assets(declared(i), event.xcoms);
    if (named) return refused_for_length(i, event);
    AttemptEnded failure = event;
    failure.outcome = TaskOutcome::failed;
    failure.message = named.error().message;
    return failure;
}

/// As in Airflow, whoever pushes a list that nobody may be mapped over has failed, and its list is
/// not kept. Of a mapped task each instance gives one element, however long.
std::optional<AttemptEnded> RunPlan::refused_for_length(InstanceIndex i, const AttemptEnded& event)
    const {
    const TaskIndex source = instances_[i].task;
    if (!blueprint_->is_map_source(source) || event.key.map_index >= 0) return std::nullopt;
    const std::size_t most = blueprint_->max_map_length();
    const auto is_too_long = [&](const store::XComRecord& xcom) {
        return blueprint_->is_map_source(source, xcom.name) && length_of(xcom.value) > most;
    };
    const auto found = std::ranges::find_if(event.xcoms, is_too_long);
    if (found == event.xcoms.end()) return std::nullopt;
    AttemptEnded refused = event;
    refused.outcome = TaskOutcome::failed;
    refused.message = "pushed " + std::to_string(*length_of(found->value)) +
                      " elements to map over, at most " + std::to_string(most) +
                      " are allowed (core.max_map_length)";
    std::erase_if(refused.xcoms, is_too_long);
    return refused;
}

void RunPlan::learn(InstanceIndex i, const std::vector<store::XComRecord>& xcoms) {
    for (const auto& xcom : xcoms) learn(instances_[i].task, xcom);
}

void RunPlan::learn(TaskIndex task, const store::XComRecord& xcom) {
    if (xcom.name == store::skip_xcom) {
        const auto branch = instances_.find(task, xcom.key.map_index);
        if (!branch || !core::is_finished(this->task(*branch).state)) return;
        for (const auto& id : skipped_from_json(xcom.value)) {
            if (const auto index = dag().index_of(id)) note_skip(*branch, *index);
        }
        return;
    }
    if (!blueprint_->is_map_source(task)) return;
    Pushed& pushed = pushed_[{task, xcom.name}];
    if (xcom.key.map_index < 0) {
        pushed.length = length_of(xcom.value);
    } else {
        pushed.instances.insert(xcom.key.map_index);
        pushed.length = pushed.instances.size();
    }
}

}  // namespace reel::scheduler
