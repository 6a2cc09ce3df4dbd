#include <gmock/gmock.h>

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

TEST(Timetable, GivesNothingWithoutASchedule) {
    EXPECT_EQ(next_planned_run(a_dag("d").build(), std::nullopt, at("2026-01-01")), std::nullopt);
}

TEST(Timetable, RunsOnceAndNeverAgain) {
    const auto dag =
        a_dag("d").with([](core::Dag& d) { d.schedule = core::OnceSchedule{}; }).build();
    const auto now = at("2026-01-01");
    ASSERT_TRUE(next_planned_run(dag, std::nullopt, now));
    EXPECT_EQ(next_planned_run(dag, std::nullopt, now)->run_after, now);
    EXPECT_EQ(next_planned_run(dag, now, now), std::nullopt);
}

TEST(Timetable, ADeltaCountsFromTheLastRun) {
    const auto dag =
        a_dag("d").with([](core::Dag& d) { d.schedule = core::DeltaSchedule{minutes(90)}; }
        ).build();
    const auto next = next_planned_run(dag, at("2026-01-01T00:10:00Z"), at("2026-01-01T00:20:00Z"));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->logical_date, at("2026-01-01T01:40:00Z"));
}

TEST(Timetable, EndsAtTheEndDate) {
    const auto dag =
        hourly().with([](core::Dag& d) { d.end_date = at("2026-01-01T02:00:00Z"); }).build();
    EXPECT_TRUE(next_planned_run(dag, at("2026-01-01T01:00:00Z"), at("2026-01-01T01:30:00Z")));
    EXPECT_EQ(
        next_planned_run(dag, at("2026-01-01T02:00:00Z"), at("2026-01-01T02:30:00Z")), std::nullopt
    );
}

TEST(Timetable, WithoutCatchupNeverGoesBackBeforeTheLastRun) {
    const auto dag = hourly().with([](core::Dag& d) { d.start_date = at("2025-01-01"); }).build();
    const auto next = next_planned_run(dag, at("2026-01-01T05:00:00Z"), at("2026-01-01T05:10:00Z"));
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
