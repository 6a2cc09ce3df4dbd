// dag-factory's `timetable: {callable, params}`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"
#include "reel/core/schedule.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

LoadedFile of_block(const std::string& block, const std::string& more = {}) {
    return parse("d:\n  timetable: " + block + "\n" + more + "  tasks: {a: {operator: empty}}\n");
}

std::vector<std::string> mistakes_of_block(const std::string& block, const std::string& more = {}) {
    std::vector<std::string> lines;
    for (const Diagnostic& each : of_block(block, more).diagnostics) {
        lines.push_back(
            std::to_string(each.at.line) + ":" + std::to_string(each.at.column) + " " + each.message
        );
    }
    return lines;
}

TEST(TimetableBlock, IsTheScheduleThatSaysTheSame) {
    const LoadedFile file = of_block(
        "{callable: airflow.timetables.interval.CronDataIntervalTimetable, params: {cron: "
        "'@daily', timezone: Europe/Berlin}}"
    );
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(core::summarize_schedule(file.dags[0].schedule), "0 0 * * *");
    EXPECT_TRUE(file.dags[0].intervals.between_fires);
    EXPECT_TRUE(parse("d:\n  timetable: null\n  tasks: {}\n").diagnostics.empty());
}

TEST(TimetableBlock, MayBeOfAssetsAndTimes) {
    const LoadedFile file = of_block(
        "{callable: airflow.timetables.assets.AssetOrTimeSchedule, params: {assets: [s3://a], "
        "timetable: '@daily'}}"
    );
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_TRUE(file.dags[0].asset_condition);
}

TEST(TimetableBlock, TellsWhereItCannotBeASchedule) {
    EXPECT_THAT(
        mistakes_of_block("{callable: my_timetables.AfterWorkday}"),
        ElementsAre("2:25 'timetable.callable' of DAG 'd' is 'my_timetables.AfterWorkday', which "
                    "is not supported")
    );
    EXPECT_THAT(
        of_block("{callable: my_timetables.AfterWorkday}").diagnostics.at(0).hint,
        HasSubstr("EventsTimetable; moments that only code knows may be listed: schedule: {at:")
    );
    EXPECT_THAT(
        mistakes_of_block("{callable: CronTriggerTimetable, params: {crom: '@daily'}}"),
        testing::Contains(HasSubstr("2:56 unknown key 'crom'"))
    );
    EXPECT_THAT(
        mistakes_of_block("{callable: CronTriggerTimetable, params: [1]}"),
        ElementsAre(HasSubstr("2:55 'timetable.params' of DAG 'd' must be a map"))
    );
    EXPECT_THAT(
        mistakes_of_block("'@daily'"),
        ElementsAre("2:3 'timetable' of DAG 'd' must be {callable: …, params: …}")
    );
}

TEST(TimetableBlock, StandsBesideNoSchedule) {
    EXPECT_THAT(
        mistakes_of_block(
            "{callable: CronTriggerTimetable, params: {cron: '@daily'}}", "  schedule: '@hourly'\n"
        ),
        ElementsAre("2:3 'timetable' of DAG 'd' stands beside 'schedule'")
    );
    EXPECT_TRUE(mistakes_of_block(
                    "{callable: CronTriggerTimetable, params: {cron: '@daily'}}",
                    "  schedule: null\n"
    )
                    .empty());
}

TEST(TimetableBlock, OfADagWinsOverTheDefaultsAndTheOtherWayRound) {
    const auto schedule = [](const std::string& defaults, const std::string& own) {
        const core::Dag dag = parse_one(
            "default:\n  " + defaults + "\nd:\n  " + own + "\n  tasks: {a: {operator: empty}}\n"
        );
        return core::summarize_schedule(dag.schedule);
    };
    const std::string block =
        "timetable: {callable: CronTriggerTimetable, params: {cron: '0 1 * * *'}}";
    EXPECT_EQ(schedule("schedule: '@hourly'", block), "0 1 * * *");
    EXPECT_EQ(schedule(block, "schedule: '@hourly'"), "0 * * * *");
    EXPECT_EQ(schedule(block, "description: x"), "0 1 * * *");
}

}  // namespace
}  // namespace reel::dagfile
