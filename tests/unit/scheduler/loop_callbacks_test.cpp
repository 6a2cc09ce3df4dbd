#include <gmock/gmock.h>

#include "loop_fixture.hpp"

namespace reel::scheduler {
namespace {

using support::a_dag;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LoopCallbacks : public LoopTest {
  protected:
    LoopCallbacks() {
        scheduler = make_scheduler(
            {.executor = io.get_executor(),
             .pool = pool,
             .store = *store,
             .tasks = tasks,
             .clock = clock,
             .callbacks_due = [this] { stored_when_told.push_back(listed().size()); }},
            {.paused_at_creation = false, .database_retry = std::chrono::microseconds(1)}
        );
    }
    std::vector<store::CallbackRecord> listed() { return store->list_callbacks({}).items; }
    static void calls(core::Dag& dag) {
        dag.callbacks[core::CallbackEvent::success] = {{.args = {"{}"}}};
        dag.max_consecutive_failed_dag_runs = 1;
    }

    std::vector<std::size_t> stored_when_told;
};

TEST_F(LoopCallbacks, AreStoredBeforeAnybodyIsTold) {
    play([this]() -> asio::awaitable<void> {
        co_await load(a_dag("d").with(calls).task("a", {}, [](core::Task& task) {
            task.operator_name = "empty";
        }));
        co_await trigger("r1");
    });
    ASSERT_THAT(listed(), SizeIs(1));
    EXPECT_EQ(listed()[0].id, 1);
    EXPECT_EQ(listed()[0].key.run_id, core::RunId("r1"));
    EXPECT_EQ(stored_when_told, (std::vector<std::size_t>{1}));
}

TEST_F(LoopCallbacks, GoOnCountingBehindWhatIsStored) {
    play([this]() -> asio::awaitable<void> {
        co_await load(a_dag("d").with(calls).task("a", {}, [](core::Task& task) {
            task.operator_name = "empty";
        }));
        co_await trigger("r1");
        co_await trigger("r2");
    });
    ASSERT_THAT(listed(), SizeIs(2));
    EXPECT_EQ(listed()[1].id, 2);
    scheduler = make_life(*store);
    io.restart();
    play([this]() -> asio::awaitable<void> {
        co_await load(a_dag("d").with(calls).task("a", {}, [](core::Task& task) {
            task.operator_name = "empty";
        }));
        co_await trigger("r3");
    });
    ASSERT_THAT(listed(), SizeIs(3));
    EXPECT_EQ(listed()[2].id, 3);
}

TEST_F(LoopCallbacks, OfADagThatCallsNobodyWakeNobody) {
    play([this]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a", {}, [](core::Task& task) {
            task.operator_name = "empty";
        }));
        co_await trigger();
    });
    EXPECT_THAT(stored_when_told, IsEmpty());
}

TEST_F(LoopCallbacks, AFailureThatPausesIsVisibleWhenTheMarkIsAnswered) {
    play([this]() -> asio::awaitable<void> {
        co_await load(a_dag("d").with(calls).task("a"));
        const auto run = co_await trigger("r1");
        co_await scheduler->set_run_state(core::DagId("d"), run->run_id, core::RunState::failed);
        const auto record = store->get_dag(core::DagId("d")).value();
        EXPECT_TRUE(record.is_paused);
        EXPECT_EQ(record.consecutive_failed_runs, 1);
        co_await scheduler->set_paused(core::DagId("d"), false);
        EXPECT_EQ(store->get_dag(core::DagId("d"))->consecutive_failed_runs, 0);
        EXPECT_FALSE(store->get_dag(core::DagId("d"))->is_paused);
        for (const auto& order : tasks.started) {
            tasks.finish(order, TaskOutcome::cancelled, clock.now());
        }
    });
}

}  // namespace
}  // namespace reel::scheduler
