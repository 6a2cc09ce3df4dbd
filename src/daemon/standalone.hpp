#pragma once

#include "reel/config/config.hpp"

namespace reel::daemon {

/// `reel standalone`: Postgres, scheduler, API server and worker in one process until SIGINT or
/// SIGTERM. Gives the exit status; what is wrong is on stderr.
int standalone(const config::Config& config);

}  // namespace reel::daemon
