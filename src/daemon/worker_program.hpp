#pragma once

#include "reel/cli/app.hpp"
#include "reel/config/config.hpp"

namespace reel::daemon {

/// `reel worker`: carries tasks out until SIGINT or SIGTERM. Gives the exit status; what is wrong
/// is on stderr.
int run_worker(const config::Config& config, const cli::WorkerCommandOptions& options);

}  // namespace reel::daemon
