#pragma once

#include <memory>
#include <string>

#include "reel/config/config.hpp"
#include "reel/core/result.hpp"
#include "reel/postgres/embedded_cluster.hpp"

namespace reel::daemon {

/// Where metadata and the default warehouse live: in the embedded cluster, or where the
/// configuration says.
struct Databases {
    std::string metadata;   ///< libpq URI, secret
    std::string warehouse;  ///< libpq URI, secret; empty: there is no default warehouse
    std::unique_ptr<postgres::EmbeddedCluster> cluster;  ///< null with database.url
};

/// Starts the embedded cluster unless database.url names another. The caller holds the home.
[[nodiscard]] core::Result<Databases> open_databases(const config::Config& config);

}  // namespace reel::daemon
