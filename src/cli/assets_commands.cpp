#include <CLI/CLI.hpp>
#include <iostream>

#include "context.hpp"
#include "json_text.hpp"

namespace reel::cli {

namespace {

struct AssetOptions {
    std::string name;
    std::string uri;
    std::string conf;
    bool alias = false;
    Format format = Format::table;
};

/// For people: "dag.task" in the place of Airflow's objects.
nlohmann::json with_short_references(nlohmann::json asset) {
    for (const char* field : {"scheduled_dags", "producing_tasks", "consuming_tasks"}) {
        nlohmann::json names = nlohmann::json::array();
        for (const auto& reference : asset[field]) {
            const std::string task = reference.value("task_id", "");
            names.push_back(reference.value("dag_id", "") + (task.empty() ? "" : "." + task));
        }
        asset[field] = std::move(names);
    }
    nlohmann::json aliases = nlohmann::json::array();
    for (const auto& alias : asset["aliases"]) aliases.push_back(alias.value("name", ""));
    asset["aliases"] = std::move(aliases);
    return asset;
}

bool is_for_people(Format format) {
    return format == Format::table || format == Format::plain;
}

/// The one asset that --name or --uri means.
core::Result<nlohmann::json> find_asset(ApiClient& api, const AssetOptions& options) {
    const bool by_name = !options.name.empty();
    const std::string& wanted = by_name ? options.name : options.uri;
    const auto listed = api.list(api_path({"assets"}), "assets");
    if (!listed) return listed;
    nlohmann::json found;
    for (const auto& asset : *listed) {
        if (asset.value(by_name ? "name" : "uri", "") != wanted) continue;
        if (!found.is_null()) {
            return core::fail(
                core::Errc::conflict,
                "two assets are called '" + wanted + "'",
                "`reel assets list` shows their URIs; say --uri"
            );
        }
        found = asset;
    }
    if (!found.is_null()) return found;
    return core::fail(
        core::Errc::not_found,
        "there is no asset with " + std::string(by_name ? "name" : "URI") + " '" + wanted + "'",
        "`reel assets list` shows those there are"
    );
}

void add_which(CLI::App& verb, AssetOptions& options) {
    CLI::Option* name = add_name(verb, "--name", options.name, "the asset of that name");
    add_name(verb, "--uri", options.uri, "the asset of that URI")->excludes(name);
}

void require_which(const AssetOptions& options) {
    if (options.name.empty() && options.uri.empty()) throw CLI::RequiredError("--name or --uri");
}

core::Result<int> list_aliases(Context& context, Format format) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto listed = (*api)->list(api_path({"assets", "aliases"}), "asset_aliases");
    if (!listed) return std::unexpected(listed.error());
    context.out() << render(*listed, {"id", "name", "group"}, format);
    return 0;
}

void add_asset_list(CLI::App& assets, Context& context) {
    CLI::App* verb = add_verb(assets, "list", "list the assets that DAGs name");
    auto options = std::make_shared<AssetOptions>();
    verb->add_flag("--alias", options->alias, "list the aliases that assets may have instead");
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            if (options->alias) return list_aliases(context, options->format);
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            auto listed = (*api)->list(api_path({"assets"}), "assets");
            if (!listed) return std::unexpected(listed.error());
            for (nlohmann::json& asset : *listed) {
                if (is_for_people(options->format)) asset = with_short_references(asset);
            }
            static const std::vector<std::string> columns{
                "name", "uri", "group", "producing_tasks", "scheduled_dags"
            };
            context.out() << render(*listed, columns, options->format);
            return 0;
        });
    });
}

void add_asset_details(CLI::App& assets, Context& context) {
    CLI::App* verb = add_verb(assets, "details", "show one asset");
    auto options = std::make_shared<AssetOptions>();
    add_which(*verb, *options);
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        require_which(*options);
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto asset = find_asset(**api, *options);
            if (!asset) return std::unexpected(asset.error());
            context.out() << render_one(
                is_for_people(options->format) ? with_short_references(*asset) : *asset,
                options->format
            );
            return 0;
        });
    });
}

core::Result<int> materialize(Context& context, const AssetOptions& options) {
    nlohmann::json body = nlohmann::json::object();
    if (!options.conf.empty()) {
        auto conf = parse_object(options.conf, "--conf");
        if (!conf) return std::unexpected(conf.error());
        body["conf"] = std::move(*conf);
    }
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto asset = find_asset(**api, options);
    if (!asset) return std::unexpected(asset.error());
    const auto id = std::to_string(asset->value("id", 0LL));
    const auto run = (*api)->post(api_path({"assets", id, "materialize"}), body);
    if (!run) return std::unexpected(run.error());
    static const std::vector<std::string> columns{"dag_id", "dag_run_id", "state", "run_after"};
    context.out() << render(nlohmann::json::array({*run}), columns, options.format);
    return 0;
}

void add_materialize(CLI::App& assets, Context& context) {
    CLI::App* verb =
        add_verb(assets, "materialize", "start a run of the one DAG that makes an asset");
    auto options = std::make_shared<AssetOptions>();
    add_which(*verb, *options);
    verb->add_option("-c,--conf", options->conf, "the run's conf, a JSON object");
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        require_which(*options);
        context.run_later([&context, options] { return materialize(context, *options); });
    });
}

}  // namespace

void add_assets(CLI::App& assets, Context& context) {
    add_asset_list(assets, context);
    add_asset_details(assets, context);
    add_materialize(assets, context);
}

}  // namespace reel::cli
