#include <algorithm>

#include "memory_store.hpp"

namespace reel::store {

std::vector<StateAnswer> MemoryStore::find_states(const std::vector<StateQuestion>& questions) {
    const std::scoped_lock lock(mutex_);
    std::vector<StateAnswer> answers;
    for (const StateQuestion& question : questions) {
        StateAnswer& answer = answers.emplace_back();
        if (question.asset) {
            answer.event = latest_event(*question.asset);
            continue;
        }
        const auto found = std::ranges::find_if(runs_, [&](const auto& entry) {
            const RunRecord& run = entry.second.record;
            const bool is_meant = question.run_id ? run.run_id == *question.run_id
                                                  : run.logical_date == question.logical_date &&
                                                        run.logical_date.has_value();
            return run.dag_id == question.dag_id && is_meant;
        });
        if (found == runs_.end()) continue;
        answer.run = found->second.record.state;
        for (const StoredTask* task : tasks_of(found->first)) {
            const core::TaskId& id = task->record.key.task_id;
            if (std::ranges::find(question.tasks, id) == question.tasks.end()) continue;
            answer.tasks.emplace_back(id, task->record.state);
        }
    }
    return answers;
}

}  // namespace reel::store
