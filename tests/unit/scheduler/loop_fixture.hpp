#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "reel/scheduler/scheduler.hpp"
#include "support/dag_builder.hpp"
#include "support/fake_task_executor.hpp"
#include "support/manual_clock.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;

/// The loop over the in-memory store; each test plays the user in a coroutine and stops the loop at
/// its end.
class LoopTest : public ::testing::Test {
  protected:
    using Play = std::function<asio::awaitable<void>()>;

    void play(Play act) {
        std::exception_ptr failure;
        const auto end = [&](const std::exception_ptr& error) {
            if (!error) return;
            failure = error;
            io.stop();
        };
        asio::co_spawn(io, scheduler->run(), end);
        asio::co_spawn(
            io,
            [this, act]() -> asio::awaitable<void> {
                co_await act();
                scheduler->stop();
            },
            end
        );
        io.run();
        if (failure) std::rethrow_exception(failure);
    }

    asio::awaitable<void> load(const support::DagBuilder& builder) {
        Dags dags{builder.shared()};
        co_await scheduler->set_dags(std::move(dags));
    }

    asio::awaitable<core::Result<store::RunRecord>> trigger(std::string run_id = {}) {
        TriggerRequest request;
        request.dag_id = core::DagId("d");
        if (!run_id.empty()) request.run_id = core::RunId(run_id);
        co_return co_await scheduler->trigger(std::move(request));
    }

    /// As a scheduler before this one left it: run "r" of the DAG, its first task alive.
    core::RunId store_running(const core::Dag& dag, core::AttemptId attempt) {
        store->save_dags({dag}, false, clock.now());
        store::RunRecord run;
        run.dag_id = dag.dag_id;
        run.run_id = core::RunId("r");
        run.conf.text = "{}";
        run.dag_version = dag.version;
        store::NewRun before{.run = run, .tasks = {}};
        for (const auto& task : dag.tasks) {
            store::TaskInstanceRecord record;
            record.key = {dag.dag_id, run.run_id, task.task_id, -1};
            before.tasks.push_back(record);
        }
        run.state = core::RunState::running;
        auto alive = before.tasks[0];
        alive.state = core::TaskState::queued;
        alive.attempt = attempt;
        alive.try_number = 1;
        const store::Commit commit{
            .new_runs = {before},
            .runs = {{.from = core::RunState::queued, .after = run}},
            .tasks = {{.from = core::TaskState::none, .after = alive}}
        };
        EXPECT_TRUE(store->commit(commit));
        return run.run_id;
    }

    core::RunState stored_state(const core::RunId& run_id) {
        return store->get_run(core::DagId("d"), run_id).value().state;
    }

    asio::io_context io{1};
    async::BlockingPool pool{1};
    std::unique_ptr<store::RunStore> store = store::make_memory_store();
    support::FakeTaskExecutor tasks;
    support::ManualClock clock;
    CommitLimits commit_limits;
    std::unique_ptr<Scheduler> scheduler = make_life(*store);

    /// A scheduler over a store, as the first one is made or another one after it.
    std::unique_ptr<Scheduler> make_life(store::RunStore& over) {
        return make_scheduler(
            {.executor = io.get_executor(),
             .pool = pool,
             .store = over,
             .tasks = tasks,
             .clock = clock},
            {.paused_at_creation = false,
             .database_retry = std::chrono::microseconds(1),
             .commit_limits = commit_limits}
        );
    }
};

}  // namespace reel::scheduler
