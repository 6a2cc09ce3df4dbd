#include "contract/store/random_steps.hpp"

#include <fmt/format.h>

#include "contract/store/fixture.hpp"
#include "contract/store/step_words.hpp"

namespace reel::store {

namespace {

using core::RunState;
using core::TaskState;

template <class T>
Answer answer_of(const core::Result<T>& result) {
    Answer answer;
    if (result) return answer;
    answer.code = result.error().code;
    answer.words = result.error().message;
    return answer;
}

Answer answer_of(const core::Result<RunRecord>& run) {
    Answer answer = answer_of<RunRecord>(run);
    if (run) answer.runs = {*run};
    return answer;
}

Answer answer_of(const core::Result<TaskInstanceRecord>& task) {
    Answer answer = answer_of<TaskInstanceRecord>(task);
    if (task) answer.tasks = {*task};
    return answer;
}

}  // namespace

int RandomSteps::below(int end) {
    return static_cast<int>(random_() % static_cast<unsigned>(end));
}

core::DagId RandomSteps::dag_id() {
    return core::DagId(chance(5) ? "nobody" : pick({"movies", "ratings"}));
}

core::RunId RandomSteps::run_id() {
    return core::RunId(pick({"r1", "r2", "r3", "r4"}));
}

core::TaskKey RandomSteps::key() {
    const char* const task = chance(5) ? "missing" : pick({"extract", "load"});
    return {dag_id(), run_id(), core::TaskId(task), chance(3) ? 0 : -1};
}

TaskState RandomSteps::task_state() {
    return core::all_task_states[static_cast<std::size_t>(
        below(static_cast<int>(core::all_task_states.size()))
    )];
}

RunState RandomSteps::run_state() {
    return pick({RunState::queued, RunState::running, RunState::success, RunState::failed});
}

NewRun RandomSteps::new_run() {
    NewRun added = a_run(dag_id().str(), run_id().str(), below(6));
    if (chance(20)) added.run.logical_date.reset();
    if (chance(8)) added.run.dag_version = pick({"v2", "v9"});
    if (chance(30)) added.run.type = core::RunType::manual;
    if (chance(4)) added.tasks.push_back(added.tasks[0]);
    if (chance(3)) added.tasks[0].key = key();
    if (chance(3)) added.tasks.pop_back();
    if (chance(2)) added.tasks[0].try_number = -1;
    if (chance(40)) {
        const auto there = standing_.get_run(added.run.dag_id, added.run.run_id);
        if (there) added.run = *there;
    }
    if (chance(40)) added.consumed_events = events_to_consume(added.run.dag_id);
    return added;
}

NewAssetEvent RandomSteps::asset_event() {
    NewAssetEvent added;
    const bool is_odd = chance(15);
    added.event.id = is_odd ? below(9) : standing_.load_asset_state().last_event_id + 1;
    added.event.uri = chance(5) ? "s3://none" : pick({"s3://a", "s3://b"});
    added.event.timestamp = at(below(4));
    if (chance(70)) added.event.source = key();
    while (chance(60)) added.queued_for.push_back(dag_id());
    return added;
}

std::vector<std::int64_t> RandomSteps::events_to_consume(const core::DagId& dag_id) {
    std::vector<std::int64_t> ids;
    for (const auto& event : standing_.list_queued_asset_events(dag_id, {})) {
        if (chance(70)) ids.push_back(event.event_id);
    }
    if (chance(5)) ids.push_back(below(9));
    return ids;
}

RunChange RandomSteps::run_change() {
    RunRecord run = a_run(dag_id().str(), run_id().str(), below(6)).run;
    if (const auto there = standing_.get_run(run.dag_id, run.run_id)) run = *there;
    const RunState from = chance(80) ? run.state : run_state();
    if (chance(70)) run.state = run_state();
    if (chance(30)) run.end_date = at(below(9));
    if (chance(20)) run.note = pick({"seen", "odd\\{\"'", "ü"});
    if (chance(4)) run.logical_date = at(below(6));
    if (chance(6)) run.dag_version = pick({"v1", "v2", "v9"});
    return {from, run};
}

TaskChange RandomSteps::task_change() {
    TaskInstanceRecord task;
    task.key = key();
    if (const auto there = standing_.get_task_instance(task.key)) task = *there;
    const TaskState from = chance(85) ? task.state : task_state();
    if (chance(80)) task.state = task_state();
    if (chance(40)) task.attempt = below(40);
    if (chance(2)) task.attempt = -1;
    if (chance(3)) task.max_tries = -1;
    if (chance(20)) task.rendered_map_index = pick({"eu", "ü\\\"", ""});
    if (chance(30)) task.message = pick({"exit code 3", "", "{NULL}"});
    if (task.state == TaskState::queued) task.queued_at = at(below(5), below(1000000));
    return {from, task};
}

Commit RandomSteps::commit() {
    Commit commit;
    if (chance(25)) commit.asset_events.push_back(asset_event());
    if (chance(5)) commit.dropped_events.push_back({dag_id(), below(9)});
    if (chance(5)) {
        LingeringAttempt lingering;
        lingering.attempt = 1 + below(9);
        lingering.key = key();
        commit.lingering.push_back(std::move(lingering));
    }
    if (chance(5)) commit.gone.push_back(1 + below(9));
    while (chance(35)) commit.new_runs.push_back(new_run());
    while (chance(35)) commit.runs.push_back(run_change());
    while (chance(60)) commit.tasks.push_back(task_change());
    if (chance(10)) {
        AttemptRecord ended;
        ended.attempt = 1 + below(40);
        ended.key = key();
        ended.state = TaskState::failed;
        commit.attempts.push_back(std::move(ended));
    }
    while (chance(20)) {
        const char* const name = pick({"return_value", "path", "a"});
        commit.xcoms.push_back({key(), name, {std::to_string(below(9))}, at(below(9))});
    }
    return commit;
}

Step RandomSteps::commit_step() {
    const bool again = chance(10);
    if (!again) last_ = commit();
    return {
        (again ? "again: " : "") + in_words(last_),
        [commit = last_](RunStore& store) { return answer_of(begin_or_commit(store, commit)); },
    };
}

Step RandomSteps::dag_step() {
    const core::DagId id(pick({"movies", "ratings"}));
    if (chance(12)) {
        return {"delete " + id.str(), [id](RunStore& s) { return answer_of(s.delete_dag(id)); }};
    }
    if (chance(15)) {
        const core::DagId any = dag_id();
        return {"pause " + any.str(), [any](RunStore& s) {
                    return answer_of(s.set_paused(any, true));
                }};
    }
    if (chance(15)) {
        return {"all stale but " + id.str(), [id](RunStore& store) {
                    store.mark_stale_except({id});
                    return Answer();
                }};
    }
    std::vector<core::Dag> dags = {a_dag(id.str(), pick({"v1", "v1", "v2"}))};
    if (chance(20)) dags.push_back(a_dag(pick({"movies", "ratings"}), pick({"v1", "v2"})));
    for (core::Dag& dag : dags) {
        if (chance(20)) dag.is_paused_upon_creation = chance(50);
        if (chance(80)) dag.tasks[0].outlets = {core::make_asset("s3://a")};
        if (chance(60))
            dag.asset_condition = core::parse_asset_condition("s3://a | s3://b").value();
        if (chance(20)) dag.tasks[1].outlets = {{.uri = "s3://b", .name = pick({"b", "c"})}};
    }
    const core::Timestamp when = at(below(9));
    return {in_words(dags), [dags, when](RunStore& store) {
                store.save_dags(dags, false, when);
                return Answer();
            }};
}

Step RandomSteps::query_step() {
    if (chance(25)) {
        const core::TaskKey task = key();
        return {"get task", [task](RunStore& s) { return answer_of(s.get_task_instance(task)); }};
    }
    if (chance(25)) {
        return {"get run", [dag = dag_id(), run = run_id()](RunStore& store) {
                    return answer_of(store.get_run(dag, run));
                }};
    }
    RunFilter filter;
    if (chance(50)) filter.dag_id = dag_id();
    while (chance(40)) filter.states.push_back(run_state());
    if (chance(20)) filter.run_after_gte = at(below(6));
    if (chance(20)) filter.run_after_lte = at(below(6));
    filter.page = {static_cast<std::size_t>(below(6)), static_cast<std::size_t>(below(3))};
    filter.order_by = pick(
        {"id", "-id", "run_after", "-logical_date", "logical_date", "start_date", "-state", "state"}
    );
    return {"list runs by " + filter.order_by, [filter](RunStore& store) {
                const auto listing = store.list_runs(filter);
                return Answer{.total = listing.total, .runs = listing.items};
            }};
}

Step RandomSteps::settings_step() {
    const std::string name = pick({"a", "A", "b%"});
    switch (below(6)) {
        case 0:
            return {"set variable " + name, [name, value = std::to_string(below(9))](RunStore& s) {
                        s.set_variable({name, value, ""});
                        return Answer();
                    }};
        case 1:
            return {"delete variable " + name, [name](RunStore& store) {
                        return answer_of(store.delete_variable(name));
                    }};
        case 2:
            return {"delete connection " + name, [name](RunStore& store) {
                        return answer_of(store.delete_connection(name));
                    }};
        case 3:
            return {"set connection " + name, [name, port = below(9)](RunStore& store) {
                        return answer_of(store.set_connection(
                            {.connection_id = name, .conn_type = "http", .port = port}
                        ));
                    }};
        default:
            return {"add connection " + name, [name](RunStore& store) {
                        return answer_of(
                            store.add_connection({.connection_id = name, .conn_type = "ftp"})
                        );
                    }};
    }
}

Step RandomSteps::retention_step() {
    const RunExpiry expiry{
        .before = at(below(9)),
        .keep_last = chance(30),
        .limit = static_cast<std::size_t>(below(3)),
    };
    return {"remove expired runs", [expiry](RunStore& store) {
                Answer answer;
                const auto runs = store.find_expired_runs(expiry);
                for (const RunName& run : runs) answer.words += run.run_id.str() + " ";
                answer.total = store.delete_runs(runs).task_instance;
                return answer;
            }};
}

Step RandomSteps::next() {
    if (chance(3)) return retention_step();
    if (chance(60)) return commit_step();
    if (chance(35)) return dag_step();
    return chance(70) ? query_step() : settings_step();
}

}  // namespace reel::store
