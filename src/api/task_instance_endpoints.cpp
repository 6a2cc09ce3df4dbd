#include <algorithm>
#include <charconv>

#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace {

/// What can be asked of the list of task instances beyond what the store filters.
struct TaskInstanceQuery {
    store::TaskInstanceFilter base;
    std::vector<std::string> task_ids;
    std::vector<std::string> pools;
    std::vector<std::string> queues;
    std::vector<std::string> operators;
    std::optional<long long> map_index;
    std::string order_by;

    [[nodiscard]] bool needs_a_look() const {
        return !task_ids.empty() || !pools.empty() || !queues.empty() || !operators.empty() ||
               map_index || !order_by.empty();
    }
    [[nodiscard]] bool accepts(const store::TaskInstanceRecord& task) const {
        const auto in = [](const std::vector<std::string>& wanted, const std::string& text) {
            return wanted.empty() || std::ranges::find(wanted, text) != wanted.end();
        };
        return in(task_ids, task.key.task_id.str()) && in(pools, task.pool) &&
               in(queues, task.queue) && in(operators, task.operator_name) &&
               (!map_index || *map_index == task.key.map_index);
    }
};

/// Equal ones in the order of their identity, so that pages do not overlap.
template <class Key>
void sort_by(std::vector<store::TaskInstanceRecord>& tasks, Key key) {
    std::ranges::sort(tasks, {}, [key](const store::TaskInstanceRecord& task) {
        return std::pair(key(task), task.key);
    });
}

void sort_tasks(std::vector<store::TaskInstanceRecord>& tasks, std::string_view order) {
    const bool descending = order.starts_with('-');
    if (descending) order.remove_prefix(1);
    using Task = store::TaskInstanceRecord;
    if (order == "start_date") sort_by(tasks, [](const Task& t) { return t.start_date; });
    if (order == "end_date") sort_by(tasks, [](const Task& t) { return t.end_date; });
    if (order == "state") sort_by(tasks, [](const Task& t) { return core::to_string(t.state); });
    if (order == "task_id") sort_by(tasks, [](const Task& t) { return t.key.task_id; });
    if (order == "map_index") sort_by(tasks, [](const Task& t) { return t.key.map_index; });
    if (order == "try_number") sort_by(tasks, [](const Task& t) { return t.try_number; });
    if (descending) std::ranges::reverse(tasks);
}

TaskInstanceQuery read_query(QueryReader& query) {
    TaskInstanceQuery wish;
    wish.base.page = query.page();
    for (const std::string& word : query.texts("state")) {
        const auto state = word == "no_status" || word == "null" ? core::TaskState::none
                                                                 : core::parse_task_state(word);
        if (state) wish.base.states.push_back(*state);
        if (!state) query.complain("state", "Input should be a state of a task", "enum");
    }
    wish.task_ids = query.texts("task_id");
    wish.pools = query.texts("pool");
    wish.queues = query.texts("queue");
    wish.operators = query.texts("operator");
    wish.map_index = query.integer("map_index", -1, 1LL << 30);
    wish.order_by = query.order_by(
        {"start_date", "end_date", "state", "task_id", "map_index", "try_number"}, ""
    );
    return wish;
}

store::Listing<store::TaskInstanceRecord> find_tasks(
    store::RunStore& store, const TaskInstanceQuery& wish
) {
    if (!wish.needs_a_look()) return store.list_task_instances(wish.base);
    store::TaskInstanceFilter all = wish.base;
    all.page = store::whole_list;
    auto listing = store.list_task_instances(all);
    std::erase_if(listing.items, [&](const auto& task) { return !wish.accepts(task); });
    sort_tasks(listing.items, wish.order_by);
    keep_page(listing, wish.base.page);
    return listing;
}

/// The DAG and run of the path, either of which may be "~" for all.
Outcome<void> narrow(const Call& call, store::TaskInstanceFilter& filter) {
    const bool any_dag = call.parameter("dag_id") == "~";
    const bool any_run = call.parameter("dag_run_id") == "~";
    if (!any_dag) {
        const auto dag_id = dag_id_of(call);
        if (!dag_id) return std::unexpected(dag_id.error());
        filter.dag_id = *dag_id;
    }
    if (any_run && !any_dag) {
        const auto dag = find_dag(call.services.store, *filter.dag_id);
        if (!dag) return std::unexpected(dag.error());
    }
    if (any_run) return {};
    const auto run_id = run_id_of(call);
    if (!run_id) return std::unexpected(run_id.error());
    filter.run_id = *run_id;
    if (any_dag) return {};
    const auto run = find_run(call.services.store, *filter.dag_id, *run_id);
    if (!run) return std::unexpected(run.error());
    return {};
}

}  // namespace

Outcome<Response> list_task_instances(const Call& call) {
    QueryReader query(call.url);
    TaskInstanceQuery wish = read_query(query);
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    if (const auto known = narrow(call, wish.base); !known) return std::unexpected(known.error());
    const auto listing = find_tasks(call.services.store, wish);
    RunViews views(call.services.store);
    nlohmann::json items = nlohmann::json::array();
    for (const store::TaskInstanceRecord& task : listing.items) {
        items.push_back(task_instance_json(task, views.view(task.key)));
    }
    return json_response(collection("task_instances", std::move(items), listing.total));
}

Outcome<Response> get_task_instance(const Call& call) {
    const auto key = task_key_of(call);
    if (!key) return std::unexpected(key.error());
    const auto task = find_task_instance(call.services.store, *key);
    if (!task) return std::unexpected(task.error());
    RunViews views(call.services.store);
    return json_response(task_instance_json(*task, views.view(*key)));
}

namespace {

Outcome<nlohmann::json> tries_json(const Call& call) {
    const auto key = task_key_of(call);
    if (!key) return std::unexpected(key.error());
    const auto task = find_task_instance(call.services.store, *key);
    if (!task) return std::unexpected(task.error());
    RunViews views(call.services.store);
    const RunView view = views.view(*key);
    nlohmann::json items = nlohmann::json::array();
    for (const store::AttemptRecord& attempt : call.services.store.list_attempts(*key)) {
        items.push_back(attempt_json(attempt, *task, view));
    }
    return items;
}

}  // namespace

Outcome<Response> list_tries(const Call& call) {
    auto tries = tries_json(call);
    if (!tries) return std::unexpected(tries.error());
    const std::size_t count = tries->size();
    return json_response(collection("task_instances", std::move(*tries), count));
}

Outcome<Response> get_try(const Call& call) {
    const auto tries = tries_json(call);
    if (!tries) return std::unexpected(tries.error());
    const std::string& wanted = call.parameter("try_number");
    for (const nlohmann::json& each : *tries) {
        if (std::to_string(each["try_number"].get<int>()) == wanted) return json_response(each);
    }
    return reject(404, "The Task Instance has no try with number `" + wanted + "`");
}

Outcome<Response> list_xcoms(const Call& call) {
    QueryReader query(call.url);
    const store::Page page = query.page();
    const auto name = query.text("xcom_key");
    const auto map_index = query.integer("map_index", -1, 1LL << 30);
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto key = task_key_of(call);
    if (!key) return std::unexpected(key.error());
    const auto run = find_run(call.services.store, key->dag_id, key->run_id);
    if (!run) return std::unexpected(run.error());
    store::Listing<store::XComRecord> listing;
    listing.items = call.services.store.list_xcoms(key->dag_id, key->run_id);
    std::erase_if(listing.items, [&](const store::XComRecord& xcom) {
        return xcom.key.task_id != key->task_id || (name && xcom.name != *name) ||
               (map_index && xcom.key.map_index != *map_index);
    });
    keep_page(listing, page);
    RunViews views(call.services.store);
    nlohmann::json items = nlohmann::json::array();
    for (const store::XComRecord& xcom : listing.items) {
        items.push_back(xcom_json(xcom, views.view(xcom.key)));
    }
    return json_response(collection("xcom_entries", std::move(items), listing.total));
}

Outcome<Response> get_xcom(const Call& call) {
    QueryReader query(call.url);
    const auto map_index = query.integer("map_index", -1, 1LL << 30);
    const bool stringify = query.boolean("stringify").value_or(false);
    query.boolean("deserialize");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    auto key = task_key_of(call);
    if (!key) return std::unexpected(key.error());
    key->map_index = static_cast<int>(map_index.value_or(-1));
    const auto xcom = call.services.store.get_xcom(*key, call.parameter("xcom_key"));
    if (!xcom) {
        return reject(404, "XCom entry with key: `" + call.parameter("xcom_key") + "` not found");
    }
    RunViews views(call.services.store);
    nlohmann::json value = xcom_json(*xcom, views.view(*key));
    const nlohmann::json native = nlohmann::json::parse(xcom->value.text, nullptr, false);
    if (native.is_discarded() || stringify) {
        value["value"] = xcom->value.text;
    } else {
        value["value"] = native;
    }
    return json_response(value);
}

}  // namespace reel::api
