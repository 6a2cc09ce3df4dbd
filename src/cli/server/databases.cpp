#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cli/server/actions.hpp"
#include "reel/store/migrations.hpp"

namespace reel::cli {

core::Result<std::string> database_uri(Context& context, const std::string& database) {
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    return context.world().server->commands.database_uri(**config, database);
}

core::Result<int> migrate_database(Context& context) {
    const auto uri = database_uri(context, "metadata");
    if (!uri) return std::unexpected(uri.error());
    const auto applied = store::migrate(*uri);
    if (!applied) return std::unexpected(applied.error());
    for (const std::string& name : *applied) {
        context.out() << "applied " << name << "\n";
    }
    if (applied->empty()) context.out() << "the database is at the newest level\n";
    return 0;
}

core::Result<int> check_database(Context& context) {
    const auto uri = database_uri(context, "metadata");
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

core::Result<int> reset_database(Context& context, bool yes) {
    if (!yes) {
        const auto sure =
            context.confirm("Drop all runs, variables and connections that Reel keeps?");
        if (!sure) return std::unexpected(sure.error());
        if (!*sure) return core::fail(core::Errc::conflict, "nothing was dropped");
    }
    const auto uri = database_uri(context, "metadata");
    if (!uri) return std::unexpected(uri.error());
    const auto done = store::reset(*uri);
    if (!done) return std::unexpected(done.error());
    context.out() << "the database is empty and at the newest level\n";
    return 0;
}

core::Result<int> print_url(Context& context, const std::string& database) {
    const auto uri = database_uri(context, database);
    if (!uri) return std::unexpected(uri.error());
    context.out() << *uri << "\n";
    return 0;
}

namespace {

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

}  // namespace

core::Result<int> open_shell(Context& context, const std::string& database) {
    const auto uri = database_uri(context, database);
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

}  // namespace reel::cli
