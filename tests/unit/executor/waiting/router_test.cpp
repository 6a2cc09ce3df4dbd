#include "executor/router.hpp"

#include <gmock/gmock.h>

#include "unit/executor/desk.hpp"
#include "wait_desk.hpp"

namespace reel::executor {

using scheduler::TaskOutcome;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

/// A router between the processes of a desk and the waits of another.
class RouterTest : public testing::Test {
  protected:
    RouterTest() : router(std::move(processes.executor), waiting.waits, names) {
        router.listen({
            .started = [](const scheduler::AttemptStarted&) {},
            .ended = [this](const scheduler::AttemptEnded& event) { ended.push_back(event); },
        });
    }

    void run() {
        processes.run();
        waiting.run();
    }

    /// An instance of a mapped task, which is named after its index.
    static scheduler::AttemptOrder mapped(scheduler::AttemptOrder order) {
        auto dag = std::make_shared<core::Dag>(*order.dag);
        dag->tasks[0].map_index_template = "no. {{ map_index }}";
        dag->tasks[0].mapping =
            core::Mapping{{{.argument = "poke_interval", .literal = {"[1,2]"}, .upstream = {}}}};
        order.dag = dag;
        order.key.map_index = 1;
        return order;
    }

    Desk processes;
    WaitDesk waiting;
    std::vector<scheduler::AttemptEnded> ended;
    std::shared_ptr<Names> names = std::make_shared<Names>(
        processes.io.get_executor(),
        processes.pool,
        processes.store,
        processes.options,
        NamePorts{.clock = processes.clock, .backoff = [](int) { return core::Duration::zero(); }}
    );
    Router router;
};

}  // namespace

TEST_F(RouterTest, SendsWhatWaitsOneWayAndTheRestTheOther) {
    router.start(bash_order(1));
    router.start(wait_order("sensor.time", {{"target_time", "00:00"}}, 2));
    run();
    EXPECT_THAT(processes.runner.started, SizeIs(1));
    ASSERT_THAT(ended, SizeIs(1));
    EXPECT_EQ(ended[0].attempt, 2);
}

TEST_F(RouterTest, AdoptsEachAttemptWhereItBelongs) {
    boost::asio::co_spawn(
        processes.io,
        [this]() -> boost::asio::awaitable<void> {
            std::vector<scheduler::AttemptOrder> orders{
                bash_order(1), wait_order("sensor.time", {{"target_time", "00:00"}}, 2)
            };
            co_await router.adopt(std::move(orders));
        },
        [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
    );
    run();
    EXPECT_THAT(processes.runner.started, SizeIs(1)) << "it never began, so it is begun";
    EXPECT_THAT(ended, SizeIs(1));
}

TEST_F(RouterTest, ExplainsWhatIsNotBegunByWhoeverHasIt) {
    struct Explaining final : ProcessExecutor {
        void listen(scheduler::TaskListener) override {}
        void start(scheduler::AttemptOrder) override {}
        void cancel(core::AttemptId) override {}
        void release(core::AttemptId) override {}
        void end_lingering(const std::vector<store::LingeringAttempt>&) override {}
        boost::asio::awaitable<void> adopt(std::vector<scheduler::AttemptOrder>) override {
            co_return;
        }
        void run_ended(const store::RunRecord&, std::shared_ptr<const core::Dag>) override {}
        void abandon() override {}
        boost::asio::awaitable<void> stop(bool) override { co_return; }
        [[nodiscard]] std::optional<std::string> explain(core::AttemptId attempt) const override {
            return "attempt " + std::to_string(attempt) + " is in a queue";
        }
    };
    const Router other(std::make_unique<Explaining>(), waiting.waits, names);
    EXPECT_EQ(other.explain(7), "attempt 7 is in a queue");
}

TEST_F(RouterTest, CancelsWhereverTheAttemptIs) {
    router.start(wait_order("sensor.time", {{"target_time", "12:00"}}, 2));
    run();
    EXPECT_TRUE(router.explain(2));
    router.cancel(2);
    ASSERT_THAT(ended, SizeIs(1));
    EXPECT_EQ(ended[0].outcome, TaskOutcome::cancelled);
    EXPECT_FALSE(router.explain(2));
}

TEST_F(RouterTest, InstancesOfMappedTasksAreNamedWhereverTheyAre) {
    router.start(mapped(bash_order(1)));
    router.start(mapped(wait_order("sensor.time", {{"target_time", "00:00"}}, 2)));
    run();
    processes.runner.tell_exited(1, 0);
    EXPECT_THAT(ended, IsEmpty()) << "their names are being looked for";
    run();
    ASSERT_THAT(ended, SizeIs(2));
    EXPECT_EQ(ended[0].rendered_map_index, "no. 1");
    EXPECT_EQ(ended[1].rendered_map_index, "no. 1");
}

TEST_F(RouterTest, WhatWasEndedOnRequestIsNotNamed) {
    router.start(mapped(wait_order("sensor.time", {{"target_time", "12:00"}}, 2)));
    run();
    router.cancel(2);
    ASSERT_THAT(ended, SizeIs(1)) << "at once";
    EXPECT_EQ(ended[0].rendered_map_index, "");
}

TEST_F(RouterTest, TellsThoseThatWaitWhenATaskOrARunHasEnded) {
    const Json args{{"external_dag_id", "movies"}};
    router.start(bash_order(1));
    router.start(wait_order("sensor.external_task", args, 2));
    run();
    const auto asked = [&] { return waiting.store.questions.size(); };
    EXPECT_EQ(asked(), 1U);
    router.release(1);
    run();
    EXPECT_EQ(asked(), 2U) << "a task of the run that it waits for";
    router.release(1);
    run();
    EXPECT_EQ(asked(), 2U);
    router.run_ended(a_run(), nullptr);
    run();
    EXPECT_EQ(asked(), 3U);
    auto other = a_run();
    other.dag_id = core::DagId("other");
    router.run_ended(other, nullptr);
    run();
    EXPECT_EQ(asked(), 3U);
}

}  // namespace reel::executor
