#include "warehouse/publish/spec.hpp"

#include <fmt/format.h>

#include <ranges>

#include "warehouse/args.hpp"
#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

namespace {

std::string without_semicolon(std::string text) {
    const auto end = text.find_last_not_of(" \t\r\n;");
    text.erase(end == std::string::npos ? 0 : end + 1);
    return text;
}

std::vector<std::string> staged_names(const OperationContext& context) {
    const auto names = context.staged | std::views::keys;
    return {names.begin(), names.end()};
}

void parse_source(ArgReader& reader, const OperationContext& context, PublishSpec& spec) {
    spec.from = reader.text("from").value_or("");
    spec.query = without_semicolon(reader.text("query").value_or(""));
    if (spec.from.empty() == spec.query.empty()) {
        return reader.mistake("from", "exactly one of 'from' and 'query' is needed");
    }
    if (!spec.from.empty() && !context.staged.contains(spec.from)) {
        reader.mistake(
            "from",
            fmt::format(
                "there is no staged table '{}'{}",
                spec.from,
                did_you_mean(spec.from, staged_names(context))
            )
        );
    }
}

std::string source_relation(const PublishSpec& spec, const OperationContext& context) {
    const auto staged = context.staged.find(spec.from);
    return staged == context.staged.end() ? std::string(query_relation) : staged->second.physical;
}

LoadMode parse_mode(ArgReader& reader, LoadMode fallback) {
    const auto text = reader.text("mode");
    if (!text) {
        return fallback;
    }
    for (const auto mode : {LoadMode::upsert, LoadMode::append, LoadMode::replace}) {
        if (*text == to_string(mode)) {
            return mode;
        }
    }
    reader.mistake("mode", fmt::format("'{}' is none of upsert, append, replace", *text));
    return fallback;
}

}  // namespace

std::string_view to_string(LoadMode mode) {
    switch (mode) {
        case LoadMode::upsert:
            return "upsert";
        case LoadMode::append:
            return "append";
        case LoadMode::replace:
            return "replace";
    }
    return "upsert";
}

std::vector<std::string> staged_key(const StagedTable& table) {
    const Json key = Json::parse(table.key.text, nullptr, false);
    return key.is_array() ? key.get<std::vector<std::string>>() : std::vector<std::string>{};
}

core::Result<PublishSpec> parse_publish_spec(
    const core::JsonText& args, const OperationContext& context
) {
    const auto object = parse_args(args, "upsert");
    if (!object) {
        return std::unexpected(object.error());
    }
    Mistakes mistakes;
    PublishSpec spec;
    ArgReader reader(*object, "", mistakes);
    parse_source(reader, context, spec);
    if (const auto into = reader.required_text("into"); !into.empty()) {
        const auto name = parse_table_name(into);
        name ? void(spec.into = *name) : reader.mistake("into", name.error());
    }
    spec.key = reader.names("key");
    spec.mode = parse_mode(reader, spec.key.empty() ? LoadMode::append : LoadMode::upsert);
    if (spec.mode == LoadMode::upsert && spec.key.empty()) {
        const auto staged = context.staged.find(spec.from);
        spec.key = staged == context.staged.end() ? std::vector<std::string>{}
                                                  : staged_key(staged->second);
        if (spec.key.empty()) {
            reader.mistake("key", "mode upsert needs a key");
        }
    }
    if (const Json* checks = reader.find("checks")) {
        spec.checks = parse_check_list(
            *checks, spec.into.readable(), source_relation(spec, context), context, mistakes
        );
    }
    static_cast<void>(reader.find("conn_id"));
    reader.finish();
    if (!mistakes.empty()) {
        return std::unexpected(mistakes.to_error("upsert"));
    }
    return spec;
}

std::string load_id(
    const PublishSpec& spec, const LoadIdentity& identity, const std::vector<std::string>& staged
) {
    auto what = fmt::format(
        "{}\n{}\n{}\n{}\n{}",
        spec.into.quoted(),
        to_string(spec.mode),
        quote_list(spec.key),
        spec.query,
        fmt::join(staged, "\n")
    );
    if (staged.empty()) {
        const auto& key = identity.key;
        what += fmt::format(
            "\n{}\n{}\n{}\n{}", key.dag_id.str(), key.run_id.str(), key.task_id.str(), key.map_index
        );
        if (spec.mode != LoadMode::append) {
            what += fmt::format("\n{}", identity.attempt);
        }
    }
    return short_hash(what);
}

}  // namespace reel::warehouse
