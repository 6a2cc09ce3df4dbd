#include "server_programs.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <thread>

#include "complain.hpp"
#include "home.hpp"
#include "reel/postgres/error.hpp"
#include "reel/postgres/login.hpp"
#include "reel/runner/footprint.hpp"
#include "reel/store/migrations.hpp"
#include "server_log.hpp"
#include "services.hpp"
#include "settings.hpp"

namespace reel::daemon {

namespace {

using std::chrono::steady_clock;

/// A database that is still starting, or away for a while, is waited for; anything else it says
/// ends the start.
core::Result<void> migrate_when_there(Databases& databases, Duties duties) {
    constexpr auto pause = std::chrono::milliseconds(500);
    for (bool told = false;; told = true) {
        try {
            if (store::is_up_to_date(*databases.reading)) return {};
            const auto applied = store::migrate(databases.metadata);
            if (!applied) return std::unexpected(applied.error());
            if (!applied->empty()) {
                spdlog::info("migrated the metadata database: {}", fmt::join(*applied, ", "));
            }
            // What was prepared before is of tables as they were.
            if (duties.schedules) connect_for_lease(databases);
            return {};
        } catch (const postgres::DatabaseError& error) {
            if (error.kind() != postgres::FailureKind::transient) {
                return core::fail(
                    core::Errc::invalid_argument, error.what(), {}, "the metadata database"
                );
            }
            if (!told) spdlog::warn("waiting for the metadata database: {}", error.what());
        }
        std::this_thread::sleep_for(pause);
    }
}

void greet(
    const config::Config& config,
    const Services& services,
    bool embedded,
    steady_clock::time_point began
) {
    const std::chrono::duration<double> took = steady_clock::now() - began;
    fmt::print(
        "Reel is ready after {:.2f} s; Ctrl-C stops it\n"
        "  server    http://{}\n"
        "  user      admin, password in {}\n"
        "  database  {}\n"
        "  DAGs      {}\n"
        "  home      {}\n",
        took.count(),
        services.address(),
        config.text("api", "admin_password").empty() ? (config.home() / "admin_password").string()
                                                     : "the configuration",
        embedded ? "embedded Postgres" : "the one that the configuration names",
        config.path("core", "dags_folder").string(),
        config.home().string()
    );
    std::fflush(stdout);
}

using Greet = std::function<void(const Services&)>;

int serve(
    const config::Config& config, Databases& databases, Duties duties, const Greet& greet_people
) {
    if (duties.schedules) connect_for_lease(databases);
    if (auto migrated = migrate_when_there(databases, duties); !migrated) {
        return complain(migrated.error());
    }
    if (duties.schedules) connect_for_commits(databases);
    auto secrets = load_secrets(config);
    if (!secrets) return complain(secrets.error());
    auto self = lease_holder(config);
    if (!self) return complain(self.error());
    std::error_code
        ignored;  // a folder that cannot be made shows as empty, with the watcher's own warning
    std::filesystem::create_directories(config.path("core", "dags_folder"), ignored);
    Services services(config, databases, *secrets, *self, duties);
    if (auto opened = services.open(); !opened) return complain(opened.error());
    services.run([&] { greet_people(services); });
    return 0;
}

/// The same, with what ends it told.
int serve_to_the_end(
    const config::Config& config, Databases& databases, Duties duties, const Greet& greet_people
) {
    try {
        return serve(config, databases, duties, greet_people);
    } catch (const std::exception& error) {
        spdlog::critical("{}", error.what());
        return 1;
    }
}

/// One of several programs over one database, which each of them must be able to reach.
int serve_apart(const config::Config& config, const std::string& name, Duties duties) {
    runner::share_heaps();
    log_to_stderr(config);
    const std::jthread logins(postgres::prepare_logins);
    if (config.text("database", "url").empty()) {
        return complain(
            {.code = core::Errc::invalid_argument,
             .message = fmt::format(
                 "database.url is not set, and `reel {}` brings no Postgres along", name
             ),
             .where = {},
             .hint = "set REEL__DATABASE__URL to the Postgres that all parts share; `reel db url` "
                     "prints that of a `reel standalone`"}
        );
    }
    auto databases = open_databases(config);
    if (!databases) return complain(databases.error());
    return serve_to_the_end(config, *databases, duties, [&](const Services& services) {
        fmt::print("reel {} listens on http://{}; Ctrl-C stops it\n", name, services.address());
        std::fflush(stdout);
    });
}

}  // namespace

int standalone(const config::Config& config) {
    const auto began = steady_clock::now();
    runner::share_heaps();
    log_to_stderr(config);
    const std::jthread logins(postgres::prepare_logins);
    auto lock = HomeLock::take(config.home());
    if (!lock) return complain(lock.error());
    auto databases = open_databases(config);
    if (!databases) return complain(databases.error());
    const bool embedded = databases->cluster != nullptr;
    const int status = serve_to_the_end(
        config,
        *databases,
        {.schedules = true, .serves_people = true},
        [&](const Services& services) { greet(config, services, embedded, began); }
    );
    if (databases->cluster) {
        if (auto stopped = databases->cluster->stop(); !stopped) return complain(stopped.error());
    }
    return status;
}

int scheduler(const config::Config& config) {
    return serve_apart(config, "scheduler", {.schedules = true});
}

int api_server(const config::Config& config) {
    return serve_apart(config, "api-server", {.serves_people = true});
}

}  // namespace reel::daemon
