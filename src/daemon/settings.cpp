#include "settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "home.hpp"

namespace reel::daemon {

core::Result<ServerSecrets> load_secrets(const config::Config& config) {
    ServerSecrets secrets{config.text("api", "admin_password"), config.text("api", "jwt_secret")};
    if (secrets.admin_password.empty()) {
        auto made = load_or_make_secret(config.home() / "admin_password");
        if (!made) return std::unexpected(made.error());
        secrets.admin_password = *made;
    }
    if (secrets.jwt_secret.empty()) {
        auto made = load_or_make_secret(config.home() / "jwt_secret");
        if (!made) return std::unexpected(made.error());
        secrets.jwt_secret = *made;
    }
    return secrets;
}

executor::ExecutorOptions executor_options(
    const config::Config& config, const Databases& databases
) {
    executor::ExecutorOptions options;
    options.logs = config.path("logging", "base_log_folder");
    options.data = config.path("core", "data_folder");
    options.program = std::filesystem::read_symlink("/proc/self/exe");
    options.environment = config.environment();
    options.default_warehouse_uri = databases.warehouse;
    options.keep_failed_staging = config.duration("warehouse", "keep_failed_staging");
    options.runner.directory = config.home() / "run";
    options.runner.program = options.program.parent_path() / "reel-runner";
    options.runner.lease = config.duration("scheduler", "task_instance_heartbeat_timeout");
    options.runner.fork_shells = config.boolean("core", "fork_shells");
    return options;
}

executor::NotifierOptions notifier_options(
    const config::Config& config, const Databases& databases, const std::string& address
) {
    executor::NotifierOptions options;
    options.environment = config.environment();
    options.default_warehouse_uri = databases.warehouse;
    options.retries = static_cast<int>(config.integer("core", "callback_retries"));
    options.retry_delay = config.duration("core", "callback_retry_delay");
    options.base_url = config.text("api", "base_url");
    if (options.base_url.empty()) options.base_url = "http://" + address;
    while (options.base_url.ends_with('/')) options.base_url.pop_back();
    return options;
}

api::ServerOptions server_options(
    const config::Config& config, const ServerSecrets& secrets, const std::string& section
) {
    api::ServerOptions options;
    options.host = config.text(section, "host");
    options.port = static_cast<std::uint16_t>(config.integer(section, "port"));
    options.logs = config.path("logging", "base_log_folder");
    options.admin_password = secrets.admin_password;
    options.jwt_secret = secrets.jwt_secret;
    options.token_lifetime = config.duration("api", "token_lifetime");
    options.dags_folder = config.path("core", "dags_folder").string();
    return options;
}

core::Result<store::LeaseHolder> lease_holder(const config::Config& config) {
    std::array<char, 256> name{};
    const bool known = ::gethostname(name.data(), name.size() - 1) == 0;
    auto home = load_or_make_secret(config.home() / "run" / "home_id");
    if (!home) return std::unexpected(home.error());
    return store::LeaseHolder{
        .hostname = known ? name.data() : "localhost",
        .pid = ::getpid(),
        .home = *std::move(home),
        .address = {}
    };
}

std::string reachable_address(
    const std::string& host, std::uint16_t port, const std::string& hostname
) {
    if (host == "0.0.0.0" || host == "::") return fmt::format("{}:{}", hostname, port);
    const bool is_v6 = host.find(':') != std::string::npos;
    return is_v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace reel::daemon
