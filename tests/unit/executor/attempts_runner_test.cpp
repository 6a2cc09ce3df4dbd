#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "desk.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;

namespace {

runner::ProcessStart running(core::AttemptId attempt) {
    return {.attempt = attempt, .pid = 100, .at = support::fake_start()};
}

core::Result<runner::RunnerInventory> no_runner() {
    return core::fail(core::Errc::unavailable, "no runner answers");
}

}  // namespace

TEST(Adopt, ReportsWhatStillRunsAndLaterItsEnd) {
    Desk desk;
    desk.runner.attachments.push_back(runner::RunnerInventory{.running = {running(17)}, .ended = {}}
    );
    desk.adopt({bash_order(17)});
    EXPECT_TRUE(desk.adopted);
    EXPECT_TRUE(desk.runner.started.empty());
    ASSERT_EQ(desk.started.size(), 1U);
    EXPECT_EQ(desk.started[0].pid, 100);
    desk.runner.tell_exited(17, 0);
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::succeeded);
}

TEST(Adopt, ReportsWhatEndedMeanwhile) {
    Desk desk;
    desk.runner.attachments.push_back(runner::RunnerInventory{
        .running = {}, .ended = {support::an_exit(17, runner::ProcessEnd::exited, 3)}
    });
    desk.adopt({bash_order(17)});
    EXPECT_EQ(desk.started.size(), 1U);
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].message, "exit code 3");
    EXPECT_TRUE(desk.runner.acknowledged.empty());
    desk.executor->release(17);
    EXPECT_EQ(desk.runner.acknowledged, std::vector<core::AttemptId>{17});
}

TEST(Adopt, BeginsWhatTheRunnerHasNeverHeardOf) {
    Desk desk;
    desk.adopt({bash_order(17)});
    desk.run();
    ASSERT_EQ(desk.runner.started.size(), 1U);
    EXPECT_EQ(desk.runner.started[0].attempt, 17);
    EXPECT_TRUE(desk.ended.empty());
}

TEST(Adopt, DoesNotBeginAgainWhatHadBegunAndNobodyKnowsAnyMore) {
    Desk desk;
    auto order = bash_order(17);
    order.started_at = core::Timestamp(std::chrono::hours(1));
    desk.adopt({order});
    desk.run();
    EXPECT_TRUE(desk.runner.started.empty()) << "the journal of its home is gone, it may have run";
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::lost);
}

TEST(Adopt, EndsWhatIsNobodysAndWaitsForItsEnd) {
    Desk desk;
    desk.runner.attachments.push_back(runner::RunnerInventory{
        .running = {running(5)}, .ended = {support::an_exit(6, runner::ProcessEnd::exited)}
    });
    boost::asio::co_spawn(
        desk.io,
        [&]() -> boost::asio::awaitable<void> { return desk.executor->adopt({}); },
        [&](const std::exception_ptr&) { desk.adopted = true; }
    );
    desk.io.poll();
    EXPECT_EQ(desk.runner.cancelled, std::vector<core::AttemptId>{5});
    EXPECT_EQ(desk.runner.acknowledged, std::vector<core::AttemptId>{6});
    EXPECT_FALSE(desk.adopted) << "its task might begin anew beside it";
    desk.runner.tell_ended(support::an_exit(5, runner::ProcessEnd::cancelled));
    desk.io.restart();
    desk.io.poll();
    EXPECT_TRUE(desk.adopted);
    EXPECT_EQ(desk.runner.acknowledged, (std::vector<core::AttemptId>{6, 5}));
    EXPECT_TRUE(desk.ended.empty());
    EXPECT_TRUE(desk.started.empty());
}

TEST(Adopt, WaitsForNobodyWhoEndedWhileTheRunnerTookStock) {
    Desk desk;
    // Both run when the runner takes stock, and have ended before anybody reads it.
    desk.runner.attachments.push_back(
        runner::RunnerInventory{.running = {running(17), running(5)}, .ended = {}}
    );
    desk.runner.on_attach = [&] {
        desk.runner.tell_exited(17, 0);
        desk.runner.tell_ended(support::an_exit(5, runner::ProcessEnd::exited));
    };
    boost::asio::co_spawn(
        desk.io,
        [&]() -> boost::asio::awaitable<void> { return desk.executor->adopt({bash_order(17)}); },
        [&](const std::exception_ptr&) { desk.adopted = true; }
    );
    desk.io.poll();
    EXPECT_TRUE(desk.adopted);
    EXPECT_TRUE(desk.runner.cancelled.empty());
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::succeeded);
    EXPECT_EQ(desk.runner.acknowledged, std::vector<core::AttemptId>{5});
}

TEST(Adopt, BeginsAnEmptyTaskAnew) {
    Desk desk;
    desk.adopt({an_order("empty", Json::object())});
    desk.run();
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::succeeded);
}

TEST(Adopt, TriesUntilARunnerAnswers) {
    Desk desk;
    desk.runner.attachments.push_back(no_runner());
    desk.runner.attachments.push_back(no_runner());
    desk.runner.attachments.push_back(runner::RunnerInventory{.running = {running(17)}, .ended = {}}
    );
    desk.adopt({bash_order(17)});
    EXPECT_TRUE(desk.adopted);
    EXPECT_EQ(desk.pauses, (std::vector<int>{1, 2}));
    EXPECT_EQ(desk.started.size(), 1U);
}

TEST(Adopt, ReturnsWhenPatienceEndsAndGoesOnTrying) {
    Desk desk;
    for (int tries = 0; tries < 5; ++tries) {
        desk.runner.attachments.push_back(no_runner());
    }
    desk.runner.attachments.push_back(runner::RunnerInventory{.running = {running(17)}, .ended = {}}
    );
    desk.adopt({bash_order(17)});
    EXPECT_TRUE(desk.adopted);
    EXPECT_EQ(desk.runner.attached, 6);
    EXPECT_TRUE(desk.ended.empty()) << "it may still run";
    EXPECT_EQ(desk.started.size(), 1U);
}

TEST(Adopt, CancelsWhatWasCancelledMeanwhile) {
    Desk desk;
    desk.runner.attachments.push_back(runner::RunnerInventory{.running = {running(17)}, .ended = {}}
    );
    boost::asio::io_context& io = desk.io;
    boost::asio::co_spawn(
        io,
        [&]() -> boost::asio::awaitable<void> {
            return desk.executor->adopt({bash_order(17), bash_order(18)});
        },
        [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
    );
    io.run_one();
    desk.executor->cancel(17);
    desk.executor->cancel(18);
    desk.run();
    EXPECT_EQ(desk.runner.cancelled, std::vector<core::AttemptId>{17});
    ASSERT_EQ(desk.ended.size(), 1U) << "18 never began";
    EXPECT_EQ(desk.ended[0].attempt, 18);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::cancelled);
    EXPECT_TRUE(desk.runner.started.empty());
}

TEST(Runner, ThatCannotBeReachedFailsWhatNeverBegan) {
    Desk desk;
    for (int tries = 0; tries < 3; ++tries) {
        desk.runner.attachments.push_back(no_runner());
    }
    desk.start(bash_order(17));
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::failed);
    EXPECT_EQ(desk.ended[0].message, "the runner cannot be reached: no runner answers");
    desk.start(bash_order(18));
    EXPECT_EQ(desk.runner.started.size(), 1U) << "the next attempt tries again";
}

TEST(Runner, OfAnotherVersionIsWaitedForWithoutAFailure) {
    Desk desk;
    for (int tries = 0; tries < 4; ++tries) {
        desk.runner.attachments.emplace_back(
            core::fail(core::Errc::conflict, "the runner speaks protocol 4, the worker 5")
        );
    }
    desk.runner.attachments.emplace_back(runner::RunnerInventory{});
    desk.start(bash_order(17));
    EXPECT_TRUE(desk.ended.empty());
    EXPECT_EQ(desk.runner.started.size(), 1U) << "once it has made room";
}

TEST(Runner, ThatIsLostTakesWithItWhatIsNotInTheNewInventory) {
    Desk desk;
    desk.start(bash_order(17));
    desk.start(bash_order(18));
    desk.runner.tell_started(17);
    desk.runner.tell_started(18);
    desk.runner.attachments.push_back(runner::RunnerInventory{
        .running = {}, .ended = {support::an_exit(18, runner::ProcessEnd::exited, 0)}
    });
    desk.runner.events.on_lost("connection reset");
    desk.run();
    EXPECT_EQ(desk.runner.attached, 2);
    ASSERT_EQ(desk.ended.size(), 2U);
    EXPECT_EQ(desk.ended[0].attempt, 18);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::succeeded);
    EXPECT_EQ(desk.ended[1].attempt, 17);
    EXPECT_EQ(desk.ended[1].outcome, TaskOutcome::lost);
    EXPECT_EQ(desk.started.size(), 2U);
}

TEST(Runner, ThatIsLostBeforeItStartedAnAttemptIsToldAgain) {
    Desk desk;
    desk.start(bash_order(17));
    desk.runner.events.on_lost("connection reset");
    desk.run();
    ASSERT_EQ(desk.runner.started.size(), 2U);
    EXPECT_EQ(desk.runner.started[1].input, desk.runner.started[0].input);
    EXPECT_TRUE(desk.ended.empty());
}

TEST(Runner, ThatIsLostStillHasItsAttemptsCancelled) {
    Desk desk;
    desk.start(bash_order(17));
    desk.runner.tell_started(17);
    desk.runner.attachments.push_back(runner::RunnerInventory{.running = {running(17)}, .ended = {}}
    );
    desk.runner.events.on_lost("connection reset");
    desk.executor->cancel(17);
    EXPECT_TRUE(desk.runner.cancelled.empty()) << "nobody is there to be told";
    desk.run();
    EXPECT_EQ(desk.runner.cancelled, std::vector<core::AttemptId>{17});
    EXPECT_EQ(desk.started.size(), 1U) << "its start is not reported again";
    desk.runner.tell_ended(support::an_exit(17, runner::ProcessEnd::cancelled));
    EXPECT_EQ(desk.ended.at(0).outcome, TaskOutcome::cancelled);
}

TEST(Runner, ThatCannotBeReachedDoesNotKeepAnAttemptFromBeingCancelled) {
    Desk desk;
    for (int tries = 0; tries < 2; ++tries) {
        desk.runner.attachments.push_back(no_runner());
    }
    desk.executor->start(bash_order(17));
    while (desk.pauses.empty()) {
        desk.io.run_one();
    }
    desk.executor->cancel(17);
    desk.run();
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::cancelled);
    EXPECT_TRUE(desk.runner.started.empty());
}

TEST(Runner, ThatCannotBeReachedDoesNotKeepTheProgramFromStopping) {
    Desk desk;
    for (int tries = 0; tries < 1000; ++tries) {
        desk.runner.attachments.push_back(no_runner());
    }
    desk.executor->start(bash_order(17));
    while (desk.pauses.empty()) {
        desk.io.run_one();
    }
    boost::asio::co_spawn(
        desk.io,
        [&]() -> boost::asio::awaitable<void> { return desk.executor->stop(false); },
        [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
    );
    desk.run();
    EXPECT_EQ(desk.runner.detached, false);
    EXPECT_LT(desk.runner.attached, 10);
    EXPECT_TRUE(desk.ended.empty());
}

TEST(Runner, ThatIsLostIsNotLookedForWhileThereIsNothingToDo) {
    Desk desk;
    desk.start(bash_order(17));
    desk.runner.tell_exited(17, 0);
    desk.runner.events.on_lost("connection reset");
    desk.run();
    EXPECT_EQ(desk.runner.attached, 1);
    desk.executor->release(17);
    EXPECT_TRUE(desk.runner.acknowledged.empty());
    desk.runner.attachments.push_back(runner::RunnerInventory{
        .running = {}, .ended = {support::an_exit(17, runner::ProcessEnd::exited, 0)}
    });
    desk.start(bash_order(18));
    EXPECT_EQ(desk.runner.acknowledged, std::vector<core::AttemptId>{17});
    EXPECT_EQ(desk.ended.size(), 1U) << "the end was reported already";
}

}  // namespace reel::executor
