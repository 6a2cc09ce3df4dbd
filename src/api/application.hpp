#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "reel/api/server.hpp"
#include "rejection.hpp"
#include "url.hpp"

namespace reel::api {

/// What the endpoints work with. Everything referred to outlives every request.
struct Services {
    boost::asio::any_io_executor executor;
    async::BlockingPool& pool;
    store::RunStore& store;
    LocalLeader leader;
    const core::Clock& clock;
    ServerOptions options;
    /// Where the log of a try is to be read (executor::find_log).
    std::function<std::filesystem::path(const std::filesystem::path&, const core::TaskKey&, int)>
        find_log;
    /// Connects and says what answered; blocking.
    std::function<core::Result<std::string>(const store::ConnectionRecord&)> check_connection;
    core::Duration failed_login_delay = std::chrono::milliseconds(300);
};

/// One request on its way through its endpoint.
struct Call {
    Services& services;
    Request request;
    Url url;
    std::map<std::string, std::string, std::less<>> path;  ///< "{dag_id}" → its value
    std::string user;                                      ///< whom the token names; "" if public
    /// Of what the leader carries out, and only there.
    std::shared_ptr<scheduler::RunControl> control = {};

    [[nodiscard]] const std::string& parameter(std::string_view name) const {
        return path.find(name)->second;
    }
};

/// Runs on the blocking pool: may use the store, must not use the run control.
using BlockingEndpoint = Outcome<Response> (*)(const Call& call);
/// Runs on the loop.
using LoopEndpoint = boost::asio::awaitable<Outcome<Response>> (*)(Call call);

enum class Access { anyone, token };

/// Where a request is carried out.
enum class Place {
    by_method,  ///< here when it only reads (GET), otherwise where the leader is
    here,
    leader,
};

struct Route {
    std::string_view method;
    std::string_view pattern;  ///< "/api/v2/dags/{dag_id}"
    std::variant<BlockingEndpoint, LoopEndpoint> endpoint;
    Access access = Access::token;
    Place place = Place::by_method;
};

/// Every route there is; of two that match, the first one counts.
[[nodiscard]] std::span<const Route> routes();

/// From a request to its response: routing, the token, the endpoint, errors. Knows no sockets.
class Application final {
  public:
    explicit Application(Services services) : services_(std::move(services)) {}
    /// Always answers; called on the loop.
    boost::asio::awaitable<Response> handle(Request request);

  private:
    boost::asio::awaitable<Outcome<Response>> dispatch(Request request);
    Services services_;
};

}  // namespace reel::api
