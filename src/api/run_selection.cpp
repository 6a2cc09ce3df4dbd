#include "run_selection.hpp"

#include "lookups.hpp"
#include "records_json.hpp"

namespace reel::api {

Outcome<std::vector<core::RunId>> find_selected_runs(
    store::RunStore& store, const core::DagId& dag_id, const RunSelection& wish
) {
    std::optional<core::Timestamp> date;
    if (wish.run_id) {
        const auto run = find_run(store, dag_id, *wish.run_id);
        if (!run) return std::unexpected(run.error());
        if (!wish.past && !wish.future) return std::vector{*wish.run_id};
        date = run->logical_date.value_or(run->run_after);
    }
    store::RunFilter all{.dag_id = dag_id, .states = {}, .page = {}, .order_by = "run_after"};
    all.page = store::whole_list;
    std::vector<core::RunId> runs;
    for (const store::RunRecord& run : store.list_runs(all).items) {
        const core::Timestamp at = run.logical_date.value_or(run.run_after);
        const bool is_past = wish.past && date && at < *date;
        const bool is_future = wish.future && date && at > *date;
        const bool is_between =
            !date && (!wish.from || at >= *wish.from) && (!wish.to || at <= *wish.to);
        if (is_past || is_future || is_between || run.run_id == wish.run_id) {
            runs.push_back(run.run_id);
        }
    }
    return runs;
}

Response tasks_response(store::RunStore& store, const Tasks& tasks) {
    RunViews views(store);
    nlohmann::json items = nlohmann::json::array();
    for (const store::TaskInstanceRecord& task : tasks) {
        items.push_back(task_instance_json(task, views.view(task.key)));
    }
    return json_response(collection("task_instances", std::move(items), tasks.size()));
}

}  // namespace reel::api
