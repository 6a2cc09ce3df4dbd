#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api_client.hpp"
#include "output.hpp"
#include "reel/cli/app.hpp"
#include "reel/config/config.hpp"
#include "reel/core/time.hpp"
#include "server_side.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library chose it
class App;
class Option;
}  // namespace CLI

namespace reel::cli {

/// What the command line sees of the world; tests give it another one.
struct Surroundings {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    std::optional<ServerSide> server;  ///< of reel-server
    /// Of `reel`: goes on as reel-server, with the same line. Comes back only with what kept it.
    std::function<core::Error()> hand_over = {};
    config::Environment environment;
    const core::Clock& clock;
    std::function<std::unique_ptr<Transport>(const Address&)> connect;
    /// Waits; true when Ctrl-C came meanwhile.
    std::function<bool(core::Duration)> pause;
    std::filesystem::path processes = "/proc";
    /// Whether questions can be asked, and whether `out` and `err` can be redrawn.
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    std::size_t rows = 24;
    std::size_t columns = 80;
};

/// One command on its way: what was parsed, and what it needs, made when it asks for it.
class Context final {
  public:
    using Action = std::function<core::Result<int>()>;
    using ServerAction = std::function<core::Result<int>(const ServerSide&)>;

    explicit Context(Surroundings surroundings) : world_(std::move(surroundings)) {}

    [[nodiscard]] Surroundings& world() { return world_; }
    [[nodiscard]] std::ostream& out() { return world_.out; }
    [[nodiscard]] std::ostream& err() { return world_.err; }
    core::Result<const config::Config*> config();
    core::Result<ApiClient*> api();
    core::Result<Address> address();
    /// True for "y" or "yes"; an error where nobody can be asked.
    core::Result<bool> confirm(const std::string& question);

    void run_later(Action action) { action_ = std::move(action); }
    /// What only reel-server can do. `reel` goes on as that program with the same line.
    void run_in_server(ServerAction action);
    [[nodiscard]] const Action& action() const { return action_; }

  private:
    [[nodiscard]] std::string token(const config::Config& config) const;
    core::Result<void> await_start(const config::Config& config);
    /// Called with 0, 1, 2, …: waits for a moment, and says `what` when that has lasted a second.
    /// False when it has lasted too long, or Ctrl-C came.
    bool wait_on(int moment, const std::string& what);
    Surroundings world_;
    std::optional<config::Config> config_;
    std::unique_ptr<ApiClient> api_;
    Action action_;
};

/// Adds the name of a thing, which is never empty: an empty one in a path would stand for all.
CLI::Option* add_name(
    CLI::App& verb, const std::string& name, std::string& into, const std::string& help
);
/// Adds a verb with its line of help.
CLI::App* add_verb(CLI::App& group, const std::string& name, const std::string& help);
/// Adds -o/--output.
void add_output(CLI::App& verb, Format& format);
/// A date as people write it, in the configured time zone where it has none.
[[nodiscard]] core::Result<std::optional<core::Timestamp>> read_date(
    Context& context, const std::string& text, const std::string& what
);
/// The run that the text names: its id, or its logical date.
[[nodiscard]] core::Result<nlohmann::json> find_run(
    Context& context, const std::string& dag_id, const std::string& run
);

// The verbs of each group, and those of no group.
void add_dags(CLI::App& dags, Context& context);
void add_runs(CLI::App& dags, Context& context);
void add_versions(CLI::App& dags, Context& context);
void add_tasks(CLI::App& tasks, Context& context);
void add_tasks_by_hand(CLI::App& tasks, Context& context);
void add_backfill(CLI::App& backfill, Context& context);
void add_callbacks(CLI::App& callbacks, Context& context);
void add_assets(CLI::App& assets, Context& context);
void add_workers(CLI::App& workers, Context& context);
void add_pools(CLI::App& pools, Context& context);
void add_variables(CLI::App& variables, Context& context);
void add_connections(CLI::App& connections, Context& context);
void add_load(CLI::App& load, Context& context);
void add_quarantine(CLI::App& quarantine, Context& context);
void add_database(CLI::App& db, Context& context);
void add_jobs(CLI::App& jobs, Context& context);
void add_config(CLI::App& config, Context& context);
void add_cron(CLI::App& cron, Context& context);
void add_local(CLI::App& root, Context& context);
void add_servers(CLI::App& root, Context& context);

}  // namespace reel::cli
