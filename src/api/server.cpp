#include "reel/api/server.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>

#include "application.hpp"
#include "connection_check.hpp"
#include "reel/async/nudge.hpp"
#include "reel/async/quietly.hpp"
#include "reel/executor/process_executor.hpp"
#include "session.hpp"

namespace reel::api {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::chrono::seconds drain_limit{5};
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::size_t most_connections = 1024;

class BeastServer final : public Server {
  public:
    BeastServer(Services services, const asio::any_io_executor& executor)
        : executor_(executor),
          host_(services.options.host),
          port_(services.options.port),
          limits_{.body_bytes = services.options.max_body_bytes},
          application_(std::move(services)),
          acceptor_(executor),
          ended_(executor) {}

    core::Result<void> listen() override;
    [[nodiscard]] std::uint16_t port() const override { return port_; }
    asio::awaitable<void> serve() override;

  private:
    void start_session(tcp::socket socket);
    asio::awaitable<void> drain();

    asio::any_io_executor executor_;
    std::string host_;
    std::uint16_t port_;
    SessionLimits limits_;
    Application application_;
    tcp::acceptor acceptor_;
    async::Nudge ended_;
    std::list<std::unique_ptr<Session>> sessions_;
};

core::Result<void> BeastServer::listen() {
    const std::string where = host_ + ":" + std::to_string(port_);
    const auto failed = [&](const std::string& what, const boost::system::error_code& error) {
        return core::fail(
            core::Errc::unavailable,
            what + ": " + error.message(),
            error == asio::error::address_in_use
                ? "another server uses the port; set REEL__API__PORT to a free one"
                : "set REEL__API__HOST and REEL__API__PORT",
            where
        );
    };
    boost::system::error_code error;
    tcp::resolver resolver(executor_);
    const auto found =
        resolver.resolve(host_, std::to_string(port_), tcp::resolver::passive, error);
    if (error || found.empty()) return failed("the host to listen on is not known", error);
    const tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        return failed("the server cannot listen", error);
    }
    port_ = acceptor_.local_endpoint().port();
    return {};
}

void BeastServer::start_session(tcp::socket socket) {
    auto owned = std::make_unique<Session>(std::move(socket), application_, limits_);
    Session* const session = owned.get();
    sessions_.push_back(std::move(owned));
    const auto place = std::prev(sessions_.end());
    asio::co_spawn(
        executor_,
        [session]() -> asio::awaitable<void> { return session->run(); },
        [this, place](const std::exception_ptr& failure) {
            sessions_.erase(place);
            ended_.notify();
            if (!failure) return;
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& error) {
                spdlog::warn("api: a connection broke, error={}", error.what());
            }
        }
    );
}

asio::awaitable<void> BeastServer::serve() {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto cancelled = [](asio::cancellation_state state) {
        return state.cancelled() != asio::cancellation_type::none;
    };
    while (!cancelled(co_await asio::this_coro::cancellation_state)) {
        if (sessions_.size() >= most_connections) {
            co_await ended_.wait_for(std::chrono::seconds(1));
            continue;
        }
        auto [error, socket] = co_await acceptor_.async_accept(async::quietly);
        if (!error) {
            start_session(std::move(socket));
        } else if (error != asio::error::operation_aborted) {
            // Out of descriptors, most likely: those in use come back.
            spdlog::warn("api: a connection was not accepted, error={}", error.message());
            asio::steady_timer pause(executor_, accept_pause);
            co_await pause.async_wait(async::quietly);
        }
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await drain();
}

asio::awaitable<void> BeastServer::drain() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (const auto& session : sessions_) {
        session->finish();
    }
    const auto deadline = std::chrono::steady_clock::now() + drain_limit;
    while (!sessions_.empty() && std::chrono::steady_clock::now() < deadline) {
        co_await ended_.wait_for(deadline - std::chrono::steady_clock::now());
    }
    for (const auto& session : sessions_) {
        session->abort();
    }
    while (!sessions_.empty()) {
        co_await ended_.wait_for(std::chrono::seconds(1));
    }
}

}  // namespace

std::unique_ptr<Server> make_server(
    const asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    LocalLeader leader,
    const core::Clock& clock,
    ServerOptions options
) {
    Services services{
        .executor = executor,
        .pool = pool,
        .store = store,
        .leader = std::move(leader),
        .clock = clock,
        .options = std::move(options),
        .find_log = executor::find_log,
        .check_connection = check_connection
    };
    return std::make_unique<BeastServer>(std::move(services), executor);
}

}  // namespace reel::api
