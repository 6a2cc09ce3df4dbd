#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "catalog.hpp"
#include "databases.hpp"
#include "housekeeping.hpp"
#include "reel/async/blocking_pool.hpp"
#include "reel/config/config.hpp"
#include "reel/executor/executor.hpp"
#include "reel/executor/notifier.hpp"
#include "reel/scheduler/scheduler.hpp"
#include "reel/store/run_store.hpp"
#include "whereabouts.hpp"

namespace reel::daemon {

/// All that exists only while this program leads: a store that writes for this term alone, the
/// scheduler and what it works with. The next term gets another one.
class Term final {
  public:
    /// Everything referred to outlives it.
    struct Parts {
        boost::asio::any_io_executor executor;
        async::BlockingPool& pool;
        store::RunStore& reader;  ///< for look-ups, of no term
        const core::Clock& clock;
        const config::Config& config;
        const Databases& databases;
        std::string address;  ///< of the API server, for links
        std::function<bool()> may_act;
    };
    /// `store` is fenced, and this term's alone.
    Term(
        const Parts& parts,
        std::unique_ptr<store::RunStore> store,
        store::Epoch epoch,
        Whereabouts whereabouts
    );

    /// Reads the DAG folder: what it holds is there afterwards.
    boost::asio::awaitable<void> open() { return catalog_.refresh(); }
    /// Schedules until the scheduler was stopped and has stored all, or until it is cancelled.
    /// Throws store::LostLeadership.
    boost::asio::awaitable<void> run();
    /// After a run() that came to its end.
    boost::asio::awaitable<void> close() { return tasks_->stop(true); }
    /// After one that did not: nothing is written, started or told to the runner any more.
    /// Afterwards only who holds it by the scheduler keeps it from being destroyed.
    boost::asio::awaitable<void> abandon();

    [[nodiscard]] scheduler::Scheduler& scheduler() { return *scheduler_; }

  private:
    boost::asio::any_io_executor executor_;
    std::unique_ptr<store::RunStore> store_;
    std::unique_ptr<executor::Notifier> notifier_;
    std::unique_ptr<executor::Executor> tasks_;
    std::unique_ptr<scheduler::Scheduler> scheduler_;
    Catalog catalog_;
    Housekeeping housekeeping_;
};

}  // namespace reel::daemon
