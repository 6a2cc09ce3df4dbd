#include "daemon/chosen_instance.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <string>

#include "support/fake_task_executor.hpp"
#include "support/manual_clock.hpp"

namespace reel::daemon {
namespace {

class ChosenInstanceOf : public testing::Test {
  protected:
    void start(ChosenInstance& chosen, const char* dag_id, int map_index, core::AttemptId attempt) {
        scheduler::AttemptOrder order;
        order.key = {core::DagId(dag_id), core::RunId("r"), core::TaskId("t"), map_index};
        order.attempt = attempt;
        chosen.expect({order});
        chosen.start(order);
        io.restart();
        io.run();
    }
    std::string started() {
        std::string all;
        for (const auto& order : tasks.started) all += std::to_string(order.attempt) + " ";
        return all;
    }

    boost::asio::io_context io;
    support::FakeTaskExecutor tasks;
    support::ManualClock clock;
};

TEST_F(ChosenInstanceOf, TheDagRunsAndTheOthersAreSkipped) {
    ChosenInstance chosen(io.get_executor(), tasks, clock, core::DagId("d"), 1);
    std::string skipped;
    std::string expected;
    tasks.on_expect = [&](const std::vector<scheduler::AttemptOrder>& orders) {
        for (const auto& order : orders) expected += std::to_string(order.attempt) + " ";
    };
    chosen.listen({
        .started = {},
        .ended =
            [&](const scheduler::AttemptEnded& event) {
                EXPECT_EQ(event.outcome, scheduler::TaskOutcome::skipped);
                skipped += std::to_string(event.attempt) + " ";
            },
    });
    start(chosen, "d", 0, 1);
    start(chosen, "d", 1, 2);
    // A run that an instance has triggered is whole.
    start(chosen, "triggered", -1, 3);
    EXPECT_EQ(started(), "2 3 ");
    EXPECT_EQ(expected, "2 3 ");
    EXPECT_EQ(skipped, "1 ");
}

TEST_F(ChosenInstanceOf, NothingInParticularPassesAll) {
    ChosenInstance chosen(io.get_executor(), tasks, clock, core::DagId("d"), std::nullopt);
    start(chosen, "d", -1, 1);
    start(chosen, "d", 4, 2);
    EXPECT_EQ(started(), "1 2 ");
}

}  // namespace
}  // namespace reel::daemon
