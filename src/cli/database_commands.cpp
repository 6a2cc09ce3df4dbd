#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "context.hpp"
#include "reel/store/migrations.hpp"

namespace reel::cli {

namespace {

core::Result<int> migrate(Context& context) {
    const auto uri = context.database_uri("metadata");
    if (!uri) return std::unexpected(uri.error());
    const auto applied = store::migrate(*uri);
    if (!applied) return std::unexpected(applied.error());
    for (const std::string& name : *applied) {
        context.out() << "applied " << name << "\n";
    }
    if (applied->empty()) context.out() << "the database is at the newest level\n";
    return 0;
}

core::Result<int> check(Context& context) {
    const auto uri = context.database_uri("metadata");
    if (!uri) return std::unexpected(uri.error());
    const int level = store::migration_level(*uri);
    const auto newest = static_cast<int>(store::all_migrations().size());
    if (level < newest) {
        return core::fail(
            core::Errc::conflict,
            fmt::format("the database answers, but is at level {} of {}", level, newest),
            "`reel db migrate` brings it up"
        );
    }
    context.out() << fmt::format("the database answers and is at level {}\n", level);
    return 0;
}

core::Result<int> reset(Context& context, bool yes) {
    if (!yes) {
        const auto sure =
            context.confirm("Drop all runs, variables and connections that Reel keeps?");
        if (!sure) return std::unexpected(sure.error());
        if (!*sure) return core::fail(core::Errc::conflict, "nothing was dropped");
    }
    const auto uri = context.database_uri("metadata");
    if (!uri) return std::unexpected(uri.error());
    const auto done = store::reset(*uri);
    if (!done) return std::unexpected(done.error());
    context.out() << "the database is empty and at the newest level\n";
    return 0;
}

/// Gives psql the connection through its environment: a password has no place among arguments.
bool export_connection(const std::string& uri) {
    PQconninfoOption* const options = PQconninfoParse(uri.c_str(), nullptr);
    if (options == nullptr) return false;
    for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
        if (option->val != nullptr && option->envvar != nullptr) {
            setenv(option->envvar, option->val, 1);
        }
    }
    PQconninfoFree(options);
    return true;
}

core::Result<int> shell(Context& context, const std::string& database) {
    const auto uri = context.database_uri(database);
    if (!uri) return std::unexpected(uri.error());
    context.out() << std::flush;
    const pid_t child = fork();
    if (child == 0) {
        if (export_connection(*uri)) execlp("psql", "psql", static_cast<char*>(nullptr));
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        return core::fail(core::Errc::unavailable, "psql could not be started");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        return core::fail(
            core::Errc::unavailable, "psql could not be started", "install postgresql-client"
        );
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

std::shared_ptr<std::string> add_database_name(CLI::App& verb) {
    auto name = std::make_shared<std::string>("metadata");
    verb.add_option("database", *name, "metadata (where none is given) or warehouse")
        ->check(CLI::IsMember({"metadata", "warehouse"}).description(""));
    return name;
}

}  // namespace

void add_database(CLI::App& db, Context& context) {
    add_clean(db, context);
    add_verb(db, "migrate", "bring the metadata database to the newest level")
        ->callback([&context] { context.run_later([&context] { return migrate(context); }); });
    add_verb(db, "check", "see whether the metadata database answers and is up to date")
        ->callback([&context] { context.run_later([&context] { return check(context); }); });
    CLI::App* reset_verb = add_verb(db, "reset", "drop everything Reel keeps and begin anew");
    auto yes = std::make_shared<bool>(false);
    reset_verb->add_flag("-y,--yes", *yes, "do not ask");
    reset_verb->callback([&context, yes] {
        context.run_later([&context, yes] { return reset(context, *yes); });
    });
    CLI::App* url_verb = add_verb(db, "url", "print a database's URI, which psql takes");
    auto url_name = add_database_name(*url_verb);
    url_verb->callback([&context, url_name] {
        context.run_later([&context, url_name]() -> core::Result<int> {
            const auto uri = context.database_uri(*url_name);
            if (!uri) return std::unexpected(uri.error());
            context.out() << *uri << "\n";
            return 0;
        });
    });
    CLI::App* shell_verb = add_verb(db, "shell", "open psql on a database");
    auto shell_name = add_database_name(*shell_verb);
    shell_verb->callback([&context, shell_name] {
        context.run_later([&context, shell_name] { return shell(context, *shell_name); });
    });
}

}  // namespace reel::cli
