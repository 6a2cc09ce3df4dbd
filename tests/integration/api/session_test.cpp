#include "api/session.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

#include "api/application.hpp"
#include "integration/api/http_client.hpp"
#include "support/fake_run_control.hpp"

namespace reel::api {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr SessionLimits short_limits{
    .body_bytes = 1000,
    .header_bytes = 8192,
    .idle = std::chrono::milliseconds(300),
    .header = std::chrono::milliseconds(100),
    .transfer = std::chrono::milliseconds(200),
};

/// One session with short limits, over a metadata database that is not there.
class SessionTest : public ::testing::Test {
  protected:
    SessionTest()
        : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          services_{
              .executor = io_.get_executor(),
              .pool = pool_,
              .store = *store_,
              .leader = support::leading(control_),
              .clock = clock_,
              .options = {.jwt_secret = "secret"},
              .find_log = nullptr,
              .check_connection = nullptr
          },
          application_(services_) {}

    ~SessionTest() override {
        if (session_) asio::post(io_, [this] { session_->abort(); });
        if (loop_.joinable()) loop_.join();
    }

    std::unique_ptr<RawConnection> connect() {
        auto connection = std::make_unique<RawConnection>(acceptor_.local_endpoint().port());
        session_ = std::make_unique<Session>(acceptor_.accept(), application_, short_limits);
        asio::co_spawn(
            io_,
            [this] { return session_->run(); },
            [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
        );
        loop_ = std::thread([this] { io_.run(); });
        return connection;
    }

    asio::io_context io_;
    async::BlockingPool pool_{1};
    core::SystemClock clock_;
    std::unique_ptr<store::RunStore> store_ =
        store::make_postgres_store("postgresql://127.0.0.1:1/none?connect_timeout=1");
    support::FakeRunControl control_{*store_, clock_};
    tcp::acceptor acceptor_;
    Services services_;
    Application application_;
    std::unique_ptr<Session> session_;
    std::thread loop_;
};

}  // namespace

TEST_F(SessionTest, EndsAConnectionThatAsksNothing) {
    const auto connection = connect();
    EXPECT_TRUE(connection->closes_within(std::chrono::seconds(5)));
}

TEST_F(SessionTest, EndsAConnectionThatIsTooSlowWithItsHeader) {
    const auto connection = connect();
    connection->send("GET /health HTTP/1.1\r\nHo");
    EXPECT_EQ(connection->read_response(), "");
}

TEST_F(SessionTest, EndsAConnectionThatIsTooSlowWithItsBody) {
    const auto connection = connect();
    connection->send("POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    EXPECT_EQ(connection->read_response(), "");
}

TEST_F(SessionTest, EndsAConnectionThatFallsSilentAfterARequest) {
    const auto connection = connect();
    connection->send("GET /api/v2/version HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(connection->read_response()), 200);
    EXPECT_TRUE(connection->closes_within(std::chrono::seconds(5)));
}

TEST_F(SessionTest, AnswersWithoutItsDatabase) {
    const auto connection = connect();
    const std::string token = make_token("secret", "admin", clock_.now(), std::chrono::hours(1));
    connection->send("GET /api/v2/dags HTTP/1.1\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    const std::string lost = connection->read_response();
    EXPECT_EQ(status_of(lost), 503);
    EXPECT_NE(lost.find("Retry-After: 5"), std::string::npos);
    connection->send("GET /api/v2/monitor/health HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string health = connection->read_response();
    EXPECT_EQ(status_of(health), 200);
    EXPECT_NE(health.find(R"("metadatabase":{"status":"unhealthy"})"), std::string::npos);
}

}  // namespace reel::api
