#pragma once

#include <memory>
#include <string>

#include "reel/config/config.hpp"
#include "reel/core/result.hpp"
#include "reel/postgres/database.hpp"
#include "reel/postgres/embedded_cluster.hpp"
#include "reel/store/postgres.hpp"

namespace reel::daemon {

/// Where metadata and the default warehouse live: in the embedded cluster, or where the
/// configuration says.
struct Databases {
    std::string metadata;   ///< libpq URI, secret
    std::string warehouse;  ///< libpq URI, secret; empty: there is no default warehouse
    /// The connections on which the metadata are read; none is open yet.
    std::shared_ptr<postgres::Database> reading;
    std::unique_ptr<store::RunStore> lease;              ///< of connect_for_lease()
    std::unique_ptr<store::RunStore> first_term;         ///< of connect_for_commits()
    std::unique_ptr<postgres::EmbeddedCluster> cluster;  ///< null with database.url
};

/// Starts the embedded cluster unless database.url names another. The caller holds the home.
[[nodiscard]] core::Result<Databases> open_databases(const config::Config& config);

// For a program that is about to ask for the lease: it connects while the rest is made ready. One
// after the other: three connections at once take two cores longer than the first is waited for.

void connect_for_lease(Databases& databases);
/// Once the database is migrated.
void connect_for_commits(Databases& databases);

}  // namespace reel::daemon
