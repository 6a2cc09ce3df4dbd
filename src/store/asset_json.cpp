#include <array>
#include <utility>

#include "task_json.hpp"

namespace reel::store {

using nlohmann::json;

namespace {

using Kind = core::AssetExpression::Kind;

json asset_to_json(const core::Asset& asset) {
    return {
        {"uri", asset.uri},
        {"name", asset.name},
        {"group", asset.group},
        {"extra", asset.extra.text},
    };
}

core::Asset asset_from_json(const json& from) {
    core::Asset asset;
    from.at("uri").get_to(asset.uri);
    from.at("name").get_to(asset.name);
    from.at("group").get_to(asset.group);
    from.at("extra").get_to(asset.extra.text);
    return asset;
}

json node_to_json(const core::AssetExpression& expression) {
    if (expression.kind == Kind::asset) return {{"asset", asset_to_json(expression.asset)}};
    if (expression.kind == Kind::alias) return {{"alias", expression.asset.name}};
    json operands = json::array();
    for (const auto& operand : expression.operands) operands.push_back(node_to_json(operand));
    return {{expression.kind == Kind::all ? "all" : "any", std::move(operands)}};
}

core::AssetExpression node_from_json(const json& from) {
    if (from.contains("asset")) return {.asset = asset_from_json(from.at("asset"))};
    if (from.contains("alias")) return core::make_alias(from.at("alias").get<std::string>());
    core::AssetExpression expression;
    expression.kind = from.contains("all") ? Kind::all : Kind::any;
    for (const json& operand : from.at(expression.kind == Kind::all ? "all" : "any")) {
        expression.operands.push_back(node_from_json(operand));
    }
    return expression;
}

}  // namespace

json assets_to_json(const std::vector<core::Asset>& assets) {
    json list = json::array();
    for (const core::Asset& asset : assets) list.push_back(asset_to_json(asset));
    return list;
}

std::vector<core::Asset> assets_from_json(const json& from) {
    std::vector<core::Asset> assets;
    for (const json& asset : from) assets.push_back(asset_from_json(asset));
    return assets;
}

json expression_to_json(const std::optional<core::AssetExpression>& expression) {
    return expression ? node_to_json(*expression) : json();
}

std::optional<core::AssetExpression> expression_from_json(const json& from) {
    if (from.is_null()) return std::nullopt;
    return node_from_json(from);
}

}  // namespace reel::store
