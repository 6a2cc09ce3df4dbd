#include <gmock/gmock.h>

#include "unit/scheduler/last_run.hpp"
#include "unit/scheduler/planner_fixture.hpp"

namespace reel::scheduler {
namespace {

using core::Timestamp;
using std::chrono::hours;
using std::chrono::minutes;
using support::a_dag;
using ::testing::SizeIs;

Timestamp at(const std::string& text) {
    return core::parse_timestamp(text).value();
}

support::DagBuilder hourly() {
    return a_dag("d").task("a").with([](core::Dag& dag) {
        dag.schedule = core::CronSchedule{"0 * * * *"};
    });
}

class ScheduleTest : public PlannerTest {
  protected:
    std::vector<std::string> created() {
        std::vector<std::string> ids;
        for (const auto& run : plan().commit.new_runs) ids.push_back(run.run.run_id.str());
        return ids;
    }
};

TEST_F(ScheduleTest, CreatesARunAtItsTick) {
    clock.set(at("2026-01-01T00:30:00Z"));
    use(hourly());
    EXPECT_THAT(created(), SizeIs(0));
    EXPECT_EQ(planner.next_due(), at("2026-01-01T01:00:00Z"));
    clock.set(at("2026-01-01T01:00:00Z"));
    EXPECT_EQ(created(), Names{"scheduled__2026-01-01T01:00:00+00:00"});
    EXPECT_EQ(planner.next_due(), at("2026-01-01T02:00:00Z"));
}

TEST_F(ScheduleTest, StoresWhenTheNextRunIsDue) {
    use(hourly());
    EXPECT_EQ(plan().next_runs.at(core::DagId("d")), at("2026-01-01T01:00:00Z"));
    planner.set_paused(core::DagId("d"), true, clock.now());
    EXPECT_EQ(plan().next_runs.at(core::DagId("d")), std::nullopt);
}

TEST_F(ScheduleTest, APausedDagGetsNoRuns) {
    use(hourly(), true);
    clock.advance(hours(5));
    EXPECT_THAT(created(), SizeIs(0));
    EXPECT_EQ(planner.next_due(), std::nullopt);
}

TEST_F(ScheduleTest, CatchupMakesEveryMissedTickUpToMaxActiveRuns) {
    use(hourly().with([](core::Dag& dag) {
        dag.catchup = true;
        dag.start_date = at("2025-12-31T21:00:00Z");
        dag.max_active_runs = 2;
    }));
    EXPECT_EQ(
        created(),
        (Names{"scheduled__2025-12-31T21:00:00+00:00", "scheduled__2025-12-31T22:00:00+00:00"})
    );
    EXPECT_EQ(planner.next_due(), std::nullopt) << "no place for a further run";
}

TEST_F(ScheduleTest, WithoutCatchupOnlyTheLatestMissedTickRuns) {
    use(hourly().with([](core::Dag& dag) { dag.start_date = at("2025-12-01T00:00:00Z"); }));
    clock.set(at("2026-01-01T00:00:00Z"));
    EXPECT_EQ(created(), Names{"scheduled__2026-01-01T00:00:00+00:00"});
}

TEST_F(ScheduleTest, AnEditOfATaskDoesNotLoseAPendingTick) {
    clock.set(at("2026-01-01T00:59:59Z"));
    use(hourly());
    clock.set(at("2026-01-01T01:00:01Z"));
    use(hourly().task("b"));
    EXPECT_EQ(created(), Names{"scheduled__2026-01-01T01:00:00+00:00"});
}

TEST_F(ScheduleTest, ADagWhoseFileComesBackWhileARunIsUnderWayIsDueAgain) {
    use(hourly());
    plan();
    trigger("d");
    plan();
    use_all({});
    plan();
    EXPECT_EQ(planner.next_due(), std::nullopt);
    use(hourly());
    plan();
    EXPECT_EQ(planner.next_due(), at("2026-01-01T01:00:00Z"));
    end("a");
    clock.set(at("2026-01-01T01:00:00Z"));
    EXPECT_EQ(created(), Names{"scheduled__2026-01-01T01:00:00+00:00"});
}

TEST_F(ScheduleTest, ADagWhoseFileIsGoneGetsNoRunsByBeingUnpaused) {
    use(hourly());
    trigger("d");
    plan();
    use_all({});
    planner.set_paused(core::DagId("d"), true, clock.now());
    planner.set_paused(core::DagId("d"), false, clock.now());
    clock.advance(hours(1));
    EXPECT_EQ(created(), Names{});
    EXPECT_EQ(planner.next_due(), std::nullopt);
}

TEST_F(ScheduleTest, AContinuousDagRunsAgainWhenItsRunHasEnded) {
    use(a_dag("d").task("a").with([](core::Dag& dag) {
        dag.schedule = core::ContinuousSchedule{};
        dag.max_active_runs = 1;
    }));
    const Timestamp start = clock.now();
    const auto first = plan().commit.new_runs;
    ASSERT_THAT(first, SizeIs(1));
    EXPECT_EQ(first[0].run.data_interval, (core::DataInterval{start, start}));
    clock.advance(minutes(7));
    EXPECT_THAT(created(), SizeIs(0)) << "one at a time";
    EXPECT_EQ(planner.next_due(), std::nullopt);
    end("a");
    EXPECT_LE(planner.next_due(), clock.now());
    EXPECT_THAT(created(), SizeIs(1));
}

TEST_F(ScheduleTest, AContinuousRunStandsForTheTimeSinceTheOneBefore) {
    use(a_dag("d").task("a").with([](core::Dag& dag) {
        dag.schedule = core::ContinuousSchedule{};
        dag.max_active_runs = 1;
        dag.start_date = at("2025-12-31");
    }));
    const Timestamp start = clock.now();
    EXPECT_EQ(
        plan().commit.new_runs.at(0).run.data_interval,
        (core::DataInterval{at("2025-12-31"), start})
    );
    clock.advance(minutes(7));
    const AttemptOrder order = live.at("a");
    AttemptEnded event;
    event.attempt = order.attempt;
    event.key = order.key;
    event.at = clock.now();
    planner.on_ended(event);
    plan();
    EXPECT_EQ(
        plan().commit.new_runs.at(0).run.data_interval,
        (core::DataInterval{start, start + minutes(7)})
    );
}

TEST_F(ScheduleTest, AContinuousDagOfNoLengthTakesASecondATurn) {
    use(a_dag("d").task("a").with([](core::Dag& dag) {
        dag.schedule = core::ContinuousSchedule{};
        dag.max_active_runs = 1;
    }));
    plan();
    end("a");
    EXPECT_THAT(created(), SizeIs(0));
    EXPECT_EQ(planner.next_due(), clock.now() + std::chrono::seconds(1));
    clock.advance(std::chrono::seconds(1));
    EXPECT_THAT(created(), SizeIs(1));
}

TEST_F(ScheduleTest, TicksMissedWithoutCatchupAreOnRecord) {
    use(hourly());
    clock.set(at("2026-01-01T01:00:00Z"));
    EXPECT_THAT(created(), SizeIs(1));
    planner.set_paused(core::DagId("d"), true, clock.now());
    clock.set(at("2026-01-01T06:30:00Z"));
    EXPECT_THAT(plan().commit.skipped, SizeIs(0));
    planner.set_paused(core::DagId("d"), false, clock.now());
    const auto effects = plan();
    EXPECT_EQ(effects.commit.new_runs.at(0).run.logical_date, at("2026-01-01T06:00:00Z"));
    ASSERT_THAT(effects.commit.skipped, SizeIs(1));
    EXPECT_EQ(
        effects.commit.skipped[0],
        (store::SkippedFiresRecord{
            .dag_id = core::DagId("d"),
            .first = at("2026-01-01T02:00:00Z"),
            .last = at("2026-01-01T05:00:00Z"),
            .count = 4,
            .recorded_at = clock.now()
        })
    );
    EXPECT_THAT(plan().commit.skipped, SizeIs(0)) << "once is enough";
}

TEST_F(ScheduleTest, AnEditOfTheDstPolicyPlansAnew) {
    const auto nightly = [](std::optional<core::GapRule> gap) {
        return a_dag("d").task("a").with([gap](core::Dag& dag) {
            dag.schedule = core::CronSchedule{"30 2 * * *"};
            dag.timezone = "Europe/Berlin";
            dag.dst.gap = gap;
        });
    };
    clock.set(at("2026-03-28T12:00:00Z"));
    use(nightly(std::nullopt));
    EXPECT_EQ(planner.next_due(), at("2026-03-29T01:30:00Z"));
    use(nightly(core::GapRule::skip));
    EXPECT_EQ(planner.next_due(), at("2026-03-30T00:30:00Z"));
}

TEST(Timetable, GivesNothingWithoutASchedule) {
    EXPECT_EQ(next_planned_run(a_dag("d").build(), std::nullopt, at("2026-01-01")), std::nullopt);
}

TEST(Timetable, RunsOnceAndNeverAgain) {
    const auto dag =
        a_dag("d").with([](core::Dag& d) { d.schedule = core::OnceSchedule{}; }).build();
    const auto now = at("2026-01-01");
    ASSERT_TRUE(next_planned_run(dag, std::nullopt, now));
    EXPECT_EQ(next_planned_run(dag, std::nullopt, now)->run_after, now);
    EXPECT_EQ(next_planned_run(dag, run_of(now), now), std::nullopt);
}

TEST(Timetable, ADeltaCountsFromTheLastRun) {
    const auto dag =
        a_dag("d").with([](core::Dag& d) { d.schedule = core::DeltaSchedule{minutes(90)}; }
        ).build();
    const auto next =
        next_planned_run(dag, run_of(at("2026-01-01T00:10:00Z")), at("2026-01-01T00:20:00Z"));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->logical_date, at("2026-01-01T01:40:00Z"));
}

TEST(Timetable, EndsAtTheEndDate) {
    const auto dag =
        hourly().with([](core::Dag& d) { d.end_date = at("2026-01-01T02:00:00Z"); }).build();
    EXPECT_TRUE(
        next_planned_run(dag, run_of(at("2026-01-01T01:00:00Z")), at("2026-01-01T01:30:00Z"))
    );
    EXPECT_EQ(
        next_planned_run(dag, run_of(at("2026-01-01T02:00:00Z")), at("2026-01-01T02:30:00Z")),
        std::nullopt
    );
}

TEST(Timetable, WithoutCatchupNeverGoesBackBeforeTheLastRun) {
    const auto dag = hourly().with([](core::Dag& d) { d.start_date = at("2025-01-01"); }).build();
    const auto next =
        next_planned_run(dag, run_of(at("2026-01-01T05:00:00Z")), at("2026-01-01T05:10:00Z"));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->run_after, at("2026-01-01T06:00:00Z"));
}

TEST(Timetable, FindsTheLatestTickOfARareCron) {
    const auto dag = a_dag("d")
                         .with([](core::Dag& d) {
                             d.schedule = core::CronSchedule{"0 0 29 2 *"};
                             d.start_date = at("2020-01-01");
                         })
                         .build();
    const auto next = next_planned_run(dag, std::nullopt, at("2026-01-01"));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->logical_date, at("2024-02-29"));
}

}  // namespace
}  // namespace reel::scheduler
