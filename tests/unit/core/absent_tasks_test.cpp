#include "reel/core/absent_tasks.hpp"

#include <gmock/gmock.h>

namespace reel::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Tasks that wait for these, by their places.
Dag dag_of(const std::vector<std::vector<std::uint32_t>>& upstream) {
    Dag dag;
    for (const auto& each : upstream) {
        Task task;
        task.task_id = TaskId("t" + std::to_string(dag.tasks.size()));
        task.upstream = each;
        dag.tasks.push_back(task);
    }
    return dag;
}

Timestamp hour(int number) {
    return Timestamp(std::chrono::hours(number));
}

TEST(AbsentTasks, AreToldByTheDatesOfTheTasks) {
    Dag dag = dag_of({{}, {}, {}});
    EXPECT_THAT(dates_of_spans(dag), IsEmpty());
    dag.tasks[1].start_date = hour(2);
    dag.tasks[2].end_date = hour(4);
    EXPECT_THAT(tasks_outside(dag, hour(1)), ElementsAre(false, true, false));
    EXPECT_THAT(tasks_outside(dag, hour(2)), IsEmpty());
    EXPECT_THAT(tasks_outside(dag, hour(4)), IsEmpty());
    EXPECT_THAT(tasks_outside(dag, hour(5)), ElementsAre(false, false, true));
    std::vector<AbsentTasks> kinds;
    for (const Timestamp date : dates_of_spans(dag)) kinds.push_back(tasks_outside(dag, date));
    EXPECT_THAT(
        kinds,
        ElementsAre(AbsentTasks{false, true, false}, AbsentTasks(), AbsentTasks{false, false, true})
    );
}

TEST(AbsentTasks, WhatTheyWaitedForStandsInTheirPlaceOnce) {
    // 0 ─▶ 1, 2 ─▶ 3 ─▶ 4
    const Dag dag = dag_of({{}, {0}, {0}, {1, 2}, {0, 3}});
    const auto upstream = upstream_without(dag, {false, true, true, true, false}, 9);
    ASSERT_TRUE(upstream);
    EXPECT_THAT(upstream->at(4), ElementsAre(0U));
    EXPECT_THAT(upstream->at(3), IsEmpty());
}

TEST(AbsentTasks, JoiningTakesNoMoreThanIsAllowed) {
    // 0, 1, 2 ─▶ 3 ─▶ 4, 5
    const Dag dag = dag_of({{}, {}, {}, {0, 1, 2}, {3}, {3}});
    const AbsentTasks absent{false, false, false, true, false, false};
    EXPECT_TRUE(upstream_without(dag, absent, 9));
    EXPECT_FALSE(upstream_without(dag, absent, 8));
}

TEST(AbsentTasks, AChainOfThemMayBeAsLongAsAFileIs) {
    constexpr std::uint32_t length = 200'000;
    Dag dag;
    dag.tasks.resize(length);
    for (std::uint32_t i = 1; i < length; ++i) dag.tasks[i].upstream = {i - 1};
    AbsentTasks absent(length, true);
    absent.front() = absent.back() = false;
    const auto upstream = upstream_without(dag, absent, length);
    ASSERT_TRUE(upstream);
    EXPECT_THAT(upstream->back(), ElementsAre(0U));
}

TEST(AbsentTasks, ACircleIsLeftToWhoFindsIt) {
    const Dag dag = dag_of({{1}, {0}, {1}});
    const auto upstream = upstream_without(dag, {true, true, false}, 9);
    ASSERT_TRUE(upstream);
    EXPECT_THAT(*upstream, SizeIs(3));
}

}  // namespace
}  // namespace reel::core
