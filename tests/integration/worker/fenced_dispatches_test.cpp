// What a scheduler writes for workers after another one has taken over.

#include <gmock/gmock.h>

#include "reel/store/dispatch_store.hpp"
#include "reel/store/migrations.hpp"
#include "reel/store/run_store.hpp"
#include "support/test_cluster.hpp"

namespace reel::worker {

namespace {

using namespace std::chrono_literals;
using store::LostLeadership;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

store::DispatchOffer an_offer(core::AttemptId attempt, const std::string& run_id) {
    store::DispatchOffer offer;
    offer.attempt = attempt;
    offer.key = {core::DagId("movies"), core::RunId(run_id), core::TaskId("extract"), -1};
    offer.try_number = 1;
    offer.dag_version = "v1";
    offer.queue = "default";
    return offer;
}

std::string migrated() {
    std::string uri = support::test_database();
    EXPECT_TRUE(store::migrate(uri));
    return uri;
}

class FencedDispatches : public testing::Test {
  protected:
    /// Takes the lease though another one has it: that one's process is dead.
    store::Epoch take_over(std::optional<store::Epoch> dead = {}) {
        const store::LeaseHolder holder{.hostname = "h", .pid = 1, .home = "x", .address = {}};
        return leases_->acquire_lease(holder, 1h, dead).value().epoch;
    }
    std::unique_ptr<store::DispatchStore> dispatches_of(std::optional<store::Epoch> term) {
        return store::make_postgres_dispatch_store(uri_, term);
    }

    std::string uri_ = migrated();
    std::unique_ptr<store::RunStore> leases_ = store::make_postgres_store(uri_);
};

TEST_F(FencedDispatches, WithinItsTermASchedulerWrites) {
    const auto store = dispatches_of(take_over());
    store->offer({an_offer(1, "r1"), an_offer(2, "r2")});
    store->cancel({1});
    store->forget({1});
    EXPECT_THAT(store->list_dispatches({}), SizeIs(1));
}

TEST_F(FencedDispatches, AfterItsTermASchedulerChangesNothing) {
    const store::Epoch first = take_over();
    const auto before = dispatches_of(first);
    before->offer({an_offer(1, "r1"), an_offer(2, "r2")});
    const auto after = dispatches_of(take_over(first));
    after->cancel({1});
    const auto rows = after->list_dispatches({});
    EXPECT_THROW(before->offer({an_offer(3, "r3")}), LostLeadership);
    EXPECT_THROW(before->cancel({2}), LostLeadership);
    EXPECT_THROW(before->forget({1}), LostLeadership);
    EXPECT_EQ(after->list_dispatches({}), rows);
    after->forget({1});
    EXPECT_THAT(after->list_dispatches({}), SizeIs(1));
}

TEST_F(FencedDispatches, AWorkerHasNoTerm) {
    const store::Epoch first = take_over();
    dispatches_of(first)->offer({an_offer(1, "r1")});
    take_over(first);
    const auto claimed = dispatches_of({})->claim("w", {"default"}, 1min, 5);
    EXPECT_THAT(claimed, ElementsAre(an_offer(1, "r1")));
    EXPECT_THAT(dispatches_of({})->claim("w", {"default"}, 1min, 5), IsEmpty());
}

}  // namespace

}  // namespace reel::worker
