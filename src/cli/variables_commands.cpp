#include <CLI/CLI.hpp>
#include <iostream>

#include "context.hpp"

namespace reel::cli {

namespace {

struct VariableOptions {
    std::string key;
    std::string value;
    std::string description;
    std::string fallback;
    bool has_fallback = false;
    bool json = false;
    Format format = Format::table;
};

void add_variable_list(CLI::App& variables, Context& context) {
    CLI::App* verb = add_verb(variables, "list", "list the variables");
    auto options = std::make_shared<VariableOptions>();
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto listed = (*api)->list(api_path({"variables"}), "variables");
            if (!listed) return std::unexpected(listed.error());
            context.out() << render(*listed, {"key", "value", "description"}, options->format);
            return 0;
        });
    });
}

core::Result<int> get(Context& context, const VariableOptions& options) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto variable = (*api)->get(api_path({"variables", options.key}));
    const bool missing = !variable && variable.error().code == core::Errc::not_found;
    if (missing && options.has_fallback) {
        context.out() << options.fallback << "\n";
        return 0;
    }
    if (!variable) return std::unexpected(variable.error());
    const std::string value = variable->value("value", "");
    if (!options.json) {
        context.out() << value << "\n";
        return 0;
    }
    const nlohmann::json parsed = nlohmann::json::parse(value, nullptr, false);
    if (parsed.is_discarded()) {
        return core::fail(
            core::Errc::corrupt_data, "the variable " + options.key + " holds no JSON"
        );
    }
    context.out() << parsed.dump(2) << "\n";
    return 0;
}

void add_variable_get(CLI::App& variables, Context& context) {
    CLI::App* verb = add_verb(variables, "get", "print a variable");
    auto options = std::make_shared<VariableOptions>();
    add_name(*verb, "key", options->key, "its key")->required();
    verb->add_flag("-j,--json", options->json, "it holds JSON, print it indented");
    verb->add_option("-d,--default", options->fallback, "what to print when there is none");
    verb->callback([&context, options, verb] {
        options->has_fallback = verb->count("--default") > 0;
        context.run_later([&context, options] { return get(context, *options); });
    });
}

core::Result<int> set(Context& context, const VariableOptions& options) {
    if (options.json && nlohmann::json::parse(options.value, nullptr, false).is_discarded()) {
        return core::fail(core::Errc::invalid_argument, "the value is not valid JSON");
    }
    nlohmann::json body{{"key", options.key}, {"value", options.value}};
    if (!options.description.empty()) body["description"] = options.description;
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    auto done = (*api)->patch(api_path({"variables", options.key}), body);
    if (!done && done.error().code == core::Errc::not_found) {
        done = (*api)->post(api_path({"variables"}), body);
    }
    if (!done) return std::unexpected(done.error());
    context.out() << "set " << options.key << "\n";
    return 0;
}

void add_variable_set(CLI::App& variables, Context& context) {
    CLI::App* verb = add_verb(variables, "set", "create or change a variable");
    auto options = std::make_shared<VariableOptions>();
    add_name(*verb, "key", options->key, "its key")->required();
    verb->add_option("value", options->value, "its value")->required();
    verb->add_option("--description", options->description, "what it is for");
    verb->add_flag("-j,--json", options->json, "refuse a value that is no JSON");
    verb->callback([&context, options] {
        context.run_later([&context, options] { return set(context, *options); });
    });
}

void add_variable_delete(CLI::App& variables, Context& context) {
    CLI::App* verb = add_verb(variables, "delete", "delete a variable");
    auto options = std::make_shared<VariableOptions>();
    add_name(*verb, "key", options->key, "its key")->required();
    verb->callback([&context, options] {
        context.run_later([&context, options]() -> core::Result<int> {
            const auto api = context.api();
            if (!api) return std::unexpected(api.error());
            const auto done = (*api)->remove(api_path({"variables", options->key}));
            if (!done) return std::unexpected(done.error());
            context.out() << "deleted " << options->key << "\n";
            return 0;
        });
    });
}

}  // namespace

void add_variables(CLI::App& variables, Context& context) {
    add_variable_list(variables, context);
    add_variable_get(variables, context);
    add_variable_set(variables, context);
    add_variable_delete(variables, context);
}

}  // namespace reel::cli
