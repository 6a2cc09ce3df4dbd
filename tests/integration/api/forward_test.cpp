// A server without a scheduler, and the one that leads, over one store.

#include <gmock/gmock.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <future>
#include <nlohmann/json.hpp>

#include "integration/api/server_fixture.hpp"

namespace reel::api {
namespace {

using std::chrono::hours;
using ::testing::HasSubstr;

/// server_ leads; front_ passes on to whoever the lease names.
class Forward : public ServerTest {
  protected:
    Forward() {
        boost::asio::post(io_, [this] {
            front_ = make_server(
                io_.get_executor(), pool_, *store_, [] { return nullptr; }, clock_, options_
            );
            EXPECT_TRUE(front_->listen());
            boost::asio::co_spawn(
                io_,
                [this] { return front_->serve(); },
                boost::asio::bind_cancellation_slot(
                    stop_front_.slot(), [](const std::exception_ptr&) {}
                )
            );
            ready_.set_value();
        });
        ready_.get_future().get();
    }
    ~Forward() override {
        boost::asio::post(io_, [this] {
            stop_front_.emit(boost::asio::cancellation_type::terminal);
        });
        stop();
    }
    void lead_at(const std::string& address) {
        const store::LeaseHolder holder{.hostname = "h", .pid = 1, .home = "x", .address = address};
        ASSERT_TRUE(store_->acquire_lease(holder, hours(1), store_->read_lease().epoch));
    }
    std::string ask(const std::string& line, const std::string& body = "") {
        RawConnection connection(front_->port());
        connection.send(request(line, body, "Content-Type: application/json\r\n"));
        return connection.read_response();
    }
    [[nodiscard]] std::string address() const {
        return "127.0.0.1:" + std::to_string(server_->port());
    }

    std::unique_ptr<Server> front_;
    boost::asio::cancellation_signal stop_front_;
    std::promise<void> ready_;
};

TEST_F(Forward, TheLeaderCarriesOutWhatAnyServerIsAsked) {
    lead_at(address());
    const std::string answer = ask("POST /api/v2/dags/movies/dagRuns", R"({"dag_run_id": "r"})");
    EXPECT_EQ(status_of(answer), 200) << answer;
    EXPECT_EQ(nlohmann::json::parse(body_of(answer))["dag_run_id"], "r");
    EXPECT_THAT(answer, HasSubstr("Content-Type: application/json"));
    ASSERT_EQ(control_.triggered().size(), 1U);
    EXPECT_EQ(store_->list_runs({}).total, 1U);
}

TEST_F(Forward, StatusesBodiesAndHeadersComeBackAsTheyWere) {
    lead_at(address());
    const std::string missing = ask("POST /api/v2/dags/none/dagRuns", "{}");
    EXPECT_EQ(status_of(missing), 404) << missing;
    const std::string bad = ask("POST /api/v2/dags/movies/dagRuns", "{");
    EXPECT_EQ(status_of(bad), 422) << bad;
    EXPECT_THAT(bad, HasSubstr("\"detail\""));
    const std::string gone = ask("DELETE /api/v2/variables/none");
    EXPECT_EQ(status_of(gone), 404) << gone;
    ASSERT_EQ(status_of(ask("POST /api/v2/variables", R"({"key": "k", "value": "v"})")), 201);
    const std::string empty = ask("DELETE /api/v2/variables/k");
    EXPECT_EQ(status_of(empty), 204) << empty;
    EXPECT_EQ(body_of(empty), "");
}

TEST_F(Forward, QueriesArePartOfARequest) {
    lead_at(address());
    const std::string answer =
        ask("PATCH /api/v2/dags/movies?update_mask=is_paused", R"({"is_paused": true})");
    EXPECT_EQ(status_of(answer), 200) << answer;
    EXPECT_TRUE(store_->get_dag(core::DagId("movies"))->is_paused);
}

TEST_F(Forward, ReadsAreAnsweredHere) {
    const std::string answer = ask("GET /api/v2/dags");
    EXPECT_EQ(status_of(answer), 200) << answer;
    EXPECT_THAT(body_of(answer), HasSubstr("movies"));
}

TEST_F(Forward, WithoutALeaderTheRequestIsToBeRepeated) {
    const std::string answer = ask("POST /api/v2/dags/movies/dagRuns", "{}");
    EXPECT_EQ(status_of(answer), 503) << answer;
    EXPECT_THAT(answer, HasSubstr("Retry-After: 5"));
}

TEST_F(Forward, ALeaseThatNamesAServerWithoutASchedulerLeadsInNoCircle) {
    lead_at("127.0.0.1:" + std::to_string(front_->port()));
    const std::string answer = ask("POST /api/v2/dags/movies/dagRuns", "{}");
    EXPECT_EQ(status_of(answer), 503) << answer;
    EXPECT_TRUE(control_.triggered().empty());
}

TEST_F(Forward, AnAddressOfNobodyIsAnAnswerNotACrash) {
    for (const char* const nowhere : {"127.0.0.1:1", "127.0.0.1:no-port", ":", ""}) {
        lead_at(nowhere);
        const std::string answer = ask("POST /api/v2/dags/movies/dagRuns", "{}");
        EXPECT_EQ(status_of(answer), 503) << nowhere << ": " << answer;
    }
}

TEST_F(Forward, ALeaderThatHangsUpMidwayLeavesItOpenWhatItDid) {
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
    std::thread rude([&] {
        boost::asio::ip::tcp::socket socket = acceptor.accept();
        std::array<char, 16> some{};
        boost::system::error_code ignored;
        socket.read_some(boost::asio::buffer(some), ignored);
        socket.close(ignored);
    });
    lead_at("127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()));
    const std::string answer = ask("POST /api/v2/dags/movies/dagRuns", "{}");
    rude.join();
    EXPECT_EQ(status_of(answer), 502) << answer;
    EXPECT_THAT(body_of(answer), HasSubstr("unknown"));
}

}  // namespace
}  // namespace reel::api
