#include "warehouse/publish/spec.hpp"

#include <fmt/format.h>

#include <array>
#include <ranges>

#include "warehouse/args.hpp"
#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

namespace {

constexpr double default_max_deleted = 0.5;

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

constexpr std::array modes = {
    LoadMode::upsert, LoadMode::append, LoadMode::replace, LoadMode::delete_insert, LoadMode::scd2
};

LoadMode parse_mode(ArgReader& reader, LoadMode fallback) {
    const auto text = reader.text("mode");
    if (!text) {
        return fallback;
    }
    for (const auto mode : modes) {
        if (*text == to_string(mode)) {
            return mode;
        }
    }
    const auto words = modes | std::views::transform([](auto mode) { return to_string(mode); });
    reader.mistake("mode", fmt::format("'{}' is none of {}", *text, fmt::join(words, ", ")));
    return fallback;
}

void parse_key(ArgReader& reader, const OperationContext& context, PublishSpec& spec) {
    spec.key = reader.names("key");
    spec.mode = parse_mode(reader, spec.key.empty() ? LoadMode::append : LoadMode::upsert);
    const bool needs_key = spec.mode == LoadMode::upsert || spec.mode == LoadMode::scd2;
    if (!needs_key || !spec.key.empty()) {
        return;
    }
    const auto staged = context.staged.find(spec.from);
    if (staged != context.staged.end()) {
        spec.key = staged_key(staged->second);
    }
    if (spec.key.empty()) {
        reader.mistake("key", fmt::format("mode {} needs a key", to_string(spec.mode)));
    }
}

Window parse_window(const Json& value, Mistakes& mistakes) {
    // `window: day` is short for `window: {column: day}`.
    const Json object = value.is_string() ? Json{{"column", value}} : value;
    ArgReader reader(object, "window", mistakes);
    Window window{
        reader.text("where").value_or(""),
        reader.text("column").value_or(""),
        reader.text("from"),
        reader.text("until")
    };
    reader.finish();
    if (window.where.empty() == window.column.empty()) {
        mistakes.add("window", "exactly one of 'where' and 'column' is needed");
    } else if (!window.where.empty() && (window.from || window.until)) {
        mistakes.add("window", "'from' and 'until' are bounds of a 'column'");
    }
    return window;
}

void parse_windows(ArgReader& reader, PublishSpec& spec, Mistakes& mistakes) {
    const Json* window = reader.find("window");
    const bool is_wanted = spec.mode == LoadMode::delete_insert;
    if (window != nullptr && !is_wanted) {
        reader.mistake("window", "only mode delete_insert has one");
    } else if (window != nullptr) {
        spec.window = parse_window(*window, mistakes);
    } else if (is_wanted) {
        reader.mistake("window", "mode delete_insert needs one: the rows that are replaced");
    }
}

MissingRows parse_missing(ArgReader& reader, LoadMode mode) {
    const auto text = reader.text("delete_missing");
    if (!text) {
        return MissingRows::keep;
    }
    if (*text != "hard" && *text != "soft") {
        reader.mistake("delete_missing", fmt::format("'{}' is none of hard, soft", *text));
    } else if (mode != LoadMode::upsert && mode != LoadMode::scd2) {
        reader.mistake(
            "delete_missing",
            mode == LoadMode::replace ? "mode replace deletes what the source lacks anyway"
                                      : "only modes upsert and scd2 look for missing rows"
        );
    } else if (mode == LoadMode::scd2 && *text == "hard") {
        reader.mistake(
            "delete_missing", "mode scd2 keeps its history: soft ends the current version"
        );
    }
    return *text == "soft" ? MissingRows::soft : MissingRows::hard;
}

void parse_deletes(ArgReader& reader, PublishSpec& spec) {
    spec.missing = parse_missing(reader, spec.mode);
    spec.max_deleted.share = default_max_deleted;
    const auto text = reader.text("max_deleted");
    if (!text) {
        return;
    }
    if (spec.missing == MissingRows::keep) {
        reader.mistake("max_deleted", "is a limit of 'delete_missing', which is not there");
    }
    const auto limit = parse_reject_limit(*text);
    limit ? void(spec.max_deleted = *limit) : reader.mistake("max_deleted", limit.error());
}

/// What the extra keys add to a load's identity; nothing where there are none, as it always was.
std::string extras(const PublishSpec& spec) {
    std::string out;
    if (spec.window) {
        const auto& window = *spec.window;
        out += fmt::format(
            "\nwindow {}\n{}\n{}\n{}",
            window.where,
            window.column,
            window.from.value_or(""),
            window.until.value_or("")
        );
    }
    if (spec.missing != MissingRows::keep) {
        out += spec.missing == MissingRows::hard ? "\nmissing hard" : "\nmissing soft";
    }
    return out;
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
        case LoadMode::delete_insert:
            return "delete_insert";
        case LoadMode::scd2:
            return "scd2";
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
    parse_key(reader, context, spec);
    parse_windows(reader, spec, mistakes);
    parse_deletes(reader, spec);
    spec.contract = parse_contract(reader, mistakes);
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
    what += extras(spec);
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
