#include <boost/asio/use_awaitable.hpp>

#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace asio = boost::asio;

namespace {

std::unexpected<Rejection> no_such_pool(const std::string& name) {
    return reject(404, "The Pool with name: `" + name + "` was not found");
}

struct PoolBody {
    std::optional<std::string> name;
    std::optional<long long> slots;
    std::optional<std::string> description;
    std::optional<bool> include_deferred;
};

Outcome<PoolBody> read_body(const Call& call, bool is_new) {
    constexpr long long most = 1LL << 30;
    constexpr std::size_t longest_name = 256;
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    PoolBody pool;
    for (const char* key : {"name", "pool"}) {
        if (auto name = body->text(key)) pool.name = *name;
    }
    pool.slots = body->integer("slots", -1, most);
    if (body->has("description")) pool.description = body->text("description").value_or("");
    pool.include_deferred = body->boolean("include_deferred");
    body->only_null("team_name");
    if (is_new && !pool.name) body->complain("name", "Field required", "missing");
    if (is_new && !pool.slots) body->complain("slots", "Field required", "missing");
    if (pool.name && (pool.name->empty() || pool.name->size() > longest_name)) {
        body->complain("name", "Should be 1 to 256 bytes", "string_length");
    }
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return pool;
}

nlohmann::json pool_json(const store::PoolRecord& pool, const std::vector<store::PoolUse>& uses) {
    const auto slots_of = [&](auto accepts) {
        int slots = 0;
        for (const store::PoolUse& use : uses) {
            if (use.pool == pool.name && accepts(use.state)) slots += use.slots;
        }
        return slots;
    };
    const auto in_state = [&](core::TaskState wanted) {
        return slots_of([wanted](core::TaskState state) { return state == wanted; });
    };
    const int occupied = slots_of([&](core::TaskState state) {
        return pool.include_deferred ? core::has_live_attempt(state) : core::is_occupying(state);
    });
    return {
        {"name", pool.name},
        {"slots", pool.slots},
        {"description", pool.description},
        {"include_deferred", pool.include_deferred},
        {"occupied_slots", occupied},
        {"running_slots", in_state(core::TaskState::running)},
        {"queued_slots", in_state(core::TaskState::queued)},
        {"scheduled_slots", in_state(core::TaskState::scheduled)},
        {"deferred_slots", in_state(core::TaskState::deferred)},
        {"open_slots", pool.slots < 0 ? -1 : pool.slots - occupied},
        {"team_name", nullptr},
    };
}

Outcome<Response> one_pool(store::RunStore& store, const std::string& name, int status = 200) {
    const auto pool = store.get_pool(name);
    if (!pool) return no_such_pool(name);
    return json_response(pool_json(*pool, store.count_pool_slots()), status);
}

}  // namespace

Outcome<Response> list_pools(const Call& call) {
    QueryReader query(call.url);
    const store::Page page = query.page();
    const auto pattern = query.text("pool_name_pattern");
    const bool descends = query.order_by({"name", "id"}, "name").starts_with('-');
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    store::Listing<store::PoolRecord> listing;
    listing.items = call.services.store.list_pools();
    std::erase_if(listing.items, [&](const store::PoolRecord& pool) {
        return !matches_like(pool.name, pattern.value_or("~"));
    });
    if (descends) std::ranges::reverse(listing.items);
    keep_page(listing, page);
    const auto uses = call.services.store.count_pool_slots();
    nlohmann::json items = nlohmann::json::array();
    for (const store::PoolRecord& pool : listing.items) items.push_back(pool_json(pool, uses));
    return json_response(collection("pools", std::move(items), listing.total));
}

Outcome<Response> get_pool(const Call& call) {
    return one_pool(call.services.store, call.parameter("pool_name"));
}

asio::awaitable<Outcome<Response>> create_pool(Call call) {
    const auto body = read_body(call, true);
    if (!body) co_return std::unexpected(body.error());
    Services& services = call.services;
    const bool is_taken = co_await services.pool.run([&] {
        return services.store.get_pool(*body->name).has_value();
    });
    if (is_taken) co_return reject(409, "The Pool with name: `" + *body->name + "` already exists");
    const store::PoolRecord pool{
        .name = *body->name,
        .slots = static_cast<int>(*body->slots),
        .description = body->description.value_or(""),
        .include_deferred = body->include_deferred.value_or(false)
    };
    if (auto done = co_await call.control->set_pool(pool); !done) co_return reject(done.error());
    co_return co_await services.pool.run([&] { return one_pool(services.store, pool.name, 201); });
}

asio::awaitable<Outcome<Response>> patch_pool(Call call) {
    QueryReader query(call.url);
    const auto mask = query.texts("update_mask");
    if (const auto whole = query.finish(); !whole) co_return std::unexpected(whole.error());
    const auto body = read_body(call, false);
    if (!body) co_return std::unexpected(body.error());
    Services& services = call.services;
    const std::string name = call.parameter("pool_name");
    auto pool = co_await services.pool.run([&] { return services.store.get_pool(name); });
    if (!pool) co_return no_such_pool(name);
    if (body->name && *body->name != name) {
        co_return reject(400, "The name of the body is not the name of the path");
    }
    const auto wanted = [&](std::string_view field) {
        return mask.empty() || std::ranges::find(mask, field) != mask.end();
    };
    if (wanted("slots") && body->slots) pool->slots = static_cast<int>(*body->slots);
    if (wanted("description") && body->description) pool->description = *body->description;
    if (wanted("include_deferred") && body->include_deferred) {
        pool->include_deferred = *body->include_deferred;
    }
    if (auto done = co_await call.control->set_pool(*pool); !done) {
        co_return reject(done.error());
    }
    co_return co_await services.pool.run([&] { return one_pool(services.store, name); });
}

asio::awaitable<Outcome<Response>> delete_pool(Call call) {
    const std::string& name = call.parameter("pool_name");
    const auto done = co_await call.control->delete_pool(name);
    if (done) co_return empty_response();
    if (done.error().code == core::Errc::not_found) co_return no_such_pool(name);
    co_return reject(400, "Default Pool can't be deleted");
}

}  // namespace reel::api
