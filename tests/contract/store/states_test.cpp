#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::DagId;
using core::RunId;
using core::RunState;
using core::TaskId;
using core::TaskState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

StateQuestion of_run(const std::string& dag_id, const std::string& run_id) {
    return {.dag_id = DagId(dag_id), .run_id = RunId(run_id)};
}

StateQuestion of_date(const std::string& dag_id, int hour, std::vector<TaskId> tasks = {}) {
    return {.dag_id = DagId(dag_id), .logical_date = at(hour), .tasks = std::move(tasks)};
}

TEST_P(RunStoreContract, StatesAreFoundByRunOrByLogicalDate) {
    save_dag("movies");
    save_dag("other");
    start_run("movies", "r1", 1);
    NewRun done = a_run("movies", "r2", 2);
    done.run.state = RunState::success;
    ASSERT_TRUE(store->commit({.new_runs = {done}}));
    start_run("other", "r2", 3);
    const auto answers = store->find_states(
        {of_run("movies", "r2"),
         of_date("movies", 1),
         of_date("movies", 2),
         of_run("other", "r2"),
         of_date("other", 2),
         of_run("movies", "r9"),
         of_run("nothing", "r1")}
    );
    ASSERT_THAT(answers, SizeIs(7));
    EXPECT_EQ(answers[0].run, RunState::success);
    EXPECT_EQ(answers[1].run, RunState::queued);
    EXPECT_EQ(answers[2].run, RunState::success);
    EXPECT_EQ(answers[3].run, RunState::queued);
    EXPECT_EQ(answers[4].run, std::nullopt) << "another date";
    EXPECT_EQ(answers[5].run, std::nullopt);
    EXPECT_EQ(answers[6].run, std::nullopt);
    for (const StateAnswer& answer : answers) EXPECT_THAT(answer.tasks, IsEmpty());
}

TEST_P(RunStoreContract, StatesOfTasksAreThoseThatWereAskedFor) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1", 1);
    change(run.tasks[1], TaskState::scheduled);
    const auto answers = store->find_states(
        {of_date("movies", 1, {TaskId("load")}),
         of_date("movies", 1, {TaskId("extract"), TaskId("load")}),
         of_date("movies", 1, {TaskId("ghost")}),
         of_date("movies", 5, {TaskId("load")})}
    );
    ASSERT_THAT(answers, SizeIs(4));
    EXPECT_THAT(answers[0].tasks, ElementsAre(Pair(TaskId("load"), TaskState::scheduled)));
    EXPECT_THAT(
        answers[1].tasks,
        ElementsAre(
            Pair(TaskId("extract"), TaskState::none), Pair(TaskId("load"), TaskState::scheduled)
        )
    );
    EXPECT_THAT(answers[2].tasks, IsEmpty());
    EXPECT_EQ(answers[2].run, RunState::queued) << "the run is there all the same";
    EXPECT_EQ(answers[3], StateAnswer());
}

TEST_P(RunStoreContract, StatesOfAMappedTaskAreThoseOfEachInstance) {
    save_dag("movies");
    NewRun run = a_run("movies", "r1", 1);
    run.tasks[1].key.map_index = 0;
    run.tasks[1].state = TaskState::success;
    run.tasks.push_back(run.tasks[1]);
    run.tasks[2].key.map_index = 1;
    run.tasks[2].state = TaskState::failed;
    ASSERT_TRUE(store->commit({.new_runs = {run}}));
    EXPECT_THAT(
        store->find_states({of_run("movies", "r1"), of_date("movies", 1, {TaskId("load")})})[1]
            .tasks,
        ElementsAre(
            Pair(TaskId("load"), TaskState::success), Pair(TaskId("load"), TaskState::failed)
        )
    );
}

TEST_P(RunStoreContract, ARunWithoutLogicalDateIsFoundByItsIdAlone) {
    save_dag("movies");
    NewRun run = a_run("movies", "r1");
    run.run.logical_date.reset();
    run.run.data_interval.reset();
    ASSERT_TRUE(store->commit({.new_runs = {run}}));
    StateQuestion of_nothing{.dag_id = DagId("movies")};
    const auto answers = store->find_states({of_run("movies", "r1"), of_nothing});
    EXPECT_EQ(answers[0].run, RunState::queued);
    EXPECT_EQ(answers[1].run, std::nullopt);
}

TEST_P(RunStoreContract, NoQuestionHasNoAnswer) {
    EXPECT_THAT(store->find_states({}), IsEmpty());
}

}  // namespace

}  // namespace reel::store
