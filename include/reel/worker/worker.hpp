#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "reel/executor/process_executor.hpp"
#include "reel/store/dispatch_store.hpp"
#include "reel/worker/silences.hpp"
#include "reel/worker/steady_ticks.hpp"

namespace reel::worker {

struct WorkerOptions {
    store::WorkerId id;
    std::vector<std::string> queues;
    int concurrency = 16;  ///< attempts at one time
    Silences silences;
    std::string database_uri;  ///< listened to; empty: only looked at now and then
};

/// Everything referred to must outlive the worker.
struct WorkerParts {
    boost::asio::any_io_executor executor;
    async::BlockingPool& pool;
    store::RunStore& store;
    store::DispatchStore& dispatches;
    executor::ProcessExecutor& tasks;
    const core::Clock& clock;
    Ticks ticks = std::chrono::steady_clock::now;
};

/// Claims attempts, has them carried out, tells how they ended. A lost database makes it wait and
/// try again; what runs goes on meanwhile, but not for longer than it may.
class Worker {
  public:
    virtual ~Worker() = default;
    /// Takes up what an earlier life of this worker has claimed, then claims until stop() was
    /// called and nothing is in its hands any more.
    virtual boost::asio::awaitable<void> run() = 0;
    virtual void stop() = 0;
    /// After stop(): ends what still runs. It will be tried again elsewhere, without losing a try.
    virtual void interrupt_tasks() = 0;
    [[nodiscard]] virtual std::size_t live_attempts() const = 0;
};

[[nodiscard]] std::unique_ptr<Worker> make_worker(const WorkerParts& parts, WorkerOptions options);

}  // namespace reel::worker
