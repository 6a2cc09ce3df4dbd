// What the success of a task tells about assets.

#include "run_plan.hpp"

namespace reel::scheduler {

using core::TaskState;
using core::Timestamp;

/// As in Airflow only what the task itself has done is news; a mark by hand is not.
void RunPlan::succeed(InstanceIndex i, Timestamp now, const OutputAssets& named) {
    finish_task(i, TaskState::success, now);
    call(core::CallbackEvent::success, i, now);
    const auto tell = [&](const std::string& uri) -> store::NewAssetEvent& {
        return asset_events_.emplace_back(store::NewAssetEvent{
            .event = {.uri = uri, .timestamp = now, .source = task(i).key}, .queued_for = {}
        });
    };
    for (const core::Asset& asset : declared(i).outlets) tell(asset.uri);
    for (const OutputAsset& asset : named) {
        store::NewAssetEvent& added = tell(asset.uri);
        added.event.extra = asset.extra;
        added.aliases = asset.aliases;
    }
}

}  // namespace reel::scheduler
