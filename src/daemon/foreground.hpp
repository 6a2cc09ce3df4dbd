#pragma once

#include <functional>
#include <optional>
#include <string>

#include "reel/cli/app.hpp"
#include "reel/config/config.hpp"
#include "reel/core/result.hpp"
#include "reel/store/records.hpp"

namespace reel::daemon {

/// `dags test`, `tasks test` and `tasks render`: the planner, loop, executor and runner of the
/// server over a store in memory, in a folder of their own that is removed afterwards. Variables
/// and connections come from the environment.
class Foreground final {
  public:
    /// Gives a database's URI when a task needs the default warehouse.
    using DatabaseUri =
        std::function<core::Result<std::string>(const config::Config&, const std::string&)>;

    explicit Foreground(DatabaseUri database_uri) : database_uri_(std::move(database_uri)) {}

    [[nodiscard]] int test_dag(const config::Config& config, const cli::DagTestOptions& options)
        const;
    [[nodiscard]] int test_task(const config::Config& config, const cli::TaskTestOptions& options)
        const;
    [[nodiscard]] core::Result<core::JsonText> render_task(
        const config::Config& config, const cli::TaskTestOptions& options
    ) const;

  private:
    [[nodiscard]] int carry_out(
        const config::Config& config,
        const std::string& file,
        const core::Dag& dag,
        store::RunRecord record,
        std::optional<int> only_map_index
    ) const;
    [[nodiscard]] std::string warehouse_for(const config::Config& config, const core::Dag& dag)
        const;

    DatabaseUri database_uri_;
};

/// The named DAG from a file, or from the DAG folder when `file` is empty. The error holds every
/// diagnostic in its way.
[[nodiscard]] core::Result<core::Dag> find_dag(
    const config::Config& config, const std::string& dag_id, const std::string& file
);

/// The DAG with tasks that do nothing but succeed in the place of those whose ids begin with a
/// match of the regular expression; "" matches none. An error for a pattern that is none.
[[nodiscard]] core::Result<core::Dag> without_tasks(core::Dag dag, const std::string& pattern);

}  // namespace reel::daemon
