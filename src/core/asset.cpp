#include "reel/core/asset.hpp"

#include <algorithm>

namespace reel::core {

namespace {

constexpr std::size_t longest_uri = 1500;

void add_aliases(const AssetExpression& expression, std::set<std::string>& aliases) {
    if (expression.kind == AssetExpression::Kind::alias) aliases.insert(expression.asset.name);
    for (const AssetExpression& operand : expression.operands) add_aliases(operand, aliases);
}

void add_assets(const AssetExpression& expression, std::vector<Asset>& assets) {
    if (expression.kind == AssetExpression::Kind::asset) {
        const auto same = std::ranges::find(assets, expression.asset.uri, &Asset::uri);
        if (same == assets.end()) assets.push_back(expression.asset);
    }
    for (const AssetExpression& operand : expression.operands) add_assets(operand, assets);
}

/// Whoever reads a URI reads its scheme in small letters.
bool is_airflows_own(std::string_view uri) {
    constexpr std::string_view scheme = "airflow:";
    return std::ranges::equal(uri.substr(0, scheme.size()), scheme, {}, [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
}

/// "user:secret" of "s3://user:secret@bucket/key".
bool holds_login(std::string_view uri) {
    const std::size_t start = uri.find("://");
    if (start == std::string_view::npos) return false;
    const std::string_view rest = uri.substr(start + 3);
    return rest.substr(0, rest.find('/')).find('@') != std::string_view::npos;
}

}  // namespace

Asset make_asset(const std::string& uri) {
    return {.uri = uri, .name = uri};
}

bool is_bare(const Asset& asset) {
    return asset == make_asset(asset.uri);
}

bool is_met(
    const AssetExpression& expression, const std::function<bool(const std::string& uri)>& has_news
) {
    const auto holds = [&](const AssetExpression& operand) { return is_met(operand, has_news); };
    switch (expression.kind) {
        case AssetExpression::Kind::all:
            return std::ranges::all_of(expression.operands, holds);
        case AssetExpression::Kind::any:
            return std::ranges::any_of(expression.operands, holds);
        case AssetExpression::Kind::alias:
            return false;
        case AssetExpression::Kind::asset:
            break;
    }
    return has_news(expression.asset.uri);
}

AssetExpression make_alias(const std::string& name) {
    AssetExpression alias{.kind = AssetExpression::Kind::alias};
    alias.asset.name = name;
    return alias;
}

std::set<std::string> aliases_of(const AssetExpression& expression) {
    std::set<std::string> aliases;
    add_aliases(expression, aliases);
    return aliases;
}

AssetExpression resolve_aliases(const AssetExpression& expression, const AliasedAssets& assets) {
    AssetExpression resolved = expression;
    if (expression.kind == AssetExpression::Kind::alias) {
        resolved = {.kind = AssetExpression::Kind::any};
        const auto found = assets.find(expression.asset.name);
        if (found == assets.end()) return resolved;
        for (const std::string& uri : found->second) {
            resolved.operands.push_back({.asset = make_asset(uri)});
        }
        return resolved;
    }
    for (AssetExpression& operand : resolved.operands) operand = resolve_aliases(operand, assets);
    return resolved;
}

std::vector<Asset> assets_of(const AssetExpression& expression) {
    std::vector<Asset> assets;
    add_assets(expression, assets);
    return assets;
}

Result<void> validate_asset_uri(std::string_view uri) {
    const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
    if (uri.empty() || uri.size() > longest_uri) {
        return fail(Errc::invalid_argument, "must have 1 to 1500 bytes");
    }
    if (!std::ranges::all_of(uri, is_visible)) {
        return fail(
            Errc::invalid_argument,
            "must be made of visible ASCII letters, without blanks",
            "write other characters percent-encoded: %20 is a blank"
        );
    }
    if (is_airflows_own(uri)) {
        return fail(
            Errc::invalid_argument,
            "must not begin with 'airflow:'",
            "Airflow keeps that for itself"
        );
    }
    if (holds_login(uri)) {
        return fail(
            Errc::invalid_argument,
            "must not hold a user or a password",
            "everybody sees it; keep credentials in a connection"
        );
    }
    return {};
}

}  // namespace reel::core
