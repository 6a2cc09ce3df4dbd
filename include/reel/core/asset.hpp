#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/json_text.hpp"
#include "reel/core/result.hpp"

namespace reel::core {

/// Something that tasks make and others wait for (Airflow's Asset). Its URI is its identity;
/// whoever gives no name calls it by its URI, whoever gives only a name has that for a URI.
struct Asset {
    std::string uri;
    std::string name;
    std::string group = "asset";
    JsonText extra{"{}"};  ///< object
    bool operator==(const Asset&) const = default;
};

[[nodiscard]] Asset make_asset(const std::string& uri);
/// Whether nothing is known of it but its URI.
[[nodiscard]] bool is_bare(const Asset& asset);

/// Airflow's asset expression: one asset, a name that tasks give to assets when they run (an
/// alias), or all or any of several expressions.
struct AssetExpression {
    enum class Kind { asset, all, any, alias };
    Kind kind = Kind::asset;
    Asset asset;                            ///< of kind asset; of an alias only its name
    std::vector<AssetExpression> operands;  ///< of all and any; at least one as people write it
    bool operator==(const AssetExpression&) const = default;
};

/// Whether it is true when exactly those assets have news for which `has_news` holds of their URI.
[[nodiscard]] bool is_met(
    const AssetExpression& expression, const std::function<bool(const std::string& uri)>& has_news
);

/// Every asset it names, in its order, each URI once.
[[nodiscard]] std::vector<Asset> assets_of(const AssetExpression& expression);

[[nodiscard]] AssetExpression make_alias(const std::string& name);
/// Every alias it names.
[[nodiscard]] std::set<std::string> aliases_of(const AssetExpression& expression);
/// By alias the URIs of the assets that tasks have given its name to.
using AliasedAssets = std::map<std::string, std::set<std::string>>;
/// The same with any of its assets in the place of each alias; what stands for no asset is never
/// met.
[[nodiscard]] AssetExpression resolve_aliases(
    const AssetExpression& expression, const AliasedAssets& assets
);

/// Airflow's rules for a URI: 1 to 1500 bytes of visible ASCII, no scheme "airflow", no user or
/// password (it is shown to everybody).
[[nodiscard]] Result<void> validate_asset_uri(std::string_view uri);

/// Reads "(s3://a & s3://b) | c": `&` binds tighter than `|`. The error says where it went wrong.
[[nodiscard]] Result<AssetExpression> parse_asset_condition(std::string_view text);

}  // namespace reel::core
