#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "context.hpp"

namespace reel::cli {

namespace {

const std::vector<std::string> columns{
    "name", "slots", "occupied_slots", "open_slots", "include_deferred", "description"
};

struct PoolOptions {
    std::string name;
    int slots = 0;
    std::string description;
    bool include_deferred = false;
    std::string file;
    Format format = Format::table;
};

core::Result<int> show(Context& context, const nlohmann::json& pools, Format format) {
    context.out() << render(pools, columns, format);
    return 0;
}

void add_pool_list(CLI::App& pools, Context& context) {
    CLI::App* verb = add_verb(pools, "list", "list the pools and what is taken of them");
    auto options = std::make_shared<PoolOptions>();
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto listed = (*api)->list(api_path({"pools"}), "pools");
            if (!listed) return std::unexpected(listed.error());
            return show(context, *listed, options->format);
        });
    });
}

void add_pool_get(CLI::App& pools, Context& context) {
    CLI::App* verb = add_verb(pools, "get", "show one pool");
    auto options = std::make_shared<PoolOptions>();
    add_name(*verb, "name", options->name, "the pool")->required();
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto pool = (*api)->get(api_path({"pools", options->name}));
            if (!pool) return std::unexpected(pool.error());
            return show(context, nlohmann::json::array({*pool}), options->format);
        });
    });
}

core::Result<void> set_pool(ApiClient& api, const nlohmann::json& body) {
    const std::string name = body.value("name", "");
    auto done = api.patch(api_path({"pools", name}), body);
    if (!done && done.error().code == core::Errc::not_found) {
        done = api.post(api_path({"pools"}), body);
    }
    if (!done) return std::unexpected(done.error());
    return {};
}

void add_pool_set(CLI::App& pools, Context& context) {
    CLI::App* verb = add_verb(pools, "set", "create or change a pool");
    auto options = std::make_shared<PoolOptions>();
    add_name(*verb, "name", options->name, "the pool")->required();
    verb->add_option("slots", options->slots, "how many; -1 for no limit")
        ->required()
        ->check(CLI::Range(-1, 1 << 30));
    verb->add_option("description", options->description, "what it is for")->required();
    verb->add_flag(
        "--include-deferred", options->include_deferred, "count what waits without a process, too"
    );
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto done = set_pool(
                **api,
                {{"name", options->name},
                 {"slots", options->slots},
                 {"description", options->description},
                 {"include_deferred", options->include_deferred}}
            );
            if (!done) return std::unexpected(done.error());
            context.out() << "set " << options->name << "\n";
            return 0;
        });
    });
}

void add_pool_delete(CLI::App& pools, Context& context) {
    CLI::App* verb = add_verb(pools, "delete", "delete a pool");
    auto options = std::make_shared<PoolOptions>();
    add_name(*verb, "name", options->name, "the pool")->required();
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto done = (*api)->remove(api_path({"pools", options->name}));
            if (!done) return std::unexpected(done.error());
            context.out() << "deleted " << options->name << "\n";
            return 0;
        });
    });
}

/// Airflow's file: {"name": {"slots": 5, "description": "", "include_deferred": true}}.
core::Result<int> import_pools(Context& context, const std::string& path) {
    std::ifstream file(path);
    const auto pools = nlohmann::json::parse(file, nullptr, false);
    if (!pools.is_object()) {
        return core::fail(
            core::Errc::invalid_argument,
            "no JSON object of pools can be read",
            R"({"small": {"slots": 5, "description": "", "include_deferred": false}})",
            path
        );
    }
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    for (const auto& [name, pool] : pools.items()) {
        nlohmann::json body = pool.is_object() ? pool : nlohmann::json::object();
        body["name"] = name;
        if (const auto done = set_pool(**api, body); !done) return std::unexpected(done.error());
    }
    context.out() << "imported " << pools.size() << " pools\n";
    return 0;
}

core::Result<int> export_pools(Context& context, const std::string& path) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto listed = (*api)->list(api_path({"pools"}), "pools");
    if (!listed) return std::unexpected(listed.error());
    nlohmann::json pools = nlohmann::json::object();
    for (const auto& pool : *listed) {
        pools[pool.value("name", "")] = {
            {"slots", pool.value("slots", 0)},
            {"description", pool.value("description", "")},
            {"include_deferred", pool.value("include_deferred", false)}
        };
    }
    if (path == "-") {
        context.out() << pools.dump(2) << "\n";
        return 0;
    }
    std::ofstream file(path);
    file << pools.dump(2) << "\n";
    if (!file.flush()) return core::fail(core::Errc::unavailable, "cannot be written", {}, path);
    context.err() << "exported " << pools.size() << " pools\n";
    return 0;
}

void add_files(CLI::App& pools, Context& context) {
    CLI::App* import_verb = add_verb(pools, "import", "create or change the pools of a JSON file");
    CLI::App* export_verb = add_verb(pools, "export", "write the pools to a JSON file");
    auto from = std::make_shared<PoolOptions>();
    auto to = std::make_shared<PoolOptions>();
    import_verb->add_option("file", from->file, "the file")->required();
    export_verb->add_option("file", to->file, "the file, or - for stdout")->required();
    import_verb->callback([&context, from] {
        context.run_later([&context, from] { return import_pools(context, from->file); });
    });
    export_verb->callback([&context, to] {
        context.run_later([&context, to] { return export_pools(context, to->file); });
    });
}

}  // namespace

void add_pools(CLI::App& pools, Context& context) {
    add_pool_list(pools, context);
    add_pool_get(pools, context);
    add_pool_set(pools, context);
    add_pool_delete(pools, context);
    add_files(pools, context);
}

}  // namespace reel::cli
