#include "daemon/leadership.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <thread>

#include "reel/async/until_first_end.hpp"
#include "reel/postgres/error.hpp"
#include "store/memory_store.hpp"

namespace reel::daemon {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// A store whose lease may be out of reach, or hang.
class MoodyStore final : public store::MemoryStore {
  public:
    std::atomic<bool> away = false;
    std::atomic<bool> hangs = false;
    std::atomic<int> renewals = 0;

    store::LeaseRecord read_lease() override {
        be_moody();
        return MemoryStore::read_lease();
    }
    std::optional<store::LeaseRecord> acquire_lease(
        const store::LeaseHolder& holder, core::Duration length, std::optional<store::Epoch> dead
    ) override {
        be_moody();
        return MemoryStore::acquire_lease(holder, length, dead);
    }
    bool renew_lease(store::Epoch epoch, core::Duration length) override {
        ++renewals;
        be_moody();
        return MemoryStore::renew_lease(epoch, length);
    }

  private:
    void be_moody() const {
        while (hangs) std::this_thread::sleep_for(1ms);
        if (away) {
            throw postgres::DatabaseError(
                postgres::FailureKind::transient, "", "connection refused"
            );
        }
    }
};

store::LeaseHolder holder(const std::string& home) {
    return {.hostname = "h", .pid = 1, .home = home, .address = "h:1"};
}

/// Leases are short here; what happens is waited for, not slept for.
class LeadershipTest : public testing::Test {
  protected:
    std::unique_ptr<Leadership> candidate(const std::string& home, core::Duration length = 300ms) {
        return std::make_unique<Leadership>(
            Leadership::Parts{
                .executor = io_.get_executor(),
                .leases = store_,
                .length = length,
                .is_gone = [this](const store::LeaseHolder& other) { return other.home == gone_; },
                .claim_home = [] { return std::nullopt; }
            },
            holder(home)
        );
    }
    /// Runs it to its end, or until the limit; whether it ended. One that did not goes on with the
    /// next.
    bool play(std::function<asio::awaitable<void>()> act, core::Duration limit = 5s) {
        struct End {
            bool is_there = false;
            std::exception_ptr failure;
        };
        const auto end = std::make_shared<End>();
        asio::co_spawn(io_, std::move(act), [this, end](const std::exception_ptr& error) {
            *end = {true, error};
            io_.stop();
        });
        io_.restart();
        io_.run_for(std::chrono::nanoseconds(limit));
        if (end->failure) std::rethrow_exception(end->failure);
        return end->is_there;
    }
    static store::Epoch epoch_of(const Leadership& leadership) {
        return leadership.term()->lease.epoch;
    }

    asio::io_context io_{1};
    MoodyStore store_;
    std::string gone_ = "nobody's";
};

TEST_F(LeadershipTest, AFreeLeaseIsWonAtOnce) {
    const auto one = candidate("a");
    EXPECT_FALSE(one->term());
    EXPECT_FALSE(one->may_act(1));
    ASSERT_TRUE(play([&] { return one->win(); }));
    ASSERT_TRUE(one->term());
    EXPECT_EQ(epoch_of(*one), 1);
    EXPECT_TRUE(one->may_act(1));
    EXPECT_FALSE(one->may_act(2)) << "a term is not another";
    EXPECT_EQ(one->term()->terms.size(), 1U);
}

TEST_F(LeadershipTest, WhatTheDatabaseSaidOfItIsKnownForASecond) {
    Moment now = BootClock::now();
    Leadership one(
        {.executor = io_.get_executor(),
         .leases = store_,
         .length = 1h,
         .now = [&now] { return now; },
         .is_gone = [](const store::LeaseHolder&) { return false; },
         .claim_home = [] { return std::nullopt; }},
        holder("a")
    );
    EXPECT_FALSE(one.just_won());
    ASSERT_TRUE(play([&] { return one.win(); }));
    ASSERT_TRUE(one.just_won());
    EXPECT_EQ(one.just_won()->epoch, 1);
    EXPECT_TRUE(one.just_won()->is_held());
    now += 1001ms;
    EXPECT_FALSE(one.just_won()) << "it may have changed since";
    EXPECT_TRUE(one.may_act(1));
}

TEST_F(LeadershipTest, ItIsKeptByRenewals) {
    const auto one = candidate("a");
    ASSERT_TRUE(play([&] { return one->win(); }));
    EXPECT_FALSE(play([&] { return one->keep(); }, 700ms)) << "more than twice its length";
    EXPECT_TRUE(one->may_act(1));
    EXPECT_GE(store_.renewals, 3);
    store_.release_lease(1);
    EXPECT_TRUE(store_.acquire_lease(holder("b"), 1h, {}));
    io_.restart();
    io_.run_for(1s);
    EXPECT_FALSE(one->may_act(1));
}

TEST_F(LeadershipTest, AStandbySaysSoAndTakesOverWhenTheLeaseIsReleased) {
    ASSERT_TRUE(store_.acquire_lease(holder("a"), 1h, {}));
    const auto two = candidate("b");
    EXPECT_FALSE(play(
        [&]() -> asio::awaitable<void> {
            co_await async::until_first_end(two->win(), two->standing_by());
            co_await two->win();
        },
        300ms
    ));
    EXPECT_FALSE(two->term());
    store_.release_lease(1);
    const auto since = std::chrono::steady_clock::now();
    io_.restart();
    io_.run_for(5s);
    EXPECT_LT(std::chrono::steady_clock::now() - since, 2s);
    ASSERT_TRUE(two->term());
    EXPECT_EQ(epoch_of(*two), 2);
}

TEST_F(LeadershipTest, AStandbyTakesOverWhenTheLeaseRunsOut) {
    ASSERT_TRUE(store_.acquire_lease(holder("a"), 200ms, {}));
    const auto two = candidate("b");
    const auto since = std::chrono::steady_clock::now();
    ASSERT_TRUE(play([&] { return two->win(); }));
    EXPECT_LT(std::chrono::steady_clock::now() - since, 1500ms);
    EXPECT_EQ(epoch_of(*two), 2);
}

TEST_F(LeadershipTest, ADeadProcessOfTheSameHomeIsNotWaitedFor) {
    ASSERT_TRUE(store_.acquire_lease(holder("a"), 1h, {}));
    gone_ = "a";
    const auto again = candidate("a");
    ASSERT_TRUE(play([&] { return again->win(); }));
    EXPECT_EQ(epoch_of(*again), 2);
}

TEST_F(LeadershipTest, ADatabaseThatIsAwayIsWaitedFor) {
    store_.away = true;
    const auto one = candidate("a");
    EXPECT_FALSE(play([&] { return one->win(); }, 100ms));
    store_.away = false;
    io_.restart();
    io_.run_for(3s);
    EXPECT_TRUE(one->term());
}

TEST_F(LeadershipTest, WithoutTheDatabaseTheTermEndsBeforeTheLeaseDoes) {
    const auto one = candidate("a", 3s);
    ASSERT_TRUE(play([&] { return one->win(); }));
    store_.away = true;
    ASSERT_TRUE(play([&] { return one->keep(); }));
    EXPECT_FALSE(one->may_act(1));
    store_.away = false;
    EXPECT_TRUE(store_.read_lease().is_held()) << "a tenth of it is left";
    EXPECT_GE(store_.renewals, 2) << "it was tried again";
}

TEST_F(LeadershipTest, ARenewalThatHangsDoesNotHideTheEnd) {
    const auto one = candidate("a");
    ASSERT_TRUE(play([&] { return one->win(); }));
    store_.hangs = true;
    const auto since = std::chrono::steady_clock::now();
    EXPECT_TRUE(play([&] { return one->keep(); }));
    EXPECT_LT(std::chrono::steady_clock::now() - since, 1s);
    EXPECT_FALSE(one->may_act(1));
    one->forget();
    store_.hangs = false;
    io_.restart();
    io_.run_for(1s);
    EXPECT_FALSE(one->term()) << "a late answer revives nothing";
}

TEST_F(LeadershipTest, WhoHasLostItCanWinItAgain) {
    const auto one = candidate("a");
    ASSERT_TRUE(play([&] { return one->win(); }));
    store_.away = true;
    ASSERT_TRUE(play([&] { return one->keep(); }));
    one->forget();
    store_.away = false;
    ASSERT_TRUE(play([&] { return one->win(); }));
    EXPECT_EQ(epoch_of(*one), 2);
    EXPECT_FALSE(one->may_act(1));
    EXPECT_TRUE(one->may_act(2));
    EXPECT_EQ(one->term()->terms.size(), 2U);
}

TEST_F(LeadershipTest, ReleasedItIsTheNextOnesAtOnce) {
    const auto one = candidate("a", 1h);
    ASSERT_TRUE(play([&] { return one->win(); }));
    ASSERT_TRUE(play([&] { return one->release(); }));
    EXPECT_FALSE(one->may_act(1));
    EXPECT_FALSE(store_.read_lease().is_held());
    ASSERT_TRUE(play([&] { return one->release(); })) << "there is nothing to release any more";
}

TEST_F(LeadershipTest, AReleaseThatDoesNotArriveIsOnlyLogged) {
    const auto one = candidate("a", 1h);
    ASSERT_TRUE(play([&] { return one->win(); }));
    store_.away = true;
    EXPECT_TRUE(play([&] { return one->release(); }));
    EXPECT_FALSE(one->term());
}

}  // namespace
}  // namespace reel::daemon
