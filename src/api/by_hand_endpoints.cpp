// What people do to task instances: clear, mark, note.

#include <boost/asio/use_awaitable.hpp>
#include <limits>

#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace asio = boost::asio;

namespace {

using Tasks = std::vector<store::TaskInstanceRecord>;

/// Which runs are meant beside the named one, or instead of it.
struct RunSelection {
    std::optional<core::RunId> run_id;
    std::optional<core::Timestamp> from;
    std::optional<core::Timestamp> to;
    bool past = false;
    bool future = false;
};

Outcome<std::vector<core::RunId>> find_selected_runs(
    store::RunStore& store, const core::DagId& dag_id, const RunSelection& wish
) {
    std::optional<core::Timestamp> date;
    if (wish.run_id) {
        const auto run = find_run(store, dag_id, *wish.run_id);
        if (!run) return std::unexpected(run.error());
        if (!wish.past && !wish.future) return std::vector{*wish.run_id};
        date = run->logical_date.value_or(run->run_after);
    }
    store::RunFilter all{.dag_id = dag_id, .states = {}, .page = {}, .order_by = "run_after"};
    all.page.limit = std::numeric_limits<int>::max();
    std::vector<core::RunId> runs;
    for (const store::RunRecord& run : store.list_runs(all).items) {
        const core::Timestamp at = run.logical_date.value_or(run.run_after);
        const bool is_past = wish.past && date && at < *date;
        const bool is_future = wish.future && date && at > *date;
        const bool is_between =
            !date && (!wish.from || at >= *wish.from) && (!wish.to || at <= *wish.to);
        if (is_past || is_future || is_between || run.run_id == wish.run_id) {
            runs.push_back(run.run_id);
        }
    }
    return runs;
}

/// ["extract", ["load", 3]]: whole tasks and single instances.
std::vector<scheduler::TaskName> read_task_names(BodyReader& body) {
    std::vector<scheduler::TaskName> names;
    const auto given = body.any("task_ids");
    if (!given || given->is_null()) return names;
    const auto complain = [&] {
        body.complain(
            "task_ids", "Input should be task ids or pairs of id and map index", "list_type"
        );
    };
    if (!given->is_array()) {
        complain();
        return names;
    }
    for (const nlohmann::json& each : *given) {
        if (each.is_string()) {
            names.push_back({.task_id = core::TaskId(each.get<std::string>()), .map_index = {}});
        } else if (each.is_array() && each.size() == 2 && each[0].is_string() &&
                   each[1].is_number_integer()) {
            names.push_back(
                {.task_id = core::TaskId(each[0].get<std::string>()),
                 .map_index = each[1].get<int>()}
            );
        } else {
            complain();
        }
    }
    return names;
}

struct ClearWish {
    RunSelection runs;
    scheduler::TaskSelection tasks;
    bool dry_run = true;
};

Outcome<ClearWish> read_clear(const Call& call) {
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    ClearWish wish;
    if (auto run_id = body->text("dag_run_id")) wish.runs.run_id = core::RunId(*run_id);
    wish.runs.from = body->time("start_date");
    wish.runs.to = body->time("end_date");
    wish.runs.past = body->boolean("include_past").value_or(false);
    wish.runs.future = body->boolean("include_future").value_or(false);
    wish.tasks.tasks = read_task_names(*body);
    wish.tasks.upstream = body->boolean("include_upstream").value_or(false);
    wish.tasks.downstream = body->boolean("include_downstream").value_or(false);
    wish.tasks.only_failed = body->boolean("only_failed").value_or(true);
    wish.tasks.only_running = body->boolean("only_running").value_or(false);
    wish.dry_run = body->boolean("dry_run").value_or(true);
    for (const char* name : {"reset_dag_runs", "run_on_latest_version", "prevent_running_task"}) {
        body->boolean(name);
    }
    if ((wish.runs.past || wish.runs.future) && !wish.runs.run_id) {
        body->complain("dag_run_id", "include_past and include_future need a run", "value_error");
    }
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return wish;
}

Response tasks_response(store::RunStore& store, const Tasks& tasks) {
    RunViews views(store);
    nlohmann::json items = nlohmann::json::array();
    for (const store::TaskInstanceRecord& task : tasks) {
        items.push_back(task_instance_json(task, views.view(task.key)));
    }
    return json_response(collection("task_instances", std::move(items), tasks.size()));
}

asio::awaitable<Outcome<Tasks>> clear_runs(
    scheduler::RunControl* control,
    core::DagId dag_id,
    std::vector<core::RunId> runs,
    ClearWish wish
) {
    Tasks cleared;
    for (const core::RunId& run_id : runs) {
        auto of_run = co_await control->clear(dag_id, run_id, wish.tasks, wish.dry_run);
        // A task that an older version of the DAG did not have is nothing to clear there.
        if (!of_run && of_run.error().code == core::Errc::not_found && runs.size() > 1) continue;
        if (!of_run) co_return reject(of_run.error());
        std::ranges::move(*of_run, std::back_inserter(cleared));
    }
    co_return cleared;
}

struct MarkWish {
    RunSelection runs;
    scheduler::TaskSelection tasks;
    std::optional<core::TaskState> state;
    std::optional<std::string> note;
};

Outcome<MarkWish> read_mark(const Call& call, const core::TaskKey& key) {
    QueryReader query(call.url);
    query.texts("update_mask");
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    MarkWish wish;
    wish.runs.run_id = key.run_id;
    wish.runs.past = body->boolean("include_past").value_or(false);
    wish.runs.future = body->boolean("include_future").value_or(false);
    scheduler::TaskName name{.task_id = key.task_id, .map_index = {}};
    if (key.map_index >= 0) name.map_index = key.map_index;
    wish.tasks.tasks = {name};
    wish.tasks.upstream = body->boolean("include_upstream").value_or(false);
    wish.tasks.downstream = body->boolean("include_downstream").value_or(false);
    if (const auto word = body->text("new_state")) {
        wish.state = core::parse_task_state(*word);
        const bool may_be = wish.state == core::TaskState::success ||
                            wish.state == core::TaskState::failed ||
                            wish.state == core::TaskState::skipped;
        if (!may_be) {
            body->complain("new_state", "Input should be 'success', 'failed' or 'skipped'", "enum");
        }
    }
    if (body->has("note")) wish.note = body->text("note").value_or("");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return wish;
}

asio::awaitable<Outcome<Tasks>> mark_runs(
    scheduler::RunControl* control,
    core::DagId dag_id,
    std::vector<core::RunId> runs,
    MarkWish wish,
    bool dry_run
) {
    Tasks marked;
    for (const core::RunId& run_id : runs) {
        auto of_run = co_await control->mark(dag_id, run_id, wish.tasks, *wish.state, dry_run);
        if (!of_run && of_run.error().code == core::Errc::not_found && runs.size() > 1) continue;
        if (!of_run) co_return reject(of_run.error());
        std::ranges::move(*of_run, std::back_inserter(marked));
    }
    co_return marked;
}

asio::awaitable<Outcome<Response>> patch_tasks(Call call, bool dry_run) {
    const auto key = task_key_of(call);
    if (!key) co_return std::unexpected(key.error());
    auto wish = read_mark(call, *key);
    if (!wish) co_return std::unexpected(wish.error());
    Services& services = call.services;
    const auto runs = co_await services.pool.run([&] {
        return find_selected_runs(services.store, key->dag_id, wish->runs);
    });
    if (!runs) co_return std::unexpected(runs.error());
    Tasks tasks;
    if (wish->state) {
        auto marked = co_await mark_runs(call.control.get(), key->dag_id, *runs, *wish, dry_run);
        if (!marked) co_return std::unexpected(marked.error());
        tasks = *std::move(marked);
    }
    if (wish->note && !dry_run) {
        const auto& name = wish->tasks.tasks.front();
        auto noted = co_await call.control->set_note(key->dag_id, key->run_id, name, *wish->note);
        if (!noted) co_return reject(noted.error());
    }
    co_return co_await services.pool.run([&]() -> Outcome<Response> {
        if (wish->state) return tasks_response(services.store, tasks);
        const auto task = find_task_instance(services.store, *key);
        if (!task) return std::unexpected(task.error());
        return tasks_response(services.store, {*task});
    });
}

}  // namespace

asio::awaitable<Outcome<Response>> clear_task_instances(Call call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) co_return std::unexpected(dag_id.error());
    const auto wish = read_clear(call);
    if (!wish) co_return std::unexpected(wish.error());
    Services& services = call.services;
    const auto runs = co_await services.pool.run([&]() -> Outcome<std::vector<core::RunId>> {
        if (const auto dag = find_dag(services.store, *dag_id); !dag) {
            return std::unexpected(dag.error());
        }
        return find_selected_runs(services.store, *dag_id, wish->runs);
    });
    if (!runs) co_return std::unexpected(runs.error());
    const auto cleared = co_await clear_runs(call.control.get(), *dag_id, *runs, *wish);
    if (!cleared) co_return std::unexpected(cleared.error());
    co_return co_await services.pool.run([&]() -> Outcome<Response> {
        return tasks_response(services.store, *cleared);
    });
}

asio::awaitable<Outcome<Response>> clear_run(Call call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) co_return std::unexpected(dag_id.error());
    const auto run_id = run_id_of(call);
    if (!run_id) co_return std::unexpected(run_id.error());
    auto body = BodyReader::open(call.request.body);
    if (!body) co_return std::unexpected(body.error());
    ClearWish wish;
    wish.dry_run = body->boolean("dry_run").value_or(true);
    wish.tasks.only_failed = body->boolean("only_failed").value_or(false);
    body->boolean("run_on_latest_version");
    if (const auto whole = body->finish(); !whole) co_return std::unexpected(whole.error());
    Services& services = call.services;
    const auto cleared = co_await clear_runs(call.control.get(), *dag_id, {*run_id}, wish);
    if (!cleared) co_return std::unexpected(cleared.error());
    co_return co_await services.pool.run([&]() -> Outcome<Response> {
        if (wish.dry_run) return tasks_response(services.store, *cleared);
        const auto run = find_run(services.store, *dag_id, *run_id);
        if (!run) return std::unexpected(run.error());
        RunViews views(services.store);
        return json_response(run_json(*run, views.dag_display_name(*dag_id)));
    });
}

asio::awaitable<Outcome<Response>> list_dependencies(Call call) {
    const auto key = task_key_of(call);
    if (!key) co_return std::unexpected(key.error());
    scheduler::TaskName name{.task_id = key->task_id, .map_index = {}};
    if (key->map_index >= 0) name.map_index = key->map_index;
    const auto unmet = co_await call.control->why(key->dag_id, key->run_id, name);
    if (!unmet) co_return reject(unmet.error());
    nlohmann::json items = nlohmann::json::array();
    for (const auto& each : *unmet) items.push_back({{"name", each.name}, {"reason", each.reason}});
    co_return json_response({{"dependencies", std::move(items)}});
}

asio::awaitable<Outcome<Response>> patch_task_instance(Call call) {
    co_return co_await patch_tasks(std::move(call), false);
}

asio::awaitable<Outcome<Response>> dry_run_task_instance(Call call) {
    co_return co_await patch_tasks(std::move(call), true);
}

}  // namespace reel::api
