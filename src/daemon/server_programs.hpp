#pragma once

#include "reel/config/config.hpp"

/// The server programs, each until SIGINT or SIGTERM. They give the exit status; what is wrong is
/// on stderr.
namespace reel::daemon {

/// `reel standalone`: Postgres, scheduler, API server and worker in one process.
int standalone(const config::Config& config);

/// `reel scheduler`: leads, or stands by until it may. Several of them share one database.
int scheduler(const config::Config& config);

/// `reel api-server`: answers from the database and passes on to the leader what changes something.
int api_server(const config::Config& config);

}  // namespace reel::daemon
