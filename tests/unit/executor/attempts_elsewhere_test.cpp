// What a leader of another home left behind, and what one may do that leads no more.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "desk.hpp"
#include "support/lingering.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;

namespace {

using Adjust = std::function<void(ExecutorOptions&)>;

/// Attempt 17 was another home's, which may have it for so long yet.
Adjust elsewhere(core::Duration wait) {
    return [wait](ExecutorOptions& options) {
        options.elsewhere = [wait](core::AttemptId attempt) {
            return attempt == 17 ? std::optional(wait) : std::nullopt;
        };
    };
}

Adjust ask(const bool& may_act) {
    return
        [&may_act](ExecutorOptions& options) { options.may_act = [&may_act] { return may_act; }; };
}

/// As Desk::adopt, but goes on only until the world's help is needed.
void begin_to_adopt(Desk& desk, const std::vector<scheduler::AttemptOrder>& orders) {
    boost::asio::co_spawn(
        desk.io,
        [&desk, orders]() -> boost::asio::awaitable<void> {
            co_await desk.executor->adopt(orders);
            desk.adopted = true;
        },
        [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
    );
    desk.io.poll();
}

store::LingeringAttempt lingering(core::AttemptId attempt) {
    return support::a_lingering(attempt, bash_order(attempt).key);
}

constexpr core::Duration a_moment = std::chrono::microseconds(1);
constexpr core::Duration long_time = std::chrono::hours(1);

}  // namespace

TEST(Elsewhere, AnAttemptOfAnotherHomeIsNotBegunHereAndIsLostInTheEnd) {
    Desk desk(elsewhere(a_moment));
    desk.adopt({bash_order(17)});
    EXPECT_TRUE(desk.adopted);
    EXPECT_TRUE(desk.runner.started.empty());
    EXPECT_TRUE(desk.started.empty());
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].attempt, 17);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::lost);
    EXPECT_NE(desk.ended[0].message.find("does not lead any more"), std::string::npos);
}

TEST(Elsewhere, UntilThenItCountsAsAlive) {
    Desk desk(elsewhere(long_time));
    begin_to_adopt(desk, {bash_order(17)});
    EXPECT_TRUE(desk.adopted) << "the others are not held up";
    EXPECT_TRUE(desk.runner.started.empty());
    EXPECT_TRUE(desk.ended.empty());
    desk.executor->cancel(17);
    desk.io.poll();
    EXPECT_TRUE(desk.ended.empty()) << "nobody can end it from here";
}

TEST(Elsewhere, OneThatWasToEndIsCancelledInTheEnd) {
    Desk desk(elsewhere(std::chrono::milliseconds(1)));
    begin_to_adopt(desk, {bash_order(17)});
    desk.executor->cancel(17);
    desk.run();
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::cancelled);
}

TEST(Elsewhere, WhatOurOwnRunnerHasIsHere) {
    Desk desk(elsewhere(long_time));
    desk.runner.attachments.push_back(runner::RunnerInventory{
        .running = {{.attempt = 17, .pid = 1, .at = support::fake_start()}}, .ended = {}
    });
    begin_to_adopt(desk, {bash_order(17)});
    EXPECT_EQ(desk.started.size(), 1U);
    EXPECT_TRUE(desk.runner.cancelled.empty());
    desk.runner.tell_exited(17, 0);
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::succeeded);
}

TEST(Elsewhere, TheOthersAreAdoptedAsEver) {
    Desk desk(elsewhere(a_moment));
    desk.adopt({bash_order(17), bash_order(18)});
    desk.run();
    ASSERT_EQ(desk.runner.started.size(), 1U);
    EXPECT_EQ(desk.runner.started[0].attempt, 18);
}

TEST(Elsewhere, ItHoldsUpNoShutdown) {
    Desk desk(elsewhere(long_time));
    desk.executor->end_lingering({lingering(17)});
    begin_to_adopt(desk, {});
    EXPECT_EQ(desk.executor->out_of_reach(), 1U);
    Desk other(elsewhere(long_time));
    begin_to_adopt(other, {bash_order(17), bash_order(18)});
    EXPECT_EQ(other.executor->out_of_reach(), 1U) << "18 is ours";
}

TEST(Lingering, WhileNoRunnerCanBeReachedItHoldsUpNoShutdown) {
    Desk desk;
    for (int tries = 0; tries < 4; ++tries) {
        desk.runner.attachments.emplace_back(core::fail(core::Errc::unavailable, "no runner"));
    }
    desk.executor->end_lingering({lingering(17)});
    EXPECT_EQ(desk.executor->out_of_reach(), 1U);
    boost::asio::co_spawn(
        desk.io,
        [&desk]() -> boost::asio::awaitable<void> { co_await desk.executor->adopt({}); },
        [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
    );
    desk.run();
    EXPECT_EQ(desk.runner.attached, 5) << "it is asked for until one answers";
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.executor->out_of_reach(), 0U);
}

TEST(Lingering, IsLeftToTheNextLeaderByOneThatIsAbandoned) {
    Desk desk(elsewhere(long_time));
    desk.executor->end_lingering({lingering(17)});
    begin_to_adopt(desk, {});
    desk.executor->abandon();
    desk.run();
    EXPECT_TRUE(desk.ended.empty()) << "and nothing waits for its time any more";
}

TEST(Lingering, OfAnotherHomeItIsGoneInTheEnd) {
    Desk desk(elsewhere(std::chrono::milliseconds(1)));
    desk.executor->end_lingering({lingering(17)});
    begin_to_adopt(desk, {});
    EXPECT_TRUE(desk.adopted);
    EXPECT_TRUE(desk.ended.empty());
    desk.run();
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].attempt, 17);
    EXPECT_EQ(desk.ended[0].key, lingering(17).key);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::cancelled);
    EXPECT_EQ(desk.executor->out_of_reach(), 0U);
}

TEST(Lingering, WhatOurRunnerStillHasIsEndedAndThenGone) {
    Desk desk;
    desk.runner.attachments.push_back(runner::RunnerInventory{
        .running = {{.attempt = 17, .pid = 1, .at = support::fake_start()}}, .ended = {}
    });
    desk.executor->end_lingering({lingering(17)});
    begin_to_adopt(desk, {});
    EXPECT_EQ(desk.runner.cancelled, std::vector<core::AttemptId>{17});
    EXPECT_TRUE(desk.ended.empty());
    EXPECT_FALSE(desk.adopted);
    desk.runner.tell_exited(17, 1);
    desk.io.poll();
    EXPECT_TRUE(desk.adopted);
    ASSERT_EQ(desk.ended.size(), 1U);
    EXPECT_EQ(desk.ended[0].outcome, TaskOutcome::cancelled);
    EXPECT_EQ(desk.runner.acknowledged, std::vector<core::AttemptId>{17});
}

TEST(Lingering, WhatOurRunnerDoesNotKnowOrHasSeenEndIsGoneAtOnce) {
    Desk desk;
    desk.runner.attachments.push_back(runner::RunnerInventory{
        .running = {}, .ended = {support::an_exit(18, runner::ProcessEnd::exited, 0)}
    });
    desk.executor->end_lingering({lingering(17), lingering(18)});
    desk.adopt({});
    ASSERT_EQ(desk.ended.size(), 2U);
    EXPECT_EQ(desk.ended[0].attempt, 18);
    EXPECT_EQ(desk.ended[1].attempt, 17);
}

TEST(Lingering, ARunnerThatIsLostIsAskedAgain) {
    Desk desk;
    desk.runner.attachments.push_back(runner::RunnerInventory{
        .running = {{.attempt = 17, .pid = 1, .at = support::fake_start()}}, .ended = {}
    });
    desk.executor->end_lingering({lingering(17)});
    begin_to_adopt(desk, {});
    desk.runner.events.on_lost("connection reset");
    desk.run();
    EXPECT_EQ(desk.runner.attached, 2);
    ASSERT_EQ(desk.ended.size(), 1U) << "the next runner does not know it";
}

TEST(MayAct, WithoutTheLeaseNothingIsHandedToTheRunner) {
    bool may_act = true;
    Desk desk(ask(may_act));
    desk.start(bash_order(1));
    EXPECT_EQ(desk.runner.started.size(), 1U);
    may_act = false;
    desk.start(bash_order(2));
    EXPECT_EQ(desk.runner.started.size(), 1U);
    EXPECT_TRUE(desk.ended.empty());
}

TEST(MayAct, WithoutTheLeaseTheRunnerIsLeftToWhoeverLeads) {
    bool may_act = true;
    Desk desk(ask(may_act));
    desk.start(bash_order(1));
    const int attached = desk.runner.attached;
    may_act = false;
    desk.runner.events.on_lost("another worker took over the runner");
    desk.run();
    EXPECT_EQ(desk.runner.attached, attached);
}

TEST(MayAct, WhatItFindsTooLateIsNoStray) {
    bool may_act = true;
    Desk desk(ask(may_act));
    desk.runner.attachments.push_back(runner::RunnerInventory{
        .running = {{.attempt = 5, .pid = 1, .at = support::fake_start()}}, .ended = {}
    });
    desk.runner.on_attach = [&] { may_act = false; };
    desk.start(bash_order(1));
    EXPECT_TRUE(desk.runner.cancelled.empty());
    EXPECT_TRUE(desk.runner.started.empty());
}

TEST(Abandon, LeavesTheRunnerWithoutAWord) {
    Desk desk;
    desk.start(bash_order(1));
    desk.executor->abandon();
    desk.runner.tell_exited(1, 0);
    EXPECT_TRUE(desk.ended.empty());
    EXPECT_FALSE(desk.runner.detached);
    EXPECT_TRUE(desk.runner.acknowledged.empty());
    desk.start(bash_order(2));
    EXPECT_EQ(desk.runner.started.size(), 1U);
}

}  // namespace reel::executor
