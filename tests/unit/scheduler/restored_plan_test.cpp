#include "scheduler/run_plan.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "support/dag_builder.hpp"
#include "unit/scheduler/initial_tasks.hpp"

namespace reel::scheduler {
namespace {

using core::RunState;
using core::TaskState;
using support::a_dag;
using ::testing::ElementsAre;
using ::testing::SizeIs;

store::RunRecord a_running_run() {
    store::RunRecord run;
    run.dag_id = core::DagId("d");
    run.run_id = core::RunId("r");
    run.conf.text = "{}";
    return run;
}

TEST(RestoredPlan, ARestoredRunTakesUpWhatWaitedAndRetried) {
    const auto dag = a_dag("d").task("a").task("b").task("c").task("e", {"a", "b", "c"}).shared();
    auto tasks = initial_tasks(*dag, core::RunId("r"));
    tasks[0].state = TaskState::scheduled;
    tasks[1].state = TaskState::up_for_retry;
    tasks[1].next_retry_at = core::Timestamp{};
    tasks[2].state = TaskState::success;
    std::ranges::reverse(tasks);
    auto run = a_running_run();
    run.state = RunState::running;
    auto plan = RunPlan::restore(make_blueprint(dag), run, tasks);
    EXPECT_THAT(plan.take_newly_scheduled(), ElementsAre(0U));
    EXPECT_THAT(plan.take_retries(), ElementsAre(1U));
    EXPECT_EQ(plan.occupying(), 0);
    store::Commit commit;
    plan.flush(commit, {}, {});
    EXPECT_TRUE(commit.empty()) << "nothing has changed yet";
}

TEST(RestoredPlan, ARestoredRunIgnoresTasksThatItsDagDoesNotHave) {
    const auto dag = a_dag("d").task("a").shared();
    auto tasks = initial_tasks(*dag, core::RunId("r"));
    tasks.push_back(tasks[0]);
    tasks[1].key.task_id = core::TaskId("stranger");
    tasks[1].state = TaskState::running;
    auto run = a_running_run();
    run.state = RunState::running;
    const auto plan = RunPlan::restore(make_blueprint(dag), run, tasks);
    EXPECT_EQ(plan.task_count(), 1U);
    EXPECT_EQ(plan.occupying(), 0);
}

TEST(InitialTasks, CarryWhatTheirTasksDeclare) {
    const auto dag = a_dag("d")
                         .task(
                             "a",
                             {},
                             [](core::Task& task) {
                                 task.retries = 4;
                                 task.pool = "small";
                                 task.pool_slots = 2;
                                 task.priority_weight = 3;
                                 task.queue = "night";
                                 task.operator_name = "sql";
                             }
                         )
                         .build();
    const auto tasks = initial_tasks(dag, core::RunId("r"));
    ASSERT_THAT(tasks, SizeIs(1));
    EXPECT_EQ(tasks[0].key, (core::TaskKey{core::DagId("d"), core::RunId("r"), core::TaskId("a")}));
    EXPECT_EQ(tasks[0].max_tries, 4);
    EXPECT_EQ(tasks[0].pool, "small");
    EXPECT_EQ(tasks[0].pool_slots, 2);
    EXPECT_EQ(tasks[0].priority_weight, 3);
    EXPECT_EQ(tasks[0].queue, "night");
    EXPECT_EQ(tasks[0].operator_name, "sql");
    EXPECT_EQ(tasks[0].try_number, 0);
}

}  // namespace
}  // namespace reel::scheduler
