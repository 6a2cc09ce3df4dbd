#include <gmock/gmock.h>

#include "desk.hpp"

namespace reel::executor {

namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// A desk whose runner is reached, since some attempt has begun.
class AheadDesk : public Desk {
  public:
    AheadDesk() { start(bash_order(1)); }

    void expect(const std::vector<scheduler::AttemptOrder>& orders) {
        executor->expect(orders);
        run();
    }
};

TEST(ExecutorAhead, PreparesWhileTheCommitIsUnderWayAndStartsAtOnce) {
    AheadDesk desk;
    desk.executor->expect({bash_order(17, "echo x")});
    EXPECT_THAT(desk.runner.expected, IsEmpty()) << "the commit comes first";
    desk.run();
    ASSERT_THAT(desk.runner.expected, SizeIs(1));
    EXPECT_EQ(desk.runner.started.size(), 1U) << "nothing starts before its commit";
    desk.clock->advance(std::chrono::seconds(1));
    desk.executor->start(bash_order(17, "echo x"));
    ASSERT_EQ(desk.runner.started.size(), 2U) << "without another turn of the loop";
    const auto& ahead = desk.runner.expected.at(0);
    const auto& process = desk.runner.started.at(1);
    EXPECT_EQ(process.attempt, 17);
    EXPECT_EQ(process.input, "echo x\n");
    EXPECT_EQ(process.log_file, ahead.log_file);
    EXPECT_EQ(process.log_header, ahead.log_header);
    EXPECT_EQ(process.log_header.substr(0, 24), "2026-01-01T00:00:00.000Z");
    desk.run();
    EXPECT_EQ(desk.runner.started.size(), 2U);
    desk.runner.tell_exited(17, 0);
    EXPECT_EQ(desk.ended.back().attempt, 17);
}

TEST(ExecutorAhead, WhatIsNeverStartedLeavesNothing) {
    AheadDesk desk;
    desk.expect({bash_order(17)});
    desk.expect({bash_order(18)});
    EXPECT_EQ(desk.runner.started.size(), 1U);
    // Forgotten, and prepared as usual.
    desk.executor->start(bash_order(17));
    EXPECT_EQ(desk.runner.started.size(), 1U);
    desk.run();
    EXPECT_EQ(desk.runner.started.size(), 2U);
    EXPECT_TRUE(desk.ended.empty());
}

TEST(ExecutorAhead, WhatReadsTheStoreWaitsForTheCommit) {
    AheadDesk desk;
    desk.expect(
        {bash_order(17, "echo {{ ds }}"),
         an_order("python", Json{{"python_callable", "x"}}),
         an_order("empty", Json::object())}
    );
    EXPECT_THAT(desk.runner.expected, IsEmpty());
    desk.start(bash_order(17, "echo {{ ds }}"));
    EXPECT_EQ(desk.runner.started.at(1).input, "echo 2024-01-31\n");
}

TEST(ExecutorAhead, OpensNoLogsForACrowd) {
    AheadDesk desk;
    std::vector<scheduler::AttemptOrder> crowd;
    for (core::AttemptId attempt = 20; attempt < 40; ++attempt) {
        crowd.push_back(bash_order(attempt));
    }
    desk.expect(crowd);
    EXPECT_THAT(desk.runner.expected, IsEmpty());
    for (const auto& order : crowd) desk.executor->start(order);
    EXPECT_EQ(desk.runner.started.size(), 21U);
}

TEST(ExecutorAhead, ExpectsNothingOfARunnerThatWasNotReached) {
    Desk desk;
    desk.executor->expect({bash_order(17)});
    desk.run();
    EXPECT_THAT(desk.runner.expected, IsEmpty());
    desk.start(bash_order(17));
    EXPECT_EQ(desk.runner.started.size(), 1U);
}

TEST(ExecutorAhead, AMistakeIsToldWhenTheAttemptBegins) {
    AheadDesk desk;
    const auto wrong = an_order("bash", Json{{"bash_commnd", "true"}});
    desk.expect({wrong});
    EXPECT_TRUE(desk.ended.empty());
    desk.start(wrong);
    ASSERT_THAT(desk.ended, SizeIs(1));
    EXPECT_EQ(desk.ended[0].outcome, scheduler::TaskOutcome::failed_finally);
}

TEST(ExecutorAhead, WhatIsRunningIsNotPreparedAgain) {
    AheadDesk desk;
    desk.expect({bash_order(1)});
    EXPECT_THAT(desk.runner.expected, IsEmpty());
}

}  // namespace

}  // namespace reel::executor
