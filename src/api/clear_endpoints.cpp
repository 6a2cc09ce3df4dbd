// What people do to task instances: clear.

#include <boost/asio/use_awaitable.hpp>

#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"
#include "run_selection.hpp"

namespace reel::api {

namespace asio = boost::asio;

namespace {

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

void refuse_latest_version(BodyReader& body) {
    if (body.boolean("run_on_latest_version").value_or(false)) {
        body.complain(
            "run_on_latest_version", "A run keeps the version that it began with", "value_error"
        );
    }
}

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
    wish.tasks.refuse_running = body->boolean("prevent_running_task").value_or(false);
    if (!body->boolean("reset_dag_runs").value_or(true)) {
        body->complain(
            "reset_dag_runs", "A run whose tasks are cleared always runs again", "value_error"
        );
    }
    refuse_latest_version(*body);
    if ((wish.runs.past || wish.runs.future) && !wish.runs.run_id) {
        body->complain("dag_run_id", "include_past and include_future need a run", "value_error");
    }
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return wish;
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
    const auto cleared = co_await call.control->clear(*dag_id, *runs, wish->tasks, wish->dry_run);
    if (!cleared) co_return reject(cleared.error());
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
    refuse_latest_version(*body);
    if (const auto whole = body->finish(); !whole) co_return std::unexpected(whole.error());
    Services& services = call.services;
    const auto cleared = co_await call.control->clear(*dag_id, {*run_id}, wish.tasks, wish.dry_run);
    if (!cleared) co_return reject(cleared.error());
    co_return co_await services.pool.run([&]() -> Outcome<Response> {
        if (wish.dry_run) return tasks_response(services.store, *cleared);
        const auto run = find_run(services.store, *dag_id, *run_id);
        if (!run) return std::unexpected(run.error());
        RunViews views(services.store);
        return json_response(run_json(*run, views.dag_display_name(*dag_id)));
    });
}

}  // namespace reel::api
