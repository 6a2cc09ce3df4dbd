#include "worker/order_builder.hpp"

#include <gmock/gmock.h>

#include "worker_desk.hpp"

namespace reel::worker {

namespace {

using testing::HasSubstr;

class OrderBuilderTest : public WorkerTest {
  protected:
    OrderBuilder builder{*runs};
};

TEST_F(OrderBuilderTest, MakesTheOrderOfAClaim) {
    const auto order = builder.build(an_offer(7, "load", "r2"));
    ASSERT_TRUE(order) << order.error().message;
    EXPECT_EQ(order->attempt, 7);
    EXPECT_EQ(order->key, key_of("load", "r2"));
    EXPECT_EQ(order->try_number, 2);
    EXPECT_EQ(order->priority, 3);
    EXPECT_EQ(order->task().queue, "loads");
    EXPECT_EQ(order->run, runs->get_run(order->key.dag_id, order->key.run_id).value());
    EXPECT_FALSE(order->started_at);
}

TEST_F(OrderBuilderTest, KeepsAVersionOfADagForItsOtherTasks) {
    const auto one = builder.build(an_offer(1, "load", "r1"));
    const auto other = builder.build(an_offer(2, "extract", "r2"));
    EXPECT_EQ(one->dag, other->dag);
}

TEST_F(OrderBuilderTest, TakesTheVersionThatTheRunIsPinnedTo) {
    auto changed = movies_dag();
    changed.version = "v2";
    changed.tasks[0].retries = 9;
    runs->save_dags({changed}, false, clock.now());
    EXPECT_EQ(builder.build(an_offer(1))->task().retries, 0);
    auto newer = an_offer(2);
    newer.dag_version = "v2";
    EXPECT_EQ(builder.build(newer)->task().retries, 9);
}

TEST_F(OrderBuilderTest, NamesWhatIsGone) {
    auto offer = an_offer(1);
    offer.key.run_id = core::RunId("r9");
    EXPECT_THAT(builder.build(offer).error().describe(), HasSubstr("r9"));
    offer = an_offer(1);
    offer.dag_version = "v9";
    EXPECT_EQ(builder.build(offer).error().code, core::Errc::not_found);
    offer = an_offer(1);
    offer.key.task_id = core::TaskId("transform");
    EXPECT_THAT(builder.build(offer).error().describe(), HasSubstr("no task 'transform'"));
}

}  // namespace
}  // namespace reel::worker
