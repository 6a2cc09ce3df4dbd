#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reel/async/blocking_pool.hpp"
#include "reel/core/result.hpp"
#include "reel/core/time.hpp"
#include "reel/scheduler/run_control.hpp"
#include "reel/store/dispatch_store.hpp"
#include "reel/store/run_store.hpp"

namespace reel::api {

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;   ///< 0: any free one
    std::filesystem::path logs;  ///< task logs, laid out as executor::find_log says
    std::string admin_password;  ///< of user `admin`; secret
    std::string jwt_secret;      ///< signs tokens (HS256); secret
    core::Duration token_lifetime = std::chrono::hours(24);
    std::size_t max_body_bytes = 10U << 20U;
    std::string dags_folder;
    /// The workers there are; blocking. Empty: nobody keeps a list.
    std::function<std::vector<store::WorkerRecord>()> list_workers;
    /// The lease where the database has just told of it; nullopt: it is to be asked. Empty: always.
    std::function<std::optional<store::LeaseRecord>()> known_lease = {};
};

/// The scheduler of this process while it leads, null otherwise. Whoever uses it keeps it alive.
using LocalLeader = std::function<std::shared_ptr<scheduler::RunControl>()>;

/// The HTTP server: Airflow's /api/v2, /auth/token, /health. One coroutine per connection on the
/// loop thread; the store is called on the pool. What changes something goes to the leader: the one
/// of this process, or the one whose address is in the lease.
class Server {
  public:
    virtual ~Server() = default;
    /// Errc::unavailable with the reason when the port is taken or may not be bound.
    virtual core::Result<void> listen() = 0;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    /// Accepts until cancelled, then waits (at most five seconds) for open requests.
    virtual boost::asio::awaitable<void> serve() = 0;
};

[[nodiscard]] std::unique_ptr<Server> make_server(
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    LocalLeader leader,
    const core::Clock& clock,
    ServerOptions options
);

/// A token for local clients, as POST /auth/token would give it.
[[nodiscard]] std::string make_token(
    const std::string& jwt_secret,
    const std::string& user,
    core::Timestamp now,
    core::Duration lifetime
);

}  // namespace reel::api
