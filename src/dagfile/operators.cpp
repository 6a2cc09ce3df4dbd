#include "operators.hpp"

#include <algorithm>
#include <array>

#include "dag_shapes.hpp"
#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

constexpr std::array<std::string_view, 12> planned_operators{
    "http",
    "export",
    "docker",
    "spark_submit",
    "kubernetes",
    "datetime",
    "email",
    "s3",
    "redshift",
    "ssh",
    "sensor",
    "virtualenv",
};

Operator empty_operator() {
    return {
        .name = "empty",
        .paths =
            {"airflow.providers.standard.operators.empty.EmptyOperator",
             "airflow.operators.empty.EmptyOperator",
             "airflow.operators.dummy.DummyOperator",
             "airflow.operators.dummy_operator.DummyOperator"},
        .meaning = "does nothing; for joining and naming",
        .args = {}
    };
}

Operator bash_operator() {
    return {
        .name = "bash",
        .paths =
            {"airflow.providers.standard.operators.bash.BashOperator",
             "airflow.operators.bash.BashOperator",
             "airflow.operators.bash_operator.BashOperator"},
        .meaning = "runs a shell command; the last line of its output is its XCom",
        .args =
            {required(
                 "bash_command", text(check_not_blank), "the command, or the name of a .sh file"
             ),
             optional(
                 "env",
                 either({map_of(text()), text()}),
                 "environment of the command; without append_env it is the whole of it"
             ),
             optional("append_env", boolean(), "add env to the inherited environment"),
             optional("cwd", text(), "working directory"),
             optional("shell", text(), "the shell, /bin/bash by default"),
             optional(
                 "skip_on_exit_code",
                 either({integer(0), list_of(integer(0))}),
                 "exit status that means skipped, 99 by default"
             ),
             optional("output_encoding", choice({"utf-8", "utf8", "UTF-8"}), "of the output"),
             optional("output_processor", choice({"json"}), "json: the last line is read as JSON")}
    };
}

std::vector<Field> callable_fields() {
    return {
        optional("python_callable", text(check_not_blank), "package.module.function"),
        optional("python_callable_name", text(check_not_blank), "function in python_callable_file"),
        optional("python_callable_file", text(check_not_blank), "file that holds the function"),
        optional("op_args", either({list_of(any_value()), text()}), "its positional arguments"),
        optional("op_kwargs", either({map_of(any_value()), text()}), "its named arguments"),
        optional("templates_dict", map_of(any_value()), "further values with templates in them"),
        planned("templates_exts", {"[]"}),
        descriptive("show_return_value_in_logs", "Airflow's; the log always shows it")
    };
}

Operator python_operator() {
    return {
        .name = "python",
        .paths =
            {"airflow.providers.standard.operators.python.PythonOperator",
             "airflow.operators.python.PythonOperator",
             "airflow.operators.python_operator.PythonOperator"},
        .meaning = "calls a Python function; what it returns is its XCom",
        .args = callable_fields(),
        .one_of = {{"python_callable", "python_callable_name"}}
    };
}

Operator branch_python_operator() {
    return {
        .name = "branch.python",
        .paths =
            {"airflow.providers.standard.operators.python.BranchPythonOperator",
             "airflow.operators.python.BranchPythonOperator",
             "airflow.operators.python_operator.BranchPythonOperator"},
        .meaning = "goes on with the tasks whose ids a Python function returns",
        .args = callable_fields(),
        .one_of = {{"python_callable", "python_callable_name"}}
    };
}

Operator short_circuit_operator() {
    std::vector<Field> args = callable_fields();
    args.push_back(optional(
        "condition", either({text(), boolean()}), "a template; what is false in Python stops here"
    ));
    args.push_back(optional(
        "ignore_downstream_trigger_rules",
        boolean(),
        "true by default: everything behind it is skipped, not only what stands right behind it"
    ));
    return {
        .name = "short_circuit",
        .paths =
            {"airflow.providers.standard.operators.python.ShortCircuitOperator",
             "airflow.operators.python.ShortCircuitOperator",
             "airflow.operators.python_operator.ShortCircuitOperator"},
        .meaning = "goes on only where a condition holds",
        .args = std::move(args),
        .one_of = {{"condition", "python_callable", "python_callable_name"}}
    };
}

Operator latest_only_operator() {
    return {
        .name = "latest_only",
        .paths =
            {"airflow.providers.standard.operators.latest_only.LatestOnlyOperator",
             "airflow.operators.latest_only.LatestOnlyOperator",
             "airflow.operators.latest_only_operator.LatestOnlyOperator"},
        .meaning = "skips what stands behind it in a scheduled run that is not the latest",
        .args = {}
    };
}

Operator sql_operator() {
    return {
        .name = "sql",
        .paths =
            {"airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator",
             "airflow.providers.postgres.operators.postgres.PostgresOperator",
             "airflow.operators.postgres_operator.PostgresOperator"},
        .meaning = "runs SQL statements in one transaction",
        .args =
            {required("sql", texts(), "statements, or the name of a .sql file; or a list of them"),
             {.name = "conn_id",
              .shape = text(check_not_blank),
              .meaning = "connection, 'warehouse' by default",
              .aliases = {"postgres_conn_id"}},
             planned("parameters", {"{}", "[]"}),
             planned("autocommit", {"false"}),
             planned("database", {}),
             planned("handler", {}),
             planned("hook_params", {"{}"}),
             planned("return_last", {"true"}),
             planned("requires_result_fetch", {"false"}),
             descriptive("split_statements", "Airflow's; statements are always split"),
             descriptive("show_return_value_in_logs", "Airflow's; the log always shows it")}
    };
}

Operator download_operator() {
    return {
        .name = "download",
        .paths = {},
        .meaning = "brings a file or folder into the run's data folder",
        .args =
            {required("from", text(check_not_blank), "http(s) or file URL, or a path"),
             optional("extract", boolean(), "unpack archives and compressed files"),
             optional("file_name", text(check_not_blank), "name for a single file"),
             optional("into", text(check_not_blank), "folder below the run's data folder"),
             optional("checksum", text(check_checksum), "sha256:… or md5:… of the file"),
             optional("headers", either({map_of(text()), list_of(text())}), "of the HTTP request")}
    };
}

std::vector<Operator> declare_operators() {
    std::vector<Operator> operators{
        empty_operator(),
        bash_operator(),
        python_operator(),
        branch_operator(),
        branch_python_operator(),
        branch_sql_operator(),
        branch_day_of_week_operator(),
        branch_date_time_operator(),
        short_circuit_operator(),
        latest_only_operator(),
        sql_operator(),
        download_operator(),
        stage_operator(),
        upsert_operator(),
        quality_operator(),
        time_sensor(),
        delta_sensor(),
        file_sensor(),
        http_sensor(),
        sql_sensor(),
        external_task_sensor(),
        asset_sensor(),
        trigger_dag_operator(),
    };
    for (Operator& one : operators) {
        std::vector<Field> fields = task_fields();
        fields.insert(fields.end(), one.args.begin(), one.args.end());
        one.task = object(std::move(fields), "task_" + one.name);
    }
    return operators;
}

}  // namespace

const std::vector<Operator>& all_operators() {
    static const std::vector<Operator> operators = declare_operators();
    return operators;
}

const Operator* find_operator(std::string_view name) {
    const auto found = std::ranges::find_if(all_operators(), [&](const Operator& candidate) {
        return candidate.name == name ||
               std::ranges::find(candidate.paths, name) != candidate.paths.end();
    });
    return found == all_operators().end() ? nullptr : &*found;
}

bool is_planned_operator(std::string_view name) {
    return name.starts_with("airflow.") ||
           std::ranges::find(planned_operators, name) != planned_operators.end();
}

std::string hint_for_operator(std::string_view name) {
    struct Hint {
        std::string_view ending;
        const char* text;
    };
    static constexpr std::array hints{
        Hint{
            "KubernetesPodOperator",
            "run the image by `bash`: kubectl run --attach --rm, or docker run"
        },
        Hint{"DockerOperator", "run the image by `bash`: docker run --rm"},
        Hint{
            "HttpOperator",
            "call it by `bash` with curl --fail, or by `python`; `sensor.http` waits for an answer"
        },
        Hint{"SubDagOperator", "write a task group"},
        Hint{"EmailOperator", "send it by `bash` or `python`"},
    };
    for (const Hint& hint : hints) {
        if (name.ends_with(hint.ending)) {
            return hint.text;
        }
    }
    const bool is_own_class =
        name.find('.') != std::string_view::npos && !name.starts_with("airflow.");
    const bool is_ours = name.starts_with("sensor.") || name.starts_with("branch.");
    return is_own_class && !is_ours
               ? "classes of Airflow's are not run here; a function is: operator: python"
               : "";
}

std::vector<std::string> operator_names() {
    std::vector<std::string> names;
    for (const Operator& one : all_operators()) {
        names.push_back(one.name);
    }
    for (const Operator& one : all_operators()) {
        names.insert(names.end(), one.paths.begin(), one.paths.end());
    }
    return names;
}

}  // namespace reel::dagfile
