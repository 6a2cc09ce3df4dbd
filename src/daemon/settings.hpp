#pragma once

#include <string>

#include "databases.hpp"
#include "reel/api/server.hpp"
#include "reel/config/config.hpp"
#include "reel/executor/notifier.hpp"
#include "reel/executor/process_executor.hpp"
#include "reel/store/lease.hpp"

/// What the parts of the program read from the configuration.
namespace reel::daemon {

/// Secrets of one home: of user `admin`, and the key that signs tokens.
struct ServerSecrets {
    std::string admin_password;
    std::string jwt_secret;
};

[[nodiscard]] core::Result<ServerSecrets> load_secrets(const config::Config& config);

[[nodiscard]] executor::ExecutorOptions executor_options(
    const config::Config& config, const Databases& databases
);

/// What callbacks are called with. `address` is where people reach the API server where
/// api.base_url does not say it.
[[nodiscard]] executor::NotifierOptions notifier_options(
    const config::Config& config, const Databases& databases, const std::string& address
);

/// Of the server that listens where the section's `host` and `port` say.
[[nodiscard]] api::ServerOptions server_options(
    const config::Config& config, const ServerSecrets& secrets, const std::string& section
);

/// This program as the lease names it; the address is known once its server listens.
[[nodiscard]] core::Result<store::LeaseHolder> lease_holder(const config::Config& config);

/// Where others reach a server that listens there: by the host's name where that is everywhere.
[[nodiscard]] std::string reachable_address(
    const std::string& host, std::uint16_t port, const std::string& hostname
);

}  // namespace reel::daemon
