#include "reel/config/config.hpp"

namespace reel::config {
namespace {

constexpr auto text = OptionType::text;
constexpr auto integer = OptionType::integer;
constexpr auto boolean = OptionType::boolean;
constexpr auto duration = OptionType::duration;
constexpr auto path = OptionType::path;

std::vector<Option> core_options() {
    return {
        {.section = "core",
         .key = "dags_folder",
         .type = path,
         .default_value = "$REEL_HOME/dags",
         .meaning = "folder with the DAG files"},
        {.section = "core",
         .key = "data_folder",
         .type = path,
         .default_value = "$REEL_HOME/data",
         .meaning = "folder for the files of the runs and the download cache"},
        {.section = "core",
         .key = "parallelism",
         .type = integer,
         .default_value = "32",
         .meaning = "how many tasks run at the same time, over all DAGs",
         .minimum = 1},
        {.section = "core",
         .key = "max_active_tasks_per_dag",
         .type = integer,
         .default_value = "16",
         .meaning = "how many tasks of one DAG run at the same time, unless the DAG says otherwise",
         .minimum = 1},
        {.section = "core",
         .key = "max_map_length",
         .type = integer,
         .default_value = "1024",
         .meaning = "the longest list that a task may push for others to be mapped over; it fails "
                    "beyond that",
         .minimum = 1},
        {.section = "core",
         .key = "max_active_runs_per_dag",
         .type = integer,
         .default_value = "16",
         .meaning = "how many runs of one DAG are active at the same time, unless the DAG says "
                    "otherwise",
         .minimum = 1},
        {.section = "core",
         .key = "max_consecutive_failed_dag_runs_per_dag",
         .type = integer,
         .default_value = "0",
         .meaning = "after so many failed runs in a row a DAG is paused, unless it says otherwise; "
                    "0: never",
         .minimum = 0},
        {.section = "core",
         .key = "dags_are_paused_at_creation",
         .type = boolean,
         .default_value = "true",
         .meaning = "whether a new DAG starts paused, unless the DAG says otherwise"},
        {.section = "core",
         .key = "default_timezone",
         .type = text,
         .default_value = "UTC",
         .meaning = "time zone (IANA name) of DAGs that name none"},
    };
}

std::vector<Option> executor_options() {
    return {
        {.section = "core",
         .key = "executor",
         .type = text,
         .default_value = "local",
         .meaning = "where tasks run: local, in the scheduler's own runner, or worker, wherever "
                    "`reel worker` was started; LocalExecutor and CeleryExecutor mean the same",
         .choices = "local|worker|LocalExecutor|CeleryExecutor"},
        {.section = "core",
         .key = "fork_shells",
         .type = boolean,
         .default_value = "true",
         .meaning = "whether shells are forked ahead of tasks; counts when the runner starts"},
        {.section = "core",
         .key = "graceful_stop_timeout",
         .type = duration,
         .default_value = "30s",
         .meaning = "how long a stopping server waits for its running tasks"},
    };
}

std::vector<Option> callback_options() {
    return {
        {.section = "core",
         .key = "callback_retries",
         .type = integer,
         .default_value = "3",
         .meaning = "how often a callback that failed is called again",
         .minimum = 0,
         .maximum = 100},
        {.section = "core",
         .key = "callback_retry_delay",
         .type = duration,
         .default_value = "10s",
         .meaning = "before a callback is called again; four times as long before each further one"
        },
        {.section = "api",
         .key = "base_url",
         .type = text,
         .default_value = "",
         .meaning = "address of this server in links; empty: made of host and port"},
    };
}

std::vector<Option> retention_options() {
    return {
        {.section = "core",
         .key = "retention_runs",
         .type = duration,
         .default_value = "0s",
         .meaning = "runs that ended longer ago are removed with all that belongs to them, but "
                    "never the latest scheduled run of a DAG; 0s: runs are kept for ever"},
        {.section = "core",
         .key = "retention_xcoms",
         .type = duration,
         .default_value = "0s",
         .meaning = "XComs of ended runs that are older are removed; 0s: as long as their run"},
        {.section = "core",
         .key = "retention_logs",
         .type = duration,
         .default_value = "90d",
         .meaning = "logs of tasks that are older are removed; 0s: as long as their run"},
        {.section = "core",
         .key = "retention_records",
         .type = duration,
         .default_value = "365d",
         .meaning =
             "records of skipped fires, completed backfills and callbacks of ended runs, asset "
             "events that no queue and no run holds and versions of DAGs that no run has, that "
             "are older are removed; 0s: they are kept for ever"},
    };
}

std::vector<Option> database_options() {
    return {
        {.section = "database",
         .key = "url",
         .type = text,
         .default_value = "",
         .meaning = "Postgres for Reel's own state (postgresql://…); empty: the embedded one",
         .secret = true},
        {.section = "warehouse",
         .key = "url",
         .type = text,
         .default_value = "",
         .meaning = "the connection 'warehouse'; empty: a database of the embedded Postgres, and "
                    "none when database.url is set",
         .secret = true},
        {.section = "warehouse",
         .key = "keep_failed_staging",
         .type = duration,
         .default_value = "72h",
         .meaning = "how long staged tables of a failed run are kept"},
    };
}

std::vector<Option> schedule_options() {
    return {
        {.section = "scheduler",
         .key = "catchup_by_default",
         .type = boolean,
         .default_value = "false",
         .meaning = "whether a DAG that does not say makes up for the runs it missed"},
        {.section = "scheduler",
         .key = "create_cron_data_intervals",
         .type = boolean,
         .default_value = "false",
         .meaning = "whether a run of a cron schedule stands for the time from one fire to the "
                    "next and is due at its end, as in Airflow 2"},
        {.section = "scheduler",
         .key = "create_delta_data_intervals",
         .type = boolean,
         .default_value = "false",
         .meaning = "the same for a run of a timedelta or relativedelta"},
    };
}

std::vector<Option> scheduler_options() {
    return {
        {.section = "scheduler",
         .key = "lease",
         .type = duration,
         .default_value = "10s",
         .meaning = "how long a scheduler leads without renewing its lease; when it is gone, a "
                    "standby takes over after that time"},
        {.section = "scheduler",
         .key = "host",
         .type = text,
         .default_value = "127.0.0.1",
         .meaning = "address that `reel scheduler` listens on for API servers, which must reach "
                    "it; 0.0.0.0: they come by the host's name"},
        {.section = "scheduler",
         .key = "port",
         .type = integer,
         .default_value = "0",
         .meaning = "port that `reel scheduler` listens on; 0: any free one",
         .maximum = 65535},
        {.section = "scheduler",
         .key = "task_instance_heartbeat_timeout",
         .type = duration,
         .default_value = "300s",
         .meaning = "a task whose worker was silent for that long is taken to be lost"},
    };
}

std::vector<Option> server_options() {
    return {
        {.section = "api",
         .key = "host",
         .type = text,
         .default_value = "127.0.0.1",
         .meaning = "address that the API server listens on"},
        {.section = "api",
         .key = "port",
         .type = integer,
         .default_value = "8080",
         .meaning = "port that the API server listens on; 0: any free one",
         .maximum = 65535},
        {.section = "api",
         .key = "token_lifetime",
         .type = duration,
         .default_value = "1d",
         .meaning = "how long an API token is valid"},
        {.section = "api",
         .key = "jwt_secret",
         .type = text,
         .default_value = "",
         .meaning = "key that signs API tokens; empty: generated into $REEL_HOME",
         .secret = true},
        {.section = "api",
         .key = "admin_password",
         .type = text,
         .default_value = "",
         .meaning = "password of the user admin; empty: generated into $REEL_HOME/admin_password",
         .secret = true},
        {.section = "logging",
         .key = "base_log_folder",
         .type = path,
         .default_value = "$REEL_HOME/logs",
         .meaning = "folder for the logs of tasks"},
        {.section = "logging",
         .key = "level",
         .type = text,
         .default_value = "info",
         .meaning = "how much the server's own log tells",
         .choices = "trace|debug|info|warn|error|critical|off"},
    };
}

std::vector<Option> worker_options() {
    return {
        {.section = "worker",
         .key = "queues",
         .type = text,
         .default_value = "default",
         .meaning = "queues that a worker takes tasks from, with commas between"},
        {.section = "worker",
         .key = "concurrency",
         .type = integer,
         .default_value = "16",
         .meaning = "how many tasks a worker runs at the same time",
         .minimum = 1},
    };
}

std::vector<Option> declare_options() {
    std::vector<Option> options;
    for (const auto& section :
         {core_options(),
          executor_options(),
          callback_options(),
          retention_options(),
          schedule_options(),
          database_options(),
          worker_options(),
          scheduler_options(),
          server_options()}) {
        options.insert(options.end(), section.begin(), section.end());
    }
    return options;
}

}  // namespace

const std::vector<Option>& all_options() {
    static const std::vector<Option> options = declare_options();
    return options;
}

}  // namespace reel::config
