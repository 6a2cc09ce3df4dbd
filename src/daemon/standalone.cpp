#include "standalone.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <optional>
#include <thread>

#include "home.hpp"
#include "reel/postgres/error.hpp"
#include "reel/store/migrations.hpp"
#include "server_log.hpp"
#include "services.hpp"

namespace reel::daemon {

namespace {

using std::chrono::steady_clock;

int complain(const core::Error& error) {
    fmt::print(stderr, "error: {}\n", error.describe());
    return 1;
}

/// A database that is still starting, or away for a while, is waited for; anything else it says
/// ends the start.
core::Result<void> migrate_when_there(const std::string& uri) {
    constexpr auto pause = std::chrono::milliseconds(500);
    for (bool told = false;; told = true) {
        try {
            const auto applied = store::migrate(uri);
            if (!applied) return std::unexpected(applied.error());
            for (const auto& name : *applied) spdlog::info("migrated {}", name);
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
        "  server    http://{}:{}\n"
        "  user      admin, password in {}\n"
        "  database  {}\n"
        "  DAGs      {}\n"
        "  home      {}\n",
        took.count(),
        config.text("api", "host"),
        services.port(),
        config.text("api", "admin_password").empty() ? (config.home() / "admin_password").string()
                                                     : "the configuration",
        embedded ? "embedded Postgres" : "the one that the configuration names",
        config.path("core", "dags_folder").string(),
        config.home().string()
    );
    std::fflush(stdout);
}

int serve(const config::Config& config, Databases& databases, steady_clock::time_point began) {
    if (auto migrated = migrate_when_there(databases.metadata); !migrated) {
        return complain(migrated.error());
    }
    auto secrets = load_secrets(config);
    if (!secrets) return complain(secrets.error());
    std::error_code
        ignored;  // a folder that cannot be made shows as empty, with the watcher's own warning
    std::filesystem::create_directories(config.path("core", "dags_folder"), ignored);
    Services services(config, databases, *secrets);
    if (auto opened = services.open(); !opened) return complain(opened.error());
    greet(config, services, databases.cluster != nullptr, began);
    services.run();
    return 0;
}

}  // namespace

int standalone(const config::Config& config) {
    const auto began = steady_clock::now();
    log_to_stderr(config);
    auto lock = HomeLock::take(config.home());
    if (!lock) return complain(lock.error());
    auto databases = open_databases(config);
    if (!databases) return complain(databases.error());
    int status = 1;
    try {
        status = serve(config, *databases, began);
    } catch (const std::exception& error) {
        spdlog::critical("{}", error.what());
    }
    if (databases->cluster) {
        if (auto stopped = databases->cluster->stop(); !stopped) return complain(stopped.error());
    }
    return status;
}

}  // namespace reel::daemon
