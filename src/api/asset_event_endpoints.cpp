#include <boost/asio/use_awaitable.hpp>
#include <limits>
#include <map>

#include "asset_lookups.hpp"
#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace asio = boost::asio;

namespace {

constexpr long long most = std::numeric_limits<long long>::max();

template <class Id>
std::optional<Id> id_of(const std::optional<std::string>& text) {
    return text ? std::optional(Id(*text)) : std::nullopt;
}

store::AssetEventFilter read_event_filter(QueryReader& query) {
    store::AssetEventFilter filter;
    filter.page = query.page();
    filter.descending = query.order_by({"timestamp", "id"}, "timestamp").starts_with('-');
    if (const auto id = query.integer("asset_id", 0, most)) filter.asset_id = *id;
    filter.source_dag_id = id_of<core::DagId>(query.text("source_dag_id"));
    filter.source_run_id = id_of<core::RunId>(query.text("source_run_id"));
    filter.source_task_id = id_of<core::TaskId>(query.text("source_task_id"));
    const auto map_index = query.integer("source_map_index", -1, std::numeric_limits<int>::max());
    if (map_index) filter.source_map_index = static_cast<int>(*map_index);
    filter.timestamp_gte = query.time("timestamp_gte");
    filter.timestamp_lte = query.time("timestamp_lte");
    return filter;
}

Response events_response(store::RunStore& store, const store::AssetEventFilter& filter) {
    const auto listing = store.list_asset_events(filter);
    nlohmann::json items = nlohmann::json::array();
    for (const store::AssetEventView& view : listing.items) {
        items.push_back(asset_event_json(view));
    }
    return json_response(collection("asset_events", std::move(items), listing.total));
}

struct EventBody {
    std::int64_t asset_id = 0;
    core::JsonText extra;
};

Outcome<EventBody> read_event_body(const Call& call) {
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    const auto asset_id = body->integer("asset_id", 0, most);
    if (!asset_id) body->complain("asset_id", "Field required", "missing");
    nlohmann::json extra = body->object("extra").value_or(nlohmann::json::object());
    body->only_null("partition_key");
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    // As Airflow's API says of what did not come from a task.
    extra["from_rest_api"] = true;
    return EventBody{*asset_id, {dump(extra)}};
}

/// Which queue a path means: of {dag_id}, of {asset_id}, or of both.
struct QueueOfPath {
    scheduler::QueuedEventSelection selection;
    std::string words;  ///< as Airflow names it where it is empty
};

Outcome<QueueOfPath> queue_of_path(const Call& call) {
    QueueOfPath queue;
    if (call.path.contains("dag_id")) {
        const auto dag_id = dag_id_of(call);
        if (!dag_id) return std::unexpected(dag_id.error());
        queue.selection.dag_id = *dag_id;
        queue.words = "dag_id: `" + dag_id->str() + "`";
    }
    if (call.path.contains("asset_id")) {
        const auto id = asset_id_of(call);
        if (!id) return std::unexpected(id.error());
        queue.words += queue.words.empty() ? "" : " and ";
        queue.words += "asset_id: `" + std::to_string(*id) + "`";
        const auto record = find_asset(call.services.store, *id);
        queue.selection.uri = record ? record->asset.uri : "";  // that no asset has
    }
    QueryReader query(call.url);
    queue.selection.before = query.time("before");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    return queue;
}

std::unexpected<Rejection> empty_queue(const QueueOfPath& queue) {
    return reject(404, "Queue event with " + queue.words + " was not found");
}

/// Airflow keeps one row for a DAG and an asset, as old as its first event.
nlohmann::json queued_json(const Call& call, const scheduler::QueuedEventSelection& selection) {
    store::RunStore& store = call.services.store;
    std::map<std::pair<core::DagId, std::string>, core::Timestamp> first;
    for (const auto& event : store.list_queued_asset_events(selection.dag_id, selection.uri)) {
        if (selection.before && event.timestamp >= *selection.before) continue;
        first.try_emplace({event.dag_id, event.uri}, event.timestamp);
    }
    std::map<std::string, std::int64_t> ids;
    for (const auto& record : store.list_assets()) ids[record.asset.uri] = record.id;
    RunViews views(store);
    nlohmann::json items = nlohmann::json::array();
    for (const auto& [place, at] : first) {
        items.push_back(
            {{"dag_id", place.first.str()},
             {"asset_id", ids[place.second]},
             {"created_at", core::format_api(at)},
             {"dag_display_name", views.dag_display_name(place.first)}}
        );
    }
    return items;
}

}  // namespace

Outcome<Response> list_asset_events(const Call& call) {
    QueryReader query(call.url);
    const store::AssetEventFilter filter = read_event_filter(query);
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    return events_response(call.services.store, filter);
}

Outcome<Response> list_upstream_asset_events(const Call& call) {
    const QueryReader query(call.url);
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    const auto run_id = run_id_of(call);
    if (!run_id) return std::unexpected(run_id.error());
    const auto run = find_run(call.services.store, *dag_id, *run_id);
    if (!run) return std::unexpected(run.error());
    store::AssetEventFilter filter;
    filter.consumed_by = {*dag_id, *run_id};
    filter.page = store::whole_list;
    return events_response(call.services.store, filter);
}

asio::awaitable<Outcome<Response>> create_asset_event(Call call) {
    auto body = read_event_body(call);
    if (!body) co_return std::unexpected(body.error());
    Services& services = call.services;
    const auto record =
        co_await services.pool.run([&] { return find_asset(services.store, body->asset_id); });
    if (!record) co_return std::unexpected(record.error());
    const auto id = co_await call.control->create_asset_event(record->asset.uri, body->extra);
    if (!id) co_return reject(id.error());
    store::AssetEventFilter filter;
    filter.id = *id;
    co_return co_await services.pool.run([&]() -> Outcome<Response> {
        const auto found = services.store.list_asset_events(filter);
        if (found.items.empty()) return reject(404, "The event is gone");
        return json_response(asset_event_json(found.items.front()));
    });
}

Outcome<Response> list_queued_events(const Call& call) {
    const auto queue = queue_of_path(call);
    if (!queue) return std::unexpected(queue.error());
    nlohmann::json items = queued_json(call, queue->selection);
    if (items.empty()) return empty_queue(*queue);
    const std::size_t total = items.size();
    return json_response(collection("queued_events", std::move(items), total));
}

Outcome<Response> get_queued_event(const Call& call) {
    const auto queue = queue_of_path(call);
    if (!queue) return std::unexpected(queue.error());
    const nlohmann::json items = queued_json(call, queue->selection);
    if (items.empty()) return empty_queue(*queue);
    return json_response(items.front());
}

asio::awaitable<Outcome<Response>> delete_queued_events(Call call) {
    const auto queue = co_await call.services.pool.run([&] { return queue_of_path(call); });
    if (!queue) co_return std::unexpected(queue.error());
    const auto count = co_await call.control->delete_queued_events(queue->selection);
    if (!count) co_return reject(count.error());
    if (*count == 0) co_return empty_queue(*queue);
    co_return empty_response();
}

}  // namespace reel::api
