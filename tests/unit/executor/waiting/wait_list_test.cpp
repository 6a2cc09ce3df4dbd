#include "executor/waiting/wait_list.hpp"

#include <gtest/gtest.h>

namespace reel::executor {

using namespace std::chrono_literals;
using Call = WaitList::Call;

namespace {

const core::Timestamp start{1000h};

WaitRules every(core::Duration interval) {
    WaitRules rules;
    rules.poke_interval = interval;
    return rules;
}

class WaitListTest : public testing::Test {
  protected:
    /// "1 look, 2 moment" of what is due now.
    std::string due(core::Timestamp now) {
        std::string text;
        for (const auto& [attempt, call] : list.take_due(now)) {
            text += (text.empty() ? "" : ", ") + std::to_string(attempt) +
                    (call == Call::look     ? " look"
                     : call == Call::moment ? " moment"
                                            : " deadline");
        }
        return text;
    }

    WaitList list;
};

}  // namespace

TEST_F(WaitListTest, ALookerLooksAtOnceAndThenAtItsInterval) {
    list.add_looker(1, every(60s), std::nullopt, start);
    EXPECT_EQ(due(start), "1 look");
    EXPECT_EQ(list.next_due(), std::nullopt) << "it looks";
    EXPECT_TRUE(list.looked(1, start + 2s));
    EXPECT_EQ(list.due_of(1), start + 62s) << "counted from the end of the look";
    EXPECT_EQ(due(start + 61s), "");
    EXPECT_EQ(due(start + 62s), "1 look");
}

TEST_F(WaitListTest, ALookerLooksALastTimeAtItsDeadline) {
    list.add_looker(1, every(60s), start + 10s, start);
    EXPECT_EQ(due(start), "1 look");
    EXPECT_TRUE(list.looked(1, start));
    EXPECT_EQ(list.due_of(1), start + 10s);
    EXPECT_EQ(due(start + 10s), "1 look");
    EXPECT_FALSE(list.looked(1, start + 10s)) << "it is over";
    EXPECT_EQ(list.size(), 0U);
}

TEST_F(WaitListTest, ADeadlineThatIsOverLeavesOneLook) {
    list.add_looker(1, every(60s), start - 1h, start);
    EXPECT_EQ(due(start), "1 look");
    EXPECT_FALSE(list.looked(1, start));
}

TEST_F(WaitListTest, ASleeperWaitsForItsMomentOrItsDeadline) {
    list.add_sleeper(1, start + 5min, start + 1h);
    list.add_sleeper(2, start + 5min, start + 1min);
    list.add_sleeper(3, start - 5min, std::nullopt);
    EXPECT_EQ(due(start), "3 moment") << "a moment that is over has come";
    EXPECT_EQ(due(start + 1min), "2 deadline");
    EXPECT_EQ(due(start + 5min), "1 moment");
    EXPECT_EQ(list.size(), 0U);
}

TEST_F(WaitListTest, BackoffCountsTheLooks) {
    WaitRules rules = every(10s);
    rules.exponential_backoff = true;
    list.add_looker(1, rules, std::nullopt, start);
    core::Timestamp now = start;
    for (const auto pause : {10s, 20s, 40s}) {
        ASSERT_EQ(due(now), "1 look");
        ASSERT_TRUE(list.looked(1, now));
        now += pause;
        EXPECT_EQ(list.due_of(1), now);
    }
}

TEST_F(WaitListTest, WhoMayHaveSomethingToSeeLooksAtOnce) {
    list.add_looker(1, every(60s), std::nullopt, start);
    EXPECT_EQ(due(start), "1 look");
    ASSERT_TRUE(list.looked(1, start));
    list.look_now(1, start + 5s);
    EXPECT_EQ(due(start + 5s), "1 look");
    list.look_now(1, start + 6s);
    EXPECT_EQ(due(start + 6s), "") << "it is looking, perhaps at what was before";
    ASSERT_TRUE(list.looked(1, start + 7s));
    EXPECT_EQ(due(start + 7s), "1 look") << "so it looks once more";
    ASSERT_TRUE(list.looked(1, start + 8s));
    EXPECT_EQ(list.due_of(1), start + 68s);
}

TEST_F(WaitListTest, NobodyButLookersLooks) {
    list.add_sleeper(1, start + 1h, std::nullopt);
    list.look_now(1, start);
    list.look_now(99, start);
    EXPECT_EQ(due(start), "");
}

TEST_F(WaitListTest, WhoWasRemovedIsNotDue) {
    list.add_looker(1, every(60s), std::nullopt, start);
    list.add_sleeper(2, start, std::nullopt);
    list.remove(1);
    list.remove(2);
    list.remove(3);
    EXPECT_EQ(due(start + 1h), "");
    EXPECT_TRUE(list.looked(1, start)) << "the end of its last look is of no interest";
    EXPECT_EQ(list.due_of(1), std::nullopt);
}

TEST_F(WaitListTest, TenThousandSleepersAreTouchedOnceEach) {
    for (core::AttemptId id = 0; id < 10'000; ++id) {
        list.add_sleeper(id, start + 1h + std::chrono::seconds(id), std::nullopt);
    }
    std::size_t calls = 0;
    for (auto now = start; now < start + 1h; now += 1s) calls += list.take_due(now).size();
    EXPECT_EQ(calls, 0U);
    EXPECT_EQ(list.next_due(), start + 1h);
    for (auto now = start + 1h; now < start + 1h + 10'000s; now += 1s) {
        const auto taken = list.take_due(now);
        ASSERT_EQ(taken.size(), 1U);
        ++calls;
    }
    EXPECT_EQ(calls, 10'000U);
    EXPECT_EQ(list.size(), 0U);
}

}  // namespace reel::executor
