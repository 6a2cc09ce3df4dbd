#include <gmock/gmock.h>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using core::Errc;
using core::TaskState;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// The instances that `placeholder` becomes.
Expansion expanded(const TaskInstanceRecord& placeholder, int count) {
    Expansion expansion{.placeholder = placeholder.key, .instances = {}};
    for (int i = 0; i < count; ++i) {
        TaskInstanceRecord instance = placeholder;
        instance.key.map_index = i;
        expansion.instances.push_back(instance);
    }
    return expansion;
}

std::vector<int> indices(RunStore& store, const core::TaskKey& of) {
    std::vector<int> found;
    for (const auto& task :
         store.list_task_instances({.dag_id = of.dag_id, .run_id = of.run_id}).items) {
        if (task.key.task_id == of.task_id) found.push_back(task.key.map_index);
    }
    return found;
}

TEST_P(RunStoreContract, AnExpansionPutsInstancesInThePlaceOfThePlaceholder) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    ASSERT_TRUE(store->commit({.expansions = {expanded(run.tasks[1], 3)}}));
    EXPECT_THAT(indices(*store, run.tasks[1].key), testing::ElementsAre(0, 1, 2));
    EXPECT_EQ(code_of(store->get_task_instance(run.tasks[1].key)), Errc::not_found);
}

TEST_P(RunStoreContract, AnExpansionThatIsAppliedAgainChangesNothing) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    const Commit commit{.expansions = {expanded(run.tasks[1], 2)}};
    ASSERT_TRUE(store->commit(commit));
    EXPECT_TRUE(store->commit(commit));
    EXPECT_THAT(indices(*store, run.tasks[1].key), SizeIs(2));
}

TEST_P(RunStoreContract, AnExpansionIsAppliedBeforeTheChangesOfTheSameCommit) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    Commit commit{.expansions = {expanded(run.tasks[1], 2)}};
    TaskInstanceRecord granted = commit.expansions[0].instances[1];
    granted.state = TaskState::queued;
    granted.attempt = store->reserve_attempts(1);
    granted.try_number = 1;
    granted.queued_at = at(1);
    commit.tasks.push_back({.from = TaskState::none, .after = granted});
    ASSERT_TRUE(store->commit(commit));
    EXPECT_EQ(store->get_task_instance(granted.key).value(), granted);
    EXPECT_THAT(store->list_attempts(granted.key), SizeIs(1));
    EXPECT_TRUE(store->commit(commit)) << "the answer may have been lost";
}

TEST_P(RunStoreContract, AnExpansionOfNobodyIsRefused) {
    save_dag("movies");
    NewRun run = start_run("movies", "r1");
    run.tasks[1].key.task_id = core::TaskId("stranger");
    EXPECT_EQ(code_of(store->commit({.expansions = {expanded(run.tasks[1], 2)}})), Errc::not_found);
}

TEST_P(RunStoreContract, AnExpansionOverInstancesThatMovedOnIsRefusedWhole) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    const Expansion expansion = expanded(run.tasks[1], 2);
    ASSERT_TRUE(store->commit({.expansions = {expansion}}));
    change(expansion.instances[0], TaskState::scheduled);
    EXPECT_EQ(code_of(store->commit({.expansions = {expansion}})), Errc::already_exists);
}

TEST_P(RunStoreContract, StaleXComsGoBeforeNewOnesCome) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    const core::TaskKey key = run.tasks[0].key;
    const XComRecord old{.key = key, .name = "old", .value = {"1"}, .at = at(1)};
    const XComRecord fresh{.key = key, .name = "fresh", .value = {"2"}, .at = at(2)};
    ASSERT_TRUE(store->commit({.xcoms = {old}}));
    ASSERT_TRUE(store->commit({.stale_xcoms = {key}, .xcoms = {fresh}}));
    EXPECT_EQ(code_of(store->get_xcom(key, "old")), Errc::not_found);
    EXPECT_EQ(store->get_xcom(key, "fresh").value(), fresh);
}

TEST_P(RunStoreContract, AWholeRunIsLoadedInWhateverState) {
    save_dag("movies");
    const NewRun run = start_run("movies", "r1");
    RunRecord ended = run.run;
    ended.state = core::RunState::failed;
    ended.end_date = at(5);
    ASSERT_TRUE(store->commit({.runs = {{.from = core::RunState::queued, .after = ended}}}));
    const auto whole = store->load_run(run.run.dag_id, run.run.run_id);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->run, ended);
    EXPECT_THAT(whole->tasks, SizeIs(2));
    EXPECT_EQ(whole->dag.dag_id, run.run.dag_id);
    EXPECT_EQ(code_of(store->load_run(run.run.dag_id, core::RunId("other"))), Errc::not_found);
    EXPECT_THAT(store->load_active(), IsEmpty());
}

TEST_P(RunStoreContract, AWholeRunHasTheFactsThatDecideOverItsInstances) {
    core::Dag dag = a_dag("movies");
    dag.tasks[1].mapping =
        core::Mapping{{{.argument = "x", .literal = {}, .upstream = 0, .xcom_key = "files"}}};
    store->save_dags({dag}, false, at(0));
    const NewRun run = start_run("movies", "r1");
    const auto pushed = [&](int task, const std::string& name) {
        return XComRecord{
            .key = run.tasks[static_cast<std::size_t>(task)].key,
            .name = name,
            .value = {"[1]"},
            .at = at(1)
        };
    };
    ASSERT_TRUE(store->commit(
        {.xcoms = {pushed(0, "files"), pushed(0, "other"), pushed(1, "files"), pushed(1, skip_xcom)}
        }
    ));
    const auto active = store->load_active();
    ASSERT_THAT(active, SizeIs(1));
    EXPECT_THAT(
        active[0].facts, testing::UnorderedElementsAre(pushed(0, "files"), pushed(1, skip_xcom))
    );
}

TEST_P(RunStoreContract, TheRunBeforeIsThatOfTheLatestEarlierDate) {
    save_dag("movies");
    save_dag("other");
    start_run("movies", "r1", 1);
    start_run("movies", "r3", 3);
    start_run("other", "r2", 2);
    NewRun dateless = a_run("movies", "manual");
    dateless.run.logical_date.reset();
    dateless.run.data_interval.reset();
    ASSERT_TRUE(store->commit({.new_runs = {dateless}}));
    const core::DagId movies("movies");
    const auto before = store->load_run_before(movies, at(3));
    ASSERT_TRUE(before);
    EXPECT_EQ(before->run.run_id.str(), "r1");
    EXPECT_THAT(before->tasks, SizeIs(2));
    EXPECT_EQ(store->load_run_before(movies, at(4))->run.run_id.str(), "r3");
    EXPECT_FALSE(store->load_run_before(movies, at(1)));
}

}  // namespace
}  // namespace reel::store
