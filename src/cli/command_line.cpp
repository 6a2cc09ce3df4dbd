#include "command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <optional>

#include "reel/core/did_you_mean.hpp"
#include "reel/postgres/error.hpp"

namespace reel::cli {

namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;

void print_error(std::ostream& err, const core::Error& error) {
    err << "error: " << (error.where.empty() ? "" : error.where + ": ") << error.message << "\n";
    if (!error.hint.empty()) err << "hint: " << error.hint << "\n";
}

/// Whether something else than a command may stand behind it, as a file behind `load`.
bool takes_words(const CLI::App& app) {
    return std::ranges::any_of(app.get_options(), &CLI::Option::get_positional);
}

/// The first word that names no command where one is needed.
std::optional<core::Error> unknown_command(
    const CLI::App& root, const std::vector<std::string>& words
) {
    const CLI::App* at = &root;
    std::string path;
    for (const std::string& word : words) {
        const auto subs = at->get_subcommands([](const CLI::App*) { return true; });
        if (subs.empty() || word.starts_with('-')) return std::nullopt;
        const auto found =
            std::ranges::find(subs, word, [](const CLI::App* sub) { return sub->get_name(); });
        if (found == subs.end() && takes_words(*at)) return std::nullopt;
        if (found == subs.end()) {
            std::vector<std::string> names;
            for (const CLI::App* sub : subs) {
                if (!sub->get_group().empty()) names.push_back(sub->get_name());
            }
            const std::string hint = core::did_you_mean(word, names);
            return core::Error{
                core::Errc::invalid_argument,
                fmt::format("there is no command `reel {}{}`", path, word),
                "",
                hint.empty() ? fmt::format("`reel {}--help` lists them", path) : hint
            };
        }
        at = *found;
        path.append(word).append(" ");
    }
    return std::nullopt;
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            names.push_back("--" + name);
        }
    }
    return names;
}

/// The command that was being parsed when parsing failed.
const CLI::App& deepest(const CLI::App& root) {
    const CLI::App* at = &root;
    while (!at->get_subcommands().empty()) {
        at = at->get_subcommands().front();
    }
    return *at;
}

std::string path_of(const CLI::App& app) {
    const CLI::App* parent = app.get_parent();
    return parent == nullptr ? app.get_name() : path_of(*parent) + " " + app.get_name();
}

int report_usage(
    const CLI::App& root,
    const CLI::ParseError& error,
    const std::vector<std::string>& words,
    std::ostream& err
) {
    const CLI::App& at = deepest(root);
    std::string hint = "`" + path_of(at) + " --help` shows how it is used";
    for (const std::string& word : words) {
        const std::string name = word.substr(0, word.find('='));
        const auto names = option_names(at);
        const bool known = std::ranges::find(names, name) != names.end();
        const std::string near = known ? "" : core::did_you_mean(name, names);
        if (name.starts_with("--") && !near.empty()) hint = near;
    }
    std::string message = error.what();
    while (message.ends_with('\n') || message.ends_with('.')) {
        message.pop_back();
    }
    print_error(err, {core::Errc::invalid_argument, message, "", hint});
    return wrong_usage;
}

struct CommandGroup {
    const char* name;
    const char* help;
    void (*add_verbs)(CLI::App& group, Context& context);
};

constexpr std::array groups{
    CommandGroup{"dags", "list, run, check and pause DAGs", add_dags},
    CommandGroup{"tasks", "look at tasks, their states and logs", add_tasks},
    CommandGroup{"backfill", "run a DAG for a span of time that is over", add_backfill},
    CommandGroup{"callbacks", "list whom DAGs and tasks called", add_callbacks},
    CommandGroup{"assets", "list assets and have them made", add_assets},
    CommandGroup{"pools", "list and change pools", add_pools},
    CommandGroup{"workers", "look at the workers", add_workers},
    CommandGroup{"variables", "list, read and change variables", add_variables},
    CommandGroup{"connections", "list, add, test and delete connections", add_connections},
    CommandGroup{"load", "load a file into a table, without a DAG", add_load},
    CommandGroup{
        "quarantine", "look at records that loads rejected, mend and replay them", add_quarantine
    },
    CommandGroup{"db", "prepare, check and open the databases", add_database},
    CommandGroup{"jobs", "see whether a scheduler is alive", add_jobs},
    CommandGroup{"config", "show the options and where they come from", add_config},
    CommandGroup{"cron", "try schedules out", add_cron},
};

/// Only the group that is asked for gets its verbs: declaring all of them takes longer than most
/// commands.
void declare(CLI::App& root, Context& context, const std::string& first_word) {
    root.require_subcommand(1);
    add_servers(root, context);
    for (const CommandGroup& group : groups) {
        CLI::App* const made = root.add_subcommand(group.name, group.help);
        made->require_subcommand(1);
        if (first_word == group.name || first_word == "completion") group.add_verbs(*made, context);
    }
    add_local(root, context);
}

int run_action(Context& context) {
    try {
        const auto status = context.action()();
        if (status) return *status;
        print_error(context.err(), status.error());
    } catch (const postgres::DatabaseError& error) {
        print_error(
            context.err(),
            {core::Errc::unavailable, std::string("the database failed: ") + error.what(), "", ""}
        );
    } catch (const std::exception& error) {
        print_error(context.err(), {core::Errc::internal, error.what(), "", ""});
    }
    return failed;
}

}  // namespace

int run_command(const std::vector<std::string>& words, Surroundings surroundings) {
    Context context(std::move(surroundings));
    CLI::App root("Reel runs pipelines that load data into a warehouse", "reel");
    declare(root, context, words.empty() ? "" : words.front());
    if (words.empty()) {
        context.out() << root.help();
        return wrong_usage;
    }
    if (const auto error = unknown_command(root, words)) {
        print_error(context.err(), *error);
        return wrong_usage;
    }
    try {
        std::vector<std::string> reversed(words.rbegin(), words.rend());
        root.parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
        context.out() << deepest(root).help(
            deepest(root).get_parent() ? path_of(*deepest(root).get_parent()) : ""
        );
        return 0;
    } catch (const CLI::ParseError& error) {
        return report_usage(root, error, words, context.err());
    }
    return run_action(context);
}

}  // namespace reel::cli
