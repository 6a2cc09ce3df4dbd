// A commit that would become large leaves something to the next one.

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <memory>
#include <string>
#include <vector>

#include "store/memory_store.hpp"
#include "unit/scheduler/loop_fixture.hpp"

namespace reel::scheduler {
namespace {

using support::a_dag;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Le;

/// Keeps how much was stored at a time.
class CountingStore final : public store::MemoryStore {
  public:
    using MemoryStore::MemoryStore;

    core::Result<void> commit(const store::Commit& commit) override {
        const auto ends = std::ranges::count_if(commit.tasks, [](const auto& change) {
            return core::is_finished(change.after.state);
        });
        if (ends > 0) ended.push_back(ends);
        if (!commit.new_runs.empty()) new_runs.push_back(commit.new_runs.size());
        return MemoryStore::commit(commit);
    }

    std::vector<long> ended;
    std::vector<std::size_t> new_runs;
};

class LoopLimits : public LoopTest {
  protected:
    LoopLimits() {
        tasks.on_start = [this](const AttemptOrder& order) {
            tasks.finish(order, TaskOutcome::succeeded, clock.now());
        };
        commit_limits = {.ended_attempts = 2, .new_tasks = 4};
        auto counting = std::make_unique<CountingStore>(clock);
        counted = counting.get();
        store = std::move(counting);
        scheduler = make_life(*store);
    }

    /// Without waiting for the answer.
    void ask_for(const std::string& run_id) {
        asio::co_spawn(
            io,
            [this, run_id]() -> asio::awaitable<void> {
                try {
                    EXPECT_TRUE(co_await trigger(run_id));
                    answered.push_back(run_id);
                } catch (const store::LostLeadership&) {
                    refused.push_back(run_id);
                }
            },
            asio::detached
        );
    }

    CountingStore* counted = nullptr;
    std::vector<std::string> answered;
    std::vector<std::string> refused;
};

TEST_F(LoopLimits, AFewEndsAreStoredAtATimeAndNoneIsForgotten) {
    tasks.on_start = [this](const AttemptOrder& last) {
        if (last.key.task_id != core::TaskId("e")) return;
        for (const AttemptOrder& order : tasks.started) {
            tasks.finish(order, TaskOutcome::succeeded, clock.now());
        }
    };
    play([this]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a").task("b").task("c").task("d").task("e"));
        EXPECT_TRUE(co_await trigger("r"));
    });
    EXPECT_EQ(stored_state(core::RunId("r")), core::RunState::success);
    EXPECT_THAT(counted->ended, ElementsAre(2, 2, 1));
}

/// Two runs exceed the limit; of twice as many, for what is added while a commit is on its way is
/// of the next one.
TEST_F(LoopLimits, RunsThatAreAskedForAtOnceAreMadeOneBehindTheOther) {
    play([this]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a").task("b").task("c"));
        for (const char* const run_id : {"1", "2", "3", "4", "5", "6", "7"}) ask_for(run_id);
        EXPECT_TRUE(co_await trigger("8"));
    });
    EXPECT_THAT(counted->new_runs, Each(Le(4U)));
    EXPECT_THAT(answered, ElementsAre("1", "2", "3", "4", "5", "6", "7"));
    EXPECT_EQ(stored_state(core::RunId("8")), core::RunState::success);
}

TEST_F(LoopLimits, ARunThatCameAndWentWhileAnotherOneWaitedIsInItsWay) {
    play([this]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a").task("b").task("c").task("d"));
        for (const char* const run_id : {"1", "r", "2", "3", "4", "5"}) ask_for(run_id);
        const auto second = co_await trigger("r");
        EXPECT_EQ(second.error().code, core::Errc::already_exists);
    });
    EXPECT_THAT(answered, Contains("r"));
}

TEST_F(LoopLimits, WhatWaitsAsTheSchedulerStopsIsStoredOrRefused) {
    play([this]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a").task("b").task("c"));
        for (const char* const run_id : {"1", "2", "3", "4", "5", "6", "7"}) ask_for(run_id);
    });
    EXPECT_EQ(answered.size() + refused.size(), 7U);
    for (const std::string& run_id : answered) {
        EXPECT_TRUE(store->get_run(core::DagId("d"), core::RunId(run_id))) << run_id;
    }
}

}  // namespace
}  // namespace reel::scheduler
