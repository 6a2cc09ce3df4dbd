#pragma once

#include "reel/config/config.hpp"

namespace reel::daemon {

/// From now on the program's own log goes to stderr, as logging.level says.
void log_to_stderr(const config::Config& config);

}  // namespace reel::daemon
