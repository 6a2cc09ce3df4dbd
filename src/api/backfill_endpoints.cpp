#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "endpoints.hpp"
#include "input.hpp"
#include "json_pieces.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace asio = boost::asio;

namespace {

std::unexpected<Rejection> no_such_backfill(const std::string& id) {
    return reject(404, "Could not find backfill with id " + id);
}

Outcome<store::BackfillId> backfill_id_of(const Call& call) {
    const std::string& text = call.parameter("backfill_id");
    store::BackfillId id = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, id);
    if (error != std::errc() || stop != end) return no_such_backfill(text);
    return id;
}

nlohmann::json backfill_json(const store::BackfillRecord& backfill, const std::string& name) {
    return {
        {"id", backfill.id},
        {"dag_id", backfill.dag_id.str()},
        {"dag_display_name", name},
        {"from_date", time_json(backfill.from_date)},
        {"to_date", time_json(backfill.to_date)},
        {"dag_run_conf", object_or_empty(backfill.dag_run_conf)},
        {"is_paused", backfill.is_paused},
        {"reprocess_behavior", core::to_string(backfill.reprocess_behavior)},
        {"max_active_runs", backfill.max_active_runs},
        {"run_backwards", backfill.run_backwards},
        {"created_at", time_json(backfill.created_at)},
        {"completed_at", time_json(backfill.completed_at)},
        {"updated_at", time_json(backfill.updated_at)},
    };
}

Response one_backfill(store::RunStore& store, const store::BackfillRecord& backfill) {
    RunViews views(store);
    return json_response(backfill_json(backfill, views.dag_display_name(backfill.dag_id)));
}

core::ReprocessBehavior read_behavior(BodyReader& body) {
    const auto word = body.text("reprocess_behavior");
    if (!word) return core::ReprocessBehavior::none;
    const auto behavior = core::parse_reprocess_behavior(*word);
    if (!behavior) {
        body.complain(
            "reprocess_behavior", "Input should be 'none', 'failed' or 'completed'", "enum"
        );
    }
    return behavior.value_or(core::ReprocessBehavior::none);
}

core::Timestamp required_time(BodyReader& body, std::string_view name) {
    const auto given = body.any(name);
    if (!given || given->is_null()) body.complain(name, "Field required", "missing");
    return body.time(name).value_or(core::Timestamp());
}

Outcome<scheduler::BackfillRequest> read_request(const Call& call) {
    constexpr long long most = 1'000'000;
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    scheduler::BackfillRequest wish;
    wish.dag_id = core::DagId(body->required_text("dag_id"));
    wish.from_date = required_time(*body, "from_date");
    wish.to_date = required_time(*body, "to_date");
    wish.run_backwards = body->boolean("run_backwards").value_or(false);
    wish.reprocess_behavior = read_behavior(*body);
    wish.max_active_runs =
        static_cast<int>(body->integer("max_active_runs", 1, most).value_or(wish.max_active_runs));
    wish.dag_run_conf.text = dump(body->object("dag_run_conf").value_or(nlohmann::json::object()));
    wish.triggering_user = call.user;
    if (!body->boolean("run_on_latest_version").value_or(true)) {
        body->complain(
            "run_on_latest_version", "New runs are always of the latest version", "value_error"
        );
    }
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return wish;
}

/// What makes no sense for the DAG is unprocessable, as in Airflow, whose words for a missing DAG
/// are those of other paths.
std::unexpected<Rejection> reject_backfill(
    const core::Error& error, const scheduler::BackfillRequest& wish
) {
    if (error.code == core::Errc::invalid_argument) return reject(422, error.describe());
    if (error.code == core::Errc::not_found) {
        return reject(404, "Could not find dag " + wish.dag_id.str());
    }
    return reject(error);
}

Outcome<Response> answer_changed(
    const Call& call, const core::Result<store::BackfillRecord>& changed
) {
    if (changed) return one_backfill(call.services.store, *changed);
    if (changed.error().code == core::Errc::not_found) {
        return no_such_backfill(call.parameter("backfill_id"));
    }
    if (changed.error().code == core::Errc::conflict) {
        return reject(409, "Backfill is already completed.");
    }
    return reject(changed.error());
}

asio::awaitable<Outcome<Response>> set_paused(Call call, bool paused) {
    const auto id = backfill_id_of(call);
    if (!id) co_return std::unexpected(id.error());
    const auto changed = co_await call.control->set_backfill_paused(*id, paused);
    co_return co_await call.services.pool.run([&] { return answer_changed(call, changed); });
}

}  // namespace

Outcome<Response> list_backfills(const Call& call) {
    QueryReader query(call.url);
    const store::Page page = query.page();
    const auto dag_id = query.text("dag_id");
    query.order_by({"id"}, "id");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    std::optional<core::DagId> of_dag;
    if (dag_id && *dag_id != "~") of_dag = core::DagId(*dag_id);
    store::RunStore& store = call.services.store;
    const auto listing = store.list_backfills(of_dag, page);
    RunViews views(store);
    nlohmann::json items = nlohmann::json::array();
    for (const auto& backfill : listing.items) {
        items.push_back(backfill_json(backfill, views.dag_display_name(backfill.dag_id)));
    }
    return json_response(collection("backfills", std::move(items), listing.total));
}

Outcome<Response> get_backfill(const Call& call) {
    const auto id = backfill_id_of(call);
    if (!id) return std::unexpected(id.error());
    const auto backfill = call.services.store.get_backfill(*id);
    if (!backfill) return no_such_backfill(call.parameter("backfill_id"));
    return one_backfill(call.services.store, *backfill);
}

asio::awaitable<Outcome<Response>> create_backfill(Call call) {
    const auto wish = read_request(call);
    if (!wish) co_return std::unexpected(wish.error());
    const auto made = co_await call.control->create_backfill(*wish);
    if (!made) co_return reject_backfill(made.error(), *wish);
    co_return co_await call.services.pool.run([&]() -> Outcome<Response> {
        return one_backfill(call.services.store, *made);
    });
}

asio::awaitable<Outcome<Response>> dry_run_backfill(Call call) {
    const auto wish = read_request(call);
    if (!wish) co_return std::unexpected(wish.error());
    const auto dates = co_await call.control->dry_run_backfill(*wish);
    if (!dates) co_return reject_backfill(dates.error(), *wish);
    nlohmann::json items = nlohmann::json::array();
    for (const core::Timestamp date : *dates) items.push_back({{"logical_date", time_json(date)}});
    co_return json_response(collection("backfills", std::move(items), dates->size()));
}

asio::awaitable<Outcome<Response>> pause_backfill(Call call) {
    co_return co_await set_paused(std::move(call), true);
}

asio::awaitable<Outcome<Response>> unpause_backfill(Call call) {
    co_return co_await set_paused(std::move(call), false);
}

asio::awaitable<Outcome<Response>> cancel_backfill(Call call) {
    const auto id = backfill_id_of(call);
    if (!id) co_return std::unexpected(id.error());
    const auto changed = co_await call.control->cancel_backfill(*id);
    co_return co_await call.services.pool.run([&] { return answer_changed(call, changed); });
}

}  // namespace reel::api
