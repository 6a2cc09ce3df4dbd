#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

#include "runner/order_book.hpp"

namespace reel::runner {

namespace {

/// A worker and its runner with a line between them that breaks now and then: orders and answers
/// are lost, then the two compare what they hold.
class BrokenLine final {
  public:
    explicit BrokenLine(std::uint32_t seed) : engine_(seed) {}

    void step() {
        switch (below(7)) {
            case 0:
                return order_start();
            case 1:
                return order_cancel();
            case 2:
                return acknowledge_one();
            case 3:
                return end_one();
            case 4:
                return reconnect();
            default:
                return;
        }
    }

    /// Everything that was started ends, is told and is acknowledged.
    void settle() {
        reconnect();
        while (!running_.empty()) end_one();
        reconnect();
        while (!told_.empty()) acknowledge_one();
        reconnect();
        reconnect();
    }

    [[nodiscard]] const std::map<core::AttemptId, int>& starts_told() const { return starts_told_; }
    [[nodiscard]] const std::map<core::AttemptId, int>& ends_told() const { return ends_told_; }
    [[nodiscard]] core::AttemptId orders() const { return next_ - 1; }
    [[nodiscard]] bool runner_is_empty() const { return running_.empty() && ended_.empty(); }
    [[nodiscard]] bool book_is_empty() const { return book_.unconfirmed().empty(); }
    [[nodiscard]] bool started_twice() const { return started_twice_; }

  private:
    int below(int count) { return static_cast<int>(engine_() % static_cast<unsigned>(count)); }
    bool line_holds() { return below(3) != 0; }

    void order_start() {
        ProcessSpec spec;
        spec.attempt = next_++;
        book_.start(spec);
        if (line_holds()) receive(Start{spec});
    }
    void order_cancel() {
        if (next_ == 1) return;
        const core::AttemptId attempt = 1 + below(static_cast<int>(next_ - 1));
        if (book_.cancel(attempt) && line_holds()) receive(Cancel{attempt});
    }
    void acknowledge_one() {
        if (told_.empty()) return;
        const core::AttemptId attempt = *told_.begin();
        told_.erase(attempt);
        book_.acknowledge(attempt);
        if (line_holds()) receive(Acknowledge{attempt});
    }
    void end_one() {
        if (running_.empty()) return;
        const core::AttemptId attempt = *running_.begin();
        running_.erase(attempt);
        ended_.insert(attempt);
        if (line_holds()) {
            const ProcessExit exit{.attempt = attempt};
            if (!told_.contains(attempt)) tell(Exited{exit});
            book_.exited(exit);
        }
    }

    void receive(const Message& order) {
        if (const auto* const start = std::get_if<Start>(&order)) {
            const auto attempt = start->spec.attempt;
            if (known_.insert(attempt).second) {
                running_.insert(attempt);
            } else if (!running_.contains(attempt) && !ended_.contains(attempt)) {
                started_twice_ = true;
            }
            if (running_.contains(attempt) && line_holds()) {
                const ProcessStart answer{.attempt = attempt, .pid = 1, .at = {}};
                if (book_.started(answer)) ++starts_told_[attempt];
            }
        }
        if (const auto* const ack = std::get_if<Acknowledge>(&order)) {
            ended_.erase(ack->attempt);
            if (line_holds()) book_.forgotten(ack->attempt);
        }
    }

    void tell(const Message& news) {
        if (const auto* const start = std::get_if<Started>(&news))
            ++starts_told_[start->start.attempt];
        if (const auto* const exit = std::get_if<Exited>(&news)) {
            ++ends_told_[exit->exit.attempt];
            told_.insert(exit->exit.attempt);
        }
    }

    void reconnect() {
        RunnerInventory inventory;
        for (const auto attempt : running_) {
            inventory.running.push_back({.attempt = attempt, .pid = 1, .at = {}});
        }
        for (const auto attempt : ended_) inventory.ended.push_back({.attempt = attempt});
        for (const auto& news : book_.catch_up(std::move(inventory))) tell(news);
        for (const auto& order : book_.unconfirmed()) receive(order);
    }

    std::mt19937 engine_;
    OrderBook book_;
    core::AttemptId next_ = 1;
    std::set<core::AttemptId> known_;    ///< of the runner, for ever
    std::set<core::AttemptId> running_;  ///< at the runner
    std::set<core::AttemptId> ended_;    ///< at the runner, not acknowledged
    std::set<core::AttemptId> told_;     ///< ends that the worker has not acknowledged yet
    std::map<core::AttemptId, int> starts_told_;
    std::map<core::AttemptId, int> ends_told_;
    bool started_twice_ = false;
};

TEST(OrderBookProperties, EveryEndIsToldExactlyOnceHoweverOftenTheLineBreaks) {
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        BrokenLine line(seed);
        for (int i = 0; i < 60; ++i) line.step();
        for (int i = 0; i < 30 && !(line.runner_is_empty() && line.book_is_empty()); ++i)
            line.settle();
        ASSERT_TRUE(line.book_is_empty()) << "seed " << seed;
        ASSERT_TRUE(line.runner_is_empty()) << "seed " << seed;
        for (core::AttemptId attempt = 1; attempt <= line.orders(); ++attempt) {
            ASSERT_TRUE(line.ends_told().contains(attempt)) << "seed " << seed;
            EXPECT_EQ(line.ends_told().at(attempt), 1) << "seed " << seed << " attempt " << attempt;
        }
        EXPECT_FALSE(line.started_twice()) << "seed " << seed;
    }
}

TEST(OrderBookProperties, NoStartIsToldTwice) {
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        BrokenLine line(seed);
        for (int i = 0; i < 60; ++i) line.step();
        for (const auto& [attempt, times] : line.starts_told()) {
            EXPECT_EQ(times, 1) << "seed " << seed << " attempt " << attempt;
        }
    }
}

TEST(OrderBookProperties, AdoptingTheSameInventoryTwiceChangesNothing) {
    OrderBook book;
    for (const core::AttemptId attempt : {1, 2, 3, 4}) {
        ProcessSpec spec;
        spec.attempt = attempt;
        book.start(spec);
    }
    book.cancel(1);
    const RunnerInventory inventory{
        .running = {{.attempt = 1, .pid = 1, .at = {}}}, .ended = {{.attempt = 2}}
    };
    EXPECT_EQ(book.catch_up(inventory).size(), 2U);
    const auto once = book.unconfirmed().size();
    EXPECT_TRUE(book.catch_up(inventory).empty());
    EXPECT_EQ(book.unconfirmed().size(), once);
}

}  // namespace

}  // namespace reel::runner
