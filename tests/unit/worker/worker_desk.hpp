#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "fake_process_executor.hpp"
#include "faulty_dispatches.hpp"
#include "reel/async/blocking_pool.hpp"
#include "reel/store/run_store.hpp"
#include "support/manual_clock.hpp"
#include "worker/dispatcher.hpp"
#include "worker/worker_loop.hpp"

namespace reel::worker {

/// DAG "movies", version "v1": extract (queue default), load (queue loads), choose (a branch that
/// needs no process).
[[nodiscard]] core::Dag movies_dag();
[[nodiscard]] scheduler::AttemptOrder an_order(
    core::AttemptId attempt,
    const std::string& task_id = "extract",
    const std::string& run_id = "r1"
);
[[nodiscard]] store::DispatchOffer an_offer(
    core::AttemptId attempt,
    const std::string& task_id = "extract",
    const std::string& run_id = "r1"
);
[[nodiscard]] core::TaskKey key_of(const std::string& task_id, const std::string& run_id = "r1");

/// A database with a clock of its own that goes on steadily, and a loop that is turned by hand.
class DeskTest : public testing::Test {
  protected:
    DeskTest();
    /// Whatever can be done now is done. Timers that wait for later are let wait.
    void poll();
    /// Carries a coroutine out; gives what() of a database error that it threw.
    std::string run(const std::function<boost::asio::awaitable<void>()>& coroutine);
    void advance(core::Duration by) {
        clock.advance(by);
        ticks += by;
    }

    support::ManualClock clock;
    std::chrono::steady_clock::time_point ticks;
    boost::asio::io_context io;
    async::BlockingPool pool{0};
    std::unique_ptr<store::RunStore> runs = store::make_memory_store();
    std::unique_ptr<store::DispatchStore> database = store::make_memory_dispatch_store(clock);
    DispatchFaults faults;
};

/// The scheduler's side: a dispatcher with what it tells.
class DispatcherTest : public DeskTest {
  protected:
    DispatcherTest();
    ~DispatcherTest() override;
    /// Another life, over the same database.
    void make_dispatcher();
    void start_with(std::vector<scheduler::AttemptOrder> alive = {});
    /// As a worker would.
    std::vector<core::AttemptId> claim(const store::WorkerId& worker = "w1");
    void report_end(core::AttemptId attempt, const store::WorkerId& worker = "w1");
    void turn();
    [[nodiscard]] std::vector<core::AttemptId> ends() const;

    FakeProcessExecutor* local = nullptr;
    std::vector<scheduler::AttemptStarted> started;
    std::vector<scheduler::AttemptEnded> ended;
    std::shared_ptr<Dispatcher> dispatcher;
};

/// The other side: a worker for queue "default" with two places, over a fake executor.
class WorkerTest : public DeskTest {
  protected:
    WorkerTest();
    void make_worker();
    void begin();
    void turn();
    void offer(core::AttemptId attempt, const std::string& run_id);
    [[nodiscard]] std::vector<core::AttemptId> started() const;

    FaultyDispatches dispatches{*database, faults};
    FakeProcessExecutor tasks;
    WorkerOptions options{
        .id = "w1",
        .queues = {"default"},
        .concurrency = 2,
        .silences = silences_of(std::chrono::minutes(5)),
        .database_uri = "",
    };
    std::unique_ptr<WorkerLoop> worker;
};

}  // namespace reel::worker
