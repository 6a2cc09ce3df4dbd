#include "reel/config/config.hpp"
#include "reel/dagfile/load.hpp"

namespace reel::dagfile {

LoadOptions load_options(const config::Config& config) {
    LoadOptions options;
    options.timezone = config.text("core", "default_timezone");
    options.max_active_runs = static_cast<int>(config.integer("core", "max_active_runs_per_dag"));
    options.max_active_tasks = static_cast<int>(config.integer("core", "max_active_tasks_per_dag"));
    options.max_consecutive_failed_dag_runs =
        static_cast<int>(config.integer("core", "max_consecutive_failed_dag_runs_per_dag"));
    options.catchup_by_default = config.boolean("scheduler", "catchup_by_default");
    options.create_cron_data_intervals = config.boolean("scheduler", "create_cron_data_intervals");
    options.create_delta_data_intervals =
        config.boolean("scheduler", "create_delta_data_intervals");
    return options;
}

}  // namespace reel::dagfile
