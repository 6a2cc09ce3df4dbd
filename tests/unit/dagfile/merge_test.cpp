#include "dagfile/merge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dagfile/yaml_reader.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Node read(std::string_view yaml) {
    Diagnostics diagnostics;
    return read_yaml(yaml, "f.yaml", diagnostics).value_or(Node{});
}

std::string merged(std::string_view own, std::string_view base) {
    return to_json_text(merge_defaults(read(own), read(base)));
}

struct MergeCase {
    const char* own;
    const char* base;
    const char* result;
};

TEST(MergeDefaults, AddsWhatIsLackingAndLeavesWhatIsThere) {
    const std::vector<MergeCase> table{
        {"{}", "{}", "{}"},
        {"{}", "{a: 1}", R"({"a":1})"},
        {"{a: 1}", "{}", R"({"a":1})"},
        {"{a: 1}", "{a: 2}", R"({"a":1})"},
        {"{b: 1}", "{a: 2}", R"({"b":1,"a":2})"},
        {"{a: {x: 1}}", "{a: {x: 2, y: 3}}", R"({"a":{"x":1,"y":3}})"},
        {"{a: {b: {c: 1}}}", "{a: {b: {d: 2}, e: 3}}", R"({"a":{"b":{"c":1,"d":2},"e":3}})"},
        {"{a: [1]}", "{a: [2, 3]}", R"({"a":[1]})"},
        {"{a: []}", "{a: [2, 3]}", R"({"a":[]})"},
        {"{a: 1}", "{a: {b: 2}}", R"({"a":1})"},
        {"{a: {b: 2}}", "{a: 1}", R"({"a":{"b":2}})"},
        {"{a: null}", "{a: {b: 2}}", R"({"a":null})"},
        {"{a: {}}", "{a: {b: 2}}", R"({"a":{"b":2}})"},
        {"[1]", "{a: 1}", "[1]"},
        {"{a: 1}", "[1]", R"({"a":1})"},
        {"x", "y", R"("x")"},
    };
    for (const auto& [own, base, result] : table) {
        EXPECT_EQ(merged(own, base), result) << own << " over " << base;
    }
}

TEST(MergeDefaults, NeverMixesMapsThatStandForOneValue) {
    EXPECT_EQ(
        merged("{a: {__type__: datetime.timedelta, days: 1}}", "{a: {days: 2, hours: 3}}"),
        R"({"a":{"__type__":"datetime.timedelta","days":1}})"
    );
    EXPECT_EQ(
        merged("{a: {days: 1}}", "{a: {__type__: datetime.timedelta, hours: 3}}"),
        R"({"a":{"days":1}})"
    );
}

TEST(MergeDefaults, ChangesNothingTheSecondTime) {
    for (const char* own : {"{}", "{a: {x: 1}, b: [1]}", "{a: null}"}) {
        const Node base = read("{a: {x: 2, y: 3}, b: [2], c: 4}");
        const Node once = merge_defaults(read(own), base);
        EXPECT_EQ(to_json_text(merge_defaults(once, base)), to_json_text(once)) << own;
    }
}

TEST(MergeDefaults, IsTheSameInOneStepOrInTwo) {
    const Node own = read("{a: {x: 1}}");
    const Node middle = read("{a: {y: 2}, b: 5}");
    const Node outer = read("{a: {x: 9, y: 9, z: 3}, b: 9, c: 6}");
    EXPECT_EQ(
        to_json_text(merge_defaults(merge_defaults(own, middle), outer)),
        to_json_text(merge_defaults(own, merge_defaults(middle, outer)))
    );
}

TEST(MergeDefaults, KeepsThePlacesOfBothSides) {
    const Node result = merge_defaults(read("a: 1\n"), read("\n\n\nb: 2\n"));
    EXPECT_EQ(result.find_entry("a")->at.line, 1);
    EXPECT_EQ(result.find_entry("b")->at.line, 4);
}

struct NamedMembers {
    std::string json;
    std::vector<std::string> mistakes;
};

NamedMembers named(std::string_view yaml) {
    Node owner = read(yaml);
    Diagnostics diagnostics;
    name_members(owner, {.key = "tasks", .id = "task_id", .noun = "task"}, diagnostics);
    NamedMembers result{.json = to_json_text(owner), .mistakes = {}};
    for (const Diagnostic& diagnostic : diagnostics.take("f.yaml")) {
        result.mistakes.push_back(diagnostic.message);
    }
    return result;
}

TEST(NameMembers, TurnsAListIntoAMapInItsOrder) {
    const NamedMembers result = named("tasks: [{task_id: b, x: 1}, {task_id: a}]");
    EXPECT_EQ(result.json, R"({"tasks":{"b":{"task_id":"b","x":1},"a":{"task_id":"a"}}})");
    EXPECT_THAT(result.mistakes, IsEmpty());
}

TEST(NameMembers, LeavesAMapNothingAndWhatIsNotThereAlone) {
    for (const char* yaml :
         {"tasks: {a: {x: 1}}", "tasks: null", "other: [1]", "{}", "tasks: {}"}) {
        const NamedMembers result = named(yaml);
        EXPECT_EQ(result.json, to_json_text(read(yaml)));
        EXPECT_THAT(result.mistakes, IsEmpty()) << yaml;
    }
    EXPECT_EQ(named("tasks: []").json, R"({"tasks":{}})");
}

TEST(NameMembers, WantsAListOrAMap) {
    for (const char* yaml : {"tasks: a", "tasks: 5", "tasks: true"}) {
        const NamedMembers result = named(yaml);
        EXPECT_EQ(result.json, R"({"tasks":{}})");
        ASSERT_EQ(result.mistakes.size(), 1U);
        EXPECT_THAT(
            result.mistakes[0], testing::StartsWith("'tasks' must be a list or a map, not")
        );
    }
}

TEST(NameMembers, KeepsBothOfOneName) {
    const NamedMembers result = named("tasks: [{task_id: a, x: 1}, {task_id: a, x: 2}]");
    EXPECT_EQ(result.json, R"({"tasks":{"a":{"task_id":"a","x":1},"a":{"task_id":"a","x":2}}})");
    EXPECT_THAT(result.mistakes, ElementsAre("task 'a' is declared twice"));
}

}  // namespace
}  // namespace reel::dagfile
