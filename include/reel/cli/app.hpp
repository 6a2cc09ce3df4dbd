#pragma once

#include <functional>
#include <string>

#include "reel/config/config.hpp"

namespace reel::cli {

/// What the daemon module carries out for the command line: commands that need the whole program
/// put together.
struct ServerCommands {
    std::function<int(const config::Config&)> standalone;
    /// `runner --directory D`
    std::function<int(const std::string& directory, long long lease_seconds)> runner;
    std::function<int()> task_exec;
    /// The metadata database's URI for `db migrate|check|reset|url` and `dags test`; starts the
    /// embedded cluster for the time of the call when it is the one in use and is down.
    std::function<core::Result<std::string>(const config::Config&, const std::string& database)>
        database_uri;
};

/// Parses, runs, reports. Exit status: 0, 1 failed, 2 usage.
int run(int argc, char** argv, const ServerCommands& server);

}  // namespace reel::cli
