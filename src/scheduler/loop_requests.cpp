#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <utility>

#include "loop.hpp"
#include "reel/scheduler/params.hpp"
#include "run_ids.hpp"

namespace reel::scheduler {

// What people ask of the loop. A database that is away is the asker's to know (an exception), not
// the loop's to wait for.

namespace asio = boost::asio;

/// What people ask is about the whole picture: the runs of the store, the DAGs of the folder.
asio::awaitable<void> Loop::ready() {
    if (!taken_up_ || !has_dags_) co_await committed();
}

asio::awaitable<core::Result<void>> Loop::set_paused(core::DagId dag_id, bool paused) {
    co_await ready();
    auto stored = co_await parts_.pool.run([this, dag_id, paused] {
        return parts_.store.set_paused(dag_id, paused);
    });
    if (!stored) co_return stored;
    planner_.set_paused(dag_id, paused, parts_.clock.now());
    co_await committed();
    co_return stored;
}

asio::awaitable<core::Result<void>> Loop::delete_dag(core::DagId dag_id) {
    co_await ready();
    if (planner_.has_active_runs(dag_id)) {
        co_return core::fail(
            core::Errc::conflict,
            "DAG '" + dag_id.str() + "' has active runs",
            "wait for them, or end them: reel dags mark DAG RUN failed"
        );
    }
    auto deleted =
        co_await parts_.pool.run([this, dag_id] { return parts_.store.delete_dag(dag_id); });
    if (deleted) planner_.remove_dag(dag_id);
    // While its file is there, the next change in the folder brings it back.
    if (deleted) dags_.erase(dag_id);
    co_return deleted;
}

// --- runs

asio::awaitable<core::Result<void>> Loop::check_free(store::RunRecord run) {
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
    co_await ready();
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
    if (auto valid = check_conf(*found->dag, run->conf); !valid) {
        co_return std::unexpected(valid.error());
    }
    const std::size_t tasks = found->dag->tasks.size();
    while (!has_room_for_run()) co_await committed();
    new_tasks_ += tasks;
    // Not before the wait: meanwhile somebody else's may come and go.
    if (request.run_id || request.logical_date) {
        if (auto free = co_await check_free(*run); !free) co_return std::unexpected(free.error());
    }
    auto added = planner_.add_run(std::move(*run));
    // One that is there already may be so here only.
    co_await committed();
    co_return added;
}

asio::awaitable<core::Result<store::RunRecord>> Loop::set_run_state(
    core::DagId dag_id, core::RunId run_id, core::RunState state
) {
    if (state == core::RunState::queued) co_return co_await queue_again(dag_id, run_id);
    if (state == core::RunState::running) {
        co_return core::fail(
            core::Errc::invalid_argument, "a run is marked queued, success or failed, not running"
        );
    }
    if (auto there = co_await have_at_hand(dag_id, run_id); !there) {
        co_return std::unexpected(there.error());
    }
    auto ended = planner_.end_run(dag_id, run_id, state, parts_.clock.now());
    co_await committed();
    co_return ended;
}

/// Airflow's rule: a run that is set to queued begins anew.
asio::awaitable<core::Result<store::RunRecord>> Loop::queue_again(
    core::DagId dag_id, core::RunId run_id
) {
    const auto cleared = co_await clear(dag_id, {run_id}, {}, false);
    if (!cleared) co_return std::unexpected(cleared.error());
    co_return co_await parts_.pool.run([this, dag_id, run_id] {
        return parts_.store.get_run(dag_id, run_id);
    });
}

// --- tasks

asio::awaitable<Loop::LoadedRuns> Loop::load_runs(
    core::DagId dag_id, std::vector<core::RunId> run_ids
) {
    std::deque<Loading> loading;
    for (const core::RunId& run_id : run_ids) {
        loading.emplace_back(loading_, store::RunName{dag_id, run_id});
    }
    co_return co_await parts_.pool.run([this, &dag_id, &run_ids] {
        LoadedRuns loaded;
        for (const core::RunId& run_id : run_ids) {
            loaded.push_back(parts_.store.load_run(dag_id, run_id));
        }
        return loaded;
    });
}

asio::awaitable<core::Result<void>> Loop::have_at_hand(core::DagId dag_id, core::RunId run_id) {
    co_await ready();
    if (planner_.has_run(dag_id, run_id)) co_return core::Result<void>{};
    if (removing_.contains({dag_id, run_id})) {
        co_return core::fail(
            core::Errc::not_found,
            "run '" + run_id.str() + "' of DAG '" + dag_id.str() + "' is too old and being removed"
        );
    }
    auto loaded = co_await load_runs(dag_id, {run_id});
    if (!loaded.front()) co_return std::unexpected(loaded.front().error());
    // Somebody else may have asked for it meanwhile.
    if (!planner_.has_run(dag_id, run_id)) {
        planner_.restore(*std::move(loaded.front()), parts_.clock.now());
    }
    co_return core::Result<void>{};
}

/// All in one go, until none is missing. A run that has ended may be forgotten during the look at
/// the store: it is read again with the others, lest one of them is always missing.
asio::awaitable<void> Loop::have_at_hand(core::DagId dag_id, std::vector<core::RunId> run_ids) {
    co_await ready();
    const auto is_being_removed = [&](const core::RunId& run_id) {
        return removing_.contains({dag_id, run_id});
    };
    const auto is_settled = [&](const core::RunId& run_id) {
        return planner_.has_run(dag_id, run_id) || is_being_removed(run_id);
    };
    while (!std::ranges::all_of(run_ids, is_settled)) {
        std::vector<core::RunId> wanted;
        for (const core::RunId& run_id : run_ids) {
            const bool stays = planner_.keeps_run(dag_id, run_id);
            if (!stays && !is_being_removed(run_id)) wanted.push_back(run_id);
        }
        auto loaded = co_await load_runs(dag_id, wanted);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (planner_.has_run(dag_id, wanted[i])) continue;
            if (loaded[i]) {
                planner_.restore(*std::move(loaded[i]), parts_.clock.now());
            } else {
                std::erase(run_ids, wanted[i]);
            }
        }
    }
}

asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> Loop::clear(
    core::DagId dag_id, std::vector<core::RunId> run_ids, TaskSelection selection, bool dry_run
) {
    if (run_ids.size() != 1) {
        co_await have_at_hand(dag_id, run_ids);
    } else if (auto there = co_await have_at_hand(dag_id, run_ids.front()); !there) {
        co_return std::unexpected(there.error());
    }
    auto cleared = planner_.clear(dag_id, run_ids, selection, dry_run, parts_.clock.now());
    co_await committed();
    co_return cleared;
}

asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> Loop::mark(
    core::DagId dag_id,
    core::RunId run_id,
    TaskSelection selection,
    core::TaskState state,
    bool dry_run
) {
    if (auto there = co_await have_at_hand(dag_id, run_id); !there) {
        co_return std::unexpected(there.error());
    }
    auto marked = planner_.mark(dag_id, run_id, selection, state, dry_run, parts_.clock.now());
    co_await committed();
    co_return marked;
}

asio::awaitable<core::Result<std::vector<UnmetCondition>>> Loop::why(
    core::DagId dag_id, core::RunId run_id, TaskName task
) {
    if (auto there = co_await have_at_hand(dag_id, run_id); !there) {
        co_return std::unexpected(there.error());
    }
    auto reasons = planner_.why(dag_id, run_id, task, parts_.clock.now());
    if (const auto attempt = planner_.waiting_attempt(dag_id, run_id, task); reasons && attempt) {
        if (auto waits = parts_.tasks.explain(*attempt)) {
            reasons->push_back({"Waiting", *std::move(waits)});
        }
    }
    nudge_.notify();  // a run that was only looked at may go again
    co_return reasons;
}

asio::awaitable<core::Result<store::RunRecord>> Loop::set_note(
    core::DagId dag_id, core::RunId run_id, std::optional<TaskName> task, std::string note
) {
    if (auto there = co_await have_at_hand(dag_id, run_id); !there) {
        co_return std::unexpected(there.error());
    }
    auto noted = planner_.set_note(dag_id, run_id, task, note);
    co_await committed();
    co_return noted;
}

// --- pools

asio::awaitable<core::Result<void>> Loop::set_pool(store::PoolRecord pool) {
    co_await parts_.pool.run([this, &pool] { parts_.store.set_pool(pool); });
    co_await read_pools();
    co_return core::Result<void>{};
}

asio::awaitable<core::Result<void>> Loop::delete_pool(std::string name) {
    auto deleted =
        co_await parts_.pool.run([this, &name] { return parts_.store.delete_pool(name); });
    if (deleted) co_await read_pools();
    co_return deleted;
}

asio::awaitable<void> Loop::read_pools() {
    set_pools(co_await parts_.pool.run([this] { return parts_.store.list_pools(); }));
    nudge_.notify();
}

void Loop::set_pools(const std::vector<store::PoolRecord>& records) {
    std::vector<PoolLimit> pools;
    pools.reserve(records.size());
    for (const auto& record : records) {
        pools.push_back(
            {.name = record.name, .slots = record.slots, .include_deferred = record.include_deferred
            }
        );
    }
    planner_.set_pools(std::move(pools));
}

}  // namespace reel::scheduler
