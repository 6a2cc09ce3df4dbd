#include <date/tz.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "completion.hpp"
#include "context.hpp"
#include "reel/core/did_you_mean.hpp"
#include "reel/core/schedule.hpp"
#include "reel/core/timezone_hint.hpp"

namespace reel::cli {

namespace {

constexpr std::string_view masked = "***";

std::string origin_text(config::Origin origin) {
    switch (origin) {
        case config::Origin::file:
            return "file";
        case config::Origin::environment:
            return "environment";
        case config::Origin::default_value:
            break;
    }
    return "default";
}

std::string shown_value(const config::Config& config, const config::Option& option) {
    const std::string& text = config.text(option.section, option.key);
    return option.secret && !text.empty() ? std::string(masked) : text;
}

core::Result<int> list_config(Context& context, Format format) {
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    nlohmann::json rows = nlohmann::json::array();
    for (const config::Option& option : config::all_options()) {
        rows.push_back(
            {{"section", option.section},
             {"key", option.key},
             {"value", shown_value(**config, option)},
             {"origin", origin_text((*config)->origin(option.section, option.key))},
             {"default", option.default_value},
             {"meaning", option.meaning}}
        );
    }
    context.out(
    ) << render(rows, {"section", "key", "value", "origin", "default", "meaning"}, format);
    return 0;
}

core::Result<int> get_config(Context& context, const std::string& section, const std::string& key) {
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    std::vector<std::string> names;
    for (const config::Option& option : config::all_options()) {
        if (option.section == section && option.key == key) {
            context.out() << shown_value(**config, option) << "\n";
            return 0;
        }
        names.push_back(fmt::format("{} {}", option.section, option.key));
    }
    const std::string wanted = section + " " + key;
    const std::string hint = core::did_you_mean(wanted, names);
    return core::fail(
        core::Errc::not_found,
        "there is no option " + wanted,
        hint.empty() ? "`reel config list` lists them" : hint
    );
}

}  // namespace

void add_config(CLI::App& config, Context& context) {
    CLI::App* list =
        add_verb(config, "list", "list every option with its value, origin and meaning");
    auto format = std::make_shared<Format>(Format::table);
    add_output(*list, *format);
    list->callback([&context, format] {
        context.run_later([&context, format] { return list_config(context, *format); });
    });
    CLI::App* get = add_verb(config, "get-value", "print the value of an option");
    auto name = std::make_shared<std::pair<std::string, std::string>>();
    get->add_option("section", name->first, "its section")->required();
    get->add_option("option", name->second, "its key")->required();
    get->callback([&context, name] {
        context.run_later([&context, name] {
            return get_config(context, name->first, name->second);
        });
    });
}

namespace {

struct CronOptions {
    std::string expression;
    std::string timezone = "UTC";
    std::string after;
    int count = 5;
    Format format = Format::table;
};

/// "2026-03-29T03:30:00+02:00".
std::string local_text(core::Timestamp at, const std::string& timezone) {
    const auto zoned = date::make_zoned(timezone, std::chrono::floor<std::chrono::seconds>(at));
    return date::format("%FT%T%Ez", zoned);
}

core::Result<int> list_fires(Context& context, const CronOptions& options) {
    if (const auto valid = core::validate_cron(options.expression); !valid) {
        return std::unexpected(valid.error());
    }
    if (!core::is_known_timezone(options.timezone)) {
        const std::string nearest = core::nearest_timezone(options.timezone);
        return core::fail(
            core::Errc::invalid_argument,
            "there is no time zone " + options.timezone,
            nearest.empty() ? "use a name as Europe/Berlin or UTC" : nearest
        );
    }
    core::Timestamp at = context.world().clock.now();
    if (!options.after.empty()) {
        const auto after = core::parse_timestamp(options.after, options.timezone);
        if (!after) return std::unexpected(after.error());
        at = *after;
    }
    const core::Schedule schedule = core::CronSchedule{core::expand_preset(options.expression)};
    nlohmann::json rows = nlohmann::json::array();
    for (int i = 0; i < options.count; ++i) {
        const auto next = core::next_fire(schedule, options.timezone, at, at);
        if (!next) break;
        at = *next;
        rows.push_back(
            {{"local_time", local_text(at, options.timezone)}, {"run_after", core::format_api(at)}}
        );
    }
    std::ostream& words = options.format == Format::table ? context.out() : context.err();
    words << core::describe_schedule(schedule) << " (" << options.timezone << ")\n";
    if (rows.empty()) words << "it never fires within the next years\n";
    if (!rows.empty() || options.format != Format::table) {
        context.out() << render(rows, {"local_time", "run_after"}, options.format);
    }
    return 0;
}

}  // namespace

void add_cron(CLI::App& cron, Context& context) {
    CLI::App* next =
        add_verb(cron, "next", "list when a cron expression fires, and say it in words");
    auto options = std::make_shared<CronOptions>();
    next->add_option("expression", options->expression, "\"0 7 * * *\", or a preset such as @daily")
        ->required();
    next->add_option(
        "--timezone", options->timezone, "the zone its fields are read in (IANA name)"
    );
    next->add_option(
        "--after", options->after, "list those after this date; now where none is given"
    );
    next->add_option("-n,--count", options->count, "how many")->check(CLI::Range(1, 1000));
    add_output(*next, options->format);
    next->callback([&context, options] {
        context.run_later([&context, options] { return list_fires(context, *options); });
    });
}

namespace {

/// "pid 7 on host, term 3".
std::string leader_text(const nlohmann::json& leader) {
    return fmt::format(
        "{}pid {} on {}, term {}",
        leader.value("is_alive", false) ? "" : "none; the last one was ",
        leader.value("pid", 0L),
        leader.value("hostname", ""),
        leader.value("term", 0L)
    );
}

core::Result<int> info(Context& context, Format format) {
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    nlohmann::json facts{
        {"version", REEL_VERSION},
        {"home", (*config)->home().string()},
        {"dags_folder", (*config)->path("core", "dags_folder").string()},
        {"server", (*api)->address().url()}
    };
    const auto health = (*api)->get(api_path({"monitor", "health"}));
    const auto version = (*api)->get(api_path({"version"}));
    facts["server_version"] = version ? version->value("version", "") : "";
    for (const char* const part : {"metadatabase", "scheduler"}) {
        const nlohmann::json status =
            health ? health->value(part, nlohmann::json::object()) : nullptr;
        facts[part] = status.is_object() ? status.value("status", nlohmann::json())
                                         : nlohmann::json("not running");
    }
    const auto leader = (*api)->get("/api/reel/v1/leader");
    facts["leader"] = leader ? leader_text(*leader) : "";
    context.out() << render_one(facts, format);
    return 0;
}

}  // namespace

void add_local(CLI::App& root, Context& context) {
    CLI::App* info_verb =
        add_verb(root, "info", "show where Reel lives and whether its server runs");
    auto format = std::make_shared<Format>(Format::table);
    add_output(*info_verb, *format);
    info_verb->callback([&context, format] {
        context.run_later([&context, format] { return info(context, *format); });
    });
    add_verb(root, "version", "print the version")->callback([&context] {
        context.run_later([&context]() -> core::Result<int> {
            context.out() << REEL_VERSION << "\n";
            return 0;
        });
    });
    CLI::App* completion = add_verb(root, "completion", "print a completion script for a shell");
    auto shell = std::make_shared<std::string>();
    completion->add_option("shell", *shell, "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}).description(""));
    completion->callback([&context, shell, &root] {
        context.run_later([&context, shell, &root]() -> core::Result<int> {
            context.out() << completion_script(words_of(root), *shell);
            return 0;
        });
    });
}

}  // namespace reel::cli
