#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "reel/async/blocking_pool.hpp"
#include "reel/core/time.hpp"
#include "reel/scheduler/patience.hpp"
#include "reel/scheduler/run_control.hpp"
#include "reel/scheduler/task_executor.hpp"
#include "reel/store/run_store.hpp"

namespace reel::scheduler {

/// What waits for the next commit where one would become large: all that a commit allows waits for
/// all of it, and tasks that end in step are started in step, with nothing to do in between.
struct CommitLimits {
    std::size_t ended_attempts = 12;  ///< or half of those that have gathered
    /// Of runs that were asked for; the run that exceeds it is the last one. About: what is added
    /// while a commit is on its way is of the next one.
    std::size_t new_tasks = 250;
};

struct SchedulerConfig {
    int parallelism = 32;               ///< attempts alive at one time, over all DAGs
    std::size_t max_map_length = 1024;  ///< over how many elements a task may be mapped
    bool paused_at_creation = true;
    core::Duration database_retry =
        std::chrono::milliseconds(250);  ///< between tries while the database is away; grows to 5 s
    Patience patience;
    CommitLimits commit_limits;
};

using Dags = std::vector<std::shared_ptr<const core::Dag>>;

/// The loop around the planner: events in, one transaction, then what the transaction allows. All
/// on one executor's thread; the store is called on the pool.
class Scheduler : public RunControl {
  public:
    /// Takes up the store's active runs, then turns until stop() was called and everything under
    /// way is stored. A lost database makes it wait and try again, never end. Throws
    /// store::LostLeadership when another scheduler has taken over.
    virtual boost::asio::awaitable<void> run() = 0;
    /// What the DAG folder holds now. What differs from the time before is saved in the store
    /// before it counts; a DAG that is the same object costs next to nothing.
    virtual boost::asio::awaitable<void> set_dags(Dags dags) = 0;
    /// No new attempts and runs from now on. `run()` returns once the last attempt has ended and is
    /// stored.
    virtual void stop() = 0;
    /// After stop(): ends what still runs. Its tasks will be tried again at the next start, without
    /// losing a try.
    virtual void interrupt_tasks() = 0;
    /// The term of leadership is over: nothing is committed or started any more. Whoever waits for
    /// a commit, or asks for one later, gets store::LostLeadership. run() ends by cancelling it.
    virtual void abandon() = 0;
    /// Those that a stop waits for: not what another home's runner has to end.
    [[nodiscard]] virtual std::size_t live_attempts() const = 0;
    /// Removes runs that are too old, `expiry.limit` at most, but none that somebody is about to
    /// change. Gives those that it tried to. Throws postgres::DatabaseError.
    virtual boost::asio::awaitable<std::vector<store::RunName>> remove_expired_runs(
        store::RunExpiry expiry
    ) = 0;
};

/// Everything referred to must outlive the scheduler.
struct SchedulerParts {
    boost::asio::any_io_executor executor;
    async::BlockingPool& pool;
    store::RunStore& store;
    TaskExecutor& tasks;
    const core::Clock& clock;
    /// Called when a commit has stored callbacks, for whoever carries them out; may be null.
    std::function<void()> callbacks_due = {};
    /// Asked before what was committed is acted on: whether the lease is still ours. Empty: always.
    std::function<bool()> may_act = {};
};

[[nodiscard]] std::unique_ptr<Scheduler> make_scheduler(
    const SchedulerParts& parts, SchedulerConfig config
);

}  // namespace reel::scheduler
