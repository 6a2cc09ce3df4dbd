#include "endpoints.hpp"
#include "input.hpp"
#include "json_pieces.hpp"
#include "lookups.hpp"

namespace reel::api {

// Reel's own: whom DAGs and tasks have called.

namespace {

nlohmann::json callback_json(const store::CallbackRecord& callback) {
    const bool is_of_task = callback.is_of_task();
    const bool is_deadline = callback.event == core::CallbackEvent::deadline;
    return {
        {"id", callback.id},
        {"dag_id", callback.key.dag_id.str()},
        {"dag_run_id", callback.key.run_id.str()},
        {"task_id", text_or_null(callback.key.task_id.str())},
        {"map_index", callback.key.map_index},
        {"try_number", is_of_task ? nlohmann::json(callback.try_number) : nlohmann::json()},
        {"event", core::to_string(callback.event)},
        {"deadline", is_deadline ? nlohmann::json(callback.deadline) : nlohmann::json()},
        {"position", callback.position},
        {"kind", core::to_string(callback.kind)},
        {"reason", text_or_null(callback.reason)},
        {"created_at", time_json(callback.created_at)},
        {"state", to_string(callback.state)},
        {"tries", callback.tries},
        {"next_try_at", time_json(callback.next_try_at)},
        {"ended_at", time_json(callback.ended_at)},
        {"error", text_or_null(callback.error)},
    };
}

template <class Id>
std::optional<Id> id_of(QueryReader& query, std::string_view name) {
    const auto text = query.text(name);
    return text ? std::optional(Id(*text)) : std::nullopt;
}

}  // namespace

Outcome<Response> list_callbacks(const Call& call) {
    QueryReader query(call.url);
    store::CallbackFilter filter;
    filter.dag_id = id_of<core::DagId>(query, "dag_id");
    filter.run_id = id_of<core::RunId>(query, "dag_run_id");
    filter.task_id = id_of<core::TaskId>(query, "task_id");
    filter.events = query.choices("event", core::parse_callback_event);
    filter.states = query.choices("state", store::parse_callback_state);
    filter.page = query.page();
    filter.descending = query.order_by({"id"}, "id").starts_with('-');
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto listing = call.services.store.list_callbacks(filter);
    nlohmann::json items = nlohmann::json::array();
    for (const auto& callback : listing.items) items.push_back(callback_json(callback));
    return json_response(collection("callbacks", std::move(items), listing.total));
}

}  // namespace reel::api
