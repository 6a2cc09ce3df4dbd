#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RepeatedTask, HasItsDependenciesChecked) {
    const LoadedFile file = parse(R"(d:
  tasks:
  - {task_id: a, operator: empty}
  - {task_id: b, operator: empty, dependencies: [a]}
  - {task_id: b, operator: empty, dependencies: [aa, nobody]}
)");
    EXPECT_THAT(
        mistakes_of(file),
        ElementsAre(
            "5:15 task 'b' is declared twice",
            "5:50 unknown dependency 'aa'",
            "5:54 unknown dependency 'nobody'"
        )
    );
    EXPECT_EQ(file.diagnostics[0].hint, "it is first declared in line 4");
}

TEST(RepeatedTask, HasItsFieldsAndArgumentsChecked) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  tasks:
  - {task_id: a, operator: empty}
  - {task_id: a, operator: bash, retrys: 1}
  - {task_id: a, operator: bsh}
)"),
        ElementsAre(
            "4:5 task 'a' lacks 'bash_command'",
            "4:15 task 'a' is declared twice",
            "4:34 unknown key 'retrys' in task 'a'",
            "5:15 task 'a' is declared twice",
            "5:28 unknown operator 'bsh' in task 'a'"
        )
    );
}

TEST(RepeatedTask, HasItsReferencesToOtherTasksChecked) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  tasks:
  - {task_id: a, operator: bash, bash_command: echo}
  - {task_id: a, operator: bash, bash_command: +nobody}
  - {task_id: a, operator: upsert, from: x.y, into: t.u}
)"),
        ElementsAre(
            "4:15 task 'a' is declared twice",
            "4:48 '+nobody' names no task",
            "5:15 task 'a' is declared twice",
            "5:42 no task of this DAG stages 'x.y'"
        )
    );
}

TEST(RepeatedTask, TakesTheFilesDefaultsLikeTheFirst) {
    EXPECT_THAT(
        mistakes_in(R"(default:
  tasks: {a: {operator: bash, bash_command: echo}}
d:
  tasks:
  - {task_id: a, retries: 1}
  - {task_id: a, retries: 2}
)"),
        ElementsAre("6:15 task 'a' is declared twice")
    );
}

TEST(RepeatedTask, StopsItsDagAndNoOther) {
    const LoadedFile file =
        parse(R"(bad: {tasks: [{task_id: a, operator: empty}, {task_id: a, operator: empty}]}
good: {tasks: [{task_id: a, operator: empty}]}
)");
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(file.dags[0].dag_id, core::DagId("good"));
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_EQ(file.diagnostics[0].dag_id, "bad");
}

TEST(RepeatedTask, IsAnotherTaskInAnotherDag) {
    const LoadedFile file = parse(
        "one: {tasks: [{task_id: a, operator: empty}]}\n"
        "two: {tasks: [{task_id: a, operator: empty}]}\n"
    );
    EXPECT_THAT(mistakes_of(file), IsEmpty());
    EXPECT_EQ(file.dags.size(), 2U);
}

TEST(RepeatedGroup, IsReportedOnceWithItsOwnMistakes) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups:
  - {group_name: g}
  - {group_name: g, tooltipp: x, dependencies: [nobody]}
  tasks: [{task_id: a, operator: empty, task_group_name: g}]
)"),
        ElementsAre(
            "4:18 task group 'g' is declared twice",
            "4:21 unknown key 'tooltipp' in task group 'g'",
            "4:49 unknown dependency 'nobody'"
        )
    );
}

TEST(TasksOfOneId, InAGroupAndBesideItAreAMistakeOfTheSecond) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups: {g: }
  tasks:
    a: {operator: empty, task_group_name: g}
    g.a: {operator: empty}
)"),
        ElementsAre("5:5 'g.a' names two tasks")
    );
}

}  // namespace
}  // namespace reel::dagfile
