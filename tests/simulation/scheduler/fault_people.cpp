// What people ask for while things break: runs, backfills, news of assets, ends, clears and marks.

#include <fmt/format.h>

#include "simulation/scheduler/fault_world.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;
using core::RunState;

void FaultWorld::people() {
    if (settings_.edits && dice_.one_in(3)) return edit();
    if (dice_.one_in(6)) return backfill();
    if (shape_.may_make_assets && dice_.one_in(6)) {
        return ask([](WorldTerm& term) -> asio::awaitable<void> {
            // In doubt whether it was heard nobody says it again: that would be other news.
            static_cast<void>(
                co_await term.scheduler->create_asset_event("u0", core::JsonText("{}"))
            );
        });
    }
    const bool is_new = triggers_ == 0 || (triggers_ < 4 && dice_.one_in(2));
    const std::string run_id = fmt::format("r{}", is_new ? triggers_++ : dice_.below(triggers_));
    const auto& dags = folder_.dags();
    const core::DagId dag_id = dags[std::hash<std::string>{}(run_id) % dags.size()].dag_id;
    // An asker in doubt asks again for the same run.
    if (is_new || dice_.one_in(3))
        return ask([=, this](WorldTerm& term) { return trigger(term, run_id, dag_id); });
    touched_.insert(core::RunId(run_id));
    if (dice_.one_in(2)) return end_by_hand(core::RunId(run_id), dag_id);
    by_hand_.insert(core::RunId(run_id));
    clear_or_mark(core::RunId(run_id), dag_id);
}

asio::awaitable<void> FaultWorld::trigger(WorldTerm& term, std::string run_id, core::DagId dag_id) {
    TriggerRequest request;
    request.dag_id = dag_id;
    request.run_id = core::RunId(run_id);
    const auto run = co_await term.scheduler->trigger(std::move(request));
    const bool is_there = run || run.error().code == core::Errc::already_exists;
    if (is_there) history_ += run_id + (run ? " promised\n" : " was there\n");
    if (is_there) promised_.emplace(std::move(run_id), std::move(dag_id));
}

void FaultWorld::end_by_hand(core::RunId run, core::DagId dag_id) {
    by_hand_.insert(run);
    const auto state = dice_.one_in(2) ? RunState::failed : RunState::success;
    ask([=](WorldTerm& term) -> asio::awaitable<void> {
        static_cast<void>(co_await term.scheduler->set_run_state(dag_id, run, state));
    });
}

void FaultWorld::clear_or_mark(core::RunId run, core::DagId dag_id) {
    const core::Dag& dag = dice_.pick(folder_.dags());
    TaskSelection selection{.downstream = dice_.one_in(2), .only_failed = dice_.one_in(3)};
    for (const auto& task : dag.tasks) {
        if (dag.dag_id == dag_id && dice_.one_in(3)) {
            selection.tasks.push_back({.task_id = task.task_id, .map_index = {}});
        }
    }
    if (dice_.one_in(2)) {
        return ask([=](WorldTerm& term) -> asio::awaitable<void> {
            static_cast<void>(co_await term.scheduler->clear(dag_id, {run}, selection, false));
        });
    }
    ask([=](WorldTerm& term) -> asio::awaitable<void> {
        const auto state = core::TaskState::success;
        static_cast<void>(co_await term.scheduler->mark(dag_id, run, selection, state, false));
    });
}

/// A new one over the last minutes, or something about one that there may be.
void FaultWorld::backfill() {
    const store::BackfillId id = 1 + dice_.below(3);
    switch (dice_.below(4)) {
        case 0:
            return ask([=](WorldTerm& term) -> asio::awaitable<void> {
                static_cast<void>(co_await term.scheduler->set_backfill_paused(id, true));
            });
        case 1:
            return ask([=](WorldTerm& term) -> asio::awaitable<void> {
                static_cast<void>(co_await term.scheduler->set_backfill_paused(id, false));
            });
        case 2:
            if (!dice_.one_in(3)) break;
            cancelled_.insert(id);
            return ask([=](WorldTerm& term) -> asio::awaitable<void> {
                static_cast<void>(co_await term.scheduler->cancel_backfill(id));
            });
        default:
            break;
    }
    BackfillRequest request;
    request.dag_id = dice_.pick(folder_.dags()).dag_id;
    request.from_date = clock_.now() - std::chrono::minutes(1 + dice_.below(5));
    request.to_date = clock_.now();
    request.max_active_runs = 1 + dice_.below(3);
    request.run_backwards = dice_.one_in(2);
    constexpr std::array behaviors{
        core::ReprocessBehavior::none,
        core::ReprocessBehavior::failed,
        core::ReprocessBehavior::completed
    };
    request.reprocess_behavior = dice_.pick(behaviors);
    ask([=](WorldTerm& term) -> asio::awaitable<void> {
        static_cast<void>(co_await term.scheduler->create_backfill(request));
    });
}

}  // namespace reel::scheduler
