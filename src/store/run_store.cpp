#include "reel/store/run_store.hpp"

namespace reel::store {

std::unique_ptr<CommitUnderWay> RunStore::begin(const Commit& /*commit*/) {
    return nullptr;
}

std::optional<RunRecord> latest_scheduled_run(RunStore& store, const core::DagId& dag_id) {
    const auto runs = store.latest_scheduled_runs({dag_id});
    return runs.empty() ? std::nullopt : std::optional(runs.front());
}

std::vector<std::pair<core::DagId, core::RunId>> active_runs(RunStore& store) {
    RunFilter active;
    active.states = {core::RunState::queued, core::RunState::running};
    active.page = whole_list;
    std::vector<std::pair<core::DagId, core::RunId>> names;
    for (const RunRecord& run : store.list_runs(active).items) {
        names.emplace_back(run.dag_id, run.run_id);
    }
    return names;
}

}  // namespace reel::store
