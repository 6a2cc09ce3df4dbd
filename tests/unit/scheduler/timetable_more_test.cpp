#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "reel/scheduler/timetable.hpp"
#include "support/dag_builder.hpp"
#include "unit/scheduler/last_run.hpp"

namespace reel::scheduler {
namespace {

using core::DataInterval;
using core::Timestamp;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Timestamp moment(const std::string& text) {
    return core::parse_timestamp(text).value();
}

core::Dag scheduled(const core::Schedule& schedule, const std::string& dag_id = "d") {
    return support::a_dag(dag_id).with([&](core::Dag& dag) { dag.schedule = schedule; }).build();
}

const core::EventsSchedule finals{{moment("2026-02-01"), moment("2026-03-01"), moment("2026-04-01")}
};

TEST(TimetableOfEvents, WaitsForTheNextOne) {
    const core::Dag dag = scheduled(finals);
    EXPECT_EQ(
        next_planned_run(dag, std::nullopt, moment("2026-02-15"))->run_after, moment("2026-03-01")
    );
    EXPECT_EQ(
        next_planned_run(dag, run_of(moment("2026-03-01")), moment("2026-03-01"))->run_after,
        moment("2026-04-01")
    );
    EXPECT_EQ(next_planned_run(dag, std::nullopt, moment("2026-04-02")), std::nullopt);
}

TEST(TimetableOfEvents, MakesUpForThePastWithCatchup) {
    core::Dag dag = scheduled(finals);
    dag.catchup = true;
    dag.start_date = moment("2026-01-01");
    EXPECT_EQ(
        next_planned_run(dag, std::nullopt, moment("2026-05-01"))->run_after, moment("2026-02-01")
    );
}

TEST(TimetableOfEvents, NotesThoseThatPassedUnseen) {
    const auto skipped = skipped_fires(
        scheduled(finals),
        {moment("2026-02-01"), moment("2026-02-01")},
        std::nullopt,
        moment("2026-05-01")
    );
    EXPECT_EQ(skipped, (SkippedFires{moment("2026-03-01"), moment("2026-04-01"), 2}));
}

TEST(TimetableOfSeveralCrons, TakesTheLatestPastFireOfAny) {
    core::Dag dag =
        scheduled(core::CronSchedule{.expression = "0 6 * * *", .others = {"0 18 * * *"}});
    dag.start_date = moment("2026-01-01");
    EXPECT_EQ(
        next_planned_run(dag, std::nullopt, moment("2026-02-15 20:00"))->run_after,
        moment("2026-02-15 18:00")
    );
}

TEST(TimetableOfAContinuousDag, BeginsWithItsStartDate) {
    core::Dag dag = scheduled(core::ContinuousSchedule{});
    const auto now = moment("2026-02-15");
    EXPECT_EQ(next_planned_run(dag, std::nullopt, now), (PlannedRun{now, {now, now}, now}));
    dag.start_date = moment("2026-01-01");
    EXPECT_EQ(
        next_planned_run(dag, std::nullopt, now),
        (PlannedRun{*dag.start_date, {*dag.start_date, now}, now})
    );
    dag.start_date = moment("2026-03-01");
    EXPECT_EQ(next_planned_run(dag, std::nullopt, now)->run_after, moment("2026-03-01"));
    dag.end_date = moment("2026-02-20");
    EXPECT_EQ(next_planned_run(dag, std::nullopt, now), std::nullopt);
}

TEST(TimetableOfAContinuousDag, NeverRepeatsALogicalDate) {
    const core::Dag dag = scheduled(core::ContinuousSchedule{});
    auto now = moment("2026-02-15");
    std::set<Timestamp> dates;
    std::optional<DataInterval> last;
    for (int i = 0; i < 5; ++i) {
        const auto next = next_planned_run(dag, last, now);
        EXPECT_TRUE(dates.insert(next->logical_date).second) << i;
        EXPECT_GE(next->run_after, now);
        last = next->data_interval;
        now = next->run_after;
    }
}

TEST(SkippedFires, AreThoseBetweenTheLastRunAndTheNext) {
    core::Dag dag = scheduled(core::CronSchedule{"0 * * * *"});
    const DataInterval last{moment("2026-01-01 01:00"), moment("2026-01-01 01:00")};
    const auto now = moment("2026-01-01 06:30");
    const auto next = next_planned_run(dag, last, now);
    EXPECT_EQ(
        skipped_fires(dag, last, next, now),
        (SkippedFires{moment("2026-01-01 02:00"), moment("2026-01-01 05:00"), 4})
    );
    // Nothing was missed between two that follow each other.
    const auto soon = moment("2026-01-01 01:30");
    EXPECT_EQ(skipped_fires(dag, last, next_planned_run(dag, last, soon), soon), std::nullopt);
    dag.catchup = true;
    EXPECT_EQ(skipped_fires(dag, last, next_planned_run(dag, last, now), now), std::nullopt);
}

TEST(SkippedFires, OfDataIntervalsAreTheEndsOfThoseLeftOut) {
    core::Dag dag = scheduled(core::CronSchedule{"0 * * * *"});
    dag.intervals.between_fires = true;
    const DataInterval last{moment("2026-01-01 00:00"), moment("2026-01-01 01:00")};
    const auto now = moment("2026-01-01 06:30");
    const auto next = next_planned_run(dag, last, now);
    EXPECT_EQ(next->data_interval.end, moment("2026-01-01 06:00"));
    EXPECT_EQ(
        skipped_fires(dag, last, next, now),
        (SkippedFires{moment("2026-01-01 02:00"), moment("2026-01-01 05:00"), 4})
    );
}

// Promise: every fire gives exactly one run or one recorded skip.
TEST(SkippedFires, AndRunsCoverEveryFireExactlyOnce) {
    for (const bool between : {false, true}) {
        core::Dag dag = scheduled(core::CronSchedule{"*/10 * * * *"});
        dag.timezone = "Europe/Berlin";
        dag.intervals.between_fires = between;
        std::multiset<Timestamp> covered;
        DataInterval last{moment("2026-10-24 23:50"), moment("2026-10-25 00:00")};
        auto now = last.end;
        const core::FireTimes fires(dag.schedule, dag.timezone, {});
        // Asked at odd moments: at once, minutes late, hours late.
        for (const int late : {0, 3, 11, 25, 190, 0, 61, 7, 600}) {
            now += minutes(late);
            const auto next = next_planned_run(dag, last, now);
            ASSERT_TRUE(next);
            if (const auto skipped = skipped_fires(dag, last, next, now)) {
                for (auto fire = skipped->first; fire <= skipped->last; fire = *fires.after(fire)) {
                    covered.insert(fire);
                }
            }
            covered.insert(next->data_interval.end);
            last = next->data_interval;
            now = std::max(now, next->run_after);
        }
        std::multiset<Timestamp> all;
        for (auto fire = fires.after(moment("2026-10-25 00:00")); *fire <= last.end;
             fire = fires.after(*fire)) {
            all.insert(*fire);
        }
        EXPECT_EQ(covered, all) << between;
    }
}

core::Dag jittered(core::Duration jitter, const std::string& dag_id = "d") {
    core::Dag dag = scheduled(core::CronSchedule{"0 * * * *"}, dag_id);
    dag.schedule_jitter = jitter;
    return dag;
}

TEST(Jitter, HoldsTheRunBackAndLeavesItsDateAlone) {
    const core::Dag dag = jittered(minutes(5));
    std::set<core::Duration> offsets;
    for (int hour = 0; hour < 24; ++hour) {
        const auto fire = moment("2026-01-02") + hours(hour);
        const auto next = next_planned_run(dag, run_of(fire - hours(1)), fire - minutes(1));
        EXPECT_EQ(next->logical_date, fire);
        EXPECT_GE(next->run_after, fire);
        EXPECT_LT(next->run_after, fire + minutes(5));
        offsets.insert(next->run_after - fire);
    }
    EXPECT_GT(offsets.size(), 20U);
}

TEST(Jitter, IsTheSameAfterARestartAndAnotherForAnotherDag) {
    const auto now = moment("2026-01-01 00:30");
    const auto first = next_planned_run(jittered(minutes(30)), std::nullopt, now);
    EXPECT_EQ(first, next_planned_run(jittered(minutes(30)), std::nullopt, now + minutes(1)));
    EXPECT_NE(
        first->run_after, next_planned_run(jittered(minutes(30), "e"), std::nullopt, now)->run_after
    );
    // A pinned value: other versions must not move runs that are waited for.
    EXPECT_EQ(first->run_after, moment("2026-01-01 01:04:43.673839"));
}

TEST(Jitter, NeverReachesTheNextFire) {
    const core::Dag dag = jittered(hours(9));
    std::optional<DataInterval> last = run_of(moment("2026-01-01"));
    auto now = last->end;
    for (int i = 0; i < 50; ++i) {
        const auto next = next_planned_run(dag, last, now);
        EXPECT_EQ(next->logical_date, last->end + hours(1)) << "none is skipped";
        EXPECT_LT(next->run_after, next->logical_date + hours(1));
        last = next->data_interval;
        now = next->run_after;
    }
}

TEST(UpcomingRuns, FollowOneAnother) {
    core::Dag dag = scheduled(core::CronSchedule{"0 7 * * *"});
    const auto runs = upcoming_runs(dag, std::nullopt, moment("2026-03-01 08:00"), 3);
    ASSERT_EQ(runs.size(), 3U);
    EXPECT_EQ(runs[0].run_after, moment("2026-03-02 07:00"));
    EXPECT_EQ(runs[2].run_after, moment("2026-03-04 07:00"));
    dag.end_date = moment("2026-03-03 07:00");
    EXPECT_EQ(upcoming_runs(dag, std::nullopt, moment("2026-03-01 08:00"), 3).size(), 2U);
}

TEST(UpcomingRuns, OfAContinuousDagAreOneAndOfNoneNone) {
    const auto now = moment("2026-03-01");
    EXPECT_EQ(
        upcoming_runs(scheduled(core::ContinuousSchedule{}), std::nullopt, now, 5).size(), 1U
    );
    EXPECT_EQ(upcoming_runs(scheduled(core::OnceSchedule{}), std::nullopt, now, 5).size(), 1U);
    EXPECT_EQ(upcoming_runs(scheduled(core::NoSchedule{}), std::nullopt, now, 5).size(), 0U);
}

TEST(RunDueAt, FindsTheFireBehindItsJitter) {
    const core::Dag dag = jittered(minutes(40));
    for (int hour = 0; hour < 20; ++hour) {
        const auto fire = moment("2026-01-02") + hours(hour);
        const auto next = next_planned_run(dag, run_of(fire - hours(1)), fire - minutes(1));
        EXPECT_EQ(run_due_at(dag, next->run_after), *next);
    }
}

TEST(RunDueAt, OfADataIntervalKnowsItsStart) {
    core::Dag dag = scheduled(core::CronSchedule{"0 7 * * *"});
    dag.intervals.between_fires = true;
    const auto run = run_due_at(dag, moment("2026-03-02 07:00"));
    EXPECT_EQ(run.logical_date, moment("2026-03-01 07:00"));
    EXPECT_EQ(run.data_interval.end, moment("2026-03-02 07:00"));
}

TEST(SameTimetable, SeesWhatMovesAFire) {
    const core::Dag dag = scheduled(core::CronSchedule{"0 7 * * *"});
    EXPECT_TRUE(same_timetable(dag, scheduled(core::CronSchedule{"0 7 * * *"}, "another")));
    const auto differs = [&](auto edit) {
        core::Dag other = dag;
        edit(other);
        return !same_timetable(dag, other);
    };
    EXPECT_TRUE(differs([](core::Dag& d) { d.schedule = core::CronSchedule{"0 8 * * *"}; }));
    EXPECT_TRUE(differs([](core::Dag& d) { d.timezone = "Asia/Tokyo"; }));
    EXPECT_TRUE(differs([](core::Dag& d) { d.dst.gap = core::GapRule::skip; }));
    EXPECT_TRUE(differs([](core::Dag& d) { d.intervals.between_fires = true; }));
    EXPECT_TRUE(differs([](core::Dag& d) { d.schedule_jitter = seconds(1); }));
    EXPECT_TRUE(differs([](core::Dag& d) { d.run_immediately = seconds(1); }));
    EXPECT_TRUE(differs([](core::Dag& d) { d.catchup = true; }));
    EXPECT_FALSE(differs([](core::Dag& d) { d.description = "x"; }));
}

}  // namespace
}  // namespace reel::scheduler
