#include "worker_program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <thread>

#include "complain.hpp"
#include "home.hpp"
#include "reel/async/quietly.hpp"
#include "reel/postgres/error.hpp"
#include "reel/store/migrations.hpp"
#include "reel/worker/worker.hpp"
#include "server_log.hpp"
#include "settings.hpp"
#include "task_executor.hpp"

namespace reel::daemon {

namespace asio = boost::asio;
using namespace boost::asio::experimental::awaitable_operators;

namespace {

/// For processes to end and for the database to hear of it, once it is known that we cannot wait.
constexpr auto farewell = std::chrono::seconds(15);
constexpr std::size_t id_length = 12;

/// The scheduler brings the database to its level; a worker waits for it.
core::Result<void> wait_for_database(const std::string& uri) {
    constexpr auto pause = std::chrono::milliseconds(500);
    const int wanted = store::all_migrations().back().number;
    for (bool told = false;; told = true) {
        std::string reason = "it is older than this program; its scheduler will migrate it";
        try {
            const int level = store::migration_level(uri);
            if (level == wanted) return {};
            if (level > wanted) {
                return core::fail(
                    core::Errc::unsupported,
                    "the metadata database is newer than this program",
                    "install the version of the scheduler here, too"
                );
            }
        } catch (const postgres::DatabaseError& error) {
            if (error.kind() != postgres::FailureKind::transient) {
                return core::fail(
                    core::Errc::invalid_argument, error.what(), {}, "the metadata database"
                );
            }
            reason = error.what();
        }
        if (!told) spdlog::warn("waiting for the metadata database: {}", reason);
        std::this_thread::sleep_for(pause);
    }
}

std::vector<std::string> queues_of(
    const config::Config& config, const cli::WorkerCommandOptions& options
) {
    if (!options.queues.empty()) return options.queues;
    std::vector<std::string> queues;
    std::string text = config.text("worker", "queues") + ",";
    for (std::size_t end = 0; (end = text.find(',')) != std::string::npos; text.erase(0, end + 1)) {
        const std::size_t first = text.find_first_not_of(' ');
        const std::size_t last = text.find_last_not_of(' ', end == 0 ? 0 : end - 1);
        if (first < end) queues.push_back(text.substr(first, last - first + 1));
    }
    return queues;
}

core::Result<worker::WorkerOptions> worker_options(
    const config::Config& config, const cli::WorkerCommandOptions& options
) {
    // The home's, so that whoever is started in it again goes on with what was claimed.
    const auto id = load_or_make_secret(config.home() / "worker_id");
    if (!id) return std::unexpected(id.error());
    worker::WorkerOptions made;
    made.id = id->substr(0, id_length);
    made.queues = queues_of(config, options);
    if (made.queues.empty()) {
        return core::fail(
            core::Errc::invalid_argument, "the worker has no queue", "name some with --queues"
        );
    }
    made.concurrency = options.concurrency > 0
                           ? options.concurrency
                           : static_cast<int>(config.integer("worker", "concurrency"));
    made.silences =
        worker::silences_of(config.duration("scheduler", "task_instance_heartbeat_timeout"));
    made.database_uri = config.text("database", "url");
    return made;
}

/// Everything that `reel worker` runs, put together in order; taken apart in the reverse one.
class WorkerServices final {
  public:
    WorkerServices(const config::Config& config, const worker::WorkerOptions& options)
        : grace_length_(config.duration("core", "graceful_stop_timeout")),
          signals_(io_, SIGINT, SIGTERM),
          store_(store::make_postgres_store(options.database_uri)),
          dispatches_(store::make_postgres_dispatch_store(options.database_uri)),
          tasks_(executor::make_process_executor(
              io_.get_executor(), pool_, *store_, process_options(config, options)
          )),
          worker_(worker::make_worker(
              {.executor = io_.get_executor(),
               .pool = pool_,
               .store = *store_,
               .dispatches = *dispatches_,
               .tasks = *tasks_,
               .clock = clock_},
              options
          )) {}

    void run() {
        std::exception_ptr failure;
        asio::co_spawn(io_, main(), [&](const std::exception_ptr& error) { failure = error; });
        io_.run();
        if (failure) std::rethrow_exception(failure);
    }

  private:
    static executor::ExecutorOptions process_options(
        const config::Config& config, const worker::WorkerOptions& options
    ) {
        Databases databases;
        databases.metadata = options.database_uri;
        databases.warehouse = config.text("warehouse", "url");
        auto made = executor_options(config, databases);
        made.runner.lease = options.silences.runner;
        return made;
    }

    asio::awaitable<void> main() {
        co_await (worker_->run() || obey_signals());
        co_await tasks_->stop(true);
    }

    /// Returns when waiting any longer is of no use.
    asio::awaitable<void> obey_signals() {
        co_await signals_.async_wait(async::quietly);
        worker_->stop();
        spdlog::info("stopping; attempts that still run: {}", worker_->live_attempts());
        timer_.expires_after(grace_length_);
        co_await (timer_.async_wait(async::quietly) || signals_.async_wait(async::quietly));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
        spdlog::warn(
            "ending {} attempts; they will be tried again elsewhere", worker_->live_attempts()
        );
        worker_->interrupt_tasks();
        timer_.expires_after(farewell);
        co_await timer_.async_wait(async::quietly);
    }

    core::Duration grace_length_;
    core::SystemClock clock_;
    asio::io_context io_{1};
    asio::signal_set signals_;     // held from the start: one that comes early is not lost
    async::BlockingPool pool_{4};  // claims and reports, template rendering
    std::unique_ptr<store::RunStore> store_;
    std::unique_ptr<store::DispatchStore> dispatches_;
    std::unique_ptr<executor::ProcessExecutor> tasks_;
    std::unique_ptr<worker::Worker> worker_;
    asio::steady_timer timer_{io_};
};

}  // namespace

int run_worker(const config::Config& config, const cli::WorkerCommandOptions& options) {
    log_to_stderr(config);
    if (config.text("database", "url").empty()) {
        return complain(
            {core::Errc::invalid_argument,
             "a worker needs the database of its scheduler",
             "database.url",
             "set REEL__DATABASE__URL, here and for the scheduler; `reel db url metadata` prints "
             "what it uses now"}
        );
    }
    const auto lock = HomeLock::take(config.home());
    if (!lock) return complain(lock.error());
    const auto worker = worker_options(config, options);
    if (!worker) return complain(worker.error());
    try {
        if (auto there = wait_for_database(worker->database_uri); !there) {
            return complain(there.error());
        }
        WorkerServices services(config, *worker);
        spdlog::info(
            "worker {} takes {} tasks at one time from {}",
            worker->id,
            worker->concurrency,
            fmt::join(worker->queues, ", ")
        );
        services.run();
    } catch (const std::exception& error) {
        spdlog::critical("{}", error.what());
        return 1;
    }
    return 0;
}

}  // namespace reel::daemon
