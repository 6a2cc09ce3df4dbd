// Whom a branch follows by name.

#include <gmock/gmock.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::json;
using testing::ElementsAre;

std::string followed(const std::string& names) {
    return R"(d:
  task_groups: {g: , inner: {parent_group_name: g}}
  tasks:
  - {task_id: pick, operator: branch, task_group_name: g, follow: )" +
           names + R"(}
  - {task_id: a, operator: empty, task_group_name: g, dependencies: [pick]}
  - {task_id: b, operator: empty, task_group_name: inner, dependencies: [pick]}
)";
}

TEST(BranchNames, AreThoseOfTheFile) {
    EXPECT_EQ(args_of(parse_one(followed("a")), "g.pick")["follow"], "g.a");
    EXPECT_EQ(
        args_of(parse_one(followed("[g.a, b]")), "g.pick")["follow"], json({"g.a", "g.inner.b"})
    );
}

TEST(BranchNames, MayBeThoseOfTaskGroups) {
    EXPECT_EQ(args_of(parse_one(followed("inner")), "g.pick")["follow"], "g.inner");
    EXPECT_EQ(args_of(parse_one(followed("[g.inner]")), "g.pick")["follow"], json({"g.inner"}));
}

TEST(BranchNames, ThatAreNotThereAreNamedWithPlaceAndHint) {
    const LoadedFile file = parse(followed("[a, iner]"));
    EXPECT_THAT(
        mistakes_of(file),
        ElementsAre("4:71 task 'pick' follows 'iner', which is no task or task group of this DAG")
    );
    EXPECT_EQ(file.diagnostics[0].hint, "did you mean 'inner'?");
}

TEST(BranchNames, OfATemplateAreLeftToTheRun) {
    for (const char* text : {"'{{ params.way }}'", "'{% if x %}a{% endif %}'", "''", "'[\"x\"]'"}) {
        EXPECT_THAT(mistakes_in(followed(text)), testing::IsEmpty()) << text;
    }
}

TEST(BranchNames, OfABranchByAQueryAreCheckedToo) {
    EXPECT_THAT(
        mistakes_in("d:\n  tasks:\n"
                    "  - {task_id: t, operator: branch.sql, sql: x,\n"
                    "     follow_task_ids_if_true: u, follow_task_ids_if_false: [v]}\n"),
        ElementsAre(
            "4:31 task 't' follows 'u', which is no task or task group of this DAG",
            "4:61 task 't' follows 'v', which is no task or task group of this DAG"
        )
    );
}

}  // namespace
}  // namespace reel::dagfile
