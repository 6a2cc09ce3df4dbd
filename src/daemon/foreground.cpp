#include "foreground.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "complain.hpp"
#include "foreground_run.hpp"
#include "one_task.hpp"
#include "reel/dagfile/load.hpp"
#include "reel/scheduler/params.hpp"
#include "reel/scheduler/timetable.hpp"
#include "settings.hpp"

namespace reel::daemon {

namespace fs = std::filesystem;

namespace {

/// A folder that lives as long as this object.
class ScratchFolder final {
  public:
    ScratchFolder() : path_(fs::temp_directory_path() / "reel-test-XXXXXX") {
        std::string name = path_.string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw fs::filesystem_error(
                "cannot make a folder", path_, std::error_code(errno, std::generic_category())
            );
        }
        path_ = name;
    }
    ~ScratchFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

store::RunRecord test_run(
    const core::Dag& dag, std::optional<core::Timestamp> logical_date, const core::JsonText& conf
) {
    store::RunRecord run;
    const auto now = core::SystemClock().now();
    const auto at = logical_date.value_or(now);
    run.dag_id = dag.dag_id;
    run.run_id = core::RunId("manual__" + core::format_iso(at));
    run.triggered_by = core::TriggeredBy::test;
    run.conf = conf;
    run.logical_date = at;
    run.data_interval = scheduler::manual_interval(dag, at);
    run.run_after = now;
    run.queued_at = now;
    return run;
}

core::Result<dagfile::LoadedFiles> load_files(
    const config::Config& config, const std::string& file
) {
    const auto options = dagfile::load_options(config);
    if (file.empty()) return dagfile::load_dag_folder(config.path("core", "dags_folder"), options);
    std::error_code error;
    const fs::path path = fs::absolute(file, error);
    if (!fs::is_regular_file(path, error)) {
        return core::fail(core::Errc::not_found, "there is no such file", {}, file);
    }
    auto loaded = dagfile::load_dag_file(path, path.parent_path(), options);
    return dagfile::LoadedFiles{
        {file, std::make_shared<const dagfile::LoadedFile>(std::move(loaded))}
    };
}

/// The DAGs that stand beside one that triggers runs.
std::vector<core::Dag> triggered_by(
    const config::Config& config, const std::string& file, const core::Dag& dag
) {
    std::vector<core::Dag> others;
    const bool triggers = std::ranges::any_of(dag.tasks, [](const core::Task& task) {
        return task.operator_name == "trigger_dag";
    });
    if (!triggers) return others;
    const auto files = load_files(config, file);
    if (!files) return others;
    for (const auto& [name, loaded] : *files) {
        std::ranges::copy_if(loaded->dags, std::back_inserter(others), [&](const core::Dag& other) {
            return other.dag_id != dag.dag_id;
        });
    }
    return others;
}

}  // namespace

core::Result<core::Dag> find_dag(
    const config::Config& config, const std::string& dag_id, const std::string& file
) {
    const auto files = load_files(config, file);
    if (!files) return std::unexpected(files.error());
    std::string diagnostics;
    std::string known;
    for (const auto& [name, loaded] : *files) {
        for (const auto& dag : loaded->dags) {
            if (dag.dag_id.str() == dag_id) return dag;
            known += (known.empty() ? "" : ", ") + dag.dag_id.str();
        }
        for (const auto& diagnostic : loaded->diagnostics) {
            if (diagnostic.dag_id.empty() || diagnostic.dag_id == dag_id) {
                diagnostics += "\n" + diagnostic.describe();
            }
        }
    }
    const std::string place = file.empty() ? config.path("core", "dags_folder").string() : file;
    if (!diagnostics.empty()) {
        return core::fail(
            core::Errc::invalid_argument, "DAG '" + dag_id + "' cannot be loaded:" + diagnostics
        );
    }
    return core::fail(
        core::Errc::not_found,
        "there is no DAG '" + dag_id + "'",
        known.empty() ? "no DAG was found there" : "found there: " + known,
        place
    );
}

core::Result<core::Dag> without_tasks(core::Dag dag, const std::string& pattern) {
    if (pattern.empty()) return dag;
    std::regex wanted;
    try {
        wanted = std::regex(pattern);
    } catch (const std::regex_error&) {
        return core::fail(
            core::Errc::invalid_argument,
            "'" + pattern + "' is no regular expression",
            "for instance --mark-success-pattern 'wait_.*'"
        );
    }
    for (core::Task& task : dag.tasks) {
        const auto at_start = std::regex_constants::match_continuous;
        if (!std::regex_search(task.task_id.str(), wanted, at_start)) continue;
        task.operator_name = "empty";
        task.args = {"{}"};
    }
    return dag;
}

std::string Foreground::warehouse_for(const config::Config& config, const core::Dag& dag) const {
    const std::set<std::string> loaders{
        "sql", "branch.sql", "sensor.sql", "stage", "upsert", "quality"
    };
    const bool needed = std::ranges::any_of(dag.tasks, [&](const auto& task) {
        return loaders.contains(task.operator_name);
    });
    if (!needed) return {};
    // A DAG that names its own connections does not need the default one: its absence is that
    // task's own error, and what it is absent for is told here.
    const auto uri = database_uri_(config, "warehouse");
    if (!uri && uri.error().code != core::Errc::not_found) {
        fmt::print(stderr, "warning: no default warehouse: {}\n", uri.error().describe());
    }
    return uri.value_or("");
}

int Foreground::test_dag(const config::Config& config, const cli::DagTestOptions& options) const {
    const auto dag = find_dag(config, options.dag_id, options.dag_file);
    if (!dag) return complain(dag.error());
    const auto reduced = without_tasks(*dag, options.mark_success_pattern);
    if (!reduced) return complain(reduced.error());
    const auto run = test_run(*reduced, options.logical_date, options.conf);
    return carry_out(config, options.dag_file, *reduced, run, std::nullopt);
}

int Foreground::test_task(const config::Config& config, const cli::TaskTestOptions& options) const {
    const auto dag = find_dag(config, options.dag_id, options.dag_file);
    if (!dag) return complain(dag.error());
    const auto reduced = only_task(*dag, options.task_id);
    if (!reduced) return complain(reduced.error());
    if (const auto fits = scheduler::check_conf(*reduced, options.params); !fits) {
        return complain(fits.error());
    }
    std::optional<int> only;
    if (options.map_index) {
        const auto chosen = chosen_instance(*reduced, options.map_index);
        if (!chosen) return complain(chosen.error());
        only = *chosen;
    }
    const auto run = test_run(*reduced, options.logical_date, options.params);
    return carry_out(config, options.dag_file, *reduced, run, only);
}

int Foreground::carry_out(
    const config::Config& config,
    const std::string& file,
    const core::Dag& dag,
    store::RunRecord record,
    std::optional<int> only_map_index
) const {
    const ScratchFolder scratch;
    Databases databases;
    databases.warehouse = warehouse_for(config, dag);
    auto executor = executor_options(config, databases);
    executor.logs = scratch.path() / "logs";
    executor.data = scratch.path() / "data";
    executor.runner.directory = scratch.path() / "run";
    ForegroundRun run(
        dag, triggered_by(config, file, dag), std::move(record), std::move(executor), only_map_index
    );
    return run.carry_out();
}

core::Result<core::JsonText> Foreground::render_task(
    const config::Config& config, const cli::TaskTestOptions& options
) const {
    const auto dag = find_dag(config, options.dag_id, options.dag_file);
    if (!dag) return std::unexpected(dag.error());
    const auto reduced = only_task(*dag, options.task_id);
    if (!reduced) return std::unexpected(reduced.error());
    if (const auto fits = scheduler::check_conf(*reduced, options.params); !fits) {
        return std::unexpected(fits.error());
    }
    const auto chosen = chosen_instance(*reduced, options.map_index);
    if (!chosen) return std::unexpected(chosen.error());
    scheduler::AttemptOrder order;
    order.dag = std::make_shared<const core::Dag>(*reduced);
    order.run = test_run(*reduced, options.logical_date, options.params);
    order.key = {reduced->dag_id, order.run.run_id, reduced->tasks[0].task_id, *chosen};
    const auto store = store::make_memory_store();
    return executor::render_task(order, *store, executor_options(config, {}));
}

}  // namespace reel::daemon
