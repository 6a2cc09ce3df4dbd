#include "cli/transport.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include "reel/api/server.hpp"
#include "support/fake_run_control.hpp"

namespace reel::cli {

namespace asio = boost::asio;

namespace {

/// A server that can be stopped and started again on its port.
class RealServer final {
  public:
    explicit RealServer(std::uint16_t port = 0) {
        api::ServerOptions options;
        options.port = port;
        options.jwt_secret = "secret";
        server_ = api::make_server(
            io_.get_executor(), pool_, *store_, support::leading(control_), clock_, options
        );
        EXPECT_TRUE(server_->listen().has_value());
        asio::co_spawn(
            io_,
            [this] { return server_->serve(); },
            asio::bind_cancellation_slot(
                stop_.slot(), [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
            )
        );
        loop_ = std::thread([this] { io_.run(); });
    }
    ~RealServer() {
        asio::post(io_, [this] { stop_.emit(asio::cancellation_type::terminal); });
        loop_.join();
    }
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  private:
    asio::io_context io_;
    async::BlockingPool pool_{1};
    core::SystemClock clock_;
    std::unique_ptr<store::RunStore> store_ = store::make_memory_store();
    support::FakeRunControl control_{*store_, clock_};
    std::unique_ptr<api::Server> server_;
    asio::cancellation_signal stop_;
    std::thread loop_;
};

Address address_of(const RealServer& server) {
    return {.host = "127.0.0.1", .port = std::to_string(server.port())};
}

}  // namespace

TEST(CliTransport, AsksAgainAndAgain) {
    const RealServer server;
    const auto transport = make_transport(address_of(server));
    for (int i = 0; i < 3; ++i) {
        const auto reply = transport->send({.target = "/api/v2/version"});
        ASSERT_TRUE(reply.has_value()) << reply.error().describe();
        EXPECT_EQ(reply->status, 200);
        EXPECT_NE(reply->body.find("\"version\""), std::string::npos);
    }
    const auto refused =
        transport->send({.method = "POST", .target = "/auth/token", .body = R"({"username": "x"})"}
        );
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status, 422);
    EXPECT_EQ(transport->send({.target = "/api/v2/version"})->status, 200);
}

TEST(CliTransport, OutlivesItsServer) {
    auto server = std::make_unique<RealServer>();
    const std::uint16_t port = server->port();
    const auto transport = make_transport(address_of(*server));
    EXPECT_TRUE(transport->send({.target = "/health"}).has_value());
    server.reset();
    const auto gone = transport->send({.target = "/health"});
    ASSERT_FALSE(gone.has_value());
    EXPECT_EQ(gone.error().code, core::Errc::unavailable);
    server = std::make_unique<RealServer>(port);
    EXPECT_TRUE(transport->send({.target = "/health"}).has_value());
}

TEST(CliTransport, FindsADeadConnectionAndMakesANewOne) {
    auto server = std::make_unique<RealServer>();
    const std::uint16_t port = server->port();
    const auto transport = make_transport(address_of(*server));
    EXPECT_TRUE(transport->send({.target = "/health"}).has_value());
    server.reset();
    server = std::make_unique<RealServer>(port);
    EXPECT_TRUE(transport->send({.target = "/health"}).has_value());
}

TEST(CliTransport, SaysWhereNobodyAnswers) {
    const auto reply = make_transport({.host = "127.0.0.1", .port = "1"})->send({.target = "/"});
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, core::Errc::unavailable);
    EXPECT_EQ(reply.error().message, "no Reel server answers at http://127.0.0.1:1");
    EXPECT_NE(reply.error().hint.find("reel standalone"), std::string::npos);
    const auto unknown = make_transport({.host = "no.such.host.invalid", .port = "80"})->send({});
    ASSERT_FALSE(unknown.has_value());
    EXPECT_NE(unknown.error().message.find("no.such.host.invalid"), std::string::npos);
}

}  // namespace reel::cli
