#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Every task with those it waits for: "b<a".
std::vector<std::string> edges_of(const core::Dag& dag) {
    std::vector<std::string> edges;
    for (const core::Task& task : dag.tasks) {
        for (const std::uint32_t upstream : task.upstream) {
            edges.push_back(task.task_id.str() + "<" + dag.tasks[upstream].task_id.str());
        }
    }
    return edges;
}

TEST(GroupGraph, JoinsTheEndsOfOneGroupToTheBeginningsOfAnother) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {g: , h: {dependencies: [g]}}
  tasks:
    a: {operator: empty, task_group_name: g}
    b: {operator: empty, task_group_name: g, dependencies: [a]}
    c: {operator: empty, task_group_name: g, dependencies: [a]}
    x: {operator: empty, task_group_name: h}
    y: {operator: empty, task_group_name: h}
    z: {operator: empty, task_group_name: h, dependencies: [x, y]}
)");
    EXPECT_THAT(
        edges_of(d),
        UnorderedElementsAre(
            "g.b<g.a", "g.c<g.a", "h.x<g.b", "h.x<g.c", "h.y<g.b", "h.y<g.c", "h.z<h.x", "h.z<h.y"
        )
    );
}

TEST(GroupGraph, TakesThePlaceOfATaskOnEitherSide) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {g: {dependencies: [first]}}
  tasks:
    first: {operator: empty}
    a: {operator: empty, task_group_name: g}
    b: {operator: empty, task_group_name: g}
    last: {operator: empty, dependencies: [g]}
)");
    EXPECT_THAT(
        edges_of(d), UnorderedElementsAre("g.a<first", "g.b<first", "last<g.a", "last<g.b")
    );
}

TEST(GroupGraph, CountsTheTasksOfInnerGroups) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {outer: , inner: {parent_group_name: outer}}
  tasks:
    a: {operator: empty, task_group_name: inner}
    b: {operator: empty, task_group_name: outer, dependencies: [inner]}
    z: {operator: empty, dependencies: [outer]}
)");
    EXPECT_THAT(edges_of(d), UnorderedElementsAre("outer.b<outer.inner.a", "z<outer.b"));
}

TEST(GroupGraph, HasOneEdgeHoweverOftenItIsAskedFor) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {g: }
  tasks:
    a: {operator: empty, task_group_name: g}
    z: {operator: empty, dependencies: [g, a, g.a, g]}
)");
    EXPECT_THAT(edges_of(d), ElementsAre("z<g.a"));
}

TEST(GroupGraph, MeansTheTaskWhereTaskAndGroupHaveOneName) {
    const core::Dag d = parse_one(R"(d:
  task_groups: {g: , x: }
  tasks:
    x: {operator: empty, task_group_name: g}
    y: {operator: empty, task_group_name: x}
    z: {operator: empty, dependencies: [x]}
)");
    EXPECT_THAT(edges_of(d), ElementsAre("z<g.x"));
}

TEST(GroupGraph, LetsTwoGroupsHaveTasksOfOneNameInAMapOnlyByFullId) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups: {g: }
  tasks:
    a: {operator: empty}
    b: {operator: empty, task_group_name: g, dependencies: [g.a]}
)"),
        ElementsAre("5:61 unknown dependency 'g.a'")
    );
}

TEST(GroupGraph, RefusesATaskThatWaitsForItsOwnGroup) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups: {g: }
  tasks:
    a: {operator: empty, task_group_name: g, dependencies: [g]}
)"),
        ElementsAre(
            "4:61 task 'a' and task group 'g' cannot wait for each other: one is inside the other"
        )
    );
}

TEST(GroupGraph, RefusesAGroupThatWaitsForItself) {
    EXPECT_THAT(
        mistakes_in("d:\n  task_groups: {g: {dependencies: [g]}}\n"
                    "  tasks: {a: {operator: empty, task_group_name: g}}\n"),
        ElementsAre("2:36 task group 'g' and task group 'g' cannot wait for each other: one is "
                    "inside the other")
    );
}

TEST(GroupGraph, FindsTwoGroupsThatWaitForEachOther) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  task_groups: {g: {dependencies: [h]}, h: {dependencies: [g]}}
  tasks:
    a: {operator: empty, task_group_name: g}
    b: {operator: empty, task_group_name: h}
)"),
        ElementsAre("2:36 cycle a → b → a")
    );
}

TEST(GroupGraph, RefusesARingOfParents) {
    EXPECT_EQ(
        mistakes_in("d:\n  task_groups: {g: {parent_group_name: h}, h: {parent_group_name: g}}\n"
                    "  tasks: {a: {operator: empty}}\n"),
        std::vector<std::string>{"2:67 task group 'h' would hold itself"}
    );
}

TEST(CycleReports, EndAfterTen) {
    std::string text = "d:\n  tasks:\n";
    for (int i = 0; i < 15; ++i) {
        text += "    t" + std::to_string(i) + ": {operator: empty, dependencies: [t" +
                std::to_string(i) + "]}\n";
    }
    EXPECT_EQ(mistakes_in(text).size(), 10U);
}

/// Fifteen tasks in a shuffled order, each waiting for some of lower number.
struct RandomGraph {
    explicit RandomGraph(unsigned seed) : dice(seed) {
        for (int i = 0; i < 15; ++i) order.push_back(i);
        std::ranges::shuffle(order, dice);
        for (int i = 0; i < 15; ++i) {
            for (int j = 0; j < i; ++j) {
                if (dice() % 4 == 0) waits[i].push_back(j);
            }
        }
    }
    [[nodiscard]] std::string text() const {
        std::string result = "d:\n  tasks:\n";
        for (const int i : order) {
            result += "    t" + std::to_string(i) + ": {operator: empty, dependencies: [";
            const auto found = waits.find(i);
            if (found != waits.end()) {
                for (const int j : found->second) result += "t" + std::to_string(j) + ", ";
            }
            result += "]}\n";
        }
        return result;
    }
    std::mt19937 dice;
    std::vector<int> order;
    std::map<int, std::vector<int>> waits;
};

TEST(RandomGraphs, HaveNoCycleAndTheEdgesThatWereWritten) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        const RandomGraph graph(seed);
        std::vector<std::string> expected;
        for (const auto& [task, upstreams] : graph.waits) {
            for (const int upstream : upstreams) {
                expected.push_back("t" + std::to_string(task) + "<t" + std::to_string(upstream));
            }
        }
        EXPECT_THAT(
            edges_of(parse_one(graph.text())), testing::UnorderedElementsAreArray(expected)
        );
    }
}

TEST(RandomGraphs, HaveSortedEdgesThatAreInverseToEachOther) {
    const core::Dag d = parse_one(RandomGraph(77).text());
    for (std::uint32_t i = 0; i < d.tasks.size(); ++i) {
        EXPECT_TRUE(std::ranges::is_sorted(d.tasks[i].upstream));
        EXPECT_TRUE(std::ranges::is_sorted(d.tasks[i].downstream));
        for (const std::uint32_t upstream : d.tasks[i].upstream) {
            EXPECT_THAT(d.tasks[upstream].downstream, testing::Contains(i));
        }
    }
}

TEST(RandomGraphs, HaveACycleOnceTheirFirstTaskWaitsForTheirLast) {
    for (unsigned seed = 1; seed <= 5; ++seed) {
        RandomGraph graph(seed);
        for (int i = 1; i < 15; ++i) graph.waits[i].push_back(i - 1);
        EXPECT_THAT(mistakes_in(graph.text()), IsEmpty());
        graph.waits[0].push_back(14);
        EXPECT_FALSE(mistakes_in(graph.text()).empty());
    }
}

}  // namespace
}  // namespace reel::dagfile
