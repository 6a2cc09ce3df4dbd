// What people do to task instances: mark, note; and why one does not run.

#include <boost/asio/use_awaitable.hpp>

#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"
#include "run_selection.hpp"

namespace reel::api {

namespace asio = boost::asio;

namespace {

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
