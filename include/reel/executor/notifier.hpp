#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "reel/async/blocking_pool.hpp"
#include "reel/config/config.hpp"
#include "reel/core/time.hpp"
#include "reel/store/run_store.hpp"

namespace reel::executor {

struct NotifierOptions {
    config::Environment environment;    ///< what commands inherit, and REEL_CONN_*, REEL_VAR_*
    std::string default_warehouse_uri;  ///< as ExecutorOptions
    std::string base_url;               ///< of the API server, for links
    int retries = 3;                    ///< of a call that failed
    core::Duration retry_delay = std::chrono::seconds(10);  ///< before the first of them
    int threads = 4;  ///< calls at one time; nobody else waits for these threads
};

/// Calls whom the store says is to be called, at least once: a call whose end is not stored yet
/// when the program dies is made again.
class Notifier {
  public:
    virtual ~Notifier() = default;
    /// Until it is cancelled. What is under way then is given up and left to the next life.
    virtual boost::asio::awaitable<void> run() = 0;
    /// Callbacks have been stored. On the loop's thread.
    virtual void notify() = 0;
};

/// Looks at the store in `pool`, calls in threads of its own. Everything referred to must outlive
/// it.
[[nodiscard]] std::unique_ptr<Notifier> make_notifier(
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    const core::Clock& clock,
    NotifierOptions options
);

}  // namespace reel::executor
