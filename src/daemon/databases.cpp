#include "databases.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <system_error>

namespace reel::daemon {

namespace {

core::Result<void> open_embedded(Databases& databases, const config::Config& config) {
    const auto directory = config.home() / "pg";
    // It takes a second, and much longer on a busy disk.
    if (std::error_code ignored; !std::filesystem::exists(directory, ignored)) {
        spdlog::info("making a Postgres of its own in {}", directory.string());
    }
    auto cluster = postgres::start_embedded_cluster({.directory = directory});
    if (!cluster) return std::unexpected(cluster.error());
    databases.cluster = std::move(*cluster);
    auto metadata = databases.cluster->uri("reel");
    if (!metadata) return std::unexpected(metadata.error());
    databases.metadata = *metadata;
    if (databases.warehouse.empty()) {
        auto warehouse = databases.cluster->uri("warehouse");
        if (!warehouse) return std::unexpected(warehouse.error());
        databases.warehouse = *warehouse;
    }
    return {};
}

}  // namespace

core::Result<Databases> open_databases(const config::Config& config) {
    Databases databases;
    databases.metadata = config.text("database", "url");
    databases.warehouse = config.text("warehouse", "url");
    if (databases.metadata.empty()) {
        if (auto opened = open_embedded(databases, config); !opened) {
            return std::unexpected(opened.error());
        }
    }
    databases.reading = postgres::make_database({.uri = databases.metadata, .max_connections = 16});
    return databases;
}

void connect_for_lease(Databases& databases) {
    databases.lease = store::make_postgres_store(
        databases.metadata, databases.reading, store::ConnectAhead::lease
    );
}

void connect_for_commits(Databases& databases) {
    databases.first_term = store::make_postgres_store(
        databases.metadata, databases.reading, store::ConnectAhead::commits
    );
}

}  // namespace reel::daemon
