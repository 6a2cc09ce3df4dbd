#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view with_default = R"(
default:
  default_args: {retries: 2, owner: file}
  catchup: false
  max_active_runs: 4
  tags: [shared]
one:
  default_args: {owner: one}
  max_active_runs: 1
  tasks: [{task_id: a, operator: empty}]
two:
  tasks: [{task_id: a, operator: empty}]
)";

TEST(DefaultBlock, LiesUnderEveryDagOfTheFile) {
    const LoadedFile file = parse(with_default);
    EXPECT_THAT(mistakes_of(file), IsEmpty());
    ASSERT_EQ(file.dags.size(), 2U);
    EXPECT_EQ(file.dags[0].max_active_runs, 1);
    EXPECT_EQ(task_of(file.dags[0], "a").owner, "one");
    EXPECT_EQ(task_of(file.dags[0], "a").retries, 2);
    EXPECT_EQ(file.dags[1].max_active_runs, 4);
    EXPECT_EQ(task_of(file.dags[1], "a").owner, "file");
    EXPECT_THAT(file.dags[1].tags, ElementsAre("shared"));
}

TEST(DefaultBlock, StandsOverTheNearestDefaultsFileOverThoseFurtherOut) {
    const core::Dag d = parse_one(
        "default: {default_args: {owner: block}}\n"
        "d:\n  tasks: [{task_id: a, operator: empty}]\n",
        {{"defaults.yml",
          "default_args: {owner: outer, retries: 1, priority_weight: 5}\nmax_active_runs: 2\n"},
         {"team/defaults.yml", "default_args: {owner: near, retries: 3}\n"}}
    );
    EXPECT_EQ(task_of(d, "a").owner, "block");
    EXPECT_EQ(task_of(d, "a").retries, 3);
    EXPECT_EQ(task_of(d, "a").priority_weight, 5);
    EXPECT_EQ(d.max_active_runs, 2);
}

TEST(DefaultBlock, ReplacesOneValueAsAWhole) {
    const core::Dag d = parse_one(R"(
default:
  default_args:
    retry_delay: {__type__: datetime.timedelta, hours: 1}
d:
  default_args:
    retry_delay: {__type__: datetime.timedelta, minutes: 1}
  tasks: [{task_id: a, operator: empty}]
)");
    EXPECT_EQ(task_of(d, "a").retry_delay, core::Duration(std::chrono::minutes(1)));
}

TEST(DefaultBlock, CanBeSwitchedOffWithNothing) {
    const core::Dag d = parse_one(
        "default: {schedule: '@daily'}\n"
        "d: {schedule: null, tasks: [{task_id: a, operator: empty}]}\n"
    );
    EXPECT_EQ(d.schedule, core::Schedule(core::NoSchedule{}));
}

TEST(DefaultBlock, HoldsTemplatesOfTasks) {
    const core::Dag d = parse_one(R"(
default:
  tasks:
    begin: {operator: empty}
    load: {operator: bash, bash_command: echo default, retries: 4}
d:
  tasks:
  - task_id: load
    bash_command: echo own
    dependencies: [begin]
)");
    ASSERT_EQ(d.tasks.size(), 2U);
    EXPECT_EQ(args_of(d, "load")["bash_command"], "echo own");
    EXPECT_EQ(task_of(d, "load").retries, 4);
    EXPECT_THAT(upstreams_of(d, "load"), ElementsAre("begin"));
}

TEST(DefaultBlock, WithAMistakeStopsEveryDagOfTheFileAndIsReportedOnce) {
    const LoadedFile file = parse(R"(
default:
  catchup: maybe
  default_args: {retrys: 2}
one: {tasks: [{task_id: a, operator: empty}]}
two: {tasks: [{task_id: a, operator: empty}]}
)");
    EXPECT_THAT(file.dags, IsEmpty());
    EXPECT_THAT(
        mistakes_of(file),
        ElementsAre(
            "3:12 'catchup' of 'default' must be true or false, not the text 'maybe'",
            "4:18 unknown key 'retrys' in default_args of 'default'"
        )
    );
    EXPECT_EQ(file.diagnostics[0].dag_id, "");
}

TEST(DefaultsFile, WithAMistakeIsNamedByItsOwnPath) {
    const LoadedFile file = parse(
        "d: {tasks: [{task_id: a, operator: empty}]}\n", {{"team/defaults.yml", "catchupp: true\n"}}
    );
    EXPECT_THAT(file.dags, IsEmpty());
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_EQ(file.diagnostics[0].at, (core::SourcePosition{"team/defaults.yml", 1, 1}));
    EXPECT_EQ(file.diagnostics[0].message, "unknown key 'catchupp' in team/defaults.yml");
}

TEST(DefaultsFile, ThatIsNoYamlOrNoMapIsAMistake) {
    const std::string d = "d: {tasks: [{task_id: a, operator: empty}]}\n";
    EXPECT_EQ(parse(d, {{"defaults.yml", "a: [\n"}}).diagnostics.size(), 1U);
    EXPECT_THAT(
        mistakes_of(parse(d, {{"defaults.yml", "- a\n"}})),
        ElementsAre("1:1 defaults.yml must be a map, not a list")
    );
    EXPECT_THAT(mistakes_of(parse(d, {{"defaults.yml", "# nothing\n"}})), IsEmpty());
}

}  // namespace
}  // namespace reel::dagfile
