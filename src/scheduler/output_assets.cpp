#include "output_assets.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace reel::scheduler {

namespace {

using nlohmann::json;

constexpr const char* forms = "a URI, a map of uri and extra, or a list of such";

core::Result<OutputAsset> read_asset(const json& value, const std::string& alias) {
    OutputAsset asset{.uri = {}, .aliases = {alias}};
    if (value.is_string()) {
        asset.uri = value.get<std::string>();
    } else if (value.is_object() && value.contains("uri") && value["uri"].is_string()) {
        asset.uri = value["uri"].get<std::string>();
        const json extra = value.value("extra", json::object());
        if (extra.is_object()) asset.extra = {extra.dump()};
        if (!extra.is_object()) {
            return core::fail(
                core::Errc::invalid_argument,
                "its output gives '" + asset.uri + "' an 'extra' that is no map"
            );
        }
    } else {
        return core::fail(
            core::Errc::invalid_argument,
            "its output names no asset for alias '" + alias + "': it must be " + forms + ", not " +
                value.type_name()
        );
    }
    if (const auto valid = core::validate_asset_uri(asset.uri); !valid) {
        return core::fail(
            core::Errc::invalid_argument,
            "its output names no asset for alias '" + alias + "': the URI " + valid.error().message
        );
    }
    return asset;
}

/// An asset that two aliases stand for has one event.
void add(OutputAssets& assets, OutputAsset asset) {
    const auto same = std::ranges::find_if(assets, [&](const OutputAsset& known) {
        return known.uri == asset.uri && known.extra == asset.extra;
    });
    if (same == assets.end()) return assets.push_back(std::move(asset));
    const std::string& alias = asset.aliases.front();
    if (std::ranges::find(same->aliases, alias) == same->aliases.end()) {
        same->aliases.push_back(alias);
    }
}

core::Result<void> add_all(OutputAssets& assets, const json& value, const std::string& alias) {
    if (value.is_null()) return {};
    for (const json& each : value.is_array() ? value : json::array({value})) {
        auto asset = read_asset(each, alias);
        if (!asset) return std::unexpected(asset.error());
        add(assets, *std::move(asset));
    }
    return {};
}

core::Result<void> check_keys(const core::Task& task, const json& value) {
    if (!value.is_object()) {
        return core::fail(
            core::Errc::invalid_argument,
            "its output must be a map of its aliases, as it has several, not " +
                std::string(value.type_name())
        );
    }
    for (const auto& [key, member] : value.items()) {
        const auto& aliases = task.outlet_aliases;
        if (std::ranges::find(aliases, key) == aliases.end()) {
            return core::fail(
                core::Errc::invalid_argument, "its output names '" + key + "', no alias of its own"
            );
        }
    }
    return {};
}

}  // namespace

core::Result<OutputAssets> named_assets(
    const core::Task& task, const std::vector<store::XComRecord>& xcoms
) {
    OutputAssets assets;
    const auto output = std::ranges::find(xcoms, "return_value", &store::XComRecord::name);
    if (task.outlet_aliases.empty() || output == xcoms.end()) return assets;
    const json value = json::parse(output->value.text, nullptr, false);
    if (value.is_null()) return assets;
    const bool has_several = task.outlet_aliases.size() > 1;
    if (has_several) {
        if (const auto fits = check_keys(task, value); !fits) return std::unexpected(fits.error());
    }
    for (const std::string& alias : task.outlet_aliases) {
        const json of_alias = has_several ? value.value(alias, json()) : value;
        if (const auto added = add_all(assets, of_alias, alias); !added) {
            return std::unexpected(added.error());
        }
    }
    return assets;
}

}  // namespace reel::scheduler
