#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "context.hpp"

namespace reel::cli {

const std::vector<std::string>& clean_tables() {
    static const std::vector<std::string> names{
        "dag_run",
        "xcom",
        "skipped_fires",
        "backfill",
        "callback",
        "asset_event",
        "dag_version",
        "task_log",
        "staged"
    };
    return names;
}

namespace {

void add_clean(CLI::App& db, Context& context) {
    CLI::App* verb = add_verb(db, "clean", "remove what is older than a moment");
    auto options = std::make_shared<CleanOptions>();
    add_name(
        *verb,
        "--clean-before-timestamp",
        options->before,
        "what ended, or was recorded, before then goes; never an active run or the latest "
        "scheduled one of a DAG"
    )
        ->required();
    verb->add_option(
            "-t,--tables",
            options->tables,
            fmt::format(
                "only these of {}; all where none is given", fmt::join(clean_tables(), ", ")
            )
    )
        ->delimiter(',')
        ->check(CLI::IsMember(clean_tables()).description(""));
    verb->add_flag("--dry-run", options->dry_run, "only count what would go");
    verb->add_flag("--keep-last", options->keep_last, "keep the newest run of each DAG as well");
    verb->add_flag("-y,--yes", options->yes, "do not ask");
    verb->add_flag("--skip-archive")->description("what is removed is never archived");
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_in_server([&context, options](const ServerSide& server) {
            return server.clean(context, *options);
        });
    });
}

using OnDatabase = core::Result<int> (*ServerSide::*)(Context&, const std::string&);

void add_on_database(
    CLI::App& db, Context& context, const char* name, const char* help, OnDatabase action
) {
    CLI::App* verb = add_verb(db, name, help);
    auto database = std::make_shared<std::string>("metadata");
    verb->add_option("database", *database, "metadata (where none is given) or warehouse")
        ->check(CLI::IsMember({"metadata", "warehouse"}).description(""));
    verb->callback([&context, database, action] {
        context.run_in_server([&context, database, action](const ServerSide& server) {
            return (server.*action)(context, *database);
        });
    });
}

}  // namespace

void add_database(CLI::App& db, Context& context) {
    add_clean(db, context);
    add_verb(db, "migrate", "bring the metadata database to the newest level")
        ->callback([&context] {
            context.run_in_server([&context](const ServerSide& server) {
                return server.migrate(context);
            });
        });
    add_verb(db, "check", "see whether the metadata database answers and is up to date")
        ->callback([&context] {
            context.run_in_server([&context](const ServerSide& server) {
                return server.check(context);
            });
        });
    CLI::App* reset = add_verb(db, "reset", "drop everything Reel keeps and begin anew");
    auto yes = std::make_shared<bool>(false);
    reset->add_flag("-y,--yes", *yes, "do not ask");
    reset->callback([&context, yes] {
        context.run_in_server([&context, yes](const ServerSide& server) {
            return server.reset(context, *yes);
        });
    });
    add_on_database(
        db, context, "url", "print a database's URI, which psql takes", &ServerSide::url
    );
    add_on_database(db, context, "shell", "open psql on a database", &ServerSide::shell);
}

}  // namespace reel::cli
