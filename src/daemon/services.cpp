#include "services.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>

#include "home.hpp"
#include "reel/warehouse/operations.hpp"

namespace reel::daemon {

namespace asio = boost::asio;
using namespace boost::asio::experimental::awaitable_operators;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr auto guard_interval = std::chrono::milliseconds(500);

bool is_cancelled(const asio::cancellation_state& state) {
    return state.cancelled() != asio::cancellation_type::none;
}

/// What drops staged tables that failed runs have left in the default warehouse; null without one.
std::function<void(core::Timestamp)> staged_dropper(std::string uri, store::RunStore& store) {
    if (uri.empty()) return {};
    return [uri = std::move(uri), &store](core::Timestamp before) {
        const auto spared = store::active_runs(store);
        if (const auto done = warehouse::drop_staged_before(uri, before, spared, false); !done) {
            spdlog::warn("staged tables are kept for now: {}", done.error().describe());
        }
    };
}

}  // namespace

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
    options.runner.program = options.program;
    options.runner.lease = config.duration("scheduler", "task_instance_heartbeat_timeout");
    return options;
}

Services::Services(const config::Config& config, Databases& databases, const ServerSecrets& secrets)
    : config_(config),
      databases_(databases),
      secrets_(secrets),
      signals_(io_, SIGINT, SIGTERM),
      store_(store::make_postgres_store(databases.metadata)),
      tasks_(executor::make_executor(
          io_.get_executor(), pool_, *store_, executor_options(config, databases)
      )),
      scheduler_(scheduler::make_scheduler(
          {.executor = io_.get_executor(),
           .pool = pool_,
           .store = *store_,
           .tasks = *tasks_,
           .clock = clock_},
          {.parallelism = static_cast<int>(config.integer("core", "parallelism")),
           .max_map_length = static_cast<std::size_t>(config.integer("core", "max_map_length")),
           .paused_at_creation = config.boolean("core", "dags_are_paused_at_creation")}
      )),
      catalog_(
          {.executor = io_.get_executor(),
           .pool = pool_,
           .store = *store_,
           .scheduler = *scheduler_,
           .clock = clock_},
          config.path("core", "dags_folder"),
          dagfile::load_options(config)
      ),
      housekeeping_(
          {.executor = io_.get_executor(),
           .pool = pool_,
           .store = *store_,
           .clock = clock_,
           .remove_runs = [this](store::RunExpiry expiry
                          ) { return scheduler_->remove_expired_runs(expiry); },
           .drop_staged = staged_dropper(databases.warehouse, *store_)},
          read_retention(config),
          {config.path("logging", "base_log_folder"), config.path("core", "data_folder")}
      ) {
    tasks_->reach(*scheduler_);
    api::ServerOptions options;
    options.host = config.text("api", "host");
    options.port = static_cast<std::uint16_t>(config.integer("api", "port"));
    options.logs = config.path("logging", "base_log_folder");
    options.admin_password = secrets.admin_password;
    options.jwt_secret = secrets.jwt_secret;
    options.token_lifetime = config.duration("api", "token_lifetime");
    options.dags_folder = config.path("core", "dags_folder").string();
    server_ = api::make_server(io_.get_executor(), pool_, *store_, *scheduler_, clock_, options);
}

core::Result<void> Services::write_token() {
    const auto lifetime = config_.duration("api", "token_lifetime");
    return write_private(
        config_.home() / "run" / "token",
        api::make_token(secrets_.jwt_secret, "admin", clock_.now(), lifetime) + "\n"
    );
}

core::Result<void> Services::open() {
    if (auto listening = server_->listen(); !listening) return listening;
    return write_token();
}

void Services::run() {
    std::exception_ptr failure;
    asio::co_spawn(io_, main(), [&](const std::exception_ptr& error) { failure = error; });
    io_.run();
    if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> Services::main() {
    // The DAGs are there before the first request is answered.
    co_await catalog_.refresh();
    co_await (
        (schedule() && obey_signals()) || server_->serve() || catalog_.watch() || guard_cluster() ||
        keep_token_fresh() || housekeeping_.run()
    );
    co_await tasks_->stop(true);
}

asio::awaitable<void> Services::schedule() {
    co_await scheduler_->run();
    drained_ = true;
    grace_.cancel();
}

asio::awaitable<void> Services::obey_signals() {
    co_await signals_.async_wait(quietly);
    scheduler_->stop();
    spdlog::info("stopping; attempts that still run: {}", scheduler_->live_attempts());
    grace_.expires_after(config_.duration("core", "graceful_stop_timeout"));
    if (!drained_) co_await (grace_.async_wait(quietly) || signals_.async_wait(quietly));
    if (drained_) co_return;
    spdlog::warn(
        "ending {} attempts; they will be tried again at the next start",
        scheduler_->live_attempts()
    );
    scheduler_->interrupt_tasks();
}

asio::awaitable<void> Services::guard_cluster() {
    asio::steady_timer timer(io_);
    while (!is_cancelled(co_await asio::this_coro::cancellation_state)) {
        timer.expires_after(guard_interval);
        co_await timer.async_wait(quietly);
        if (!databases_.cluster || databases_.cluster->is_running()) continue;
        spdlog::warn("the embedded Postgres is gone, starting it again");
        const auto started =
            co_await pool_.run([this] { return databases_.cluster->ensure_running(); });
        if (!started) spdlog::error("{}", started.error().describe());
    }
}

asio::awaitable<void> Services::keep_token_fresh() {
    asio::steady_timer timer(io_);
    while (!is_cancelled(co_await asio::this_coro::cancellation_state)) {
        timer.expires_after(config_.duration("api", "token_lifetime") / 2);
        co_await timer.async_wait(quietly);
        if (const auto written = write_token(); !written) {
            spdlog::error("{}", written.error().describe());
        }
    }
}

}  // namespace reel::daemon
