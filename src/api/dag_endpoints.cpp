#include <algorithm>

#include "dag_query.hpp"
#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace {

/// {"is_paused": …}, which is all that can be changed of a DAG. `update_mask` may name it.
Outcome<bool> read_is_paused(const Call& call, QueryReader& query) {
    for (const std::string& name : query.texts("update_mask")) {
        if (name != "is_paused") {
            query.complain("update_mask", "Only `is_paused` can be changed", "value_error");
        }
    }
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    const auto is_paused = body->boolean("is_paused");
    if (!is_paused) body->complain("is_paused", "Field required", "missing");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return *is_paused;
}

}  // namespace

Outcome<Response> list_dags(const Call& call) {
    QueryReader query(call.url);
    const auto fields = read_dag_fields(query);
    const DagQuery wish = read_dag_query(query, is_of_summaries(fields));
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    store::RunStore& store = call.services.store;
    if (is_of_summaries(fields)) {
        return json_response(dags_json(summarize_dags(store, wish), fields));
    }
    return json_response(dags_json(find_dags(store, wish), fields));
}

Outcome<Response> get_dag(const Call& call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    const auto record = find_dag(call.services.store, *dag_id);
    if (!record) return std::unexpected(record.error());
    return json_response(dag_json(*record));
}

Outcome<Response> get_dag_details(const Call& call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    const auto record = find_dag(call.services.store, *dag_id);
    if (!record) return std::unexpected(record.error());
    store::RunFilter active;
    active.dag_id = *dag_id;
    active.states = {core::RunState::running};
    active.page.limit = 1;
    const std::size_t count = call.services.store.list_runs(active).total;
    return json_response(dag_details_json(*record, count));
}

boost::asio::awaitable<Outcome<Response>> patch_dag(Call call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) co_return std::unexpected(dag_id.error());
    QueryReader query(call.url);
    const auto is_paused = read_is_paused(call, query);
    if (!is_paused) co_return std::unexpected(is_paused.error());
    const auto known =
        co_await call.services.pool.run([&] { return find_dag(call.services.store, *dag_id); });
    if (!known) co_return std::unexpected(known.error());
    const auto done = co_await call.control->set_paused(*dag_id, *is_paused);
    if (!done) co_return reject(done.error());
    co_return co_await call.services.pool.run([&] { return get_dag(call); });
}

boost::asio::awaitable<Outcome<Response>> patch_dags(Call call) {
    QueryReader query(call.url);
    const DagQuery wish = read_dag_query(query, false);
    const auto is_paused = read_is_paused(call, query);
    if (!is_paused) co_return std::unexpected(is_paused.error());
    auto listing =
        co_await call.services.pool.run([&] { return find_dags(call.services.store, wish); });
    for (store::DagRecord& record : listing.items) {
        const auto done = co_await call.control->set_paused(record.dag.dag_id, *is_paused);
        if (!done) co_return reject(done.error());
        record.is_paused = *is_paused;
    }
    co_return json_response(dags_json(listing, {}));
}

boost::asio::awaitable<Outcome<Response>> delete_dag(Call call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) co_return std::unexpected(dag_id.error());
    const auto known =
        co_await call.services.pool.run([&] { return find_dag(call.services.store, *dag_id); });
    if (!known) co_return std::unexpected(known.error());
    const auto done = co_await call.control->delete_dag(*dag_id);
    if (!done) co_return reject(done.error());
    co_return json_response(nlohmann::json::object());
}

Outcome<Response> list_tasks(const Call& call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    QueryReader query(call.url);
    const std::string order = query.order_by({"task_id"}, "");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto record = find_dag(call.services.store, *dag_id);
    if (!record) return std::unexpected(record.error());
    std::vector<const core::Task*> tasks;
    for (const core::Task& task : record->dag.tasks) {
        tasks.push_back(&task);
    }
    if (!order.empty()) {
        std::ranges::sort(tasks, {}, [](const core::Task* task) { return task->task_id; });
    }
    if (order.starts_with('-')) std::ranges::reverse(tasks);
    nlohmann::json items = nlohmann::json::array();
    for (const core::Task* task : tasks) {
        items.push_back(task_json(record->dag, *task));
    }
    return json_response(collection("tasks", std::move(items), tasks.size()));
}

Outcome<Response> get_task(const Call& call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    const auto record = find_dag(call.services.store, *dag_id);
    if (!record) return std::unexpected(record.error());
    const std::string& task_id = call.parameter("task_id");
    const core::Task* task = record->dag.find_task(core::TaskId(task_id));
    if (task == nullptr) return reject(404, "Task with id " + task_id + " was not found");
    return json_response(task_json(record->dag, *task));
}

}  // namespace reel::api
