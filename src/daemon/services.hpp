#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>

#include "catalog.hpp"
#include "databases.hpp"
#include "housekeeping.hpp"
#include "reel/api/server.hpp"
#include "reel/async/blocking_pool.hpp"
#include "reel/config/config.hpp"
#include "reel/executor/executor.hpp"
#include "reel/scheduler/scheduler.hpp"
#include "reel/store/dispatch_store.hpp"
#include "reel/store/run_store.hpp"

namespace reel::daemon {

/// Secrets of one home: of user `admin`, and the key that signs tokens.
struct ServerSecrets {
    std::string admin_password;
    std::string jwt_secret;
};

[[nodiscard]] core::Result<ServerSecrets> load_secrets(const config::Config& config);

/// Everything that `reel standalone` runs, put together in order; taken apart in the reverse one.
class Services final {
  public:
    Services(const config::Config& config, Databases& databases, const ServerSecrets& secrets);

    /// Binds the port and writes the local token. Before run().
    core::Result<void> open();
    /// Until a signal came and everything under way is stored. Throws what ended it otherwise.
    void run();
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  private:
    boost::asio::awaitable<void> main();
    boost::asio::awaitable<void> schedule();
    boost::asio::awaitable<void> drain();
    boost::asio::awaitable<void> obey_signals();
    boost::asio::awaitable<void> guard_cluster();
    boost::asio::awaitable<void> keep_token_fresh();
    core::Result<void> write_token();

    const config::Config& config_;
    Databases& databases_;
    ServerSecrets secrets_;
    core::SystemClock clock_;
    boost::asio::io_context io_{1};
    boost::asio::signal_set signals_;  // held from the start: one that comes early is not lost
    async::BlockingPool pool_{4};      // store look-ups, template rendering, reading the DAG folder
    std::unique_ptr<store::RunStore> store_;
    std::unique_ptr<store::DispatchStore> dispatches_;
    std::unique_ptr<executor::Executor> tasks_;
    std::unique_ptr<scheduler::Scheduler> scheduler_;
    Catalog catalog_;
    Housekeeping housekeeping_;
    std::unique_ptr<api::Server> server_;
    boost::asio::steady_timer grace_{io_};
    bool drained_ = false;
};

}  // namespace reel::daemon
