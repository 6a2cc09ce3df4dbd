#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/scheduler/initial_tasks.hpp"
#include "unit/scheduler/loop_fixture.hpp"

namespace reel::scheduler {
namespace {

namespace asio = boost::asio;
using support::a_dag;
using ::testing::SizeIs;

TEST_F(LoopTest, CarriesARunToItsEndAndStoresEveryState) {
    tasks.on_start = [&](const AttemptOrder& order) {
        tasks.finish(order, TaskOutcome::succeeded, clock.now());
    };
    core::RunId run_id;
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a").task("b", {"a"}));
        const auto run = co_await trigger();
        run_id = run.value().run_id;
        EXPECT_NE(stored_state(run_id), core::RunState::queued)
            << "the answer comes after the commit";
        while (stored_state(run_id) != core::RunState::success) co_await pool.run([] { return 0; });
    });
    EXPECT_EQ(stored_state(run_id), core::RunState::success);
    EXPECT_THAT(tasks.released, SizeIs(2));
}

TEST_F(LoopTest, StartsNothingBeforeItsAttemptIsStored) {
    tasks.on_start = [&](const AttemptOrder& order) {
        const auto stored = store->get_task_instance(order.key).value();
        EXPECT_EQ(stored.state, core::TaskState::queued);
        EXPECT_EQ(stored.attempt, order.attempt);
        tasks.finish(order, TaskOutcome::succeeded, clock.now());
    };
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        co_await trigger();
    });
    EXPECT_THAT(tasks.started, SizeIs(1));
    EXPECT_THAT(tasks.ended_runs, SizeIs(1));
}

TEST_F(LoopTest, SaysWhatItWillStartBeforeThatIsStored) {
    std::vector<core::AttemptId> expected;
    tasks.on_expect = [&](const std::vector<AttemptOrder>& orders) {
        for (const auto& order : orders) {
            const auto stored = store->get_task_instance(order.key);
            EXPECT_TRUE(!stored || stored->attempt != order.attempt);
            expected.push_back(order.attempt);
        }
    };
    std::vector<core::AttemptId> started;
    tasks.on_start = [&](const AttemptOrder& order) {
        started.push_back(order.attempt);
        EXPECT_EQ(expected, started);
        tasks.finish(order, TaskOutcome::succeeded, clock.now());
    };
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a").task("b", {"a"}));
        const auto run = co_await trigger();
        while (stored_state(run->run_id) != core::RunState::success) {
            co_await pool.run([] { return 0; });
        }
    });
    EXPECT_THAT(started, SizeIs(2));
}

TEST_F(LoopTest, RefusesARunIdThatTheStoreHasFromBefore) {
    tasks.on_start = [&](const AttemptOrder& order) {
        tasks.finish(order, TaskOutcome::succeeded, clock.now());
    };
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        EXPECT_TRUE(co_await trigger("mine"));
        const auto again = co_await trigger("mine");
        EXPECT_EQ(again.error().code, core::Errc::already_exists);
    });
}

TEST_F(LoopTest, MakesNoSecondRunOfATickThatTheStoreAlreadyHas) {
    const auto dag =
        a_dag("d").task("a").with([](core::Dag& d) { d.schedule = core::OnceSchedule{}; });
    store->save_dags({dag.build()}, false, clock.now());
    store::NewRun taken;
    taken.run.dag_id = core::DagId("d");
    taken.run.run_id = core::RunId("by_hand");
    taken.run.logical_date = clock.now();
    taken.run.dag_version = dag.build().version;
    taken.run.conf.text = "{}";
    taken.tasks = initial_tasks(dag.build(), taken.run.run_id);
    store::Commit before;
    before.new_runs.push_back(taken);
    ASSERT_TRUE(store->commit(before));
    tasks.on_start = [&](const AttemptOrder& order) {
        tasks.finish(order, TaskOutcome::succeeded, clock.now());
    };
    play([&]() -> asio::awaitable<void> {
        co_await load(dag);
        EXPECT_TRUE(co_await trigger("mine"));
    });
    store::RunFilter all;
    EXPECT_EQ(store->list_runs(all).total, 2U);
}

support::DagBuilder waits_for_a() {
    return a_dag("w").with([](core::Dag& dag) {
        dag.asset_condition = core::parse_asset_condition("a").value();
    });
}

TEST_F(LoopTest, StartsWhatAssetEventsOfAnEarlierLifeAskForWhateverElseGoesWrong) {
    const auto once =
        a_dag("d").task("a").with([](core::Dag& d) { d.schedule = core::OnceSchedule{}; });
    store->save_dags({once.build(), waits_for_a().build()}, false, clock.now());
    store::Commit before;
    before.asset_events.push_back({.event = {.id = 7, .uri = "a"}, .queued_for = {core::DagId("w")}}
    );
    store::NewRun taken;
    taken.run.dag_id = core::DagId("d");
    taken.run.run_id = core::RunId("by_hand");
    taken.run.state = core::RunState::success;
    taken.run.logical_date = clock.now();
    taken.run.dag_version = once.build().version;
    before.new_runs.push_back(taken);
    ASSERT_TRUE(store->commit(before));
    play([&]() -> asio::awaitable<void> {
        Dags dags{once.shared(), waits_for_a().shared()};
        co_await scheduler->set_dags(std::move(dags));
        while (store->list_runs({}).total < 2) co_await pool.run([] { return 0; });
        const auto id = co_await scheduler->create_asset_event("a", {"{}"});
        EXPECT_EQ(id.value(), 8);
    });
    store::AssetEventFilter all;
    for (const auto& view : store->list_asset_events(all).items) {
        EXPECT_THAT(view.created_runs, SizeIs(1)) << view.event.id;
    }
    EXPECT_EQ(store->list_runs({}).total, 3U) << "the tick was taken, and only that";
}

TEST_F(LoopTest, HearsOfAssetsFromOutside) {
    play([&]() -> asio::awaitable<void> {
        co_await load(waits_for_a());
        const auto none = co_await scheduler->create_asset_event("b", {"{}"});
        EXPECT_EQ(none.error().code, core::Errc::not_found);
        EXPECT_TRUE(co_await scheduler->set_paused(core::DagId("w"), true));
        EXPECT_EQ((co_await scheduler->create_asset_event("a", {"{}"})).value(), 1);
        EXPECT_EQ((co_await scheduler->delete_queued_events({})).value(), 0U);
        EXPECT_EQ(store->list_asset_events({}).total, 1U) << "the answer comes after the commit";
    });
    EXPECT_EQ(store->list_runs({}).total, 0U);
}

TEST_F(LoopTest, NotesARunWhileItRunsAndAfterItHasEnded) {
    const core::DagId dag("d");
    const core::RunId run("mine");
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        co_await trigger("mine");
        const auto noted = co_await scheduler->set_note(dag, run, {}, "it runs");
        EXPECT_EQ(noted->state, core::RunState::running);
        EXPECT_EQ(store->get_run(dag, run)->note, "it runs") << "the answer comes after the commit";
        while (tasks.started.empty()) co_await pool.run([] { return 0; });
        tasks.finish(tasks.started.at(0), TaskOutcome::succeeded, clock.now());
        while (stored_state(run) != core::RunState::success) co_await pool.run([] { return 0; });
        EXPECT_EQ(store->get_run(dag, run)->note, "it runs");
        const auto again = co_await scheduler->set_note(dag, run, {}, "it ended");
        EXPECT_EQ(again->state, core::RunState::success);
        EXPECT_EQ(store->get_run(dag, run)->note, "it ended");
        const auto none = co_await scheduler->set_note(dag, core::RunId("none"), {}, "x");
        EXPECT_EQ(none.error().code, core::Errc::not_found);
    });
}

TEST_F(LoopTest, ARunThatIsSetToQueuedBeginsAnew) {
    const core::DagId dag("d");
    const core::RunId run("mine");
    tasks.on_start = [&](const AttemptOrder& order) {
        const bool is_first = order.key.task_id.str() == "a" && order.try_number == 1;
        tasks.finish(order, is_first ? TaskOutcome::failed : TaskOutcome::succeeded, clock.now());
    };
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a").task("b", {"a"}));
        co_await trigger("mine");
        while (stored_state(run) != core::RunState::failed) co_await pool.run([] { return 0; });
        const auto queued = co_await scheduler->set_run_state(dag, run, core::RunState::queued);
        EXPECT_TRUE(queued);
        while (stored_state(run) != core::RunState::success) co_await pool.run([] { return 0; });
        const core::TaskKey a{dag, run, core::TaskId("a"), -1};
        EXPECT_EQ(store->get_task_instance(a)->try_number, 2);
        EXPECT_EQ(store->list_attempts(a).size(), 2U) << "the history stays";
    });
}

TEST_F(LoopTest, ARunIsNotSetToRunning) {
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        co_await trigger("mine");
        const auto marked = co_await scheduler->set_run_state(
            core::DagId("d"), core::RunId("mine"), core::RunState::running
        );
        EXPECT_EQ(marked.error().code, core::Errc::invalid_argument);
        for (const auto& order : tasks.started) {
            tasks.finish(order, TaskOutcome::succeeded, clock.now());
        }
    });
}

TEST_F(LoopTest, NamesTheDagThatIsNotThere) {
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("another").task("t"));
        const auto result = co_await trigger();
        EXPECT_EQ(result.error().code, core::Errc::not_found);
    });
}

TEST_F(LoopTest, AdoptsTheAttemptsThatWereAliveBeforeARestart) {
    const auto dag = a_dag("d").task("a").task("b", {"a"}).build();
    const core::RunId run_id = store_running(dag, 5);

    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a").task("b", {"a"}));
        while (tasks.adopted.empty()) co_await pool.run([] { return 0; });
        EXPECT_EQ(tasks.adopted.at(0).attempt, 5);
        tasks.finish(tasks.adopted.at(0), TaskOutcome::succeeded, clock.now());
        while (tasks.started.empty()) co_await pool.run([] { return 0; });
        EXPECT_EQ(tasks.started.at(0).key.task_id.str(), "b");
        tasks.finish(tasks.started.at(0), TaskOutcome::succeeded, clock.now());
    });
    EXPECT_EQ(stored_state(run_id), core::RunState::success);
}

TEST_F(LoopTest, SaysWhatATaskWaitsFor) {
    tasks.on_start = [&](const AttemptOrder& order) {
        tasks.explanations[order.attempt] = "it waits for a file";
    };
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("wait", {}, [](core::Task& task) {
            task.operator_name = "sensor.file";
        }));
        const auto run = co_await trigger();
        const auto reasons = co_await scheduler->why(
            core::DagId("d"), run.value().run_id, {core::TaskId("wait"), {}}
        );
        EXPECT_EQ(reasons.value().back().name, "Waiting");
        EXPECT_EQ(reasons.value().back().reason, "it waits for a file");
    });
}

TEST_F(LoopTest, WhoAsksAfterItsEndIsRefused) {
    play([&]() -> asio::awaitable<void> { co_await load(a_dag("d").task("a")); });
    bool is_refused = false;
    asio::co_spawn(io, trigger("late"), [&](const std::exception_ptr& error, const auto&) {
        is_refused = error != nullptr;
    });
    io.restart();
    io.run_for(std::chrono::seconds(5));
    EXPECT_TRUE(is_refused) << "nobody commits any more";
    EXPECT_FALSE(store->get_run(core::DagId("d"), core::RunId("late")));
}

}  // namespace
}  // namespace reel::scheduler
