#include <gtest/gtest.h>

#include "reel/scheduler/timetable.hpp"
#include "support/dag_builder.hpp"
#include "unit/scheduler/last_run.hpp"

namespace reel::scheduler {
namespace {

using core::Timestamp;
using std::chrono::hours;
using std::chrono::minutes;

std::optional<Timestamp> moment(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return core::parse_timestamp(text).value();
}

struct TimetableCase {
    const char* what;
    const char* cron;
    bool catchup;
    const char* start;  ///< "" for none, as below
    const char* end;
    const char* last;
    const char* now;
    const char* expected;
};

constexpr TimetableCase cases[] = {
    {"a new DAG waits for its next tick",
     "0 7 * * *",
     false,
     "",
     "",
     "",
     "2026-03-01 08:00",
     "2026-03-02 07:00"},
    {"a new DAG does not run for the tick of this moment",
     "0 7 * * *",
     false,
     "",
     "",
     "",
     "2026-03-01 07:00",
     "2026-03-02 07:00"},
    {"with a start date the latest missed tick runs",
     "0 7 * * *",
     false,
     "2026-01-01",
     "",
     "",
     "2026-03-01 08:00",
     "2026-03-01 07:00"},
    {"the tick of this moment is the latest",
     "0 7 * * *",
     false,
     "2026-01-01",
     "",
     "",
     "2026-03-01 07:00",
     "2026-03-01 07:00"},
    {"a microsecond before it the one of yesterday is",
     "0 7 * * *",
     false,
     "2026-01-01",
     "",
     "",
     "2026-03-01 06:59:59.999999",
     "2026-02-28 07:00"},
    {"nothing runs before the start date",
     "0 7 * * *",
     false,
     "2026-06-01",
     "",
     "",
     "2026-03-01 08:00",
     "2026-06-01 07:00"},
    {"a start date on a tick is that tick",
     "0 7 * * *",
     false,
     "2026-06-01 07:00",
     "",
     "",
     "2026-03-01 08:00",
     "2026-06-01 07:00"},
    {"after a run comes the next tick",
     "0 7 * * *",
     false,
     "2026-01-01",
     "",
     "2026-03-01 07:00",
     "2026-03-01 08:00",
     "2026-03-02 07:00"},
    {"after a long pause comes the latest tick only",
     "0 7 * * *",
     false,
     "2026-01-01",
     "",
     "2026-02-01 07:00",
     "2026-03-01 08:00",
     "2026-03-01 07:00"},
    {"a run in the future is not repeated",
     "0 7 * * *",
     false,
     "2026-01-01",
     "",
     "2026-03-05 07:00",
     "2026-03-01 08:00",
     "2026-03-06 07:00"},
    {"catchup begins at the start date",
     "0 7 * * *",
     true,
     "2026-01-01",
     "",
     "",
     "2026-03-01 08:00",
     "2026-01-01 07:00"},
    {"catchup goes on tick by tick",
     "0 7 * * *",
     true,
     "2026-01-01",
     "",
     "2026-01-01 07:00",
     "2026-03-01 08:00",
     "2026-01-02 07:00"},
    {"catchup without a start date has nowhere to begin",
     "0 7 * * *",
     true,
     "",
     "",
     "",
     "2026-03-01 08:00",
     ""},
    {"catchup without a start date goes on from the last run",
     "0 7 * * *",
     true,
     "",
     "",
     "2026-02-27 07:00",
     "2026-03-01 08:00",
     "2026-02-28 07:00"},
    {"a tick on the end date still runs",
     "0 7 * * *",
     true,
     "2026-01-01",
     "2026-01-02 07:00",
     "2026-01-01 07:00",
     "2026-03-01 08:00",
     "2026-01-02 07:00"},
    {"a tick behind the end date does not",
     "0 7 * * *",
     true,
     "2026-01-01",
     "2026-01-02 06:59",
     "2026-01-01 07:00",
     "2026-03-01 08:00",
     ""},
    {"without catchup a past end date ends it",
     "0 7 * * *",
     false,
     "2026-01-01",
     "2026-02-01",
     "",
     "2026-03-01 08:00",
     ""},
    {"weekdays pass over the weekend",
     "0 7 * * 1-5",
     false,
     "2026-01-01",
     "",
     "2026-02-27 07:00",
     "2026-02-27 08:00",
     "2026-03-02 07:00"},
    {"a leap day comes when it comes",
     "0 0 29 2 *",
     false,
     "2024-01-01",
     "",
     "2024-02-29",
     "2026-03-01",
     "2028-02-29"},
    {"an impossible date never comes", "0 0 30 2 *", false, "2026-01-01", "", "", "2026-03-01", ""},
};

TEST(TimetableCases, GiveTheTickThatAirflowWouldGive) {
    for (const auto& each : cases) {
        const auto dag = support::a_dag("d")
                             .with([&](core::Dag& d) {
                                 d.schedule = core::CronSchedule{each.cron};
                                 d.catchup = each.catchup;
                                 d.start_date = moment(each.start);
                                 d.end_date = moment(each.end);
                             })
                             .build();
        const auto next = next_planned_run(dag, run_of(moment(each.last)), *moment(each.now));
        const auto at = next ? std::optional(next->run_after) : std::nullopt;
        EXPECT_EQ(at, moment(each.expected)) << each.what;
        if (!next) continue;
        EXPECT_EQ(next->logical_date, next->run_after) << each.what;
        EXPECT_EQ(next->data_interval.start, next->logical_date) << each.what;
        EXPECT_EQ(next->data_interval.end, next->logical_date) << each.what;
    }
}

class TimetableProperties : public ::testing::TestWithParam<const char*> {
  protected:
    core::Dag dag = support::a_dag("d")
                        .with([](core::Dag& d) {
                            d.schedule = core::CronSchedule{GetParam()};
                            d.start_date = moment("2026-01-01");
                        })
                        .build();
};

TEST_P(TimetableProperties, CatchupGivesEveryTickOnceInOrder) {
    dag.catchup = true;
    const auto now = *moment("2026-02-01");
    std::optional<Timestamp> last;
    for (int i = 0; i < 30; ++i) {
        const auto next = next_planned_run(dag, run_of(last), now);
        ASSERT_TRUE(next);
        if (last) {
            EXPECT_EQ(next->run_after, core::next_fire(dag.schedule, "UTC", *last, *last));
        }
        last = next->logical_date;
    }
}

TEST_P(TimetableProperties, WithoutCatchupThePlannedRunNeverGoesBackAsTimePasses) {
    std::optional<Timestamp> before;
    for (auto now = *moment("2026-01-05"); now < *moment("2026-01-07"); now += minutes(37)) {
        const auto next = next_planned_run(dag, std::nullopt, now);
        ASSERT_TRUE(next);
        EXPECT_LE(next->run_after, now) << "the latest tick that is past";
        if (before) {
            EXPECT_GE(next->run_after, *before);
        }
        before = next->run_after;
    }
}

TEST_P(TimetableProperties, AfterARunTheNextIsLaterThanIt) {
    for (const bool catchup : {false, true}) {
        dag.catchup = catchup;
        for (auto last = *moment("2026-01-05"); last < *moment("2026-01-06"); last += hours(5)) {
            const auto next = next_planned_run(dag, run_of(last), *moment("2026-01-05 12:00"));
            ASSERT_TRUE(next);
            EXPECT_GT(next->logical_date, last);
        }
    }
}

TEST_P(TimetableProperties, AskingTwiceGivesTheSame) {
    const auto now = *moment("2026-01-05 13:13");
    const auto one = next_planned_run(dag, std::nullopt, now);
    const auto other = next_planned_run(dag, std::nullopt, now);
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->run_after, other->run_after);
}

INSTANTIATE_TEST_SUITE_P(
    Crons,
    TimetableProperties,
    ::testing::Values("* * * * *", "*/15 * * * *", "0 * * * *", "30 6 * * *", "0 0,12 * * *")
);

}  // namespace
}  // namespace reel::scheduler
