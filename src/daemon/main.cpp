#include <fmt/format.h>
#include <exception>
#include <optional>

#include "databases.hpp"
#include "foreground.hpp"
#include "home.hpp"
#include "reel/cli/app.hpp"
#include "reel/executor/process_executor.hpp"
#include "server_programs.hpp"
#include "worker_program.hpp"

namespace {

using namespace reel;

/// The databases for one command: those of the running server, or started for the command's own
/// time.
class CommandDatabases final {
  public:
    core::Result<std::string> uri(const config::Config& config, const std::string& database) {
        if (!databases_) {
            lock_.emplace(daemon::HomeLock::take(config.home()));
            auto opened = daemon::open_databases(config);
            if (!opened) return std::unexpected(opened.error());
            databases_ = std::move(*opened);
        }
        const std::string& uri =
            database == "warehouse" ? databases_->warehouse : databases_->metadata;
        if (uri.empty()) {
            return core::fail(
                core::Errc::not_found,
                "no default warehouse is configured",
                "set REEL__WAREHOUSE__URL"
            );
        }
        return uri;
    }

    ~CommandDatabases() {
        // Whoever holds the home stops its cluster.
        if (!databases_ || !databases_->cluster || !lock_ || !*lock_) return;
        if (const auto stopped = databases_->cluster->stop(); !stopped) {
            fmt::print(stderr, "cannot stop the database: {}\n", stopped.error().describe());
        }
    }
    CommandDatabases() = default;
    CommandDatabases(const CommandDatabases&) = delete;
    CommandDatabases& operator=(const CommandDatabases&) = delete;

  private:
    std::optional<core::Result<daemon::HomeLock>> lock_;
    std::optional<daemon::Databases> databases_;
};

}  // namespace

int main(int argc, char** argv) {
    try {
        CommandDatabases databases;
        const auto uri = [&](const config::Config& config, const std::string& name) {
            return databases.uri(config, name);
        };
        const daemon::Foreground foreground(uri);
        return cli::run_server(
            argc,
            argv,
            {
                .standalone = daemon::standalone,
                .worker = daemon::run_worker,
                .scheduler = daemon::scheduler,
                .api_server = daemon::api_server,
                .task_exec = executor::task_exec,
                .database_uri = uri,
                .dags_test = [&](const auto& config, const auto& options
                             ) { return foreground.test_dag(config, options); },
                .tasks_test = [&](const auto& config, const auto& options
                              ) { return foreground.test_task(config, options); },
                .tasks_render = [&](const auto& config, const auto& options
                                ) { return foreground.render_task(config, options); },
            }
        );
    } catch (const std::exception& error) {
        fmt::print(stderr, "error: {}\n", error.what());
        return 1;
    }
}
