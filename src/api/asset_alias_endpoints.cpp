#include <algorithm>

#include "asset_lookups.hpp"
#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"

namespace reel::api {

Outcome<Response> list_asset_aliases(const Call& call) {
    QueryReader query(call.url);
    const store::Page page = query.page();
    const std::string pattern = query.text("name_pattern").value_or("~");
    const std::string order = query.order_by({"id", "name"}, "id");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    store::Listing<store::AssetAliasRecord> listing;
    listing.items = call.services.store.list_asset_aliases();
    std::erase_if(listing.items, [&](const auto& alias) {
        return !matches_like(alias.name, pattern);
    });
    if (order.ends_with("name")) {
        std::ranges::sort(listing.items, {}, &store::AssetAliasRecord::name);
    }
    if (order.starts_with('-')) std::ranges::reverse(listing.items);
    keep_page(listing, page);
    nlohmann::json items = nlohmann::json::array();
    for (const auto& alias : listing.items) items.push_back(asset_alias_json(alias));
    return json_response(collection("asset_aliases", std::move(items), listing.total));
}

Outcome<Response> get_asset_alias(const Call& call) {
    const auto id = integer_of(call, "asset_alias_id");
    if (!id) return std::unexpected(id.error());
    for (const auto& alias : call.services.store.list_asset_aliases()) {
        if (alias.id == *id) return json_response(asset_alias_json(alias));
    }
    return reject(404, "The AssetAlias with ID: `" + std::to_string(*id) + "` was not found");
}

}  // namespace reel::api
