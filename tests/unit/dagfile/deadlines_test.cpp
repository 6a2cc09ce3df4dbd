// When runs should have ended, and how often they may fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::string dag_with(const std::string& lines) {
    return "d:\n" + lines + "  tasks:\n  - {task_id: a, operator: empty}\n";
}

TEST(Deadlines, AreReadInEveryForm) {
    const core::Dag dag = parse_one(dag_with(R"(  timezone: Europe/Berlin
  deadline:
  - {reference: dagrun_logical_date, interval: 30m, callback: {command: a}}
  - {reference: DAGRUN_QUEUED_AT, interval: 3600, callback: [{command: b}, {command: c}]}
  - reference: 2026-01-31T07:00
    interval: {__type__: datetime.timedelta, hours: 2}
    callback: {slack: {conn_id: chat}}
)"));
    using Reference = core::Deadline::Reference;
    ASSERT_THAT(dag.deadlines, SizeIs(3));
    EXPECT_EQ(dag.deadlines[0].reference, Reference::dagrun_logical_date);
    EXPECT_EQ(dag.deadlines[0].interval, minutes(30));
    EXPECT_EQ(dag.deadlines[1].reference, Reference::dagrun_queued_at);
    EXPECT_EQ(dag.deadlines[1].interval, minutes(60));
    EXPECT_THAT(dag.deadlines[1].callbacks, SizeIs(2));
    EXPECT_EQ(dag.deadlines[2].reference, Reference::fixed_datetime);
    EXPECT_EQ(core::format_api(dag.deadlines[2].fixed_at), "2026-01-31T06:00:00Z");
    EXPECT_EQ(dag.deadlines[2].interval, minutes(120));
    const core::Dag one = parse_one(dag_with(
        "  deadline: {reference: dagrun_queued_at, interval: 5m, callback: {command: a}}\n"
    ));
    EXPECT_THAT(one.deadlines, SizeIs(1));
}

TEST(Deadlines, TellTheirMistakes) {
    EXPECT_THAT(
        mistakes_in(dag_with("  deadline:\n"
                             "  - {reference: dagrun_start, interval: 5m, callback: {command: a}}\n"
                             "  - {referenc: dagrun_queued_at, interval: -5, callback: x.y}\n")),
        ElementsAre(
            "3:17 'deadline.1.reference' of DAG 'd' must be dagrun_logical_date, dagrun_queued_at "
            "or a date, not 'dagrun_start'",
            "4:5 'deadline.2' of DAG 'd' lacks 'reference'",
            "4:6 unknown key 'referenc' in 'deadline.2' of DAG 'd'",
            "4:44 'deadline.2.interval' of DAG 'd' must not be negative",
            "4:58 'deadline.2.callback' of DAG 'd' must be a map, not the text 'x.y'"
        )
    );
    EXPECT_THAT(
        mistakes_in(dag_with("  deadline: []\n")),
        ElementsAre("2:13 'deadline' of DAG 'd' must not be empty")
    );
    EXPECT_THAT(
        parse(dag_with("  sla_miss_callback: x\n")).diagnostics.at(0).hint,
        HasSubstr("write 'deadline: ")
    );
}

TEST(FailureLimit, AreLimitedByTheDagElseByTheConfiguration) {
    EXPECT_EQ(parse_one(dag_with("")).max_consecutive_failed_dag_runs, 0);
    EXPECT_EQ(
        parse_one(dag_with("  max_consecutive_failed_dag_runs: 3\n"))
            .max_consecutive_failed_dag_runs,
        3
    );
    EXPECT_THAT(
        mistakes_in(dag_with("  max_consecutive_failed_dag_runs: -1\n")),
        ElementsAre("2:36 'max_consecutive_failed_dag_runs' of DAG 'd' must be at least 0, not -1")
    );
    LoadOptions options = test_options();
    options.max_consecutive_failed_dag_runs = 5;
    const auto limit = [&](const std::string& text) {
        const auto file = parse_dag_file(
            {.text = text, .path = "/dags/x.yaml", .relative_path = "x.yaml", .defaults = {}},
            options
        );
        return file.dags.at(0).max_consecutive_failed_dag_runs;
    };
    EXPECT_EQ(limit(dag_with("")), 5);
    EXPECT_EQ(limit(dag_with("  max_consecutive_failed_dag_runs: 0\n")), 0);
}

}  // namespace
}  // namespace reel::dagfile
