#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

//   begin ─ [load: a ─ b, c] ─ end
constexpr std::string_view one_group = R"(d:
  task_groups:
  - group_name: load
    tooltip: loads
    dependencies: [begin]
    default_args: {retries: 3, owner: group}
  default_args: {retries: 1, priority_weight: 4}
  tasks:
  - {task_id: begin, operator: empty}
  - {task_id: a, operator: empty, task_group_name: load}
  - {task_id: b, operator: empty, task_group_name: load, dependencies: [a], owner: b}
  - {task_id: c, operator: empty, task_group_name: load}
  - {task_id: end, operator: empty, dependencies: [load]}
)";

TEST(TaskGroup, PrefixesItsTasksWhichGoByTheirShortNameInTheFile) {
    const core::Dag d = parse_one(one_group);
    std::vector<std::string> ids;
    for (const core::Task& task : d.tasks) {
        ids.push_back(task.task_id.str());
    }
    EXPECT_THAT(ids, ElementsAre("begin", "load.a", "load.b", "load.c", "end"));
    EXPECT_EQ(task_of(d, "load.a").group, "load");
    EXPECT_EQ(task_of(d, "end").group, "");
    EXPECT_THAT(upstreams_of(d, "load.b"), ElementsAre("load.a"));
}

TEST(TaskGroup, WaitsAsAWholeAndIsWaitedForAsAWhole) {
    const core::Dag d = parse_one(one_group);
    EXPECT_THAT(upstreams_of(d, "load.a"), ElementsAre("begin"));
    EXPECT_THAT(upstreams_of(d, "load.c"), ElementsAre("begin"));
    EXPECT_THAT(upstreams_of(d, "load.b"), ElementsAre("load.a"));
    EXPECT_THAT(upstreams_of(d, "end"), ElementsAre("load.b", "load.c"));
}

TEST(TaskGroup, HasDefaultArgsBetweenTheDagsAndTheTasks) {
    const core::Dag d = parse_one(one_group);
    EXPECT_EQ(task_of(d, "begin").retries, 1);
    EXPECT_EQ(task_of(d, "load.a").retries, 3);
    EXPECT_EQ(task_of(d, "load.a").priority_weight, 4);
    EXPECT_EQ(task_of(d, "load.a").owner, "group");
    EXPECT_EQ(task_of(d, "load.b").owner, "b");
}

TEST(TaskGroup, LeavesNamesAloneWhenToldSo) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {load: {prefix_group_id: false}}
  tasks:
    a: {operator: empty, task_group_name: load}
    b: {operator: empty, dependencies: [load]}
)");
    EXPECT_EQ(task_of(d, "a").group, "load");
    EXPECT_THAT(upstreams_of(d, "b"), ElementsAre("a"));
}

TEST(TaskGroup, MayLieInAnother) {
    //   [outer: [inner: x ─ y] ─ z] ─ last
    const core::Dag d = parse_one(R"(d:
  task_groups:
    inner: {parent_group_name: outer}
    outer:
  tasks:
    x: {operator: empty, task_group_name: inner}
    y: {operator: empty, task_group_name: inner, dependencies: [x]}
    z: {operator: empty, task_group_name: outer, dependencies: [inner]}
    last: {operator: empty, dependencies: [outer]}
)");
    EXPECT_EQ(task_of(d, "outer.inner.x").group, "outer.inner");
    EXPECT_THAT(upstreams_of(d, "outer.inner.y"), ElementsAre("outer.inner.x"));
    EXPECT_THAT(upstreams_of(d, "outer.z"), ElementsAre("outer.inner.y"));
    EXPECT_THAT(upstreams_of(d, "last"), ElementsAre("outer.z"));
}

TEST(TaskGroup, BeneathOneWithoutPrefixKeepsItsOwn) {
    const core::Dag d = parse_one(R"(d:
  task_groups:
    outer: {prefix_group_id: false}
    inner: {parent_group_name: outer}
  tasks:
    x: {operator: empty, task_group_name: inner}
)");
    EXPECT_EQ(task_of(d, "inner.x").group, "inner");
}

TEST(TaskGroup, MayWaitForAnotherGroup) {
    const core::Dag d = parse_one(R"(d:
  task_groups:
    one:
    two: {dependencies: [one]}
    three: {dependencies: two}
  tasks:
    a: {operator: empty, task_group_name: one}
    b: {operator: empty, task_group_name: one, dependencies: [a]}
    c: {operator: empty, task_group_name: two}
    e: {operator: empty, task_group_name: two}
    f: {operator: empty, task_group_name: three}
)");
    EXPECT_THAT(upstreams_of(d, "two.c"), ElementsAre("one.b"));
    EXPECT_THAT(upstreams_of(d, "two.e"), ElementsAre("one.b"));
    EXPECT_THAT(upstreams_of(d, "three.f"), ElementsAre("two.c", "two.e"));
}

TEST(TaskGroup, IsKnownByItsFullNameAsWell) {
    const core::Dag d = parse_one(R"(d:
  task_groups:
    outer:
    inner: {parent_group_name: outer}
  tasks:
    x: {operator: empty, task_group_name: inner}
    y: {operator: empty, dependencies: [outer.inner, outer.inner.x]}
)");
    EXPECT_THAT(upstreams_of(d, "y"), ElementsAre("outer.inner.x"));
}

TEST(TaskGroup, ThatIsUnknownIsAMistakeWithAHint) {
    const LoadedFile file = parse(R"(d:
  task_groups: {load: {parent_group_name: lod}}
  tasks:
    a: {operator: empty, task_group_name: laod}
)");
    EXPECT_THAT(
        mistakes_of(file),
        ElementsAre("2:43 unknown task group 'lod'", "4:43 unknown task group 'laod'")
    );
    EXPECT_EQ(file.diagnostics[1].hint, "did you mean 'load'?");
}

TEST(TaskGroup, CannotHoldItselfOrWaitForItsInside) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups:
    one: {parent_group_name: two}
    two: {parent_group_name: one}
    three: {dependencies: [a]}
    four: {dependencies: [four]}
  tasks:
    a: {operator: empty, task_group_name: three}
    b: {operator: empty, task_group_name: three, dependencies: [three]}
)"),
        ElementsAre(
            "4:30 task group 'two' would hold itself",
            "5:28 task group 'three' and task 'a' cannot wait for each other: one is inside the "
            "other",
            "6:27 task group 'four' and task group 'four' cannot wait for each other: one is "
            "inside the other",
            "9:65 task 'b' and task group 'three' cannot wait for each other: one is inside the "
            "other"
        )
    );
}

TEST(TaskGroup, WithoutTasksCannotBeWaitedFor) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups: {void: }
  tasks:
    a: {operator: empty, dependencies: [void]}
)"),
        ElementsAre("4:41 task group 'void' has no task to wait for")
    );
}

TEST(TaskGroup, InACycleIsFound) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups: {load: {dependencies: [end]}}
  tasks:
    a: {operator: empty, task_group_name: load}
    end: {operator: empty, dependencies: [load]}
)"),
        ElementsAre("2:39 cycle a → end → a")
    );
}

TEST(TaskGroup, IsHeldToItsFields) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups:
  - {group_name: a, tooltp: x, prefix_group_id: 1, default_args: {retrys: 1, start_date: soon}}
  - {tooltip: x}
  - {group_name: a}
  - {group_name: "b c"}
  tasks: {}
)"),
        ElementsAre(
            "3:21 unknown key 'tooltp' in task group 'a'",
            "3:49 'prefix_group_id' of task group 'a' must be true or false, not 1",
            "3:67 unknown key 'retrys' in default_args of task group 'a'",
            "3:90 'start_date' of default_args of task group 'a' must be a date, not the text "
            "'soon'",
            "4:5 a task group lacks 'group_name'",
            "5:18 task group 'a' is declared twice",
            "6:18 'b c' is no name for a task group",
            "6:18 'group_name' of task group 'b c' must be made of letters, digits, '_', '-' and "
            "'.', at most 250 bytes, not 'b c'"
        )
    );
}

TEST(TaskGroup, SharesNoNameWithATask) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups: {load: {prefix_group_id: false}, other: }
  tasks:
    load: {operator: empty}
    other.x: {operator: empty}
    x: {operator: empty, task_group_name: other}
)"),
        ElementsAre("4:5 'load' names a task group, too", "6:5 'other.x' names two tasks")
    );
}

TEST(TaskGroup, SharesItsFullNameWithNoOther) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups:
    a.b: {tooltip: written with a point}
    a: {tooltip: outer}
    b: {parent_group_name: a}
  tasks: {x: {operator: empty}}
)"),
        ElementsAre("5:5 'a.b' names two task groups")
    );
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups: {a.b: , a: {prefix_group_id: false}, b: {parent_group_name: a}}
  tasks: {x: {operator: empty}}
)"),
        IsEmpty()
    );
}

TEST(TaskGroup, LeavesADagWithoutGroupsAlone) {
    EXPECT_THAT(mistakes_in("d:\n  task_groups:\n  tasks: {a: {operator: empty}}\n"), IsEmpty());
    EXPECT_THAT(
        mistakes_in("d:\n  task_groups: x\n  tasks: {a: {operator: empty}}\n"),
        ElementsAre("2:16 'task_groups' must be a list or a map, not the text 'x'")
    );
}

}  // namespace
}  // namespace reel::dagfile
