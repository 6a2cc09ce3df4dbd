#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reel/core/schedule.hpp"

namespace reel::core {
namespace {

using namespace std::chrono_literals;

Timestamp at(std::string_view text) {
    return parse_timestamp(text).value();
}

std::vector<Timestamp> first_fires(const FireTimes& times, Timestamp after, std::size_t count) {
    std::vector<Timestamp> result;
    for (auto next = times.after(after); next && result.size() < count; next = times.after(*next)) {
        result.push_back(*next);
    }
    return result;
}

const std::vector<Schedule> schedules{
    CronSchedule{"30 2 * * *"},
    CronSchedule{"*/7 * * * *"},
    CronSchedule{"* * * jan *"},
    CronSchedule{"0 0 29 2 *"},
    CronSchedule{.expression = "0 6 * * *", .others = {"30 18 * * mon-fri", "0 6 1 * *"}},
    DeltaSchedule{90min},
    CalendarSchedule{{.months = 1}},
    CalendarSchedule{{.days = 1, .hour = 2}},
    EventsSchedule{{at("2024-02-03"), at("2024-02-04"), at("2024-12-31T23:59")}},
    OnceSchedule{},
};

TEST(FireTimes, ForwardAndBackAgree) {
    for (const Schedule& schedule : schedules) {
        const FireTimes times(schedule, "Europe/Berlin", at("2024-01-31T07:00"));
        const auto fires = first_fires(times, at("2024-01-31"), 40);
        for (std::size_t i = 0; i < fires.size(); ++i) {
            const auto words = describe_schedule(schedule) + " at " + format_api(fires[i]);
            EXPECT_EQ(times.at_or_before(fires[i]), fires[i]) << words;
            EXPECT_EQ(times.at_or_after(fires[i]), fires[i]) << words;
            if (i == 0) continue;
            EXPECT_EQ(times.before(fires[i]), fires[i - 1]) << words;
            EXPECT_EQ(times.at_or_before(fires[i] - 1s), fires[i - 1]) << words;
            EXPECT_EQ(times.count(fires[0], fires[i]), static_cast<std::int64_t>(i) + 1) << words;
        }
    }
}

TEST(FireTimes, OfSeveralCronsCoincideAsOne) {
    const FireTimes times(
        CronSchedule{.expression = "0 6 * * *", .others = {"0 6,18 * * *"}}, "UTC", {}
    );
    EXPECT_EQ(
        first_fires(times, at("2024-01-01"), 3),
        (std::vector{at("2024-01-01T06:00"), at("2024-01-01T18:00"), at("2024-01-02T06:00")})
    );
}

TEST(FireTimes, OfACronWithAZoneOfItsOwnGoByThat) {
    const FireTimes times(
        CronSchedule{.expression = "0 6 * * *", .timezone = "Asia/Tokyo"}, "Europe/Berlin", {}
    );
    EXPECT_EQ(times.after(at("2024-01-01")), at("2024-01-01T21:00"));
}

TEST(FireTimes, OfACalendarStepFollowOneAnother) {
    const FireTimes times(CalendarSchedule{{.months = 1}}, "UTC", at("2024-01-31"));
    // Airflow adds to the run before, so a clipped day stays clipped.
    EXPECT_EQ(
        first_fires(times, at("2023-01-01"), 3),
        (std::vector{at("2024-01-31"), at("2024-02-29"), at("2024-03-29")})
    );
    const FireTimes ends(CalendarSchedule{{.months = 1, .day = 31}}, "UTC", at("2024-01-31"));
    EXPECT_EQ(
        first_fires(ends, at("2024-01-31"), 3),
        (std::vector{at("2024-02-29"), at("2024-03-31"), at("2024-04-30")})
    );
}

TEST(FireTimes, OfAStepThatStandsStillEnd) {
    const FireTimes times(CalendarSchedule{{.day = 1}}, "UTC", at("2024-01-31"));
    EXPECT_EQ(times.after(at("2024-01-31")), std::nullopt);
    EXPECT_EQ(times.at_or_before(at("2025-01-31")), at("2024-01-31"));
}

TEST(FireTimes, OfEventsAreThose) {
    const FireTimes times(EventsSchedule{{at("2024-02-03"), at("2024-02-04")}}, "UTC", {});
    EXPECT_EQ(times.after(at("2024-02-03")), at("2024-02-04"));
    EXPECT_EQ(times.after(at("2024-02-04")), std::nullopt);
    EXPECT_EQ(times.before(at("2024-02-03")), std::nullopt);
}

TEST(OtherSchedules, FireAsTheirKindSays) {
    const Timestamp anchor = at("2024-01-01");
    EXPECT_EQ(next_fire(NoSchedule{}, "UTC", anchor, anchor), std::nullopt);
    EXPECT_EQ(next_fire(OnceSchedule{}, "UTC", anchor - 1s, anchor), anchor);
    EXPECT_EQ(next_fire(OnceSchedule{}, "UTC", anchor, anchor), std::nullopt);
    const Schedule delta = DeltaSchedule{90min};
    EXPECT_EQ(next_fire(delta, "UTC", anchor - 1us, anchor), anchor);
    EXPECT_EQ(next_fire(delta, "UTC", anchor, anchor), anchor + 90min);
    EXPECT_EQ(next_fire(delta, "UTC", anchor + 91min, anchor), anchor + 180min);
    EXPECT_EQ(next_fire(DeltaSchedule{0s}, "UTC", anchor, anchor), std::nullopt);
}

TEST(FireTimes, WithoutAnyAreNone) {
    for (const Schedule& schedule : std::vector<Schedule>{
             NoSchedule{}, ContinuousSchedule{}, CronSchedule{"rubbish"}, DeltaSchedule{0s}
         }) {
        const FireTimes times(schedule, "UTC", at("2024-01-01"));
        EXPECT_EQ(times.after(at("2024-01-01")), std::nullopt);
        EXPECT_EQ(times.at_or_before(at("2024-01-01")), std::nullopt);
        EXPECT_EQ(times.count(at("2024-01-01"), at("2025-01-01")), 0);
    }
    EXPECT_EQ(FireTimes(CronSchedule{"* * * * *"}, "Mars/Base", {}).after({}), std::nullopt);
}

TEST(FireTimes, OfADeltaAreCountedAtOnce) {
    const FireTimes times(DeltaSchedule{1s}, "UTC", at("2000-01-01"));
    EXPECT_EQ(
        times.count(at("1990-01-01"), at("2400-01-01")), 400 * 365LL * 86'400 + 97LL * 86'400 + 1
    );
    EXPECT_EQ(times.count(at("1990-01-01"), at("1999-01-01")), 0);
}

TEST(Spans, ReachBackByTheClockOrTheCalendar) {
    EXPECT_EQ(subtract(Duration(90min), "UTC", at("2024-03-01")), at("2024-02-29T22:30"));
    EXPECT_EQ(subtract(CalendarDelta{.months = 1}, "UTC", at("2024-03-31")), at("2024-02-29"));
}

TEST(ScheduleWords, NameWhatIsNewAsAirflowDoes) {
    const EventsSchedule events{{at("2024-02-03"), at("2024-02-04")}};
    EXPECT_EQ(summarize_schedule(events), "2 events");
    EXPECT_EQ(
        describe_schedule(events),
        "2 events between 2024-02-03T00:00:00+00:00 and 2024-02-04T00:00:00+00:00"
    );
    const EventsSchedule named{{at("2024-02-03")}, "Cup final"};
    EXPECT_EQ(summarize_schedule(named), "Cup final");
    EXPECT_EQ(describe_schedule(named), "Cup final");
    EXPECT_EQ(
        describe_schedule(EventsSchedule{{at("2024-02-03")}}), "Once at 2024-02-03T00:00:00+00:00"
    );
    EXPECT_EQ(describe_schedule(EventsSchedule{}), "No events");
    EXPECT_EQ(summarize_schedule(ContinuousSchedule{}), "@continuous");
    EXPECT_EQ(
        describe_schedule(ContinuousSchedule{}),
        "As frequently as possible, but only one run at a time"
    );
    const CronSchedule crons{
        .expression = "0 6 * * *", .others = {"30 18 * * *"}, .timezone = "Asia/Tokyo"
    };
    EXPECT_EQ(summarize_schedule(crons), "0 6 * * *, 30 18 * * *");
    EXPECT_EQ(describe_schedule(crons), "At 06:00; At 18:30 (Asia/Tokyo)");
    EXPECT_EQ(summarize_schedule(CalendarSchedule{{.months = 1}}), "relativedelta(months=+1)");
}

}  // namespace
}  // namespace reel::core
