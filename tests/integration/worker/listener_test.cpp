#include "worker/listener.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

#include "support/test_cluster.hpp"

namespace reel::worker {

namespace {

using namespace std::chrono_literals;

class ListenerTest : public testing::Test {
  protected:
    ListenerTest() {
        boost::asio::co_spawn(
            io,
            [this] {
                return listener->run([this](const std::string& name) { heard.push_back(name); });
            },
            [this](const std::exception_ptr& failure) {
                EXPECT_FALSE(failure);
                ended = true;
            }
        );
    }
    template <class Done>
    void run_until(Done done) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (!done()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            io.run_one_for(50ms);
        }
    }
    [[nodiscard]] auto times(const std::string& name) const {
        return std::ranges::count(heard, name);
    }
    void notify(const std::string& name) const { (void)postgres::Link(uri).exec("notify " + name); }
    void end_connections() const {
        (void)postgres::Link(uri).exec(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        );
    }

    std::string uri = support::test_database();
    boost::asio::io_context io;
    async::BlockingPool pool{1};
    std::shared_ptr<Listener> listener = std::make_shared<Listener>(
        io.get_executor(), pool, uri, std::vector<std::string>{"first", "second"}
    );
    std::vector<std::string> heard;
    bool ended = false;
};

TEST_F(ListenerTest, HearsWhatIsNotifiedAndEndsWhenItIsToldTo) {
    run_until([&] { return times("first") == 1 && times("second") == 1; });
    notify("second");
    run_until([&] { return times("second") == 2; });
    EXPECT_EQ(times("first"), 1);
    listener->stop();
    run_until([&] { return ended; });
}

TEST_F(ListenerTest, ComesBackAfterALostConnectionAndLooksAtEverything) {
    run_until([&] { return times("first") == 1; });
    end_connections();
    run_until([&] { return times("first") == 2 && times("second") == 2; });
    notify("first");
    run_until([&] { return times("first") == 3; });
    listener->stop();
    run_until([&] { return ended; });
}

TEST_F(ListenerTest, EndsWhileItWaitsForTheNextTry) {
    run_until([&] { return times("first") == 1; });
    end_connections();
    for (int i = 0; i < 5; ++i) io.run_one_for(20ms);
    listener->stop();
    run_until([&] { return ended; });
}

}  // namespace
}  // namespace reel::worker
