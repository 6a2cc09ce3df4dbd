#include <gmock/gmock.h>

#include "unit/scheduler/loop_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::Errc;
using core::RunState;
using std::chrono::hours;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LoopRetention : public LoopTest {
  protected:
    LoopRetention() { finish_all(); }

    void finish_all() {
        tasks.on_start = [this](const AttemptOrder& order) {
            tasks.finish(order, TaskOutcome::succeeded, clock.now());
        };
    }

    static support::DagBuilder daily() {
        return a_dag("d").task("a").with([](core::Dag& dag) {
            dag.schedule = core::CronSchedule{"0 0 * * *"};
        });
    }

    BackfillRequest days(int count) {
        BackfillRequest request;
        request.dag_id = core::DagId("d");
        request.from_date = clock.now() - hours(24 * count);
        request.to_date = clock.now() - hours(1);
        return request;
    }

    asio::awaitable<void> fill(int count) {
        const auto made = co_await scheduler->create_backfill(days(count));
        EXPECT_TRUE(made) << made.error().describe();
        while (!store->get_backfill(made->id)->completed_at) co_await turn();
    }

    asio::awaitable<void> ended(std::string run_id) {
        co_await trigger(run_id);
        while (stored_state(core::RunId(run_id)) != RunState::success) co_await turn();
    }

    asio::awaitable<void> turn() {
        co_await pool.run([] { return 0; });
    }

    asio::awaitable<std::vector<std::string>> remove(store::RunExpiry expiry) {
        std::vector<std::string> names;
        for (const auto& run : co_await scheduler->remove_expired_runs(expiry)) {
            names.push_back(run.run_id.str());
        }
        co_return names;
    }

    std::vector<std::string> run_ids() {
        std::vector<std::string> names;
        for (const auto& run : store->list_runs({}).items) names.push_back(run.run_id.str());
        return names;
    }

    core::Timestamp soon() { return clock.now() + hours(1); }

    void restart() {
        io.restart();
        scheduler = make_life(*store);
    }
};

TEST_F(LoopRetention, RemovesSoManyAtATimeUntilNoneIsLeft) {
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        for (const char* run : {"one", "two", "three"}) co_await ended(run);
        const store::RunExpiry expiry{.before = soon(), .limit = 2};
        EXPECT_THAT(co_await remove(expiry), ElementsAre("one", "two"));
        EXPECT_THAT(run_ids(), ElementsAre("three"));
        EXPECT_THAT(co_await remove(expiry), ElementsAre("three"));
        EXPECT_THAT(co_await remove(expiry), IsEmpty());
    });
}

TEST_F(LoopRetention, KeepsWhatEndedJustAtTheMomentAndTheNewestWhereAsked) {
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        co_await ended("one");
        co_await ended("two");
        EXPECT_THAT(co_await remove({.before = clock.now()}), IsEmpty());
        const store::RunExpiry expiry{.before = soon(), .keep_last = true};
        EXPECT_THAT(co_await remove(expiry), ElementsAre("one"));
        EXPECT_THAT(co_await remove(expiry), IsEmpty());
    });
    EXPECT_THAT(run_ids(), ElementsAre("two"));
}

TEST_F(LoopRetention, LeavesTheNameOfARemovedRunFree) {
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        co_await ended("one");
        EXPECT_EQ((co_await trigger("one")).error().code, Errc::already_exists);
        EXPECT_THAT(co_await remove({.before = soon()}), SizeIs(1));
        const auto again = co_await trigger("one");
        EXPECT_TRUE(again) << again.error().describe();
        while (stored_state(core::RunId("one")) != RunState::success) co_await turn();
    });
    EXPECT_THAT(run_ids(), ElementsAre("one"));
}

TEST_F(LoopRetention, TellsThatARemovedRunIsGone) {
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        co_await ended("one");
        EXPECT_THAT(co_await remove({.before = soon()}), SizeIs(1));
        const core::DagId dag("d");
        const core::RunId run("one");
        const auto marked = co_await scheduler->set_run_state(dag, run, RunState::failed);
        EXPECT_EQ(marked.error().code, Errc::not_found);
        EXPECT_EQ((co_await scheduler->clear(dag, {run}, {}, false)).error().code, Errc::not_found);
        const auto noted = co_await scheduler->set_note(dag, run, {}, "late");
        EXPECT_EQ(noted.error().code, Errc::not_found);
    });
}

TEST_F(LoopRetention, ClearsSeveralEndedRunsAtOnceAndPassesOverOneThatIsGone) {
    play([&]() -> asio::awaitable<void> {
        co_await load(a_dag("d").task("a"));
        for (const char* run : {"one", "two", "three"}) co_await ended(run);
        EXPECT_THAT(co_await remove({.before = soon(), .limit = 1}), ElementsAre("one"));
        const std::vector runs{core::RunId("one"), core::RunId("two"), core::RunId("three")};
        const auto cleared = co_await scheduler->clear(core::DagId("d"), runs, {}, false);
        EXPECT_THAT(cleared.value(), SizeIs(2));
        while (stored_state(core::RunId("three")) != RunState::success) co_await turn();
    });
}

TEST_F(LoopRetention, GivesBackTheDatesToTheNextBackfill) {
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        co_await fill(3);
        EXPECT_THAT(*co_await scheduler->dry_run_backfill(days(3)), IsEmpty());
        EXPECT_THAT(co_await remove({.before = soon()}), SizeIs(3));
        EXPECT_THAT(*co_await scheduler->dry_run_backfill(days(3)), SizeIs(3));
        co_await fill(3);
    });
    EXPECT_THAT(run_ids(), SizeIs(3));
    EXPECT_EQ(store->list_backfills({}, {}).total, 2U) << "records go by themselves";
}

TEST_F(LoopRetention, RemovesNoRunOfABackfillThatRuns) {
    tasks.on_start = {};
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        const auto made = co_await scheduler->create_backfill(days(2));
        while (tasks.started.size() < 2) co_await turn();
        EXPECT_THAT(co_await remove({.before = soon()}), IsEmpty());
        for (const auto& order : std::vector(tasks.started)) {
            tasks.finish(order, TaskOutcome::failed, clock.now());
        }
        while (!store->get_backfill(made->id)->completed_at) co_await turn();
        EXPECT_THAT(co_await remove({.before = soon()}), SizeIs(2)) << "failed ones go as well";
    });
}

TEST_F(LoopRetention, TheDryRunOfABackfillListsItsDatesInItsOrder) {
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        auto wish = days(3);
        wish.run_backwards = true;
        const auto dates = co_await scheduler->dry_run_backfill(wish);
        EXPECT_THAT(
            *dates,
            ElementsAre(clock.now() - hours(24), clock.now() - hours(48), clock.now() - hours(72))
        );
        EXPECT_EQ(store->list_backfills({}, {}).total, 0U);
        wish.dag_id = core::DagId("none");
        const auto nobody = co_await scheduler->dry_run_backfill(wish);
        EXPECT_EQ(nobody.error().code, Errc::not_found);
        EXPECT_EQ(nobody.error().message, "there is no DAG 'none'");
        EXPECT_EQ(nobody.error().hint, "`reel dags list` shows those that were loaded");
    });
    EXPECT_THAT(run_ids(), IsEmpty());
}

TEST_F(LoopRetention, ABackfillOfAPausedDagOutlivesARestart) {
    store::BackfillId id = 0;
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        EXPECT_TRUE(co_await scheduler->set_paused(core::DagId("d"), true));
        const auto made = co_await scheduler->create_backfill(days(4));
        id = made->id;
        for (int i = 0; i < 20; ++i) co_await turn();
        EXPECT_THAT(run_ids(), IsEmpty());
    });
    restart();
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        EXPECT_FALSE(store->get_backfill(id)->completed_at);
        EXPECT_TRUE(co_await scheduler->set_paused(core::DagId("d"), false));
        while (!store->get_backfill(id)->completed_at) co_await turn();
    });
    EXPECT_THAT(run_ids(), SizeIs(4));
}

TEST_F(LoopRetention, ABackfillThatIsCancelledBeforeItBeganMakesNoRunEver) {
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        EXPECT_TRUE(co_await scheduler->set_paused(core::DagId("d"), true));
        const auto made = co_await scheduler->create_backfill(days(4));
        const auto cancelled = co_await scheduler->cancel_backfill(made->id);
        EXPECT_EQ(cancelled->completed_at, clock.now());
        EXPECT_TRUE(co_await scheduler->set_paused(core::DagId("d"), false));
        const auto late = co_await scheduler->cancel_backfill(made->id);
        EXPECT_EQ(late.error().message, "backfill " + std::to_string(made->id) + " has completed");
        co_await fill(1);
    });
    EXPECT_THAT(run_ids(), SizeIs(1)) << "that of the second one";
    const auto fires = store->list_backfill_runs(store->list_backfills({}, {}).items.at(0).id);
    ASSERT_THAT(fires, SizeIs(4));
    for (const auto& fire : fires) EXPECT_TRUE(fire.is_pending());
}

TEST_F(LoopRetention, ABackfillGoesWithItsDag) {
    play([&]() -> asio::awaitable<void> {
        co_await load(daily());
        EXPECT_TRUE(co_await scheduler->set_paused(core::DagId("d"), true));
        const auto made = co_await scheduler->create_backfill(days(4));
        EXPECT_TRUE(co_await scheduler->delete_dag(core::DagId("d")));
        const auto paused = co_await scheduler->set_backfill_paused(made->id, true);
        EXPECT_EQ(paused.error().code, Errc::not_found);
        EXPECT_EQ(store->list_backfills({}, {}).total, 0U);
    });
    EXPECT_THAT(run_ids(), IsEmpty());
}

}  // namespace
}  // namespace reel::scheduler
