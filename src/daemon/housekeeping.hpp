#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "reel/async/blocking_pool.hpp"
#include "reel/config/config.hpp"
#include "reel/executor/leftovers.hpp"
#include "reel/store/run_store.hpp"

namespace reel::daemon {

/// How long what is kept; 0: for ever, or as long as the run that it belongs to.
struct Retention {
    core::Duration runs{};
    core::Duration xcoms{};
    core::Duration logs{};
    /// Skipped fires, completed backfills, callbacks; asset events and versions without a run.
    core::Duration records{};
    core::Duration staged{};  ///< tables in the default warehouse that no active run has staged
};
[[nodiscard]] Retention read_retention(const config::Config& config);

/// Removes what is too old, now and then and some at a time, so that nobody waits for it.
class Housekeeping final {
  public:
    struct Parts {
        boost::asio::any_io_executor executor;
        async::BlockingPool& pool;
        store::RunStore& store;
        const core::Clock& clock;
        /// Scheduler::remove_expired_runs.
        std::function<boost::asio::awaitable<std::vector<store::RunName>>(store::RunExpiry)>
            remove_runs;
        /// Drops staged tables that are older, but for those of active runs; null: there is no
        /// warehouse. Blocking.
        std::function<void(core::Timestamp before)> drop_staged;
        /// Between one lot and the next, for those who wait for the store.
        core::Duration breath = std::chrono::milliseconds(20);
    };
    Housekeeping(Parts parts, Retention retention, executor::Leftovers places);

    /// Passes until it is cancelled; one that fails is logged and made up for by the next.
    boost::asio::awaitable<void> run();
    /// One pass over everything.
    boost::asio::awaitable<void> run_once();

  private:
    boost::asio::awaitable<void> remove_runs();
    boost::asio::awaitable<void> remove_remains(store::Remains what, core::Duration kept);
    boost::asio::awaitable<void> breathe();

    Parts parts_;
    Retention retention_;
    executor::Leftovers places_;
};

}  // namespace reel::daemon
