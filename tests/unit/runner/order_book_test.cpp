#include "runner/order_book.hpp"

#include <gtest/gtest.h>

#include <string>

namespace reel::runner {

namespace {

ProcessSpec a_spec(core::AttemptId attempt) {
    ProcessSpec spec;
    spec.attempt = attempt;
    return spec;
}

ProcessStart a_start(core::AttemptId attempt) {
    return {.attempt = attempt, .pid = 1, .at = {}};
}

ProcessExit an_exit(core::AttemptId attempt) {
    return {.attempt = attempt};
}

/// "start 1, cancel 2" for what would be sent or told.
std::string words(const std::vector<Message>& messages) {
    std::string text;
    const auto add = [&text](const std::string& verb, core::AttemptId attempt) {
        if (!text.empty()) text += ", ";
        text += verb + " " + std::to_string(attempt);
    };
    for (const auto& message : messages) {
        if (const auto* const m = std::get_if<Start>(&message)) add("start", m->spec.attempt);
        if (const auto* const m = std::get_if<Cancel>(&message)) add("cancel", m->attempt);
        if (const auto* const m = std::get_if<Acknowledge>(&message))
            add("acknowledge", m->attempt);
        if (const auto* const m = std::get_if<Started>(&message)) add("started", m->start.attempt);
        if (const auto* const m = std::get_if<Exited>(&message)) add("exited", m->exit.attempt);
    }
    return text;
}

class OrderBookTest : public testing::Test {
  protected:
    [[nodiscard]] std::string unconfirmed() const { return words(book.unconfirmed()); }
    std::string catch_up(RunnerInventory inventory) {
        return words(book.catch_up(std::move(inventory)));
    }
    void run(core::AttemptId attempt) {
        book.start(a_spec(attempt));
        ASSERT_TRUE(book.started(a_start(attempt)));
    }

    OrderBook book;
};

TEST_F(OrderBookTest, AStartIsSentAgainUntilItIsConfirmed) {
    EXPECT_TRUE(book.start(a_spec(1)));
    EXPECT_FALSE(book.start(a_spec(1)));
    EXPECT_EQ(unconfirmed(), "start 1");
    EXPECT_TRUE(book.started(a_start(1)));
    EXPECT_EQ(unconfirmed(), "");
}

TEST_F(OrderBookTest, AnEndConfirmsAStartThatWasNeverSeen) {
    book.start(a_spec(1));
    book.exited(an_exit(1));
    EXPECT_EQ(unconfirmed(), "");
}

TEST_F(OrderBookTest, AStartIsToldOnce) {
    run(1);
    EXPECT_FALSE(book.started(a_start(1)));
}

TEST_F(OrderBookTest, ACancelIsSentAgainUntilTheEnd) {
    run(1);
    EXPECT_TRUE(book.cancel(1));
    EXPECT_EQ(unconfirmed(), "cancel 1");
    book.exited(an_exit(1));
    EXPECT_EQ(unconfirmed(), "");
}

TEST_F(OrderBookTest, ACancelOfAStartThatIsStillUnderWayFollowsIt) {
    book.start(a_spec(1));
    EXPECT_TRUE(book.cancel(1));
    EXPECT_EQ(unconfirmed(), "start 1, cancel 1");
}

TEST_F(OrderBookTest, ACancelOfTheUnknownIsNotSent) {
    EXPECT_FALSE(book.cancel(1));
    run(2);
    book.exited(an_exit(2));
    EXPECT_FALSE(book.cancel(2));
    EXPECT_EQ(unconfirmed(), "");
}

TEST_F(OrderBookTest, AnAcknowledgementIsSentAgainUntilItIsForgotten) {
    run(1);
    book.exited(an_exit(1));
    book.acknowledge(1);
    EXPECT_EQ(unconfirmed(), "acknowledge 1");
    book.forgotten(1);
    EXPECT_EQ(unconfirmed(), "");
}

TEST_F(OrderBookTest, AnInventoryConfirmsWhatItHolds) {
    for (const core::AttemptId attempt : {1, 2, 3}) book.start(a_spec(attempt));
    RunnerInventory inventory{.running = {a_start(1)}, .ended = {an_exit(2)}};
    book.adopt(inventory);
    EXPECT_EQ(unconfirmed(), "start 3");
    EXPECT_FALSE(book.started(a_start(1)));
}

TEST_F(OrderBookTest, AnInventoryLeavesOutWhatWasAcknowledged) {
    book.acknowledge(1);
    RunnerInventory inventory{.running = {}, .ended = {an_exit(1), an_exit(2)}};
    book.adopt(inventory);
    ASSERT_EQ(inventory.ended.size(), 1U);
    EXPECT_EQ(inventory.ended[0].attempt, 2);
    EXPECT_EQ(unconfirmed(), "acknowledge 1");
}

TEST_F(OrderBookTest, CancelsOfWhatANewRunnerDoesNotKnowAreDropped) {
    run(1);
    book.cancel(1);
    RunnerInventory nothing;
    book.adopt(nothing);
    EXPECT_EQ(unconfirmed(), "");
}

TEST_F(OrderBookTest, ABrokenConnectionsMissedEventsAreToldOnce) {
    run(1);
    run(2);
    book.start(a_spec(3));
    book.start(a_spec(4));
    run(5);
    book.exited(an_exit(5));
    // 1 runs on, 2 ended unseen, 3 started unseen, 4 never arrived, 5 was told before.
    EXPECT_EQ(
        catch_up({.running = {a_start(1), a_start(3)}, .ended = {an_exit(2), an_exit(5)}}),
        "started 3, exited 2"
    );
    EXPECT_EQ(unconfirmed(), "start 4");
    EXPECT_EQ(
        catch_up({.running = {a_start(1), a_start(3)}, .ended = {an_exit(2), an_exit(5)}}), ""
    );
}

TEST_F(OrderBookTest, AnAcknowledgementThatWasLostDoesNotTellTheEndAgain) {
    run(1);
    book.exited(an_exit(1));
    book.acknowledge(1);
    EXPECT_EQ(catch_up({.running = {}, .ended = {an_exit(1)}}), "");
    EXPECT_EQ(unconfirmed(), "acknowledge 1");
}

}  // namespace

}  // namespace reel::runner
