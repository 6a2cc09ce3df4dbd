// Setups and teardowns in a file.

#include <gmock/gmock.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SetupGroups, EndWithTheirWorkNotWithTheirTeardowns) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {g: }
  tasks:
    make: {operator: empty, task_group_name: g, is_setup: true}
    work: {operator: empty, task_group_name: g, dependencies: [make]}
    drop: {operator: empty, task_group_name: g, dependencies: [make, work], is_teardown: true}
    after: {operator: empty, dependencies: [g]}
)");
    EXPECT_THAT(upstreams_of(d, "after"), ElementsAre("g.work"));
    EXPECT_THAT(upstreams_of(d, "g.make"), IsEmpty());
}

TEST(SetupGroups, LookThroughSeveralTeardownsForTheirWork) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {g: }
  tasks:
    a: {operator: empty, task_group_name: g}
    drop_a: {operator: empty, task_group_name: g, dependencies: [a], is_teardown: true}
    drop_b: {operator: empty, task_group_name: g, dependencies: [drop_a], is_teardown: true}
    after: {operator: empty, dependencies: [g]}
)");
    EXPECT_THAT(upstreams_of(d, "after"), ElementsAre("g.a"));
}

TEST(SetupGroups, EndWithWhatStandsBehindATeardown) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {g: }
  tasks:
    work: {operator: empty, task_group_name: g}
    drop: {operator: empty, task_group_name: g, dependencies: [work], is_teardown: true}
    last: {operator: empty, task_group_name: g, dependencies: [drop]}
    after: {operator: empty, dependencies: [g]}
)");
    EXPECT_THAT(upstreams_of(d, "after"), ElementsAre("g.last"));
}

TEST(SetupGroups, OfNothingElseEndWithTheirTeardowns) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {g: }
  tasks:
    make: {operator: empty, task_group_name: g, is_setup: true}
    drop: {operator: empty, task_group_name: g, dependencies: [make], is_teardown: true}
    after: {operator: empty, dependencies: [g]}
)");
    EXPECT_THAT(upstreams_of(d, "after"), ElementsAre("g.drop"));
}

TEST(Setups, AreFollowedWithTheRuleAllSuccessAlone) {
    const LoadedFile file = parse(R"(d:
  tasks:
    make: {operator: empty, is_setup: true}
    work: {operator: empty, dependencies: [make], trigger_rule: all_done}
    far: {operator: empty, dependencies: [work], trigger_rule: all_done}
    drop: {operator: empty, dependencies: [make, far], is_teardown: true}
)");
    EXPECT_THAT(
        mistakes_of(file),
        ElementsAre(
            "4:5 task 'work' stands right behind the setup 'make' and must have the trigger rule "
            "all_success, not all_done"
        )
    );
    EXPECT_EQ(file.diagnostics[0].hint, "put a task between them");
}

TEST(Setups, CannotBeTeardownsToo) {
    EXPECT_THAT(
        mistakes_in(bash_task("    is_setup: true\n    is_teardown: true\n")),
        ElementsAre("3:14 task 'a' cannot be both a setup and a teardown")
    );
}

TEST(Setups, WhatIsForTeardownsIsForNoOtherTask) {
    EXPECT_THAT(
        mistakes_in(bash_task("    on_failure_fail_dagrun: true\n")),
        ElementsAre("3:14 task 'a' has on_failure_fail_dagrun, which is for teardowns alone")
    );
    EXPECT_THAT(
        mistakes_in(bash_task("    trigger_rule: all_done_setup_success\n")),
        ElementsAre("3:14 task 'a' has the trigger rule all_done_setup_success, which is for "
                    "teardowns alone")
    );
    EXPECT_THAT(
        mistakes_in(bash_task("    is_teardown: true\n    on_failure_fail_dagrun: true\n")),
        IsEmpty()
    );
}

TEST(Setups, TeardownsGoWithFailFast) {
    const std::string dag =
        "d:\n  fail_fast: true\n  tasks:\n"
        "  - {task_id: a, operator: empty}\n"
        "  - {task_id: b, operator: empty, dependencies: [a], is_teardown: true";
    EXPECT_THAT(mistakes_in(dag + "}\n"), IsEmpty());
    EXPECT_THAT(
        mistakes_in(dag + ", trigger_rule: all_done}\n"), ElementsAre(HasSubstr("fail_fast"))
    );
}

}  // namespace
}  // namespace reel::dagfile
