#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A DAG with a python task `list` and a bash task `each` that says `lines`.
std::string mapped(const std::string& lines) {
    return "d:\n  tasks:\n  - {task_id: list, operator: bash, bash_command: echo}\n"
           "  - task_id: each\n    operator: bash\n" +
           lines;
}

core::Mapping mapping_of(const std::string& lines) {
    return task_of(parse_one(mapped(lines)), "each").mapping.value();
}

TEST(Expand, TakesAListOfTheFile) {
    const core::Mapping mapping = mapping_of("    expand: {bash_command: [echo 1, echo 2]}\n");
    ASSERT_THAT(mapping.sources, SizeIs(1));
    EXPECT_EQ(mapping.sources[0].argument, "bash_command");
    EXPECT_EQ(mapping.sources[0].literal.text, R"(["echo 1","echo 2"])");
    EXPECT_FALSE(mapping.sources[0].upstream);
}

TEST(Expand, TakesAMapAsItsPairs) {
    const core::Mapping mapping =
        mapping_of("    partial: {bash_command: x}\n    expand: {env: {A: 1}}\n");
    EXPECT_EQ(mapping.sources.at(0).literal.text, R"({"A":1})");
}

TEST(Expand, TakesWhatAnotherTaskReturnsInEveryFormAndWaitsForIt) {
    for (const char* form : {"+list", "list.output", "XcomArg(list)", "XComArg(list)"}) {
        const core::Dag dag =
            parse_one(mapped("    expand: {bash_command: " + std::string(form) + "}\n"));
        const core::MapSource source = task_of(dag, "each").mapping->sources.at(0);
        EXPECT_EQ(source.upstream, 0U) << form;
        EXPECT_EQ(source.xcom_key, "return_value") << form;
        EXPECT_THAT(upstreams_of(dag, "each"), ElementsAre("list")) << form;
    }
}

TEST(Expand, TakesOneOfSeveralThingsThatATaskPushed) {
    EXPECT_EQ(
        mapping_of("    expand: {bash_command: '+list[\"files\"]'}\n").sources.at(0).xcom_key,
        "files"
    );
}

TEST(Expand, LeavesTheSharedArgumentsToPartial) {
    const core::Dag dag =
        parse_one(mapped("    partial: {cwd: /tmp}\n    expand: {bash_command: [a]}\n"));
    EXPECT_EQ(args_of(dag, "each"), (nlohmann::json{{"cwd", "/tmp"}}));
}

TEST(Expand, TakesTheOperatorsOwnFieldsFromPartialToo) {
    const core::Dag dag =
        parse_one(mapped("    partial: {retries: 4}\n    expand: {bash_command: [a]}\n"));
    EXPECT_EQ(task_of(dag, "each").retries, 4);
}

TEST(Expand, KwargsAreMapsOfArguments) {
    const core::Mapping mapping =
        mapping_of("    expand_kwargs: [{bash_command: a}, {bash_command: b, cwd: /}]\n");
    ASSERT_THAT(mapping.sources, SizeIs(1));
    EXPECT_EQ(mapping.sources[0].argument, "");
    EXPECT_EQ(mapping_of("    expand_kwargs: +list\n").sources.at(0).upstream, 0U);
}

TEST(Expand, IsHeldToTheOperatorsArguments) {
    EXPECT_THAT(
        mistakes_in(mapped("    expand: {bash_comand: [a]}\n")),
        ElementsAre(
            "4:5 task 'each' lacks 'bash_command'",
            "6:28 'expand.bash_comand' of task 'each' is no argument of operator 'bash'"
        )
    );
    EXPECT_THAT(
        mistakes_in(mapped("    expand: {bash_command: [{a: 1}]}\n")),
        ElementsAre("6:29 'expand.bash_command' of task 'each' must be text, not a map")
    );
    EXPECT_THAT(
        mistakes_in(mapped("    expand_kwargs: [{bash_command: a, cmd: b}]\n")),
        ElementsAre("6:44 'expand_kwargs.cmd' of task 'each' is no argument of operator 'bash'")
    );
}

TEST(Expand, NeedsListsOrAnotherTasksOutput) {
    EXPECT_THAT(
        mistakes_in(mapped("    expand: {bash_command: echo}\n")),
        testing::Contains(
            "6:28 'expand.bash_command' of task 'each' must be a list, not the text 'echo'"
        )
    );
    EXPECT_THAT(
        mistakes_in(mapped("    expand: {bash_command: +lisst}\n")),
        ElementsAre("6:28 '+lisst' names no task")
    );
    EXPECT_EQ(
        parse(mapped("    expand: {bash_command: +lisst}\n")).diagnostics.at(0).hint,
        "did you mean 'list'?"
    );
}

TEST(Expand, GoesNotWithExpandKwargs) {
    EXPECT_THAT(
        mistakes_in(
            mapped("    expand: {bash_command: [a]}\n    expand_kwargs: [{bash_command: b}]\n")
        ),
        ElementsAre("7:20 task 'each' has expand and expand_kwargs")
    );
}

constexpr std::string_view group = R"(d:
  task_groups:
  - {group_name: g, tooltip: per file, expand: {file: +list}}
  tasks:
  - {task_id: list, operator: bash, bash_command: echo}
  - {task_id: a, operator: bash, bash_command: "echo {{ expand.file }}", task_group_name: g}
  - {task_id: b, operator: bash, bash_command: echo, task_group_name: g, dependencies: [a]}
)";

TEST(MappedGroup, CarriesItsMappingAndWaitsForItsSource) {
    const core::Dag dag = parse_one(group);
    ASSERT_THAT(dag.groups, SizeIs(1));
    EXPECT_EQ(dag.groups[0].tooltip, "per file");
    ASSERT_TRUE(dag.groups[0].mapping);
    EXPECT_EQ(dag.groups[0].mapping->sources.at(0).upstream, 0U);
    EXPECT_THAT(upstreams_of(dag, "g.a"), ElementsAre("list"));
    EXPECT_THAT(upstreams_of(dag, "g.b"), ElementsAre("g.a"));
    EXPECT_EQ(dag.mapped_group_of(task_of(dag, "g.b")), dag.groups.data());
}

TEST(MappedGroup, HoldsNoMappedTask) {
    EXPECT_THAT(
        mistakes_in(
            std::string(group) +
            "  - {task_id: c, operator: bash, task_group_name: g, expand: {bash_command: [a]}}\n"
        ),
        ElementsAre("8:77 task 'c' is mapped inside the mapped task group 'g'")
    );
}

TEST(MappedGroup, HoldsNoMappedGroup) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups:
    outer: {expand: {x: [1]}}
    inner: {expand: {y: [1]}, parent_group_name: outer}
  tasks:
    a: {operator: empty, task_group_name: inner}
)"),
        ElementsAre("4:5 the mapped task group 'inner' lies inside the mapped task group 'outer'")
    );
}

TEST(Groups, StandWithTheirParentsFirst) {
    const core::Dag dag = parse_one(R"(d:
  task_groups:
    inner: {parent_group_name: outer}
    outer: {}
  tasks:
    a: {operator: empty, task_group_name: inner}
)");
    ASSERT_THAT(dag.groups, SizeIs(2));
    EXPECT_EQ(dag.groups[0].group_id, "outer");
    EXPECT_EQ(dag.groups[1].group_id, "outer.inner");
    EXPECT_EQ(dag.groups[1].parent, "outer");
    EXPECT_EQ(dag.groups[1].label, "inner");
}

TEST(BranchOperators, TakeTheirArgumentsAndAirflowsNames) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  tasks:
  - {task_id: a, operator: branch, follow: "{{ params.way }}"}
  - {task_id: b, operator: airflow.operators.python.BranchPythonOperator, python_callable: m.f}
  - {task_id: c, operator: short_circuit, condition: "{{ params.go }}"}
  - {task_id: e, operator: airflow.operators.latest_only.LatestOnlyOperator}
  params: {way: x, go: true}
)"),
        IsEmpty()
    );
    EXPECT_THAT(
        mistakes_in("d:\n  tasks:\n  - {task_id: c, operator: short_circuit}\n"), SizeIs(1)
    );
}

}  // namespace
}  // namespace reel::dagfile
