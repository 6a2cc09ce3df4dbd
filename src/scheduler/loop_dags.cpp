// What the DAG folder holds, stored and handed to the planner as far as it differs.

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "loop.hpp"
#include "loop_insist.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;

namespace {

std::vector<core::DagId> ids_of(const Dags& dags) {
    std::vector<core::DagId> ids;
    ids.reserve(dags.size());
    for (const auto& dag : dags) ids.push_back(dag->dag_id);
    return ids;
}

/// What the timetables of these DAGs have fired last.
std::map<core::DagId, std::optional<core::DataInterval>> last_intervals(
    store::RunStore& store, const Dags& dags
) {
    std::vector<core::DagId> timed;
    for (const auto& dag : dags) {
        if (!std::holds_alternative<core::NoSchedule>(dag->schedule)) timed.push_back(dag->dag_id);
    }
    std::map<core::DagId, std::optional<core::DataInterval>> intervals;
    if (timed.empty()) return intervals;
    for (const auto& run : store.latest_scheduled_runs(timed)) {
        intervals.emplace(run.dag_id, run.data_interval);
    }
    return intervals;
}

/// With what the store knows of each of them.
std::vector<ScheduledDag> with_records(
    store::RunStore& store, const Dags& dags, const std::vector<store::DagSummary>& summaries
) {
    std::map<core::DagId, const store::DagSummary*> records;
    for (const auto& summary : summaries) records.emplace(summary.dag_id, &summary);
    auto intervals = last_intervals(store, dags);
    std::vector<ScheduledDag> result;
    for (const auto& dag : dags) {
        const store::DagSummary& record = *records.at(dag->dag_id);
        result.push_back({
            .dag = dag,
            .is_paused = record.is_paused,
            .version_number = record.version_number,
            .last_scheduled = intervals[dag->dag_id],
            .consecutive_failed_runs = record.consecutive_failed_runs,
        });
    }
    return result;
}

}  // namespace

Loop::DagChanges Loop::compare(const Dags& dags) {
    DagChanges changes;
    std::map<core::DagId, std::shared_ptr<const core::Dag>> present;
    for (const auto& dag : dags) {
        const auto known = dags_.find(dag->dag_id);
        const bool is_same =
            known != dags_.end() && (known->second == dag || *known->second == *dag);
        if (!is_same) changes.changed.push_back(dag);
        present.emplace(dag->dag_id, dag);
    }
    for (const auto& [dag_id, dag] : dags_) {
        if (!present.contains(dag_id)) changes.gone.push_back(dag_id);
    }
    dags_ = std::move(present);
    return changes;
}

asio::awaitable<void> Loop::set_dags(Dags dags) {
    const auto now = parts_.clock.now();
    // Only the store knows what the last scheduler had.
    const bool is_first = !has_dags_;
    auto changes = compare(dags);
    if (!is_first && changes.changed.empty() && changes.gone.empty()) co_return;
    auto scheduled = co_await insist([this, now, is_first, &dags, &changes] {
        std::vector<core::Dag> changed;
        changed.reserve(changes.changed.size());
        for (const auto& dag : changes.changed) changed.push_back(*dag);
        const auto summaries = parts_.store.save_dags(changed, config_.paused_at_creation, now);
        if (is_first || !changes.gone.empty()) parts_.store.mark_stale_except(ids_of(dags));
        return with_records(parts_.store, changes.changed, summaries);
    });
    planner_.set_dags(std::move(scheduled), changes.gone, parts_.clock.now());
    has_dags_ = true;
    nudge_.notify();
}

}  // namespace reel::scheduler
