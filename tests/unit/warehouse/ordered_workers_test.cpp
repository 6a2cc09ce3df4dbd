#include "warehouse/stage/ordered_workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>

namespace reel::warehouse {
namespace {

using Workers = OrderedWorkers<int, int>;

TEST(OrderedWorkers, GivesResultsInTheOrderOfThePushes) {
    std::latch second_done(1);
    const auto work = [&](int item) {
        if (item == 1) second_done.count_down();
        if (item == 0) second_done.wait();
        return item * 10;
    };
    Workers workers({work, work});
    for (int i = 0; i < 50; ++i) workers.push(i);
    EXPECT_EQ(workers.out(), 50U);
    for (int i = 0; i < 50; ++i) ASSERT_EQ(workers.take(), i * 10);
    EXPECT_EQ(workers.out(), 0U);
}

TEST(OrderedWorkers, GivesNothingBeforeItIsReady) {
    std::latch may_end(1);
    Workers workers({[&](int item) {
        may_end.wait();
        return item;
    }});
    EXPECT_FALSE(workers.take_ready());
    workers.push(1);
    EXPECT_FALSE(workers.take_ready());
    may_end.count_down();
    EXPECT_EQ(workers.take(), 1);
    EXPECT_FALSE(workers.take_ready());
}

TEST(OrderedWorkers, CallsEachWorkByOneThreadAtATime) {
    struct Counter {
        std::atomic<int> inside = 0;
        std::atomic<int> most = 0;
    };
    std::array<Counter, 3> counters;
    std::vector<Workers::Work> works;
    for (auto& counter : counters) {
        works.emplace_back([&counter](int item) {
            counter.most = std::max(counter.most.load(), ++counter.inside);
            --counter.inside;
            return item;
        });
    }
    {
        Workers workers(std::move(works));
        for (int i = 0; i < 300; ++i) workers.push(i);
        for (int i = 0; i < 300; ++i) ASSERT_EQ(workers.take(), i);
    }
    for (const auto& counter : counters) EXPECT_LE(counter.most, 1);
}

TEST(OrderedWorkers, ThrowsWhatTheWorkThrewInItsTurn) {
    Workers workers({[](int item) {
        if (item == 1) throw std::runtime_error("one");
        return item;
    }});
    for (int i = 0; i < 3; ++i) workers.push(i);
    EXPECT_EQ(workers.take(), 0);
    EXPECT_THROW(static_cast<void>(workers.take()), std::runtime_error);
    EXPECT_EQ(workers.take(), 2);
}

TEST(OrderedWorkers, ForgetsWhatHasNotBegunAtItsEnd) {
    std::atomic<int> done = 0;
    std::latch begun(1);
    std::latch may_end(1);
    {
        auto workers = std::make_unique<Workers>(std::vector<Workers::Work>{[&](int item) {
            if (item == 0) begun.count_down();
            may_end.wait();
            return ++done;
        }});
        for (int i = 0; i < 1000; ++i) workers->push(i);
        begun.wait();
        const std::jthread opener([&] { may_end.count_down(); });
        workers.reset();
    }
    EXPECT_GE(done, 1);
}

}  // namespace
}  // namespace reel::warehouse
