#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reel/scheduler/timetable.hpp"
#include "support/dag_builder.hpp"

namespace reel::scheduler {
namespace {

using core::DataInterval;
using core::Timestamp;
using std::chrono::hours;
using std::chrono::minutes;

std::optional<Timestamp> moment(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return core::parse_timestamp(text).value();
}

core::Dag between(const core::Schedule& schedule) {
    return support::a_dag("d")
        .with([&](core::Dag& dag) {
            dag.schedule = schedule;
            dag.intervals.between_fires = true;
        })
        .build();
}

struct IntervalCase {
    const char* what;
    bool catchup;
    const char* start_date;  ///< "" for none, as below
    const char* end_date;
    const char* last_start;
    const char* last_end;
    const char* now;
    const char* start;
    const char* end;
};

// What Airflow's CronDataIntervalTimetable("0 7 * * *") answers.
constexpr IntervalCase cases[] = {
    {"catchup begins at the first fire from start_date on",
     true,
     "2026-01-01",
     "",
     "",
     "",
     "2026-03-01",
     "2026-01-01 07:00",
     "2026-01-02 07:00"},
    {"a start_date on a fire begins there",
     true,
     "2026-01-01 07:00",
     "",
     "",
     "",
     "2026-03-01",
     "2026-01-01 07:00",
     "2026-01-02 07:00"},
    {"catchup goes on where the last interval ended",
     true,
     "2026-01-01",
     "",
     "2026-01-04 07:00",
     "2026-01-05 07:00",
     "2026-03-01",
     "2026-01-05 07:00",
     "2026-01-06 07:00"},
    {"catchup without a start_date has no beginning", true, "", "", "", "", "2026-03-01", "", ""},
    {"without catchup the latest whole interval runs",
     false,
     "2026-01-01",
     "",
     "",
     "",
     "2026-03-01 08:00",
     "2026-02-28 07:00",
     "2026-03-01 07:00"},
    {"at its very end it is due",
     false,
     "2026-01-01",
     "",
     "",
     "",
     "2026-03-01 07:00",
     "2026-02-28 07:00",
     "2026-03-01 07:00"},
    {"a microsecond before, the one before is the latest",
     false,
     "2026-01-01",
     "",
     "",
     "",
     "2026-03-01 06:59:59.999999",
     "2026-02-27 07:00",
     "2026-02-28 07:00"},
    {"without start_date too",
     false,
     "",
     "",
     "",
     "",
     "2026-03-01 08:00",
     "2026-02-28 07:00",
     "2026-03-01 07:00"},
    {"after the latest one comes the next",
     false,
     "2026-01-01",
     "",
     "2026-02-28 07:00",
     "2026-03-01 07:00",
     "2026-03-01 08:00",
     "2026-03-01 07:00",
     "2026-03-02 07:00"},
    {"missed intervals are left out",
     false,
     "2026-01-01",
     "",
     "2026-01-04 07:00",
     "2026-01-05 07:00",
     "2026-03-01 08:00",
     "2026-02-28 07:00",
     "2026-03-01 07:00"},
    {"a start_date to come is waited for",
     false,
     "2026-06-01",
     "",
     "",
     "",
     "2026-03-01",
     "2026-06-01 07:00",
     "2026-06-02 07:00"},
    {"an interval may begin at end_date",
     true,
     "2026-01-01",
     "2026-01-05 07:00",
     "2026-01-04 07:00",
     "2026-01-05 07:00",
     "2026-03-01",
     "2026-01-05 07:00",
     "2026-01-06 07:00"},
    {"and not behind it",
     true,
     "2026-01-01",
     "2026-01-05 06:59",
     "2026-01-04 07:00",
     "2026-01-05 07:00",
     "2026-03-01",
     "",
     ""},
    {"the end of another schedule is aligned",
     true,
     "2026-01-01",
     "",
     "2026-01-05 09:00",
     "2026-01-05 10:00",
     "2026-03-01",
     "2026-01-05 07:00",
     "2026-01-06 07:00"},
};

TEST(CronDataIntervals, AreThoseOfAirflow) {
    for (const auto& each : cases) {
        core::Dag dag = between(core::CronSchedule{"0 7 * * *"});
        dag.catchup = each.catchup;
        dag.start_date = moment(each.start_date);
        dag.end_date = moment(each.end_date);
        std::optional<DataInterval> last;
        if (moment(each.last_end)) last = {*moment(each.last_start), *moment(each.last_end)};
        const auto next = next_planned_run(dag, last, *moment(each.now));
        const auto start = next ? std::optional(next->data_interval.start) : std::nullopt;
        EXPECT_EQ(start, moment(each.start)) << each.what;
        if (!next) continue;
        EXPECT_EQ(next->data_interval.end, moment(each.end)) << each.what;
        EXPECT_EQ(next->logical_date, next->data_interval.start) << each.what;
        EXPECT_EQ(next->run_after, next->data_interval.end) << each.what;
    }
}

TEST(CronDataIntervals, CrossAClockChangeByTheWall) {
    core::Dag dag = between(core::CronSchedule{"0 7 * * *"});
    dag.timezone = "Europe/Berlin";
    dag.start_date = moment("2026-03-28T06:00Z");
    dag.catchup = true;
    const auto next = next_planned_run(dag, std::nullopt, *moment("2026-04-01"));
    EXPECT_EQ(
        next->data_interval,
        (DataInterval{*moment("2026-03-28T06:00"), *moment("2026-03-29T05:00")})
    );
}

TEST(DeltaDataIntervals, BeginAtTheStartDate) {
    core::Dag dag = between(core::DeltaSchedule{minutes(90)});
    dag.start_date = moment("2026-01-01 00:10");
    dag.catchup = true;
    const auto first = next_planned_run(dag, std::nullopt, *moment("2026-01-02"));
    ASSERT_TRUE(first);
    EXPECT_EQ(
        first->data_interval,
        (DataInterval{*moment("2026-01-01 00:10"), *moment("2026-01-01 01:40")})
    );
    const auto second = next_planned_run(dag, first->data_interval, *moment("2026-01-02"));
    EXPECT_EQ(second->data_interval.start, first->data_interval.end);
    EXPECT_EQ(second->run_after, moment("2026-01-01 03:10"));
}

TEST(DeltaDataIntervals, WithoutAStartDateLieOnRoundTimes) {
    const core::Dag dag = between(core::DeltaSchedule{minutes(15)});
    const auto next = next_planned_run(dag, std::nullopt, *moment("2026-01-02 12:07:31"));
    EXPECT_EQ(
        next->data_interval,
        (DataInterval{*moment("2026-01-02 11:45"), *moment("2026-01-02 12:00")})
    );
}

TEST(CalendarDataIntervals, WithoutAStartDateHaveJustEnded) {
    const core::Dag dag = between(core::CalendarSchedule{{.days = 1}});
    const auto next = next_planned_run(dag, std::nullopt, *moment("2026-01-02 12:07:31"));
    EXPECT_EQ(next->data_interval, (DataInterval{*moment("2026-01-01"), *moment("2026-01-02")}));
}

TEST(TriggerTimetables, MayLookBackOverAnInterval) {
    core::Dag dag = support::a_dag("d")
                        .with([](core::Dag& d) {
                            d.schedule = core::CronSchedule{"0 7 * * *"};
                            d.intervals.length = core::Duration(hours(24));
                        })
                        .build();
    const auto next = next_planned_run(dag, std::nullopt, *moment("2026-03-01 08:00"));
    EXPECT_EQ(next->run_after, moment("2026-03-02 07:00"));
    EXPECT_EQ(next->logical_date, moment("2026-03-01 07:00"));
    EXPECT_EQ(
        next->data_interval,
        (DataInterval{*moment("2026-03-01 07:00"), *moment("2026-03-02 07:00")})
    );
    // The last fire is what counts, not where its interval begins.
    const auto second = next_planned_run(dag, next->data_interval, *moment("2026-03-02 08:00"));
    EXPECT_EQ(second->run_after, moment("2026-03-03 07:00"));
    dag.intervals.length = core::CalendarDelta{.months = 1};
    const auto monthly = next_planned_run(dag, std::nullopt, *moment("2026-03-30 08:00"));
    EXPECT_EQ(monthly->logical_date, moment("2026-02-28 07:00"));
}

TEST(TriggerTimetables, MayRunAtOnceForAMomentAgo) {
    core::Dag dag =
        support::a_dag("d").with([](core::Dag& d) { d.schedule = core::CronSchedule{"0 7 * * *"}; }
        ).build();
    const auto run_at = [&](core::Duration immediately) {
        dag.run_immediately = immediately;
        return next_planned_run(dag, std::nullopt, *moment("2026-03-01 07:05"))->run_after;
    };
    EXPECT_EQ(run_at(core::Duration(0)), moment("2026-03-02 07:00"));
    EXPECT_EQ(run_at(minutes(4)), moment("2026-03-02 07:00"));
    EXPECT_EQ(run_at(minutes(5)), moment("2026-03-01 07:00"));
    EXPECT_EQ(run_at(core::Duration::max()), moment("2026-03-01 07:00"));
}

TEST(ManualIntervals, AreInferredAsAirflowDoes) {
    const Timestamp at = *moment("2026-03-25 01:00");
    const auto daily = core::CronSchedule{"0 0 * * *"};
    EXPECT_EQ(
        manual_interval(between(daily), at),
        (DataInterval{*moment("2026-03-24"), *moment("2026-03-25")})
    );
    EXPECT_EQ(
        manual_interval(between(core::DeltaSchedule{hours(2)}), at),
        (DataInterval{*moment("2026-03-24 23:00"), at})
    );
    EXPECT_EQ(
        manual_interval(between(core::CalendarSchedule{{.months = 1}}), at),
        (DataInterval{*moment("2026-02-25 01:00"), at})
    );
    core::Dag trigger = between(daily);
    trigger.intervals = {.length = core::Duration(hours(3))};
    EXPECT_EQ(manual_interval(trigger, at), (DataInterval{*moment("2026-03-24 22:00"), at}));
    EXPECT_EQ(manual_interval(support::a_dag("d").build(), at), (DataInterval{at, at}));
}

}  // namespace
}  // namespace reel::scheduler
