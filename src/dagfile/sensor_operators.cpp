#include <iterator>
#include <utility>

#include "operators.hpp"
#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

/// Python functions that judge an answer, as dag-factory names them.
void add_planned_checks(std::vector<Field>& fields, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        fields.push_back(planned(name, {}));
        fields.push_back(planned(name + "_check_name", {}));
        fields.push_back(planned(name + "_check_file", {}));
        fields.push_back(planned(name + "_check_lambda", {}));
    }
}

Field sql_connection() {
    return {
        .name = "conn_id",
        .shape = text(check_not_blank),
        .meaning = "connection, 'warehouse' by default",
        .aliases = {"postgres_conn_id"}
    };
}

Field sql_text() {
    return required("sql", text(check_not_blank), "a query, or the name of a .sql file");
}

}  // namespace

std::vector<Field> sensor_fields(std::vector<Field> own) {
    std::vector<Field> common{
        optional("poke_interval", duration(), "between two looks; 1m by default"),
        optional(
            "timeout", duration(), "the task fails when it has waited that long; 7d by default"
        ),
        optional(
            "mode",
            choice({"poke", "reschedule"}),
            "neither holds a place; with reschedule the timeout is one over all tries"
        ),
        optional("soft_fail", boolean(), "a timeout skips the task instead of failing it"),
        optional("never_fail", boolean(), "every failure skips the task instead of failing it"),
        optional("silent_fail", boolean(), "a look that fails counts as one that found nothing"),
        optional("exponential_backoff", boolean(), "the interval doubles after every look"),
        optional("max_wait", duration(), "the interval never grows beyond it"),
        descriptive("deferrable", "Airflow's; a sensor never holds a place here"),
    };
    own.insert(
        own.end(), std::make_move_iterator(common.begin()), std::make_move_iterator(common.end())
    );
    return own;
}

Operator time_sensor() {
    return {
        .name = "sensor.time",
        .paths =
            {"airflow.providers.standard.sensors.time.TimeSensor",
             "airflow.providers.standard.sensors.time.TimeSensorAsync",
             "airflow.sensors.time_sensor.TimeSensor",
             "airflow.sensors.time_sensor.TimeSensorAsync",
             "airflow.providers.standard.sensors.date_time.DateTimeSensor",
             "airflow.providers.standard.sensors.date_time.DateTimeSensorAsync",
             "airflow.sensors.date_time.DateTimeSensor",
             "airflow.sensors.date_time.DateTimeSensorAsync"},
        .meaning = "waits for a moment",
        .args = sensor_fields({required(
            "target_time",
            text(check_target_time),
            "14:30 on the day the task begins, in the DAG's time zone; or a date with a time"
        )})
    };
}

Operator delta_sensor() {
    return {
        .name = "sensor.delta",
        .paths =
            {"airflow.providers.standard.sensors.time_delta.TimeDeltaSensor",
             "airflow.providers.standard.sensors.time_delta.TimeDeltaSensorAsync",
             "airflow.sensors.time_delta.TimeDeltaSensor",
             "airflow.sensors.time_delta.TimeDeltaSensorAsync"},
        .meaning = "waits until some time after the end of the data interval",
        .args = sensor_fields({required("delta", duration(), "how long after it")})
    };
}

Operator file_sensor() {
    return {
        .name = "sensor.file",
        .paths =
            {"airflow.providers.standard.sensors.filesystem.FileSensor",
             "airflow.sensors.filesystem.FileSensor"},
        .meaning = "waits for a file, or for a folder with a file in it; its path is the XCom",
        .args = sensor_fields(
            {{.name = "filepath",
              .shape = text(check_not_blank),
              .meaning = "a path or a pattern with * and ?; relative ones are beside the DAG",
              .required = true,
              .aliases = {"path"}},
             optional("fs_conn_id", text(check_not_blank), "connection whose path is the base"),
             optional("recursive", boolean(), "** in the pattern stands for any folders"),
             optional("min_size", integer(0), "bytes that the file must have at least")}
        )
    };
}

Operator http_sensor() {
    const ShapePtr scalar = either({text(), number(), boolean()});
    const ShapePtr status = either({integer(100), text(check_not_blank)});
    const ShapePtr check = std::make_shared<const Shape>(Shape{
        .kind = ShapeKind::object,
        .name = "response_check",
        .fields =
            {optional("contains", text(check_not_blank), "text that the body holds"),
             optional("json", text(check_json_pointer), "/place/in/the/body that must be true"),
             optional("equals", scalar, "what must stand there instead of something true")},
        .some_of = {"contains", "json"}
    });
    std::vector<Field> fields{
        optional("url", text(check_not_blank), "the whole URL; or an endpoint of a connection"),
        optional("endpoint", text(), "what follows the connection's host"),
        optional("http_conn_id", text(check_not_blank), "connection, 'http_default' by default"),
        optional(
            "method", choice({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}), "GET by default"
        ),
        optional("headers", map_of(text()), "of the request"),
        {.name = "request_params",
         .shape = either({map_of(scalar), text()}),
         .meaning = "query of a GET, body of anything else",
         .aliases = {"data"}},
        optional(
            "expected_status",
            either({integer(100), text(check_not_blank), list_of(status, true)}),
            "only these will do"
        ),
        optional(
            "response_error_codes_allowlist",
            list_of(status),
            "errors that mean 'not yet', 404 by default; others fail the task"
        ),
        optional("response_check", check, "what the body must say"),
        optional("request_timeout", duration(), "of one request; 30s by default"),
        planned("extra_options", {"{}"}),
        planned("response_check_name", {}),
        planned("response_check_file", {}),
        planned("response_check_lambda", {}),
    };
    for (const char* name :
         {"tcp_keep_alive", "tcp_keep_alive_idle", "tcp_keep_alive_count", "tcp_keep_alive_interval"
         }) {
        fields.push_back(descriptive(name, "Airflow's; accepted and not used"));
    }
    return {
        .name = "sensor.http",
        .paths =
            {"airflow.providers.http.sensors.http.HttpSensor",
             "airflow.sensors.http_sensor.HttpSensor"},
        .meaning = "waits for an answer over HTTP",
        .args = sensor_fields(std::move(fields)),
        .one_of = {{"url", "endpoint"}}
    };
}

Operator sql_sensor() {
    std::vector<Field> fields{
        sql_text(),
        sql_connection(),
        optional("fail_on_empty", boolean(), "no row is a failure; otherwise it waits on"),
        planned("parameters", {"{}", "[]"}),
        planned("selector", {}),
        planned("hook_params", {"{}"}),
    };
    add_planned_checks(fields, {"success", "failure"});
    return {
        .name = "sensor.sql",
        .paths =
            {"airflow.providers.common.sql.sensors.sql.SqlSensor",
             "airflow.sensors.sql_sensor.SqlSensor",
             "airflow.sensors.sql.SqlSensor"},
        .meaning = "waits until the first cell of a query is neither NULL, 0, '' nor false",
        .args = sensor_fields(std::move(fields))
    };
}

Operator branch_sql_operator() {
    const ShapePtr ids = either({text(check_not_blank), list_of(text(check_not_blank), true)});
    return {
        .name = "branch.sql",
        .paths =
            {"airflow.providers.common.sql.operators.sql.BranchSQLOperator",
             "airflow.operators.sql.BranchSQLOperator"},
        .meaning = "goes on with these or those tasks, by the first cell of a query",
        .args =
            {sql_text(),
             sql_connection(),
             required("follow_task_ids_if_true", ids, "tasks right behind it, or one"),
             required("follow_task_ids_if_false", ids, "the same, where the cell is false"),
             planned("parameters", {"{}", "[]"}),
             planned("database", {}),
             planned("hook_params", {"{}"})}
    };
}

}  // namespace reel::dagfile
