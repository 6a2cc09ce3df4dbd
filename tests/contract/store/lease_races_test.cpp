// Two schedulers at once, over one database.

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "contract/store/fixture.hpp"
#include "reel/postgres/link.hpp"
#include "support/test_cluster.hpp"

namespace reel::store {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr core::Duration no_time = core::Duration::zero();

const LeaseHolder somebody{.hostname = "h", .pid = 1, .home = "home", .address = "h:1"};

TEST_P(RunStoreContract, OfManyWhoAskAtOnceOneGetsTheLease) {
    std::vector<std::future<bool>> asked;
    for (int i = 0; i < 8; ++i) {
        asked.push_back(std::async(std::launch::async, [&] {
            return store->acquire_lease(somebody, hours(1), {}).has_value();
        }));
    }
    int winners = 0;
    for (auto& each : asked) winners += each.get() ? 1 : 0;
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(store->read_lease().epoch, 1);
}

/// Of Postgres alone: it takes two connections to get between a check and its commit.
class LeaseRaces : public testing::Test {
  protected:
    void SetUp() override {
        store_ = make_empty_store("postgres");
        ASSERT_TRUE(store_->acquire_lease(somebody, no_time, {}));
        writer_.emplace(empty_store_uri());
    }
    /// As a fenced transaction begins.
    void begin_write() {
        writer_->exec("begin");
        writer_->exec("select from reel.lease where epoch = 1 for key share");
    }
    std::unique_ptr<RunStore> store_;
    std::optional<postgres::Link> writer_;
};

TEST_F(LeaseRaces, TheNextTermWaitsForAWriteThatIsUnderWay) {
    begin_write();
    auto next = std::async(std::launch::async, [&] {
        return store_->acquire_lease(somebody, hours(1), {}).has_value();
    });
    EXPECT_EQ(next.wait_for(milliseconds(100)), std::future_status::timeout);
    writer_->exec("update reel.next_attempt set attempt = attempt + 7");
    writer_->exec("commit");
    EXPECT_TRUE(next.get());
    const auto terms = store_->list_terms();
    EXPECT_EQ(terms[1].first_attempt, terms[0].first_attempt + 7) << "it saw the late write";
}

TEST_F(LeaseRaces, ARenewalWaitsForNoWrite) {
    ASSERT_TRUE(store_->acquire_lease(somebody, hours(1), {}));
    writer_->exec("begin");
    writer_->exec("select from reel.lease where epoch = 2 for key share");
    EXPECT_TRUE(store_->renew_lease(2, hours(1)));
    writer_->exec("select from reel.lease where epoch = 2 for key share");
    writer_->exec("commit");
}

TEST_F(LeaseRaces, AWriteDoesNotWaitForAnother) {
    begin_write();
    store_->fence(1);
    EXPECT_GT(store_->reserve_attempts(1), 0);
    writer_->exec("rollback");
}

TEST_F(LeaseRaces, AServerThatEndsTheConnectionOfTheLeaseIsAskedAgain) {
    writer_->exec(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name = 'reel lease' and datname = current_database()"
    );
    for (int i = 0; i < 100; ++i) {
        try {
            EXPECT_EQ(store_->read_lease().epoch, 1);
            return;
        } catch (const postgres::DatabaseError& error) {
            EXPECT_NE(error.kind(), postgres::FailureKind::bug) << error.what();
            std::this_thread::sleep_for(milliseconds(5));
        }
    }
    FAIL() << "it never came back";
}

}  // namespace

}  // namespace reel::store
