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
    return core::parse_timestamp(text).value();
}

core::Dag every(core::Duration duration, const std::string& start) {
    return support::a_dag("d")
        .with([&](core::Dag& d) {
            d.schedule = core::DeltaSchedule{duration};
            d.start_date = moment(start);
            d.catchup = true;
        })
        .build();
}

TEST(TimetableOfADelta, BeginsAtTheStartDateItself) {
    const auto next = next_planned_run(
        every(minutes(90), "2026-01-01 00:10"), std::nullopt, *moment("2026-01-01 05:00")
    );
    ASSERT_TRUE(next);
    EXPECT_EQ(next->logical_date, moment("2026-01-01 00:10"));
}

TEST(TimetableOfADelta, KeepsItsStepAcrossDays) {
    const auto dag = every(hours(7), "2026-01-01");
    std::optional<Timestamp> last = moment("2026-01-01");
    for (int i = 1; i <= 10; ++i) {
        last = next_planned_run(dag, run_of(last), *moment("2026-03-01"))->logical_date;
        EXPECT_EQ(*last, *moment("2026-01-01") + hours(7 * i));
    }
}

TEST(TimetableOfADelta, AChangedStartDateDoesNotShiftWhatAlreadyRuns) {
    const auto last = moment("2026-01-01 00:10");
    const auto now = *moment("2026-01-01 00:20");
    EXPECT_EQ(
        next_planned_run(every(hours(1), "2026-01-01 00:10"), run_of(last), now)->run_after,
        next_planned_run(every(hours(1), "2025-07-07 03:33"), run_of(last), now)->run_after
    );
}

TEST(TimetableOfOnce, FiresAtItsStartDateEvenInTheFuture) {
    const auto dag = support::a_dag("d")
                         .with([](core::Dag& d) {
                             d.schedule = core::OnceSchedule{};
                             d.start_date = moment("2027-01-01");
                         })
                         .build();
    EXPECT_EQ(
        next_planned_run(dag, std::nullopt, *moment("2026-01-01"))->run_after, moment("2027-01-01")
    );
}

TEST(TimetableOfOnce, DoesNotFireBehindItsEndDate) {
    const auto dag = support::a_dag("d")
                         .with([](core::Dag& d) {
                             d.schedule = core::OnceSchedule{};
                             d.end_date = moment("2025-01-01");
                         })
                         .build();
    EXPECT_FALSE(next_planned_run(dag, std::nullopt, *moment("2026-01-01")));
}

}  // namespace
}  // namespace reel::scheduler
