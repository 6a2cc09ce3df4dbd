#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using namespace std::chrono_literals;
using core::CalendarDelta;
using core::Schedule;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string dag(const std::string& lines) {
    return "d:\n" + lines + "  tasks:\n  - {task_id: a, operator: empty}\n";
}

core::Dag scheduled(const std::string& value, const std::string& more = {}) {
    return parse_one(dag("  schedule: " + value + "\n" + more));
}

std::vector<std::string> mistakes(const std::string& value, const std::string& more = {}) {
    return mistakes_in(dag("  schedule: " + value + "\n" + more));
}

core::Timestamp at(std::string_view text) {
    return core::parse_timestamp(text).value();
}

TEST(Schedule, MayBeAWord) {
    const std::vector<std::pair<const char*, Schedule>> table{
        {"'*/5 * * * *'", core::CronSchedule{"*/5 * * * *"}},
        {"'@daily'", core::CronSchedule{"0 0 * * *"}},
        {"'@midnight'", core::CronSchedule{"0 0 * * *"}},
        {"'@quarterly'", core::CronSchedule{"0 0 1 */3 *"}},
        {"'@annually'", core::CronSchedule{"0 0 1 1 *"}},
        {"'@once'", core::OnceSchedule{}},
        {"'@continuous'", core::ContinuousSchedule{}},
        {"none", core::NoSchedule{}},
        {"None", core::NoSchedule{}},
        {"null", core::NoSchedule{}},
    };
    for (const auto& [text, schedule] : table)
        EXPECT_EQ(scheduled(text).schedule, schedule) << text;
}

TEST(Schedule, MayBeALengthOfTime) {
    const std::vector<std::pair<const char*, core::Duration>> table{
        {"{__type__: datetime.timedelta, seconds: 30}", 30s},
        {"5m", 5min},
        {"PT5M", 5min},
        {"1h30m", 90min},
        {"90", 90s},
        {"{__type__: dateutil.relativedelta.relativedelta, hours: 6, minutes: 30}", 390min},
    };
    for (const auto& [text, every] : table) {
        EXPECT_EQ(scheduled(text).schedule, Schedule(core::DeltaSchedule{every})) << text;
    }
}

TEST(Schedule, MayBeAStepOfTheCalendar) {
    const std::vector<std::pair<const char*, CalendarDelta>> table{
        {"months: 1", {.months = 1}},
        {"months: 14", {.years = 1, .months = 2}},
        {"weeks: 2, days: 1", {.days = 15}},
        {"days: 1, hours: 30, minutes: 75", {.days = 2, .time = 7h + 15min}},
        {"months: 1, day: 1, hour: 7, minute: 0, second: 0, microsecond: 0",
         {.months = 1, .day = 1, .hour = 7, .minute = 0, .second = 0, .microsecond = 0}},
        {"months: 1, day: 31, weekday: FR(-1)", {.months = 1, .day = 31, .weekday = 4, .nth = -1}},
        {"weeks: 1, weekday: MO", {.days = 7, .weekday = 0}},
        {"weeks: 1, weekday: 6", {.days = 7, .weekday = 6}},
        {"months: 1, weekday: TU(+2)", {.months = 1, .weekday = 1, .nth = 2}},
        {"years: 1, yearday: 260", {.years = 1, .leap_days = -1, .month = 9, .day = 17}},
        {"years: 1, nlyearday: 60", {.years = 1, .month = 3, .day = 1}},
        {"years: 1, yearday: 31", {.years = 1, .month = 1, .day = 31}},
        {"years: 1, yearday: 32", {.years = 1, .month = 2, .day = 1}},
    };
    for (const auto& [text, every] : table) {
        const auto value =
            "{__type__: dateutil.relativedelta.relativedelta, " + std::string(text) + "}";
        EXPECT_EQ(scheduled(value).schedule, Schedule(core::CalendarSchedule{every})) << text;
    }
}

TEST(Schedule, MayBeSeveralCronExpressions) {
    EXPECT_EQ(
        scheduled("['0 7 * * *', '@weekly']").schedule,
        Schedule(core::CronSchedule{.expression = "0 7 * * *", .others = {"0 0 * * 0"}})
    );
    EXPECT_EQ(scheduled("['0 7 * * *']").schedule, Schedule(core::CronSchedule{"0 7 * * *"}));
}

TEST(Schedule, MayBeListedMoments) {
    EXPECT_EQ(
        scheduled("{at: 2026-12-24T18:00}", "  timezone: Europe/Berlin\n").schedule,
        Schedule(core::EventsSchedule{{at("2026-12-24T17:00")}})
    );
    EXPECT_EQ(
        scheduled("{at: [2026-12-31, 2026-12-24T18:00+02:00, 2026-12-31T00:00], description: x}")
            .schedule,
        Schedule(core::EventsSchedule{{at("2026-12-24T16:00"), at("2026-12-31")}, "x"})
    );
}

TEST(Timetables, OfCronAreData) {
    const core::Dag trigger = scheduled(
        "{__type__: airflow.timetables.trigger.CronTriggerTimetable, cron: '0 7 * * *', timezone: "
        "Asia/Tokyo, interval: {__type__: datetime.timedelta, days: 1}, run_immediately: true}"
    );
    EXPECT_EQ(
        trigger.schedule,
        Schedule(core::CronSchedule{.expression = "0 7 * * *", .timezone = "Asia/Tokyo"})
    );
    EXPECT_EQ(trigger.intervals, (core::IntervalRule{.length = core::Duration(24h)}));
    EXPECT_EQ(trigger.run_immediately, core::Duration::max());
    const core::Dag interval = scheduled(
        "{__type__: airflow.timetables.interval.CronDataIntervalTimetable, __args__: ['@daily'], "
        "timezone: UTC}"
    );
    EXPECT_EQ(
        interval.schedule,
        Schedule(core::CronSchedule{.expression = "0 0 * * *", .timezone = "UTC"})
    );
    EXPECT_TRUE(interval.intervals.between_fires);
    const core::Dag several = scheduled(
        "{__type__: airflow.sdk.MultipleCronTriggerTimetable, __args__: ['@daily', '0 7 * * *'], "
        "run_immediately: 10m}"
    );
    EXPECT_EQ(
        several.schedule,
        Schedule(core::CronSchedule{.expression = "0 0 * * *", .others = {"0 7 * * *"}})
    );
    EXPECT_EQ(several.run_immediately, 10min);
}

TEST(Timetables, OfDeltasAreData) {
    const core::Dag trigger = scheduled(
        "{__type__: airflow.timetables.trigger.DeltaTriggerTimetable, delta: {__type__: "
        "dateutil.relativedelta.relativedelta, months: 1}, interval: {__type__: "
        "dateutil.relativedelta.relativedelta, months: 1}}"
    );
    EXPECT_EQ(trigger.schedule, Schedule(core::CalendarSchedule{{.months = 1}}));
    EXPECT_EQ(trigger.intervals, (core::IntervalRule{.length = CalendarDelta{.months = 1}}));
    const core::Dag interval = scheduled(
        "{__type__: DeltaDataIntervalTimetable, delta: {__type__: datetime.timedelta, "
        "hours: 2}}"
    );
    EXPECT_EQ(interval.schedule, Schedule(core::DeltaSchedule{2h}));
    EXPECT_TRUE(interval.intervals.between_fires);
}

TEST(Timetables, OfEventsAreData) {
    const core::Dag events = scheduled(
        "{__type__: airflow.timetables.events.EventsTimetable, event_dates: [2026-02-01, "
        "2026-01-01T12:00Z], description: Finals, presorted: false, restrict_to_events: false}"
    );
    EXPECT_EQ(
        events.schedule,
        Schedule(core::EventsSchedule{{at("2026-01-01T12:00"), at("2026-02-01")}, "Finals"})
    );
}

TEST(Schedule, ThatCannotBeReadIsAMistake) {
    const std::vector<std::pair<const char*, const char*>> table{
        {"'61 * * * *'", "2:13 'schedule' of DAG 'd' is not valid: cron field 'minute'"},
        {"'@dayly'", "2:13 'schedule' of DAG 'd' is not valid: '@dayly' is not a cron"},
        {"true", "2:13 'schedule' of DAG 'd' must be a schedule, not"},
        {"0", "2:13 'schedule' of DAG 'd' must be longer than nothing"},
        {"-5m", "2:13 'schedule' of DAG 'd' is not valid"},
        {"{__type__: datetime.timedelta, seconds: 0}", "must be longer than nothing"},
        {"{__type__: datetime.timedelta, sekonds: 1}", "'sekonds' is no part of a timedelta"},
        {"[]", "2:13 'schedule' of DAG 'd' must not be empty"},
        {"['0 7 * * *', '0 77 * * *']",
         "2:27 'schedule.2' of DAG 'd' must be a cron expression, not the text '0 77 * * *'"},
        {"['0 7 * * *', 5]", "2:27 'schedule.2' of DAG 'd' must be a cron expression, not"},
        {"{__type__: some.other.Timetable}", "is a 'some.other.Timetable', which is not supported"},
        {"{__type__: mine.CronTriggerTimetable, cron: '@daily'}", "which is not supported"},
        {"{at: soon}", "2:18 'schedule.at' of DAG 'd' must be a date, not the text 'soon'"},
        {"{}", "2:13 'schedule' of DAG 'd' lacks 'at'"},
        {"{at: [2026-01-01], tz: UTC}", "2:32 unknown key 'tz' in 'schedule' of DAG 'd'"},
        {"{__type__: CronTriggerTimetable}", "2:13 'schedule' of DAG 'd' lacks 'cron'"},
        {"{__type__: CronTriggerTimetable, cron: 'x'}",
         "2:52 'schedule.cron' of DAG 'd' is not valid"},
        {"{__type__: CronTriggerTimetable, cron: '@daily', timezone: Mars}",
         "'schedule.timezone' of DAG 'd' must be a time zone"},
        {"{__type__: EventsTimetable, event_dates: [2026-01-01], restrict_to_events: true}",
         "'restrict_to_events' is not supported yet"},
        {"{__type__: dateutil.relativedelta.relativedelta, day: 1}",
         "2:13 'schedule' of DAG 'd' stands still: a step of relativedelta(day=1) does not"},
        {"{__type__: dateutil.relativedelta.relativedelta, month: 1.5}", "has 'month' as"},
        {"{__type__: dateutil.relativedelta.relativedelta, days: 1, hour: 24}", "has 'hour' as"},
        {"{__type__: dateutil.relativedelta.relativedelta, weekday: XX}", "has 'weekday' as"},
        {"{__type__: dateutil.relativedelta.relativedelta, weekday: FR(0)}", "has 'weekday' as"},
        {"{__type__: dateutil.relativedelta.relativedelta, mnths: 1}",
         "has 'mnths', which is no part of a relativedelta"},
    };
    for (const auto& [value, message] : table) {
        EXPECT_THAT(mistakes(value), ElementsAre(HasSubstr(message))) << value;
    }
    EXPECT_THAT(
        mistakes_in(dag("  schedule_interval: '@daily'\n")),
        ElementsAre("2:3 'schedule_interval' has another name now, in DAG 'd'")
    );
}

TEST(Schedule, MistakesCarryAHint) {
    const LoadedFile file = parse(dag("  schedule: '0 25 * * *'\n"));
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_THAT(file.diagnostics[0].hint, HasSubstr("hour takes 0-23"));
}

TEST(Schedule, ThatIsContinuousHasOneRunAtATime) {
    EXPECT_EQ(scheduled("'@continuous'").max_active_runs, 1);
    EXPECT_EQ(scheduled("'@continuous'", "  max_active_runs: 1\n").max_active_runs, 1);
    EXPECT_THAT(
        mistakes("'@continuous'", "  max_active_runs: 2\n"),
        ElementsAre("3:3 @continuous has one run at a time, not 2")
    );
}

TEST(Schedule, IsReadThroughTheBlanksAroundIt) {
    EXPECT_EQ(scheduled("' @daily '").schedule, scheduled("'@daily'").schedule);
    EXPECT_EQ(scheduled("' @once '").schedule, scheduled("'@once'").schedule);
    EXPECT_TRUE(mistakes("\"0\\t6 * * *\"").empty());
}

TEST(Schedule, HasAHintForAPresetAndATimeZone) {
    const LoadedFile preset = parse(dag("  schedule: '@dayly'\n"));
    ASSERT_EQ(preset.diagnostics.size(), 1U);
    EXPECT_EQ(preset.diagnostics[0].hint, "did you mean '@daily'?");
    const LoadedFile zone = parse(dag("  schedule: '@daily'\n  timezone: Europe/Berlim\n"));
    ASSERT_EQ(zone.diagnostics.size(), 1U);
    EXPECT_THAT(zone.diagnostics[0].message, HasSubstr("did you mean 'Europe/Berlin'?"));
}

TEST(Dst, GoesWithCronExpressionsAlone) {
    EXPECT_THAT(
        mistakes("1h", "  dst: {gap: skip}\n"),
        ElementsAre("3:3 dst has no times of a clock to move")
    );
    EXPECT_THAT(mistakes("none", "  dst: {gap: skip}\n").size(), 1U);
}

TEST(Dst, IsNamedOnTheDag) {
    EXPECT_EQ(scheduled("'@daily'").dst, core::DstPolicy{});
    EXPECT_EQ(
        scheduled("'@daily'", "  dst: {gap: skip, overlap: both}\n").dst,
        (core::DstPolicy{.gap = core::GapRule::skip, .overlap = core::OverlapRule::both})
    );
    EXPECT_EQ(
        scheduled("'@daily'", "  dst: {gap: shift, overlap: first}\n").dst,
        (core::DstPolicy{.gap = core::GapRule::shift, .overlap = core::OverlapRule::first})
    );
    EXPECT_EQ(
        scheduled("'@daily'", "  dst: {overlap: last}\n").dst,
        core::DstPolicy{.overlap = core::OverlapRule::last}
    );
    EXPECT_THAT(
        mistakes("'@daily'", "  dst: {gap: jump}\n"),
        ElementsAre("3:14 'dst.gap' of DAG 'd' must not be 'jump'")
    );
}

TEST(Jitter, NeedsAScheduleToSpread) {
    EXPECT_EQ(scheduled("'@daily'", "  schedule_jitter: 5m\n").schedule_jitter, 5min);
    EXPECT_THAT(
        mistakes("none", "  schedule_jitter: 5m\n"),
        ElementsAre("3:3 schedule_jitter has no schedule to spread")
    );
    EXPECT_THAT(mistakes("none", "  schedule_jitter: 0\n"), IsEmpty());
}

core::Dag with_options(const std::string& lines, const LoadOptions& options) {
    const std::string text = dag(lines);
    LoadedFile file = parse_dag_file({.text = text, .path = "/d.yaml"}, options);
    EXPECT_EQ(file.dags.size(), 1U);
    return file.dags.empty() ? core::Dag{} : std::move(file.dags.front());
}

TEST(DataIntervals, AreTheOptionsToDecide) {
    LoadOptions cron_only;
    cron_only.create_cron_data_intervals = true;
    LoadOptions delta_only;
    delta_only.create_delta_data_intervals = true;
    EXPECT_TRUE(with_options("  schedule: '@daily'\n", cron_only).intervals.between_fires);
    EXPECT_FALSE(with_options("  schedule: 5m\n", cron_only).intervals.between_fires);
    EXPECT_FALSE(with_options("  schedule: '@daily'\n", delta_only).intervals.between_fires);
    EXPECT_TRUE(with_options("  schedule: 5m\n", delta_only).intervals.between_fires);
    EXPECT_FALSE(with_options("  schedule: '@once'\n", delta_only).intervals.between_fires);
    // A timetable class says it itself.
    const char* trigger = "  schedule: {__type__: CronTriggerTimetable, cron: '@daily'}\n";
    EXPECT_FALSE(with_options(trigger, cron_only).intervals.between_fires);
}

TEST(Catchup, MayBeTheDefault) {
    LoadOptions options;
    options.catchup_by_default = true;
    const std::string dated = "  schedule: '@daily'\n  start_date: 2024-01-01\n";
    EXPECT_TRUE(with_options(dated, options).catchup);
    EXPECT_FALSE(with_options(dated + "  catchup: false\n", options).catchup);
    EXPECT_FALSE(with_options(dated, {}).catchup);
    const std::string text = dag("  schedule: '@daily'\n");
    const auto file = parse_dag_file({.text = text, .path = "/d.yaml"}, options);
    EXPECT_THAT(mistakes_of(file), ElementsAre("2:3 catchup needs a start_date"));
}

}  // namespace
}  // namespace reel::dagfile
