#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A DAG with one task and these lines, each indented by two blanks.
std::string dag(const std::string& lines) {
    return "d:\n" + lines + "  tasks:\n  - {task_id: a, operator: empty}\n";
}

std::string iso(const std::optional<core::Timestamp>& at) {
    return at ? core::format_iso(*at) : "none";
}

TEST(DagFields, HaveAirflowsDefaults) {
    const core::Dag d = parse_one(dag(""));
    EXPECT_EQ(d.dag_id, core::DagId("d"));
    EXPECT_EQ(d.display_name, "d");
    EXPECT_EQ(d.description, "");
    EXPECT_EQ(d.schedule, core::Schedule(core::NoSchedule{}));
    EXPECT_EQ(d.timezone, "UTC");
    EXPECT_EQ(d.start_date, std::nullopt);
    EXPECT_FALSE(d.catchup);
    EXPECT_EQ(d.max_active_runs, 16);
    EXPECT_EQ(d.max_active_tasks, 16);
    EXPECT_EQ(d.is_paused_upon_creation, std::nullopt);
    EXPECT_FALSE(d.fail_fast);
    EXPECT_EQ(d.params.text, "{}");
    EXPECT_EQ(d.default_args.text, "{}");
    EXPECT_EQ(d.fileloc, "/dags/test.yaml");
    EXPECT_EQ(d.relative_fileloc, "test.yaml");
    EXPECT_EQ(d.version.size(), 64U);
}

TEST(DagFields, AreReadFromTheFile) {
    const core::Dag d = parse_one(dag(R"(  dag_display_name: The movies
  description: MovieLens and TMDB
  schedule: "0 7 * * *"
  start_date: 2024-01-01
  end_date: 2024-12-31T12:00
  timezone: Europe/Berlin
  catchup: true
  max_active_runs: 1
  max_active_tasks: 4
  dagrun_timeout: 2h
  is_paused_upon_creation: false
  fail_fast: true
  doc_md: |
    # Movies
  tags: [movies, etl]
  default_args: {retries: 5, owner: ada}
)"));
    EXPECT_EQ(d.display_name, "The movies");
    EXPECT_EQ(d.description, "MovieLens and TMDB");
    EXPECT_EQ(d.schedule, core::Schedule(core::CronSchedule{"0 7 * * *"}));
    EXPECT_EQ(iso(d.start_date), "2023-12-31T23:00:00+00:00");
    EXPECT_EQ(iso(d.end_date), "2024-12-31T11:00:00+00:00");
    EXPECT_EQ(d.timezone, "Europe/Berlin");
    EXPECT_TRUE(d.catchup);
    EXPECT_EQ(d.max_active_runs, 1);
    EXPECT_EQ(d.max_active_tasks, 4);
    EXPECT_EQ(d.dagrun_timeout, core::Duration(2h));
    EXPECT_EQ(d.is_paused_upon_creation, false);
    EXPECT_TRUE(d.fail_fast);
    EXPECT_EQ(d.doc_md, "# Movies\n");
    EXPECT_THAT(d.tags, ElementsAre("movies", "etl"));
    EXPECT_EQ(d.default_args.text, R"({"retries":5,"owner":"ada"})");
}

TEST(DagFields, TakeTheConfigurationsDefaults) {
    LoadOptions options = test_options();
    options.timezone = "Europe/Berlin";
    options.max_active_runs = 2;
    options.max_active_tasks = 3;
    const std::string text = dag("  start_date: 2024-01-01\n");
    const DagFileText file{.text = text, .path = "/f", .relative_path = "f", .defaults = {}};
    const LoadedFile loaded = parse_dag_file(file, options);
    ASSERT_EQ(loaded.dags.size(), 1U);
    EXPECT_EQ(loaded.dags[0].timezone, "Europe/Berlin");
    EXPECT_EQ(loaded.dags[0].max_active_runs, 2);
    EXPECT_EQ(loaded.dags[0].max_active_tasks, 3);
    EXPECT_EQ(iso(loaded.dags[0].start_date), "2023-12-31T23:00:00+00:00");
}

TEST(StartDate, MayCountBackFromToday) {
    EXPECT_EQ(
        iso(parse_one(dag("  start_date: 2 days\n")).start_date), "2024-05-15T00:00:00+00:00"
    );
}

TEST(StartDate, MayStandInDefaultArgsWithItsZone) {
    const core::Dag d = parse_one(dag(
        "  default_args: {start_date: 2024-06-01, end_date: 2024-07-01, timezone: Asia/Tokyo}\n"
    ));
    EXPECT_EQ(iso(d.start_date), "2024-05-31T15:00:00+00:00");
    EXPECT_EQ(iso(d.end_date), "2024-06-30T15:00:00+00:00");
    EXPECT_EQ(d.timezone, "Asia/Tokyo");
}

TEST(StartDate, IsNeededForCatchup) {
    EXPECT_THAT(
        mistakes_in(dag("  schedule: '@daily'\n  catchup: true\n")),
        ElementsAre("3:3 catchup needs a start_date")
    );
    EXPECT_THAT(mistakes_in(dag("  catchup: true\n")), IsEmpty());
}

TEST(StartDate, ComesBeforeTheEndDate) {
    EXPECT_THAT(
        mistakes_in(dag("  start_date: 2024-02-01\n  end_date: 2024-01-01\n")),
        ElementsAre("3:13 end_date lies before start_date")
    );
}

TEST(DagFields, ThatAreWrongAreAllReported) {
    EXPECT_THAT(
        mistakes_in(dag(R"(  description: [x]
  timezone: Europe/Atlantis
  catchup: yes
  max_active_runs: 0
  dagrun_timeout: soon
  tags: [etl, 5]
  doc_md: 5
  dag_id: e
)")),
        ElementsAre(
            "2:16 'description' of DAG 'd' must be text, not a list",
            "3:13 'timezone' of DAG 'd' must be a time zone, not 'Europe/Atlantis'; did "
            "you mean 'Europe/Athens'?",
            "4:12 'catchup' of DAG 'd' must be true or false, not the text 'yes'",
            "5:20 'max_active_runs' of DAG 'd' must be at least 1, not 0",
            "6:19 'dagrun_timeout' of DAG 'd' must be a duration, not the text 'soon'",
            "7:15 'tags.2' of DAG 'd' must be text, not 5",
            "8:11 'doc_md' of DAG 'd' must be text, not 5",
            "9:11 dag_id 'e' differs from the key 'd'"
        )
    );
}

TEST(DagFields, TakeConcurrencyForMaxActiveTasks) {
    EXPECT_EQ(parse_one(dag("  concurrency: 3\n")).max_active_tasks, 3);
    EXPECT_THAT(
        mistakes_in(dag("  concurrency: 3\n  max_active_tasks: 3\n")),
        ElementsAre("2:3 'concurrency' and 'max_active_tasks' are the same; keep one")
    );
}

TEST(DagFields, AcceptWhatOnlyDescribes) {
    EXPECT_THAT(
        mistakes_in(dag(R"(  access_control: {ops: [can_read]}
  owner_links: {ada: "https://example.org"}
  default_view: graph
  orientation: LR
  on_failure_callback: null
  render_template_as_native_obj: false
)")),
        IsEmpty()
    );
}

TEST(DagFields, NeverIgnoreWhatIsNotCarriedOut) {
    EXPECT_THAT(
        mistakes_in(dag(R"(  template_searchpath: /sql
  user_defined_macros: {x: 1}
)")),
        ElementsAre(
            "2:3 'template_searchpath' is not supported yet, in DAG 'd'",
            "3:3 'user_defined_macros' is not supported yet, in DAG 'd'"
        )
    );
}

TEST(DagFields, AllowFailFastOnlyWithAllSuccess) {
    EXPECT_THAT(
        mistakes_in("d:\n  fail_fast: true\n  tasks:\n"
                    "  - {task_id: a, operator: empty, trigger_rule: all_done}\n"),
        ElementsAre("2:3 fail_fast goes only with the trigger rules all_success and, of teardowns, "
                    "all_done_setup_success")
    );
}

TEST(DagFile, MustBeAMapOfDags) {
    EXPECT_THAT(mistakes_in("- a\n"), ElementsAre("1:1 a DAG file must be a map of DAGs"));
    EXPECT_THAT(mistakes_in("hello\n"), ElementsAre("1:1 a DAG file must be a map of DAGs"));
    EXPECT_THAT(mistakes_in("d: 5\n"), ElementsAre("1:4 DAG 'd' must be a map, not 5"));
    EXPECT_THAT(mistakes_in("d:\n"), ElementsAre("1:1 DAG 'd' must be a map, not nothing"));
    const auto upside_down = parse("dag_id: d\n").diagnostics;
    ASSERT_EQ(upside_down.size(), 1U);
    EXPECT_THAT(upside_down[0].hint, testing::HasSubstr("all of a DAG stands below its id"));
    EXPECT_THAT(mistakes_in(""), IsEmpty());
    EXPECT_THAT(parse("").dags, IsEmpty());
}

TEST(DagFile, WantsTasksAndAProperName) {
    EXPECT_THAT(mistakes_in("d:\n  description: x\n"), ElementsAre("2:3 DAG 'd' lacks 'tasks'"));
    EXPECT_THAT(mistakes_in("d:\n  tasks:\n"), ElementsAre("2:3 DAG 'd' lacks 'tasks'"));
    EXPECT_THAT(
        mistakes_in("my dag:\n  tasks: []\n"), ElementsAre("1:1 'my dag' is no name for a DAG")
    );
    EXPECT_THAT(
        mistakes_in("d:\n  tasks: many\n"),
        ElementsAre("2:10 'tasks' must be a list or a map, not the text 'many'")
    );
}

TEST(DagFile, LoadsTheDagsWithoutAMistakeBesideTheOthers) {
    const LoadedFile file = parse(R"(
good:
  tasks: [{task_id: a, operator: empty}]
bad:
  tasks: [{task_id: a, operator: emty}]
also_good:
  tasks: {a: {operator: empty}}
)");
    ASSERT_EQ(file.dags.size(), 2U);
    EXPECT_EQ(file.dags[0].dag_id, core::DagId("good"));
    EXPECT_EQ(file.dags[1].dag_id, core::DagId("also_good"));
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_EQ(file.diagnostics[0].dag_id, "bad");
    EXPECT_EQ(file.diagnostics[0].at, (core::SourcePosition{"test.yaml", 5, 34}));
}

TEST(DagFile, BlamesADuplicateKeyOnTheDagItStandsIn) {
    const LoadedFile file = parse(R"(
good:
  tasks: [{task_id: a, operator: empty}]
bad:
  tasks: [{task_id: a, operator: empty}]
  catchup: false
  catchup: true
)");
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(file.dags[0].dag_id, core::DagId("good"));
    EXPECT_THAT(mistakes_of(file), ElementsAre("7:3 duplicate key 'catchup'"));
    EXPECT_EQ(file.diagnostics[0].dag_id, "bad");
}

TEST(DagFile, RefusesTwoDagsOfOneName) {
    const LoadedFile file = parse(
        "d:\n  tasks: [{task_id: a, operator: empty}]\n"
        "d:\n  tasks: [{task_id: b, operator: empty}]\n"
    );
    EXPECT_THAT(file.dags, IsEmpty());
    EXPECT_THAT(mistakes_of(file), ElementsAre("3:1 duplicate key 'd'"));
}

TEST(DagFile, CanBeReadWithTheSystemsDate) {
    const LoadedFile file = parse_dag_file(dag("  start_date: 1 day\n"), "/d/f.yaml", "f.yaml");
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_GT(*file.dags[0].start_date, std::chrono::sys_days(std::chrono::year(2024) / 1 / 1));
}

TEST(Version, ChangesWithTheContentAndNotWithTheWriting) {
    const std::string version = parse_one(dag("  description: x\n")).version;
    EXPECT_EQ(parse_one(dag("\n  # a comment\n  description:   'x'\n")).version, version);
    EXPECT_NE(parse_one(dag("  description: y\n")).version, version);
    EXPECT_NE(
        parse_one(dag("  description: x\n"), {{"defaults.yml", "catchup: false\n"}}).version,
        version
    );
    EXPECT_THAT(version, testing::MatchesRegex("[0-9a-f]+"));
}

}  // namespace
}  // namespace reel::dagfile
