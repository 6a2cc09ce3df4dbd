#include "executor/waiting/external_sensor.hpp"

#include <gmock/gmock.h>

#include "unit/executor/fake_store.hpp"
#include "unit/executor/fixture.hpp"

namespace reel::executor {

using core::Errc;
using core::RunState;
using core::TaskId;
using core::TaskState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

namespace {

core::Result<AskStore> parse(FakeStore& store, const Json& args) {
    return parse_external(an_order("sensor.external_task", args), args, store);
}

/// DAG "other" with tasks "a", and "b" and "c" in nested groups.
void add_other(FakeStore& store) {
    core::Dag& dag = store.dags["other"];
    dag.dag_id = core::DagId("other");
    for (const char* name : {"a", "b", "c"}) add_task(dag, name, "bash");
    dag.groups = {
        {.group_id = "loads", .label = "loads"},
        {.group_id = "loads.late", .label = "late", .parent = "loads"}
    };
    dag.tasks[1].group = "loads";
    dag.tasks[2].group = "loads.late";
}

using States = std::vector<std::pair<TaskId, TaskState>>;

Finding of_tasks(const States& states, const ExternalWish& wish) {
    return judge_states(wish, {.run = RunState::running, .tasks = states}).finding;
}

const TaskId a("a");
const TaskId b("b");

}  // namespace

TEST(ExternalSensor, AsksForTheRunOfTheSameLogicalDate) {
    FakeStore store;
    const auto ask = parse(store, {{"external_dag_id", "other"}}).value();
    EXPECT_EQ(ask.question.dag_id.str(), "other");
    EXPECT_EQ(ask.question.logical_date, a_date());
    EXPECT_THAT(ask.question.tasks, IsEmpty());
    EXPECT_EQ(store.look_ups, 0) << "whether the DAG is there is not asked";
}

TEST(ExternalSensor, AsksForAnEarlierRunWithADelta) {
    FakeStore store;
    const Json args{{"external_dag_id", "other"}, {"execution_delta", 86400}};
    EXPECT_EQ(parse(store, args)->question.logical_date, a_date() - 24h);
}

TEST(ExternalSensor, AsksForTasksByName) {
    FakeStore store;
    const Json one{{"external_dag_id", "other"}, {"external_task_id", "a"}};
    EXPECT_THAT(parse(store, one)->question.tasks, ElementsAre(a));
    const Json both{{"external_dag_id", "other"}, {"external_task_ids", {"a", "b"}}};
    EXPECT_THAT(parse(store, both)->question.tasks, ElementsAre(a, b));
}

TEST(ExternalSensor, AsksForAllTasksOfAGroupAndItsGroups) {
    FakeStore store;
    add_other(store);
    const Json args{{"external_dag_id", "other"}, {"external_task_group_id", "loads"}};
    EXPECT_THAT(parse(store, args)->question.tasks, ElementsAre(b, TaskId("c")));
    const auto missing =
        parse(store, {{"external_dag_id", "other"}, {"external_task_group_id", "laods"}});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Errc::not_found);
    EXPECT_THAT(missing.error().hint, HasSubstr("'loads'"));
}

TEST(ExternalSensor, LooksWhetherWhatItWaitsForExistsWhereItIsTold) {
    FakeStore store;
    const Json ghost{{"external_dag_id", "ghost"}, {"check_existence", true}};
    EXPECT_THAT(parse(store, ghost).error().message, HasSubstr("there is no DAG 'ghost'"));
    add_other(store);
    const auto check = [&](const char* task) {
        return parse(
            store,
            {{"external_dag_id", "other"}, {"external_task_id", task}, {"check_existence", true}}
        );
    };
    EXPECT_TRUE(check("a"));
    ASSERT_FALSE(check("z"));
    EXPECT_THAT(check("z").error().message, HasSubstr("has no task 'z'"));
}

TEST(ExternalSensor, WaitsForARunToBeInAnAllowedState) {
    const ExternalWish wish{.allowed_states = {"success"}, .failed_states = {"failed"}};
    const auto finding = [&](std::optional<RunState> state) {
        return judge_states(wish, {.run = state, .tasks = {}}).finding;
    };
    EXPECT_EQ(finding(std::nullopt), Finding::not_yet);
    EXPECT_EQ(finding(RunState::running), Finding::not_yet);
    EXPECT_EQ(finding(RunState::success), Finding::met);
    EXPECT_EQ(finding(RunState::failed), Finding::ended_badly);
    EXPECT_EQ(
        judge_states(
            {.skipped_states = {"failed"}}, {.run = RunState::failed, .tasks = {}}
        ).finding,
        Finding::skipped
    );
}

TEST(ExternalSensor, WaitsForAllTasksAndAllTheirInstances) {
    const ExternalWish wish{.tasks = {a, b}, .allowed_states = {"success", "skipped"}};
    EXPECT_EQ(of_tasks({}, wish), Finding::not_yet);
    EXPECT_EQ(of_tasks({{a, TaskState::success}}, wish), Finding::not_yet) << "b is missing";
    EXPECT_EQ(of_tasks({{a, TaskState::success}, {b, TaskState::running}}, wish), Finding::not_yet);
    EXPECT_EQ(of_tasks({{a, TaskState::success}, {b, TaskState::skipped}}, wish), Finding::met);
    const States mapped{{a, TaskState::success}, {a, TaskState::none}, {b, TaskState::success}};
    EXPECT_EQ(of_tasks(mapped, wish), Finding::not_yet);
}

TEST(ExternalSensor, AFailedTaskWeighsMoreThanASkippedOneAndThatMoreThanTheRest) {
    const ExternalWish wish{
        .tasks = {a, b},
        .allowed_states = {"success"},
        .failed_states = {"failed"},
        .skipped_states = {"skipped"}
    };
    EXPECT_EQ(
        of_tasks({{a, TaskState::skipped}, {b, TaskState::failed}}, wish), Finding::ended_badly
    );
    EXPECT_EQ(of_tasks({{a, TaskState::running}, {b, TaskState::skipped}}, wish), Finding::skipped);
    EXPECT_EQ(of_tasks({{a, TaskState::skipped}, {b, TaskState::running}}, wish), Finding::skipped);
    EXPECT_EQ(
        judge_states(wish, {.run = RunState::running, .tasks = {{a, TaskState::failed}}}).words,
        "task 'a' is failed"
    );
}

}  // namespace reel::executor
