// News of assets, and the runs that they start.

#include <utility>

#include "planner.hpp"
#include "run_ids.hpp"

namespace reel::scheduler {

using core::Timestamp;

void Planner::restore_assets(const store::AssetState& state) {
    next_event_ = state.last_event_id + 1;
    assets_.restore_aliases(state.aliased);
    for (const auto& event : state.queued) assets_.add(event);
    for (auto& [id, entry] : dags_) refresh(id, entry);
}

/// As in Airflow, a DAG that is paused hears of nothing; what it has heard before is kept.
std::int64_t Planner::record_event(store::NewAssetEvent added) {
    added.event.id = next_event_++;
    for (const auto& alias : added.aliases) assets_.give_alias(alias, added.event.uri);
    for (const auto& dag_id : assets_.waiting_for(added.event.uri)) {
        DagEntry& entry = dags_.at(dag_id);
        if (entry.scheduled.is_paused) continue;
        added.queued_for.push_back(dag_id);
        assets_.add(
            {.dag_id = dag_id,
             .event_id = added.event.id,
             .uri = added.event.uri,
             .timestamp = added.event.timestamp,
             .source = added.event.source}
        );
        refresh(dag_id, entry);
    }
    new_events_.push_back(std::move(added));
    return new_events_.back().event.id;
}

std::int64_t Planner::add_asset_event(
    const std::string& uri, const core::JsonText& extra, Timestamp now
) {
    return record_event(
        {.event = {.uri = uri, .timestamp = now, .extra = extra, .source = {}}, .queued_for = {}}
    );
}

template <class IsMeant>
std::vector<store::QueuedAssetEvent> Planner::remove_queued(IsMeant is_meant) {
    auto removed = assets_.remove_if(is_meant);
    for (const auto& event : removed) {
        const auto entry = dags_.find(event.dag_id);
        if (entry != dags_.end()) refresh(event.dag_id, entry->second);
    }
    return removed;
}

std::size_t Planner::drop_queued_events(const QueuedEventSelection& selection) {
    const auto dropped = remove_queued([&](const store::QueuedAssetEvent& event) {
        return (!selection.dag_id || *selection.dag_id == event.dag_id) &&
               (!selection.uri || *selection.uri == event.uri) &&
               (!selection.before || event.timestamp < *selection.before);
    });
    for (const auto& event : dropped) dropped_events_.push_back({event.dag_id, event.event_id});
    return dropped.size();
}

/// What the tasks of a run that turned out not to be have done did not happen either.
void Planner::take_back_events(const core::DagId& dag_id, const core::RunId& run_id) {
    (void)remove_queued([&](const store::QueuedAssetEvent& event) {
        return event.source && event.source->dag_id == dag_id && event.source->run_id == run_id;
    });
}

/// Comes before queued runs are started: what a run that is new in this round does is news for the
/// next one. So no run consumes what may turn out not to have happened (drop_run).
void Planner::create_asset_runs(Timestamp now) {
    while (granting_ && !due_assets_.empty()) {
        const core::DagId id = *due_assets_.begin();
        auto events = assets_.take(id);
        auto run = asset_triggered_run(id, events.back(), now);
        insert_run(dags_.at(id), std::move(run), std::move(events));
    }
}

}  // namespace reel::scheduler
