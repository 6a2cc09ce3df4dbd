#include "reel/core/dag.hpp"

#include <gtest/gtest.h>

namespace reel::core {
namespace {

Dag two_tasks() {
    Dag dag{.dag_id = DagId("d")};
    dag.tasks.push_back({.task_id = TaskId("first"), .operator_name = "bash"});
    dag.tasks.push_back({.task_id = TaskId("second"), .operator_name = "empty"});
    return dag;
}

TEST(Dag, FindsItsTasksByName) {
    const Dag dag = two_tasks();
    ASSERT_NE(dag.find_task(TaskId("second")), nullptr);
    EXPECT_EQ(dag.find_task(TaskId("second"))->operator_name, "empty");
    EXPECT_EQ(dag.index_of(TaskId("second")), 1U);
    EXPECT_EQ(dag.find_task(TaskId("third")), nullptr);
    EXPECT_EQ(dag.index_of(TaskId("third")), std::nullopt);
}

TEST(Dag, KnowsWhatIsInAGroup) {
    Dag dag = two_tasks();
    dag.groups = {{.group_id = "outer"}, {.group_id = "outer.inner", .parent = "outer"}};
    dag.tasks[1].group = "outer.inner";
    EXPECT_TRUE(dag.is_in_group(dag.tasks[1], "outer.inner"));
    EXPECT_TRUE(dag.is_in_group(dag.tasks[1], "outer"));
    EXPECT_FALSE(dag.is_in_group(dag.tasks[1], "inner"));
    EXPECT_FALSE(dag.is_in_group(dag.tasks[0], "outer"));
}

TEST(Dag, EqualsAnotherOfTheSameContent) {
    Dag other = two_tasks();
    EXPECT_EQ(two_tasks(), other);
    other.tasks[1].retries = 1;
    EXPECT_NE(two_tasks(), other);
}

TEST(Error, DescribesWhereWhatAndHint) {
    const Error error{
        .code = Errc::not_found, .message = "no such task", .where = "a.yaml:3:5", .hint = "look"
    };
    EXPECT_EQ(error.describe(), "a.yaml:3:5: no such task\nhint: look");
    EXPECT_EQ((Error{.message = "plain"}).describe(), "plain");
}

TEST(Keys, AreLettersDigitsAndThreeSigns) {
    EXPECT_TRUE(is_valid_key("movies_2.daily-x"));
    EXPECT_TRUE(is_valid_key(std::string(250, 'a')));
    for (const auto& key :
         {std::string(), std::string(251, 'a'), std::string("a b"), std::string("ä")}) {
        EXPECT_FALSE(is_valid_key(key)) << key;
    }
    EXPECT_TRUE(is_valid_run_id("manual__2024-01-31T07:00:00+00:00"));
    EXPECT_FALSE(is_valid_run_id("a/b"));
}

}  // namespace
}  // namespace reel::core
