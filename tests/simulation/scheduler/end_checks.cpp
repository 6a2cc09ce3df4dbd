// What must hold of assets, callbacks and backfills when everything has come to its end.

#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "simulation/scheduler/history_checks.hpp"

namespace reel::scheduler {

using core::CallbackEvent;
using core::RunState;
using core::TaskState;

namespace {

/// What an end calls for; nullopt: nobody is called about it.
std::optional<CallbackEvent> event_of(TaskState state) {
    if (state == TaskState::success) return CallbackEvent::success;
    if (state == TaskState::failed) return CallbackEvent::failure;
    return std::nullopt;
}

std::optional<CallbackEvent> event_of(RunState state) {
    if (state == RunState::success) return CallbackEvent::success;
    if (state == RunState::failed) return CallbackEvent::failure;
    return std::nullopt;
}

/// A try, or a run where the task is empty, and what it calls for.
using Call = std::tuple<core::TaskKey, int, CallbackEvent, int>;

}  // namespace

std::vector<store::RunRecord> HistoryChecks::runs_of(const core::DagId& dag_id) const {
    store::RunFilter filter;
    filter.dag_id = dag_id;
    filter.page = store::whole_list;
    return store_.list_runs(filter).items;
}

std::size_t HistoryChecks::check_events() const {
    const auto events = store_.list_asset_events({.page = store::whole_list}).items;
    for (const auto& dag : folder_.dags()) {
        if (!dag.asset_condition) continue;
        std::set<std::int64_t> waiting;
        std::set<std::string> news;
        for (const auto& queued : store_.list_queued_asset_events(dag.dag_id, {})) {
            waiting.insert(queued.event_id);
            news.insert(queued.uri);
        }
        EXPECT_FALSE(core::is_met(*dag.asset_condition, [&](const auto& uri) {
            return news.contains(uri);
        })) << "what waits is not enough for a run";
        std::set<std::string> named;
        for (const auto& asset : core::assets_of(*dag.asset_condition)) named.insert(asset.uri);
        for (const auto& view : events) {
            std::size_t heard = waiting.contains(view.event.id) ? 1 : 0;
            for (const auto& run : view.created_runs) {
                if (run.dag_id == dag.dag_id) ++heard;
            }
            const auto unheard = perhaps_unheard_.find(view.event.id);
            const bool may_miss_it =
                unheard != perhaps_unheard_.end() && unheard->second.contains(dag.dag_id);
            const std::size_t wanted = named.contains(view.event.uri) ? 1 : 0;
            EXPECT_TRUE(heard == wanted || (heard < wanted && may_miss_it))
                << "event " << view.event.id << " of " << view.event.uri << " for "
                << dag.dag_id.str() << ": " << heard << " times";
        }
    }
    return events.size();
}

std::size_t HistoryChecks::check_callbacks(const std::set<core::RunId>& by_hand) const {
    std::map<Call, int> calls;
    const auto stored = store_.list_callbacks({.page = store::whole_list}).items;
    for (const auto& each : stored) {
        const int times = ++calls[{each.key, each.try_number, each.event, each.position}];
        EXPECT_TRUE(times == 1 || by_hand.contains(each.key.run_id))
            << "called twice about " << core::to_string(each.event) << " of "
            << each.key.task_id.str();
    }
    for (const core::Dag& current : folder_.dags()) {
        for (const auto& run : runs_of(current.dag_id)) {
            if (by_hand.contains(run.run_id)) continue;
            const core::Dag& dag = folder_.version_of(run);
            const core::TaskKey whole{.dag_id = run.dag_id, .run_id = run.run_id};
            const auto of_run = event_of(run.state);
            if (of_run && dag.callbacks.contains(*of_run)) {
                EXPECT_EQ((calls[{whole, 0, *of_run, 0}]), 1) << run.run_id.str();
            }
            for (const auto& task : tasks_of(run)) {
                const auto event = event_of(task.state);
                // Nobody is called about a task that ended without a try, or with its run.
                if (!event || task.try_number == 0 || !task.message.empty()) continue;
                if (!dag.find_task(task.key.task_id)->callbacks.contains(*event)) continue;
                EXPECT_EQ((calls[{task.key, task.try_number, *event, 0}]), 1)
                    << run.run_id.str() << " " << task.key.task_id.str();
            }
        }
    }
    return stored.size();
}

std::size_t HistoryChecks::check_backfills(const std::set<store::BackfillId>& cancelled) const {
    EXPECT_TRUE(store_.load_open_backfills().empty());
    std::size_t fires = 0;
    for (const auto& backfill : store_.list_backfills({}, store::whole_list).items) {
        for (const auto& fire : store_.list_backfill_runs(backfill.id)) {
            ++fires;
            EXPECT_TRUE(!fire.is_pending() || cancelled.contains(backfill.id))
                << "fire " << fire.sort_ordinal << " of backfill " << backfill.id << " is lost";
            if (!fire.run_id) continue;
            const auto run = store_.get_run(fire.dag_id, *fire.run_id);
            EXPECT_TRUE(run) << fire.run_id->str() << " is lost";
            if (!run) continue;
            EXPECT_TRUE(core::is_finished(run->state)) << fire.run_id->str();
            EXPECT_EQ(run->logical_date, fire.logical_date);
        }
    }
    return fires;
}

}  // namespace reel::scheduler
