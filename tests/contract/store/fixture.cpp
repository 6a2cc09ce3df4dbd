#include "contract/store/fixture.hpp"

#include "reel/postgres/link.hpp"
#include "reel/store/migrations.hpp"
#include "support/commit_end.hpp"
#include "support/test_cluster.hpp"

namespace reel::store {

namespace {

/// Migrated once.
const std::string& database() {
    static const std::string uri = [] {
        std::string fresh = support::test_database();
        const auto applied = migrate(fresh);
        EXPECT_TRUE(applied) << applied.error().describe();
        return fresh;
    }();
    return uri;
}

const std::string& empty_database() {
    const std::string& uri = database();
    postgres::Link link(uri);
    link.exec_script(
        "truncate reel.dag, reel.asset, reel.import_error, reel.variable, reel.connection cascade; "
        "truncate reel.lease_term, reel.lingering_attempt; "
        "update reel.lease set epoch = 0, hostname = '', pid = 0, "
        "home = '', address = '', expires_at = now()"
    );
    return uri;
}

}  // namespace

const std::string& empty_store_uri() {
    return database();
}

std::unique_ptr<RunStore> make_empty_store(const std::string& kind) {
    return kind == "memory" ? make_memory_store() : make_postgres_store(empty_database());
}

core::Result<void> begin_or_commit(RunStore& store, const Commit& commit) {
    if (const auto under_way = store.begin(commit)) {
        if (support::end_of(*under_way) == CommitUnderWay::Progress::stored) return {};
    }
    return store.commit(commit);
}

void RunStoreContract::SetUp() {
    store = make_empty_store(GetParam());
}

core::Dag RunStoreContract::save_dag(const std::string& dag_id, const std::string& version) {
    core::Dag dag = a_dag(dag_id, version);
    store->save_dags({dag}, false, at(0));
    return dag;
}

NewRun RunStoreContract::start_run(const std::string& dag_id, const std::string& run_id, int hour) {
    NewRun run = a_run(dag_id, run_id, hour);
    const auto committed = store->commit({.new_runs = {run}});
    EXPECT_TRUE(committed) << committed.error().describe();
    return run;
}

TaskInstanceRecord RunStoreContract::change(
    TaskInstanceRecord task, core::TaskState to, core::AttemptId attempt
) {
    const core::TaskState from = task.state;
    task.state = to;
    if (attempt != 0) task.attempt = attempt;
    const auto committed = store->commit({.tasks = {{from, task}}});
    EXPECT_TRUE(committed) << committed.error().describe();
    return task;
}

core::Timestamp at(int hour, int micros) {
    using namespace std::chrono;
    return sys_days(year(2026) / January / 1) + hours(hour) + microseconds(micros);
}

core::Dag a_dag(const std::string& dag_id, const std::string& version) {
    core::Dag dag;
    dag.dag_id = core::DagId(dag_id);
    dag.display_name = dag_id;
    dag.version = version;
    dag.fileloc = "/dags/" + dag_id + ".yaml";
    dag.relative_fileloc = dag_id + ".yaml";
    dag.params.text = "{}";
    dag.default_args.text = "{}";
    for (const char* name : {"extract", "load"}) {
        core::Task task;
        task.task_id = core::TaskId(name);
        task.operator_name = "bash";
        task.display_name = name;
        task.args.text = R"({"z": 1.50, "a": "<\u00fc>"})";
        dag.tasks.push_back(std::move(task));
    }
    dag.tasks[0].downstream = {1};
    dag.tasks[1].upstream = {0};
    return dag;
}

NewRun a_run(const std::string& dag_id, const std::string& run_id, int hour) {
    NewRun run;
    run.run.dag_id = core::DagId(dag_id);
    run.run.run_id = core::RunId(run_id);
    run.run.type = core::RunType::scheduled;
    run.run.triggered_by = core::TriggeredBy::timetable;
    run.run.conf.text = "{}";
    run.run.logical_date = at(hour);
    run.run.data_interval = {at(hour), at(hour + 1)};
    run.run.run_after = at(hour);
    run.run.queued_at = at(hour, 7);
    run.run.dag_version = "v1";
    for (const char* name : {"extract", "load"}) {
        TaskInstanceRecord task;
        task.key = key_of(dag_id, run_id, name);
        task.operator_name = "bash";
        run.tasks.push_back(std::move(task));
    }
    return run;
}

core::TaskKey key_of(
    const std::string& dag_id, const std::string& run_id, const std::string& task_id
) {
    return {core::DagId(dag_id), core::RunId(run_id), core::TaskId(task_id), -1};
}

namespace {

std::string name_of(const testing::TestParamInfo<std::string>& info) {
    return info.param;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Stores, RunStoreContract, testing::Values("memory", "postgres"), name_of);

}  // namespace reel::store
