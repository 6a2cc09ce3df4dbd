#include "support/fake_run_control.hpp"

#include <algorithm>

#include "reel/postgres/error.hpp"

namespace reel::support {

namespace asio = boost::asio;

namespace {

store::RunRecord run_of(
    const scheduler::TriggerRequest& request, const store::DagRecord& dag, core::Timestamp now
) {
    store::RunRecord run;
    run.dag_id = request.dag_id;
    run.run_after = request.run_after.value_or(now);
    run.type = request.type;
    const std::string prefix(core::to_string(run.type));
    run.run_id =
        request.run_id.value_or(core::RunId(prefix + "__" + core::format_iso(run.run_after)));
    run.triggered_by = request.triggered_by;
    run.triggering_user = request.triggering_user;
    run.conf = request.conf;
    run.logical_date = request.logical_date;
    run.data_interval = request.data_interval;
    run.queued_at = now;
    run.note = request.note;
    run.dag_version = dag.dag.version;
    run.version_number = dag.version_number;
    return run;
}

std::vector<store::TaskInstanceRecord> tasks_of(const store::RunRecord& run, const core::Dag& dag) {
    std::vector<store::TaskInstanceRecord> tasks;
    for (const core::Task& task : dag.tasks) {
        store::TaskInstanceRecord record;
        record.key = {run.dag_id, run.run_id, task.task_id, -1};
        record.max_tries = task.retries;
        record.operator_name = task.operator_name;
        tasks.push_back(std::move(record));
    }
    return tasks;
}

}  // namespace

std::optional<core::Error> FakeRunControl::next_failure() {
    if (std::exchange(database_lost_, false)) {
        throw postgres::DatabaseError(
            postgres::FailureKind::transient, "08006", "server closed the connection"
        );
    }
    return std::exchange(failure_, std::nullopt);
}

asio::awaitable<core::Result<store::RunRecord>> FakeRunControl::trigger(
    scheduler::TriggerRequest request
) {
    triggered_.push_back(request);
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    const auto dag = store_.get_dag(request.dag_id);
    if (!dag) co_return std::unexpected(dag.error());
    store::NewRun made;
    made.run = run_of(request, *dag, clock_.now());
    if (!core::is_valid_run_id(made.run.run_id.str())) {
        co_return core::fail(core::Errc::invalid_argument, "the run id is not valid");
    }
    if (store_.get_run(made.run.dag_id, made.run.run_id)) {
        co_return core::fail(core::Errc::already_exists, "a run with this id exists");
    }
    made.tasks = tasks_of(made.run, dag->dag);
    store::Commit commit;
    commit.new_runs.push_back(made);
    const auto done = store_.commit(commit);
    if (!done) co_return std::unexpected(done.error());
    co_return made.run;
}

asio::awaitable<core::Result<void>> FakeRunControl::set_paused(core::DagId dag_id, bool paused) {
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    co_return store_.set_paused(dag_id, paused);
}

asio::awaitable<core::Result<store::RunRecord>> FakeRunControl::set_run_state(
    core::DagId dag_id, core::RunId run_id, core::RunState state
) {
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    const auto run = store_.get_run(dag_id, run_id);
    if (!run) co_return std::unexpected(run.error());
    store::RunChange change{.from = run->state, .after = *run};
    change.after.state = state;
    if (core::is_finished(state)) change.after.end_date = clock_.now();
    store::Commit commit;
    commit.runs.push_back(change);
    const auto done = store_.commit(commit);
    if (!done) co_return std::unexpected(done.error());
    co_return change.after;
}

/// All tasks of the run, or those that are named: which are meant is the planner's business.
core::Result<std::vector<store::TaskInstanceRecord>> FakeRunControl::note_wish(
    const core::DagId& dag_id, ByHand wish
) {
    if (auto failure = next_failure()) return std::unexpected(*failure);
    const auto run = store_.get_run(dag_id, wish.run_id);
    if (!run) return std::unexpected(run.error());
    std::vector<store::TaskInstanceRecord> meant;
    for (auto& task : store_.list_task_instances({.dag_id = dag_id, .run_id = wish.run_id}).items) {
        const auto is_it = [&](const auto& name) { return name.task_id == task.key.task_id; };
        const auto& names = wish.selection.tasks;
        if (names.empty() || std::ranges::any_of(names, is_it)) meant.push_back(std::move(task));
    }
    by_hand_.push_back(std::move(wish));
    return meant;
}

asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> FakeRunControl::clear(
    core::DagId dag_id,
    std::vector<core::RunId> run_ids,
    scheduler::TaskSelection selection,
    bool dry_run
) {
    std::vector<store::TaskInstanceRecord> meant;
    for (const core::RunId& run_id : run_ids) {
        auto of_run = note_wish(
            dag_id,
            {.verb = "clear",
             .run_id = run_id,
             .selection = selection,
             .state = {},
             .dry_run = dry_run,
             .note = {}}
        );
        if (!of_run) co_return std::unexpected(of_run.error());
        std::ranges::move(*of_run, std::back_inserter(meant));
    }
    co_return meant;
}

asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> FakeRunControl::mark(
    core::DagId dag_id,
    core::RunId run_id,
    scheduler::TaskSelection selection,
    core::TaskState state,
    bool dry_run
) {
    co_return note_wish(
        dag_id,
        {.verb = "mark",
         .run_id = run_id,
         .selection = std::move(selection),
         .state = state,
         .dry_run = dry_run,
         .note = {}}
    );
}

asio::awaitable<core::Result<store::RunRecord>> FakeRunControl::set_note(
    core::DagId dag_id,
    core::RunId run_id,
    std::optional<scheduler::TaskName> task,
    std::string note
) {
    ByHand wish{.verb = "note", .run_id = run_id, .selection = {}, .state = {}, .note = note};
    if (task) wish.selection.tasks.push_back(*task);
    if (auto noted = note_wish(dag_id, std::move(wish)); !noted) {
        co_return std::unexpected(noted.error());
    }
    auto run = store_.get_run(dag_id, run_id);
    if (!run || task) co_return run;
    run->note = note;
    const auto done = store_.commit({.runs = {{.from = run->state, .after = *run}}});
    if (!done) co_return std::unexpected(done.error());
    co_return run;
}

asio::awaitable<core::Result<std::vector<scheduler::UnmetCondition>>> FakeRunControl::why(
    core::DagId dag_id, core::RunId run_id, scheduler::TaskName task
) {
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    const auto found =
        store_.get_task_instance({dag_id, run_id, task.task_id, task.map_index.value_or(-1)});
    if (!found) co_return std::unexpected(found.error());
    co_return std::vector<scheduler::UnmetCondition>{
        {.name = "Task Instance State",
         .reason = "it is " + std::string(core::to_string(found->state))}
    };
}

asio::awaitable<core::Result<store::BackfillRecord>> FakeRunControl::create_backfill(
    scheduler::BackfillRequest request
) {
    backfills_.push_back(request);
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    store::BackfillRecord record;
    record.dag_id = request.dag_id;
    record.from_date = request.from_date;
    record.to_date = request.to_date;
    record.dag_run_conf = request.dag_run_conf;
    record.reprocess_behavior = request.reprocess_behavior;
    record.max_active_runs = request.max_active_runs;
    record.run_backwards = request.run_backwards;
    record.triggering_user = request.triggering_user;
    record.created_at = clock_.now();
    record.updated_at = clock_.now();
    co_return store_.create_backfill(record, {});
}

asio::awaitable<core::Result<std::vector<core::Timestamp>>> FakeRunControl::dry_run_backfill(
    scheduler::BackfillRequest request
) {
    backfills_.push_back(request);
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    co_return std::vector{request.from_date, request.to_date};
}

core::Result<store::BackfillRecord> FakeRunControl::change_backfill(
    store::BackfillId id, const std::function<void(store::BackfillRecord&)>& change
) {
    if (auto failure = next_failure()) return std::unexpected(*failure);
    auto record = store_.get_backfill(id);
    if (!record) return record;
    if (record->completed_at) return core::fail(core::Errc::conflict, "it has completed");
    change(*record);
    if (auto done = store_.commit({.backfills = {*record}}); !done) {
        return std::unexpected(done.error());
    }
    return record;
}

asio::awaitable<core::Result<store::BackfillRecord>> FakeRunControl::set_backfill_paused(
    store::BackfillId id, bool paused
) {
    co_return change_backfill(id, [&](auto& record) { record.is_paused = paused; });
}

asio::awaitable<core::Result<store::BackfillRecord>> FakeRunControl::cancel_backfill(
    store::BackfillId id
) {
    co_return change_backfill(id, [&](auto& record) { record.completed_at = clock_.now(); });
}

asio::awaitable<core::Result<void>> FakeRunControl::set_pool(store::PoolRecord pool) {
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    store_.set_pool(pool);
    co_return core::Result<void>{};
}

asio::awaitable<core::Result<void>> FakeRunControl::delete_pool(std::string name) {
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    co_return store_.delete_pool(name);
}

asio::awaitable<core::Result<std::int64_t>> FakeRunControl::create_asset_event(
    std::string uri, core::JsonText extra
) {
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    store::NewAssetEvent added;
    added.event.id = store_.load_asset_state().last_event_id + 1;
    added.event.uri = std::move(uri);
    added.event.timestamp = clock_.now();
    added.event.extra = std::move(extra);
    const auto done = store_.commit({.asset_events = {added}});
    if (!done) co_return std::unexpected(done.error());
    co_return added.event.id;
}

asio::awaitable<core::Result<std::size_t>> FakeRunControl::delete_queued_events(
    scheduler::QueuedEventSelection selection
) {
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    store::Commit commit;
    for (const auto& event : store_.list_queued_asset_events(selection.dag_id, selection.uri)) {
        if (selection.before && event.timestamp >= *selection.before) continue;
        commit.dropped_events.push_back({event.dag_id, event.event_id});
    }
    const std::size_t count = commit.dropped_events.size();
    const auto done = store_.commit(commit);
    if (!done) co_return std::unexpected(done.error());
    co_return count;
}

asio::awaitable<core::Result<void>> FakeRunControl::delete_dag(core::DagId dag_id) {
    if (auto failure = next_failure()) co_return std::unexpected(*failure);
    co_return store_.delete_dag(dag_id);
}

}  // namespace reel::support
