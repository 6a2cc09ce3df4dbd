#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <set>

#include "asset_lookups.hpp"
#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace asio = boost::asio;

namespace {

struct AssetQuery {
    std::string name_pattern;
    std::string uri_pattern;
    std::vector<std::string> dag_ids;  ///< that name it in any way
    bool only_active = true;
    std::string order_by;
    store::Page page;

    [[nodiscard]] bool accepts(const store::AssetRecord& record) const;
};

bool AssetQuery::accepts(const store::AssetRecord& record) const {
    if (only_active && !record.is_active) return false;
    if (!matches_like(record.asset.name, name_pattern)) return false;
    if (!matches_like(record.asset.uri, uri_pattern)) return false;
    if (dag_ids.empty()) return true;
    const auto is_meant = [&](const core::DagId& dag_id) {
        return std::ranges::find(dag_ids, dag_id.str()) != dag_ids.end();
    };
    return std::ranges::any_of(record.scheduled_dags, is_meant) ||
           std::ranges::any_of(record.producing_tasks, is_meant, &store::AssetTask::dag_id) ||
           std::ranges::any_of(record.consuming_tasks, is_meant, &store::AssetTask::dag_id);
}

AssetQuery read_asset_query(QueryReader& query) {
    AssetQuery wish;
    wish.page = query.page();
    wish.name_pattern = query.text("name_pattern").value_or("~");
    wish.uri_pattern = query.text("uri_pattern").value_or("~");
    wish.dag_ids = query.texts("dag_ids");
    wish.only_active = query.boolean("only_active").value_or(true);
    wish.order_by = query.order_by({"id", "name", "uri", "created_at", "updated_at"}, "id");
    return wish;
}

void sort_assets(std::vector<store::AssetRecord>& records, std::string order_by) {
    const bool descends = order_by.starts_with('-');
    if (descends) order_by.erase(0, 1);
    const auto sort = [&](auto key) {
        std::ranges::sort(records, {}, [&](const auto& record) {
            return std::pair(key(record), record.id);
        });
    };
    if (order_by == "name") sort([](const auto& record) { return record.asset.name; });
    if (order_by == "uri") sort([](const auto& record) { return record.asset.uri; });
    if (order_by == "created_at") sort([](const auto& record) { return record.created_at; });
    if (order_by == "updated_at") sort([](const auto& record) { return record.updated_at; });
    if (descends) std::ranges::reverse(records);
}

/// The one DAG that makes the asset.
Outcome<core::DagId> find_producer(const store::AssetRecord& record) {
    std::set<core::DagId> dags;
    for (const store::AssetTask& task : record.producing_tasks) dags.insert(task.dag_id);
    const std::string id = std::to_string(record.id);
    if (dags.empty()) return reject(404, "No DAG materializes asset with ID: " + id);
    if (dags.size() > 1) return reject(409, "More than one DAG materializes asset with ID: " + id);
    return *dags.begin();
}

/// The body may be missing.
Outcome<scheduler::TriggerRequest> read_materialize(const Call& call) {
    scheduler::TriggerRequest wish;
    wish.type = core::RunType::asset_materialization;
    wish.triggered_by = triggered_by(call.request);
    wish.triggering_user = call.user;
    if (call.request.body.empty()) return wish;
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    if (auto run_id = body->text("dag_run_id")) wish.run_id = core::RunId(*run_id);
    wish.conf.text = dump(body->object("conf").value_or(nlohmann::json::object()));
    wish.note = body->text("note").value_or("");
    body->only_null("partition_key");
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return wish;
}

}  // namespace

Outcome<std::int64_t> asset_id_of(const Call& call) {
    return integer_of(call, "asset_id");
}

Outcome<std::int64_t> integer_of(const Call& call, const std::string& name) {
    const std::string& text = call.parameter(name);
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size()) {
        return reject({{{"path", name}, "Input should be a valid integer", "int_parsing"}});
    }
    return id;
}

Outcome<store::AssetRecord> find_asset(store::RunStore& store, std::int64_t id) {
    for (store::AssetRecord& record : store.list_assets()) {
        if (record.id == id) return std::move(record);
    }
    return reject(404, "The Asset with ID: `" + std::to_string(id) + "` was not found");
}

Outcome<Response> list_assets(const Call& call) {
    QueryReader query(call.url);
    const AssetQuery wish = read_asset_query(query);
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    store::Listing<store::AssetRecord> listing;
    listing.items = call.services.store.list_assets();
    std::erase_if(listing.items, [&](const auto& record) { return !wish.accepts(record); });
    sort_assets(listing.items, wish.order_by);
    keep_page(listing, wish.page);
    nlohmann::json items = nlohmann::json::array();
    for (const store::AssetRecord& record : listing.items) items.push_back(asset_json(record));
    return json_response(collection("assets", std::move(items), listing.total));
}

Outcome<Response> get_asset(const Call& call) {
    const auto id = asset_id_of(call);
    if (!id) return std::unexpected(id.error());
    const auto record = find_asset(call.services.store, *id);
    if (!record) return std::unexpected(record.error());
    return json_response(asset_json(*record));
}

asio::awaitable<Outcome<Response>> materialize_asset(Call call) {
    const auto id = asset_id_of(call);
    if (!id) co_return std::unexpected(id.error());
    auto wish = read_materialize(call);
    if (!wish) co_return std::unexpected(wish.error());
    Services& services = call.services;
    const auto record = co_await services.pool.run([&] { return find_asset(services.store, *id); });
    if (!record) co_return std::unexpected(record.error());
    const auto producer = find_producer(*record);
    if (!producer) co_return std::unexpected(producer.error());
    wish->dag_id = *producer;
    const auto run = co_await call.control->trigger(std::move(*wish));
    if (!run) co_return reject(run.error());
    co_return co_await services.pool.run([&] {
        RunViews views(services.store);
        return json_response(run_json(*run, views.dag_display_name(run->dag_id)));
    });
}

}  // namespace reel::api
