#include <gmock/gmock.h>

#include <boost/asio/post.hpp>
#include <future>
#include <stdexcept>

#include "store/memory_store.hpp"
#include "unit/scheduler/loop_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using support::a_dag;
using ::testing::Le;
using ::testing::SizeIs;

/// A store that says when a run is read of it.
class ToldStore final : public store::MemoryStore {
  public:
    std::function<void()> on_load;

    core::Result<store::ActiveRun> load_run(const core::DagId& dag_id, const core::RunId& run_id)
        override {
        if (on_load) on_load();
        return MemoryStore::load_run(dag_id, run_id);
    }
};

/// Clears over several runs, while the loop has much to do: a round passes during every look at the
/// store.
class LoopClears : public LoopTest {
  protected:
    LoopClears() {
        store = std::make_unique<ToldStore>();
        scheduler = make_life(*store);
        tasks.on_start = [this](const AttemptOrder& order) {
            if (order.key.run_id == busy_) return;
            tasks.finish(order, TaskOutcome::succeeded, clock.now());
        };
    }

    asio::awaitable<void> ended(std::string run_id) {
        co_await trigger(run_id);
        while (stored_state(core::RunId(run_id)) != RunState::success) {
            co_await pool.run([] { return 0; });
        }
    }

    asio::awaitable<void> begin_busy() {
        co_await load(a_dag("d").task("a"));
        co_await trigger(busy_.str());
        while (tasks.started.empty()) co_await pool.run([] { return 0; });
    }

    void keep_busy() {
        static_cast<ToldStore&>(*store).on_load = [this] {
            if (++loads > 20) throw std::runtime_error("it reads on and on");
            std::promise<void> done;
            asio::co_spawn(io, one_round(), [&](const std::exception_ptr&) { done.set_value(); });
            done.get_future().wait();
        };
    }

    /// Who looks at a run that is at hand wakes the loop.
    asio::awaitable<void> one_round() {
        co_await look_at(busy_);
        for (int i = 0; i < 20; ++i) co_await asio::post(io, asio::use_awaitable);
    }

    asio::awaitable<void> look_at(core::RunId run) {
        co_await scheduler->why(core::DagId("d"), run, {core::TaskId("a"), {}});
    }

    const core::RunId busy_{"busy"};
    int loads = 0;
};

TEST_F(LoopClears, FindRunsOfWhichOneWasJustAtHand) {
    play([&]() -> asio::awaitable<void> {
        co_await begin_busy();
        const core::RunId one("one");
        const core::RunId two("two");
        for (const auto& run : {one, two}) co_await ended(run.str());
        keep_busy();
        co_await look_at(one);  // it is at hand until the round that this leads to
        const auto cleared = co_await scheduler->clear(core::DagId("d"), {one, two}, {}, true);
        EXPECT_THAT(cleared.value(), SizeIs(2));
        EXPECT_THAT(loads, Le(5));
        tasks.finish(tasks.started.at(0), TaskOutcome::succeeded, clock.now());
    });
}

}  // namespace
}  // namespace reel::scheduler
