#include <gmock/gmock.h>

#include <algorithm>

#include "scheduler/backfill_plan.hpp"
#include "support/dag_builder.hpp"
#include "support/dice.hpp"

namespace reel::scheduler {
namespace {

using core::Errc;
using core::Timestamp;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Dates = std::vector<std::string>;

Timestamp at(const std::string& text) {
    return core::parse_timestamp(text).value();
}

const Timestamp now = at("2026-06-01T12:00:00Z");

core::Dag scheduled(core::Schedule schedule, const std::string& timezone = "UTC") {
    return a_dag("d")
        .task("a")
        .with([&](core::Dag& dag) {
            dag.schedule = std::move(schedule);
            dag.timezone = timezone;
        })
        .build();
}

BackfillRequest span(Timestamp from, Timestamp to) {
    BackfillRequest request;
    request.dag_id = core::DagId("d");
    request.from_date = from;
    request.to_date = to;
    return request;
}

/// Empty where the span holds none.
std::vector<Timestamp> fires_in(const core::Dag& dag, const BackfillRequest& request) {
    std::vector<Timestamp> dates;
    const auto fires = plan_backfill(dag, request, now);
    if (!fires) {
        EXPECT_THAT(fires.error().message, ::testing::HasSubstr("has no fire from"));
        return dates;
    }
    for (const auto& fire : *fires) dates.push_back(fire.logical_date);
    return dates;
}

Dates words_of(const std::vector<Timestamp>& dates) {
    Dates words;
    for (const Timestamp date : dates) words.push_back(core::format_api(date));
    return words;
}

Dates dates(const core::Dag& dag, const std::string& from, const std::string& to) {
    return words_of(fires_in(dag, span(at(from), at(to))));
}

TEST(BackfillSpans, FollowTheWallClockOfTheDagsZone) {
    const core::Dag dag = scheduled(core::CronSchedule{"0 7 * * *"}, "Europe/Berlin");
    EXPECT_THAT(
        dates(dag, "2026-03-28", "2026-03-30"),
        ElementsAre("2026-03-28T06:00:00Z", "2026-03-29T05:00:00Z")
    ) << "the clocks go forward on the 29th";
    EXPECT_THAT(
        dates(dag, "2025-10-25", "2025-10-27"),
        ElementsAre("2025-10-25T05:00:00Z", "2025-10-26T06:00:00Z")
    );
}

TEST(BackfillSpans, HoldAnHourlyFireForEachHourOfADayThatIsLongerOrShorter) {
    const core::Dag dag = scheduled(core::CronSchedule{"0 * * * *"}, "Europe/Berlin");
    EXPECT_THAT(dates(dag, "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z"), SizeIs(23));
    EXPECT_THAT(dates(dag, "2025-10-25T22:00:00Z", "2025-10-26T22:59:59Z"), SizeIs(25));
}

TEST(BackfillSpans, KnowTheLeapDay) {
    const core::Dag dag = scheduled(core::CronSchedule{"0 0 29 2 *"});
    EXPECT_THAT(
        dates(dag, "2020-01-01", "2025-12-31"),
        ElementsAre("2020-02-29T00:00:00Z", "2024-02-29T00:00:00Z")
    );
    EXPECT_THAT(dates(dag, "2021-01-01", "2023-12-31"), IsEmpty());
}

TEST(BackfillSpans, MayBeASingleMoment) {
    const core::Dag dag = scheduled(core::CronSchedule{"0 7 * * *"});
    const Timestamp fire = at("2026-01-01T07:00:00Z");
    EXPECT_THAT(fires_in(dag, span(fire, fire)), ElementsAre(fire));
    EXPECT_THAT(fires_in(dag, span(fire + microseconds(1), fire + microseconds(1))), IsEmpty());
    EXPECT_THAT(fires_in(dag, span(fire - microseconds(1), fire - microseconds(1))), IsEmpty());
}

TEST(BackfillSpans, EndWithTheFireThatIsDueRightNow) {
    const core::Dag dag = scheduled(core::CronSchedule{"0 12 * * *"});
    EXPECT_THAT(fires_in(dag, span(now, now + hours(99))), ElementsAre(now));
    const auto later = plan_backfill(dag, span(now + microseconds(1), now + hours(99)), now);
    EXPECT_EQ(later.error().code, Errc::invalid_argument);
    EXPECT_EQ(later.error().message, "a backfill cannot begin in the future");
}

TEST(BackfillSpans, CountADeltaFromTheirOwnBeginning) {
    const core::Dag dag = scheduled(core::DeltaSchedule{hours(10)});
    EXPECT_THAT(
        dates(dag, "2026-01-01T03:30:00Z", "2026-01-02"),
        ElementsAre("2026-01-01T03:30:00Z", "2026-01-01T13:30:00Z", "2026-01-01T23:30:00Z")
    );
}

TEST(BackfillSpans, StepThroughTheCalendar) {
    const core::Dag dag = scheduled(core::CalendarSchedule{{.months = 1}});
    EXPECT_THAT(
        dates(dag, "2026-01-15", "2026-03-31"),
        ElementsAre("2026-01-15T00:00:00Z", "2026-02-15T00:00:00Z", "2026-03-15T00:00:00Z")
    );
}

TEST(BackfillSpans, TakeListedEventsBetweenTheirEnds) {
    const core::Dag dag = scheduled(core::EventsSchedule{
        {at("2026-01-01"), at("2026-01-05"), at("2026-02-01"), at("2027-01-01")}
    });
    EXPECT_THAT(
        dates(dag, "2026-01-02", "2027-12-31"),
        ElementsAre("2026-01-05T00:00:00Z", "2026-02-01T00:00:00Z")
    ) << "the last one is yet to come";
    EXPECT_THAT(dates(dag, "2026-03-01", "2026-05-01"), IsEmpty());
}

TEST(BackfillSpans, CountFiresOfSeveralExpressionsOnce) {
    const core::Dag dag = scheduled(core::CronSchedule{"0 */6 * * *", {"0 */4 * * *"}});
    EXPECT_THAT(
        dates(dag, "2026-01-01", "2026-01-01T12:00:00Z"),
        ElementsAre(
            "2026-01-01T00:00:00Z",
            "2026-01-01T04:00:00Z",
            "2026-01-01T06:00:00Z",
            "2026-01-01T08:00:00Z",
            "2026-01-01T12:00:00Z"
        )
    );
}

TEST(BackfillSpans, HoldAsManyFiresAsAllowedAndNotOneMore) {
    const core::Dag dag = scheduled(core::DeltaSchedule{minutes(1)});
    const Timestamp from = at("2025-01-01");
    const Timestamp last = from + minutes(most_backfill_runs - 1);
    EXPECT_THAT(fires_in(dag, span(from, last)), SizeIs(most_backfill_runs));
    const auto refused = plan_backfill(dag, span(from, last + minutes(1)), now);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().hint, "split it");
}

struct Refusal {
    const char* what;
    std::function<void(core::Dag&, BackfillRequest&)> change;
    std::string message;
    std::string hint;
};

TEST(BackfillSpans, AreRefusedInWordsThatSayWhatToDo) {
    const std::string past = "DAG 'd' has tasks with depends_on_past: ";
    const Refusal refusals[] = {
        {"no schedule",
         [](auto& dag, auto&) { dag.schedule = core::NoSchedule{}; },
         "DAG 'd' has no schedule whose fires could be backfilled",
         ""},
        {"upside down",
         [](auto&, auto& request) { request.to_date = at("2025-12-31T23:59:59Z"); },
         "to_date 2025-12-31T23:59:59+00:00 is before from_date 2026-01-01T00:00:00+00:00",
         ""},
        {"no room",
         [](auto&, auto& request) { request.max_active_runs = -1; },
         "max_active_runs must be at least 1",
         ""},
        {"nothing there",
         [](auto& dag, auto&) { dag.schedule = core::CronSchedule{"0 0 1 7 *"}; },
         "the schedule of DAG 'd' has no fire from 2026-01-01T00:00:00+00:00 to "
         "2026-01-09T00:00:00+00:00 that is due by now",
         ""},
        {"the past, none again",
         [](auto& dag, auto&) { dag.tasks[0].wait_for_downstream = true; },
         past + "a failed run would hold up all behind it",
         "set reprocess_behavior to failed or completed"},
        {"the past, backwards",
         [](auto& dag, auto& request) {
             dag.tasks[0].depends_on_past = true;
             request.run_backwards = true;
         },
         past + "it cannot be backfilled backwards",
         "leave run_backwards out"},
    };
    for (const Refusal& refusal : refusals) {
        SCOPED_TRACE(refusal.what);
        core::Dag dag = scheduled(core::CronSchedule{"0 0 * * *"});
        BackfillRequest request = span(at("2026-01-01"), at("2026-01-09"));
        ASSERT_TRUE(plan_backfill(dag, request, now));
        refusal.change(dag, request);
        const auto fires = plan_backfill(dag, request, now);
        ASSERT_FALSE(fires);
        EXPECT_EQ(fires.error().code, Errc::invalid_argument);
        EXPECT_EQ(fires.error().message, refusal.message);
        EXPECT_EQ(fires.error().hint, refusal.hint);
    }
}

/// A schedule and a span of up to forty days, by chance.
struct Draw {
    core::Dag dag;
    Timestamp from;
    Timestamp to;
};

Draw draw(Dice& dice) {
    const std::vector<std::string> crons{
        "0 0 * * *", "*/37 * * * *", "15 3 * * 1-5", "0 */7 1,15 * *", "59 23 L * *", "30 2 * * *"
    };
    const std::vector<std::string> zones{
        "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"
    };
    Draw drawn{scheduled(core::CronSchedule{dice.pick(crons)}, dice.pick(zones)), {}, {}};
    drawn.from = at("2026-01-01") + minutes(dice.below(100 * 24 * 60));
    drawn.to = drawn.from + minutes(dice.below(40 * 24 * 60));
    return drawn;
}

TEST(BackfillSpans, HoldWhatTheScheduleFiresWhateverItIs) {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Dice dice(seed);
        const Draw drawn = draw(dice);
        const core::FireTimes schedule(drawn.dag.schedule, drawn.dag.timezone, drawn.from);
        std::vector<Timestamp> expected;
        for (auto fire = schedule.at_or_after(drawn.from); fire && *fire <= drawn.to;
             fire = schedule.after(*fire)) {
            expected.push_back(*fire);
        }
        EXPECT_EQ(fires_in(drawn.dag, span(drawn.from, drawn.to)), expected);
    }
}

TEST(BackfillSpans, HoldInTwoPartsWhatTheyHoldAsAWhole) {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Dice dice(seed);
        Draw drawn = draw(dice);
        drawn.dag.intervals.between_fires = dice.one_in(2);
        const auto whole = fires_in(drawn.dag, span(drawn.from, drawn.to));
        const Timestamp middle = drawn.from + (drawn.to - drawn.from) / 3;
        auto parts = fires_in(drawn.dag, span(drawn.from, middle));
        for (const Timestamp date : fires_in(drawn.dag, span(middle + microseconds(1), drawn.to))) {
            parts.push_back(date);
        }
        EXPECT_EQ(words_of(parts), words_of(whole));
    }
}

TEST(BackfillSpans, BackwardsAreTheSameFromTheOtherEnd) {
    for (std::uint32_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Dice dice(seed);
        const Draw drawn = draw(dice);
        auto request = span(drawn.from, drawn.to);
        auto forwards = fires_in(drawn.dag, request);
        std::ranges::reverse(forwards);
        request.run_backwards = true;
        EXPECT_EQ(fires_in(drawn.dag, request), forwards);
        if (forwards.empty()) continue;
        int ordinal = 0;
        for (const auto& fire : *plan_backfill(drawn.dag, request, now)) {
            EXPECT_EQ(fire.sort_ordinal, ++ordinal);
        }
    }
}

}  // namespace
}  // namespace reel::scheduler
