// Branches that are decided by the clock.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string branch_task(const std::string& operation, const std::string& lines) {
    return "d:\n  tasks:\n  - task_id: t\n    operator: " + operation + "\n" + lines;
}

json args_of_branch(const std::string& operation, const std::string& lines) {
    return args_of(parse_one(branch_task(operation, lines)), "t");
}

std::vector<std::string> mistakes_of_branch(
    const std::string& operation, const std::string& lines
) {
    return mistakes_in(branch_task(operation, lines));
}

TEST(BranchByTime, IsHeldToItsArguments) {
    const std::string both = "    follow_task_ids_if_true: t\n    follow_task_ids_if_false: t\n";
    EXPECT_EQ(
        args_of_branch(
            "branch.day_of_week",
            both + "    week_day: [Monday, '{{ ds }}']\n    use_task_execution_day: true\n"
        ),
        (json{
            {"follow_task_ids_if_true", "t"},
            {"follow_task_ids_if_false", "t"},
            {"week_day", {"Monday", "{{ ds }}"}},
            {"use_task_logical_date", true}
        })
    );
    EXPECT_THAT(
        mistakes_of_branch("branch.day_of_week", both + "    week_day: mon\n"),
        testing::Contains("7:15 'week_day' of task 't' must be one of monday … sunday, not 'mon'")
    );
    EXPECT_THAT(
        mistakes_of_branch("branch.datetime", both),
        testing::Contains("3:5 task 't' lacks 'target_lower' or 'target_upper'")
    );
    EXPECT_THAT(
        mistakes_of_branch("branch.datetime", both + "    target_lower: '25:00'\n"),
        testing::Contains(HasSubstr("7:19 'target_lower' of task 't' must be a time like 14:30"))
    );
}

}  // namespace
}  // namespace reel::dagfile
