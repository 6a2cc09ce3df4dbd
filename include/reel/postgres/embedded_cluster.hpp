#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "reel/core/result.hpp"

namespace reel::postgres {

struct EmbeddedClusterOptions {
    std::filesystem::path
        directory;  ///< $REEL_HOME/pg: data/, socket/, server.log, password live in it
    std::string run_as_user =
        "postgres";  ///< whom root becomes for initdb and postgres; ignored for other users
    std::filesystem::path binaries;  ///< folder of initdb and postgres; empty: `search_path`, then
                                     ///< /usr/lib/postgresql/*/bin (newest) and the like
    std::string search_path;         ///< folders with ':' between, as in PATH
    int start_timeout_seconds = 60;
    bool durable = true;  ///< false: no fsync, for tests; survives a kill, not a power cut
};

/// A private Postgres under one folder: Unix socket only, no TCP, scram password of its own that
/// lies in a file readable by the owner alone. A server of this folder that already runs (after
/// kill -9 of Reel) is taken over as it is. It lives in a session of its own: Ctrl-C and the end of
/// Reel do not reach it. Used by one thread at a time.
class EmbeddedCluster {
  public:
    virtual ~EmbeddedCluster() = default;
    /// libpq URI for a database of the cluster; the database is made when it is missing. Holds the
    /// password.
    [[nodiscard]] virtual core::Result<std::string> uri(const std::string& database) = 0;
    /// Stops the server ("fast"); idempotent. The destructor does not stop it.
    virtual core::Result<void> stop() = 0;
    /// False once the server process is gone.
    [[nodiscard]] virtual bool is_running() const = 0;
    /// Starts the server again if it is gone.
    virtual core::Result<void> ensure_running() = 0;
};

/// Makes the cluster when there is none, starts it when it is down. Errors say what is wrong in
/// words: Postgres not installed (with the apt line), disk full, folder not writable, socket path
/// too long, incompatible data version.
[[nodiscard]] core::Result<std::unique_ptr<EmbeddedCluster>> start_embedded_cluster(
    EmbeddedClusterOptions options
);

}  // namespace reel::postgres
