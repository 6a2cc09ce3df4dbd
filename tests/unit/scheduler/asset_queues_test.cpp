#include "scheduler/asset_queues.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const core::DagId one("one");
const core::DagId two("two");

store::QueuedAssetEvent an_event(const core::DagId& dag_id, std::int64_t id, const char* uri) {
    return {.dag_id = dag_id, .event_id = id, .uri = uri, .timestamp = {}, .source = {}};
}

class AssetQueuesTest : public ::testing::Test {
  protected:
    void wait(const core::DagId& dag_id, std::string_view condition) {
        queues.wait_for(dag_id, core::parse_asset_condition(condition).value());
    }
    AssetQueues queues;
};

TEST_F(AssetQueuesTest, KnowWhoWaitsForWhat) {
    wait(one, "a & b");
    wait(two, "b | c");
    EXPECT_THAT(queues.waiting_for("a"), ElementsAre(one));
    EXPECT_THAT(queues.waiting_for("b"), ElementsAre(one, two));
    EXPECT_THAT(queues.waiting_for("d"), IsEmpty());
    wait(one, "c");
    EXPECT_THAT(queues.waiting_for("a"), IsEmpty());
    queues.wait_for(two, std::nullopt);
    EXPECT_THAT(queues.waiting_for("c"), ElementsAre(one));
}

TEST_F(AssetQueuesTest, AreMetByWhatWaits) {
    wait(one, "a & b");
    queues.add(an_event(one, 1, "a"));
    queues.add(an_event(one, 2, "a"));
    EXPECT_FALSE(queues.is_met(one));
    queues.add(an_event(one, 3, "b"));
    EXPECT_TRUE(queues.is_met(one));
    EXPECT_FALSE(queues.is_met(two));
    EXPECT_THAT(queues.take(one), ElementsAre(1, 2, 3));
    EXPECT_FALSE(queues.is_met(one));
    EXPECT_THAT(queues.take(one), IsEmpty());
}

TEST_F(AssetQueuesTest, CountAnEventOnce) {
    wait(one, "a");
    queues.add(an_event(one, 1, "a"));
    queues.add(an_event(one, 1, "a"));
    const auto removed = queues.remove_if([](const auto& event) { return event.event_id == 1; });
    EXPECT_EQ(removed.size(), 1U);
    EXPECT_FALSE(queues.is_met(one));
}

TEST_F(AssetQueuesTest, LoseOnlyWhatIsMeant) {
    wait(one, "a");
    wait(two, "a");
    queues.add(an_event(one, 1, "a"));
    queues.add(an_event(two, 1, "a"));
    queues.add(an_event(two, 2, "a"));
    const auto removed = queues.remove_if([](const auto& event) {
        return event.dag_id == two && event.event_id == 1;
    });
    EXPECT_THAT(removed, ElementsAre(an_event(two, 1, "a")));
    EXPECT_TRUE(queues.is_met(one));
    EXPECT_THAT(queues.take(two), ElementsAre(2));
}

TEST_F(AssetQueuesTest, KeepWhatWaitsForADagThatIsAwayForAWhile) {
    wait(one, "a");
    queues.add(an_event(one, 1, "a"));
    queues.wait_for(one, std::nullopt);
    EXPECT_FALSE(queues.is_met(one));
    wait(one, "a");
    EXPECT_TRUE(queues.is_met(one));
}

}  // namespace
}  // namespace reel::scheduler
