#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "desk.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;

TEST(Executor, CancelsWhatWasNotHandedOverAtOnce) {
    Desk desk;
    desk.executor->start(bash_order(17));
    desk.executor->cancel(17);
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::cancelled);
    desk.run();
    EXPECT_TRUE(desk.runner.started.empty());
    EXPECT_EQ(desk.ended.size(), 1U);
}

TEST(Executor, CancelsWhatWaitsForTheDatabase) {
    Desk desk;
    desk.store.away = 1'000'000;
    desk.executor->start(bash_order(17, "echo {{ var.value.region }}"));
    while (desk.pauses.empty()) {
        desk.io.run_one();
    }
    desk.executor->cancel(17);
    desk.run();
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::cancelled);
}

TEST(Executor, AsksTheRunnerToCancelWhatItHolds) {
    Desk desk;
    desk.start(bash_order(17));
    desk.runner.tell_started(17);
    desk.executor->cancel(17);
    EXPECT_EQ(desk.runner.cancelled, std::vector<core::AttemptId>{17});
    EXPECT_TRUE(desk.ended.empty());
    desk.runner.tell_ended(support::an_exit(17, runner::ProcessEnd::cancelled));
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::cancelled);
}

TEST(Executor, IgnoresACancelOfWhatItDoesNotHold) {
    Desk desk;
    desk.executor->cancel(99);
    desk.start(bash_order(17));
    desk.runner.tell_exited(17, 0);
    desk.executor->cancel(17);
    EXPECT_TRUE(desk.runner.cancelled.empty());
    EXPECT_EQ(desk.ended.size(), 1U);
}

TEST(Executor, StopsWithoutAnotherWord) {
    Desk desk;
    desk.start(bash_order(17));
    desk.executor->start(bash_order(18));
    boost::asio::co_spawn(
        desk.io,
        [&]() -> boost::asio::awaitable<void> { return desk.executor->stop(true); },
        [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
    );
    desk.run();
    EXPECT_EQ(desk.runner.detached, true);
    desk.runner.tell_exited(17, 0);
    desk.start(bash_order(19));
    EXPECT_TRUE(desk.ended.empty());
    EXPECT_EQ(desk.runner.started.size(), 1U);
}

TEST(Executor, MayGoWhileAttemptsAreBeingPrepared) {
    Desk desk;
    desk.store.away = 1'000'000;
    desk.executor->start(bash_order(17, "echo {{ var.value.region }}"));
    while (desk.pauses.empty()) {
        desk.io.run_one();
    }
    desk.executor.reset();
    desk.run();
    EXPECT_TRUE(desk.ended.empty());
}

}  // namespace reel::executor
