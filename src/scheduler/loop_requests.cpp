#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "loop.hpp"
#include "params.hpp"
#include "run_ids.hpp"

namespace reel::scheduler {

// What people ask of the loop. A database that is away is the asker's to know (an exception), not
// the loop's to wait for.

namespace asio = boost::asio;

asio::awaitable<core::Result<void>> Loop::set_paused(core::DagId dag_id, bool paused) {
    auto stored = co_await parts_.pool.run([this, dag_id, paused] {
        return parts_.store.set_paused(dag_id, paused);
    });
    if (!stored) co_return stored;
    planner_.set_paused(dag_id, paused, parts_.clock.now());
    co_await committed();
    co_return stored;
}

asio::awaitable<core::Result<void>> Loop::delete_dag(core::DagId dag_id) {
    if (planner_.has_active_runs(dag_id)) {
        co_return core::fail(
            core::Errc::conflict,
            "DAG '" + dag_id.str() + "' has active runs",
            "wait for them or mark them failed first"
        );
    }
    auto deleted =
        co_await parts_.pool.run([this, dag_id] { return parts_.store.delete_dag(dag_id); });
    if (deleted) planner_.remove_dag(dag_id);
    co_return deleted;
}

// --- runs

asio::awaitable<core::Result<void>> Loop::check_free(const store::RunRecord& run) {
    auto taken = co_await parts_.pool.run([this, dag_id = run.dag_id, run_id = run.run_id] {
        return parts_.store.get_run(dag_id, run_id).has_value();
    });
    if (!taken) co_return core::Result<void>{};
    co_return core::fail(
        core::Errc::already_exists,
        "DAG '" + run.dag_id.str() + "' already has a run '" + run.run_id.str() + "'"
    );
}

asio::awaitable<core::Result<store::RunRecord>> Loop::trigger(TriggerRequest request) {
    const ScheduledDag* found = planner_.find_dag(request.dag_id);
    if (found == nullptr) {
        co_return core::fail(
            core::Errc::not_found,
            "there is no DAG '" + request.dag_id.str() + "'",
            "`reel dags list` shows those that were loaded, `reel dags list-import-errors` those "
            "that could not be"
        );
    }
    auto run = requested_run(*found->dag, request, parts_.clock.now());
    if (!run) co_return std::unexpected(run.error());
    if (auto valid = check_conf(*found->dag, run->conf); !valid)
        co_return std::unexpected(valid.error());
    if (request.run_id || request.logical_date) {
        if (auto free = co_await check_free(*run); !free) co_return std::unexpected(free.error());
    }
    auto added = planner_.add_run(std::move(*run));
    if (added) co_await committed();
    co_return added;
}

asio::awaitable<core::Result<store::RunRecord>> Loop::set_run_state(
    core::DagId dag_id, core::RunId run_id, core::RunState state
) {
    auto ended = planner_.end_run(dag_id, run_id, state, parts_.clock.now());
    if (!ended) {
        if (ended.error().code == core::Errc::conflict) co_return ended;
        auto stored = co_await parts_.pool.run([this, dag_id, run_id] {
            return parts_.store.get_run(dag_id, run_id);
        });
        if (stored && stored->state != state) {
            co_return core::fail(
                core::Errc::conflict,
                "the run has already ended: " + std::string(core::to_string(stored->state))
            );
        }
        co_return stored;
    }
    co_await committed();
    co_return ended;
}

asio::awaitable<core::Result<store::RunRecord>> Loop::set_run_note(
    core::DagId dag_id, core::RunId run_id, std::string note
) {
    auto noted = planner_.set_note(dag_id, run_id, note);
    // Of a run that has just ended the end may still be on its way to the store.
    co_await committed();
    if (noted) co_return noted;
    co_return co_await parts_.pool.run([&]() -> core::Result<store::RunRecord> {
        auto run = parts_.store.get_run(dag_id, run_id);
        if (!run) return run;
        run->note = note;
        const auto stored = parts_.store.commit({.runs = {{.from = run->state, .after = *run}}});
        if (!stored) return std::unexpected(stored.error());
        return run;
    });
}

}  // namespace reel::scheduler
