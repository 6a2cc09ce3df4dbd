#include <utility>

#include "priority.hpp"
#include "run_plan.hpp"

namespace reel::scheduler {

std::vector<store::TaskInstanceRecord> initial_tasks(
    const core::Dag& dag, const core::RunId& run_id
) {
    const auto weights = effective_weights(dag);
    std::vector<store::TaskInstanceRecord> tasks;
    tasks.reserve(dag.tasks.size());
    for (std::size_t i = 0; i < dag.tasks.size(); ++i) {
        const core::Task& task = dag.tasks[i];
        store::TaskInstanceRecord record;
        record.key = {dag.dag_id, run_id, task.task_id, -1};
        record.max_tries = task.retries;
        record.operator_name = task.operator_name;
        record.pool = task.pool;
        record.pool_slots = task.pool_slots;
        record.priority_weight = weights[i];
        record.queue = task.queue;
        tasks.push_back(std::move(record));
    }
    return tasks;
}

}  // namespace reel::scheduler
