// What the scheduler does with the DAGs of the folder, time after time.

#include <gmock/gmock.h>

#include "loop_fixture.hpp"

namespace reel::scheduler {
namespace {

using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Counts what is written.
class LoopDags : public LoopTest {
  protected:
    asio::awaitable<void> hand_over(Dags dags) { co_await scheduler->set_dags(std::move(dags)); }

    std::vector<std::string> listed(bool stale_too = false) {
        std::vector<std::string> ids;
        for (const auto& record : store->list_dags({.include_stale = stale_too}).items) {
            ids.push_back(record.dag.dag_id.str());
        }
        return ids;
    }
    core::Timestamp parsed_at(const std::string& id) {
        return store->get_dag(core::DagId(id)).value().last_parsed_at;
    }

    const std::shared_ptr<const core::Dag> a_ = a_dag("a").task("t").shared();
    const std::shared_ptr<const core::Dag> b_ = a_dag("b").task("t").shared();
    const std::shared_ptr<const core::Dag> a_changed_ = a_dag("a").task("t").task("u").shared();
};

TEST_F(LoopDags, StoresOnlyWhatDiffers) {
    const auto began = clock.now();
    play([&]() -> asio::awaitable<void> {
        co_await hand_over({a_, b_});
        clock.advance(std::chrono::minutes(1));
        co_await hand_over({a_changed_, b_});
    });
    EXPECT_EQ(parsed_at("a"), began + std::chrono::minutes(1));
    EXPECT_EQ(parsed_at("b"), began);
    EXPECT_EQ(store->get_dag(core::DagId("a"))->dag.tasks.size(), 2U);
}

TEST_F(LoopDags, AnEqualDagOfAnotherReadingIsNoChange) {
    const auto began = clock.now();
    play([&]() -> asio::awaitable<void> {
        co_await hand_over({a_});
        clock.advance(std::chrono::minutes(1));
        co_await hand_over({std::make_shared<const core::Dag>(*a_)});
    });
    EXPECT_EQ(parsed_at("a"), began);
}

TEST_F(LoopDags, ADagThatIsGoneIsStaleUntilItComesBack) {
    play([&]() -> asio::awaitable<void> {
        co_await hand_over({a_, b_});
        co_await hand_over({b_});
        EXPECT_THAT(listed(), ElementsAre("b"));
        EXPECT_THAT(listed(true), ElementsAre("a", "b"));
        const auto refused = co_await scheduler->trigger({.dag_id = core::DagId("a")});
        EXPECT_EQ(refused.error().code, core::Errc::not_found);
        co_await hand_over({a_, b_});
        EXPECT_THAT(listed(), ElementsAre("a", "b"));
        EXPECT_TRUE(co_await scheduler->set_paused(core::DagId("a"), true));
        EXPECT_TRUE(co_await scheduler->trigger({.dag_id = core::DagId("a")})) << "it waits";
    });
}

TEST_F(LoopDags, WhatTheLastSchedulerHadAndTheFolderHasNotIsStale) {
    store->save_dags({*a_, *b_}, false, clock.now());
    play([&]() -> asio::awaitable<void> { co_await hand_over({b_}); });
    EXPECT_THAT(listed(), ElementsAre("b"));
}

TEST_F(LoopDags, AnEmptyFolderLeavesNothing) {
    store->save_dags({*a_}, false, clock.now());
    play([&]() -> asio::awaitable<void> { co_await hand_over({}); });
    EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(LoopDags, ADeletedDagComesBackWithTheNextReading) {
    play([&]() -> asio::awaitable<void> {
        co_await hand_over({a_, b_});
        EXPECT_TRUE(co_await scheduler->delete_dag(core::DagId("a")));
        EXPECT_THAT(listed(true), ElementsAre("b"));
        co_await hand_over({a_, b_});
    });
    EXPECT_THAT(listed(), ElementsAre("a", "b"));
}

TEST_F(LoopDags, AnEditLeavesAPauseAsItIs) {
    play([&]() -> asio::awaitable<void> {
        co_await hand_over({a_});
        EXPECT_TRUE(co_await scheduler->set_paused(core::DagId("a"), true));
        co_await hand_over({a_changed_});
    });
    EXPECT_TRUE(store->get_dag(core::DagId("a"))->is_paused);
}

/// What ended while no scheduler was there is told at once; who waits for its assets stands in the
/// folder.
TEST_F(LoopDags, NothingHappensBeforeTheyAreKnown) {
    const auto maker =
        a_dag("d").task(
                      "t", {}, [](core::Task& task) { task.outlets = {core::make_asset("u")}; }
        ).shared();
    const auto waiter = a_dag("w")
                            .task("t")
                            .with([](core::Dag& dag) {
                                dag.asset_condition = core::parse_asset_condition("u").value();
                            })
                            .shared();
    store_running(*maker, 5);
    play([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 10; ++i) co_await pool.run([] { return 0; });
        EXPECT_TRUE(tasks.adopted.empty()) << "a task may tell its end from then on";
        co_await hand_over({maker, waiter});
        for (int i = 0; i < 1000 && tasks.adopted.empty(); ++i) co_await pool.run([] { return 0; });
        tasks.finish(tasks.adopted.at(0), TaskOutcome::succeeded, clock.now());
        for (int i = 0; i < 1000 && tasks.started.empty(); ++i) co_await pool.run([] { return 0; });
        EXPECT_EQ(tasks.started.at(0).key.dag_id.str(), "w");
        tasks.finish(tasks.started.at(0), TaskOutcome::succeeded, clock.now());
    });
}

TEST_F(LoopDags, NewsThatComeBeforeThemWaitForThem) {
    const auto waiter = a_dag("w")
                            .task("t")
                            .with([](core::Dag& dag) {
                                dag.asset_condition = core::parse_asset_condition("u").value();
                            })
                            .shared();
    store->save_dags({*waiter}, false, clock.now());
    bool is_told = false;
    play([&]() -> asio::awaitable<void> {
        asio::co_spawn(
            io,
            scheduler->create_asset_event("u", core::JsonText("{}")),
            [&](const std::exception_ptr&, const core::Result<std::int64_t>& id) {
                is_told = id.has_value();
            }
        );
        for (int i = 0; i < 10; ++i) co_await pool.run([] { return 0; });
        EXPECT_FALSE(is_told);
        co_await hand_over({waiter});
        for (int i = 0; i < 1000 && tasks.started.empty(); ++i) co_await pool.run([] { return 0; });
        EXPECT_EQ(tasks.started.at(0).key.dag_id.str(), "w");
        tasks.finish(tasks.started.at(0), TaskOutcome::succeeded, clock.now());
    });
    EXPECT_TRUE(is_told);
}

/// A run that was not taken up yet is no run that has ended.
TEST_F(LoopDags, WhatPeopleAskBeforeThemWaitsForThem) {
    const auto dag = a_dag("d").task("t").shared();
    const auto run_id = store_running(*dag, 5);
    std::optional<core::Result<store::RunRecord>> answer;
    play([&]() -> asio::awaitable<void> {
        asio::co_spawn(
            io,
            scheduler->set_run_state(core::DagId("d"), run_id, core::RunState::failed),
            [&](const std::exception_ptr&, core::Result<store::RunRecord> given) {
                answer = std::move(given);
            }
        );
        for (int i = 0; i < 10; ++i) co_await pool.run([] { return 0; });
        EXPECT_FALSE(answer);
        co_await hand_over({dag});
        for (int i = 0; i < 1000 && !answer; ++i) co_await pool.run([] { return 0; });
        tasks.end(
            5, {dag->dag_id, run_id, core::TaskId("t"), -1}, TaskOutcome::cancelled, clock.now()
        );
    });
    ASSERT_TRUE(answer);
    ASSERT_TRUE(answer->has_value()) << answer->error().describe();
    EXPECT_EQ(stored_state(run_id), core::RunState::failed);
}

}  // namespace
}  // namespace reel::scheduler
