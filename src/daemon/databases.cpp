#include "databases.hpp"

namespace reel::daemon {

core::Result<Databases> open_databases(const config::Config& config) {
    Databases databases;
    databases.metadata = config.text("database", "url");
    databases.warehouse = config.text("warehouse", "url");
    if (!databases.metadata.empty()) return databases;
    auto cluster = postgres::start_embedded_cluster({.directory = config.home() / "pg"});
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
    return databases;
}

}  // namespace reel::daemon
