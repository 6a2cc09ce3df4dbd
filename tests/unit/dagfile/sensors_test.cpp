#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dagfile/operators.hpp"
#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A DAG with one task 't' of an operator that says these lines, each indented by four blanks.
std::string waiting(const std::string& operation, const std::string& lines) {
    return "d:\n  tasks:\n  - task_id: t\n    operator: " + operation + "\n" + lines;
}

json args(const std::string& operation, const std::string& lines) {
    return args_of(parse_one(waiting(operation, lines)), "t");
}

std::vector<std::string> mistakes(const std::string& operation, const std::string& lines) {
    return mistakes_in(waiting(operation, lines));
}

std::string first_hint(const std::string& operation, const std::string& lines) {
    const LoadedFile file = parse(waiting(operation, lines));
    return file.diagnostics.empty() ? "no mistake" : file.diagnostics[0].hint;
}

TEST(Sensors, GoByShortNameOrByAirflowsPaths) {
    for (const auto& [path, name] : std::vector<std::pair<const char*, const char*>>{
             {"sensor.time", "sensor.time"},
             {"airflow.providers.standard.sensors.time.TimeSensor", "sensor.time"},
             {"airflow.sensors.date_time.DateTimeSensor", "sensor.time"},
             {"airflow.providers.standard.sensors.time_delta.TimeDeltaSensor", "sensor.delta"},
             {"airflow.providers.standard.sensors.filesystem.FileSensor", "sensor.file"},
             {"airflow.sensors.filesystem.FileSensor", "sensor.file"},
             {"airflow.providers.http.sensors.http.HttpSensor", "sensor.http"},
             {"airflow.providers.common.sql.sensors.sql.SqlSensor", "sensor.sql"},
             {"airflow.providers.standard.sensors.external_task.ExternalTaskSensor",
              "sensor.external_task"},
             {"airflow.sensors.external_task.ExternalTaskSensor", "sensor.external_task"},
             {"airflow.providers.standard.operators.trigger_dagrun.TriggerDagRunOperator",
              "trigger_dag"},
             {"airflow.operators.trigger_dagrun.TriggerDagRunOperator", "trigger_dag"},
             {"airflow.providers.common.sql.operators.sql.BranchSQLOperator", "branch.sql"},
             {"airflow.providers.standard.operators.weekday.BranchDayOfWeekOperator",
              "branch.day_of_week"},
             {"airflow.operators.weekday.BranchDayOfWeekOperator", "branch.day_of_week"},
             {"airflow.providers.standard.operators.datetime.BranchDateTimeOperator",
              "branch.datetime"},
             {"airflow.operators.datetime.BranchDateTimeOperator", "branch.datetime"},
         }) {
        const Operator* found = find_operator(path);
        ASSERT_NE(found, nullptr) << path;
        EXPECT_EQ(found->name, name);
        EXPECT_FALSE(is_planned_operator(name));
    }
    EXPECT_NE(find_operator("sensor.asset"), nullptr) << "which Airflow does not have";
    EXPECT_FALSE(is_planned_operator("sensor.asset"));
}

TEST(Sensors, SayHowTheyWait) {
    EXPECT_EQ(
        args("sensor.file", R"(    filepath: /in/x.csv
    poke_interval: 30
    timeout: 2h
    mode: reschedule
    soft_fail: true
    silent_fail: false
    exponential_backoff: true
    max_wait: PT5M
    deferrable: true
)"),
        (json{
            {"filepath", "/in/x.csv"},
            {"poke_interval", 30.0},
            {"timeout", 7200.0},
            {"mode", "reschedule"},
            {"soft_fail", true},
            {"silent_fail", false},
            {"exponential_backoff", true},
            {"max_wait", 300.0}
        })
    ) << "spans of time are seconds, however they were written";
}

TEST(Sensors, TakeTimedeltas) {
    EXPECT_EQ(
        args("sensor.delta", "    delta: {__type__: datetime.timedelta, hours: 1, minutes: 30}\n"),
        (json{{"delta", 5400.0}})
    );
}

TEST(Sensors, AreHeldToHowTheyWait) {
    EXPECT_THAT(
        mistakes(
            "sensor.file",
            "    filepath: x\n    poke_interval: soon\n    mode: reshedule\n    soft_fail: maybe\n"
            "    timeot: 5\n"
        ),
        ElementsAre(
            HasSubstr("6:20 'poke_interval' of task 't' must be a duration"),
            "7:11 'mode' of task 't' must not be 'reshedule'",
            "8:16 'soft_fail' of task 't' must be true or false, not the text 'maybe'",
            "9:5 unknown key 'timeot' in task 't'"
        )
    );
    EXPECT_THAT(
        first_hint("sensor.file", "    filepath: x\n    timeot: 5\n"),
        HasSubstr("did you mean 'timeout'?")
    );
    EXPECT_THAT(
        first_hint("sensor.file", "    filepath: x\n    mode: reshedule\n"),
        HasSubstr("did you mean 'reschedule'?")
    );
    EXPECT_THAT(first_hint("sensor.fil", ""), HasSubstr("did you mean 'sensor.file'?"));
}

TEST(Sensors, InheritHowTheyWaitFromDefaultArgs) {
    const core::Dag dag = parse_one(
        "d:\n  default_args: {timeout: 1h, poke_interval: 5, mode: reschedule, retries: 2}\n"
        "  tasks:\n    - {task_id: wait, operator: sensor.file, filepath: x, timeout: 60}\n"
        "    - {task_id: work, operator: bash, bash_command: echo}\n"
    );
    EXPECT_EQ(args_of(dag, "wait")["timeout"], 60.0);
    EXPECT_EQ(args_of(dag, "wait")["poke_interval"], 5.0);
    EXPECT_EQ(task_of(dag, "wait").retries, 2);
    EXPECT_FALSE(args_of(dag, "work").contains("timeout"));
}

TEST(Sensors, MayBeMapped) {
    const core::Dag dag = parse_one(waiting("sensor.file", "    expand: {filepath: [a, b]}\n"));
    EXPECT_TRUE(task_of(dag, "t").mapping.has_value());
}

TEST(TimeSensor, WaitsForATimeOfTheDayOrADate) {
    EXPECT_EQ(args("sensor.time", "    target_time: 14:30\n"), (json{{"target_time", "14:30"}}));
    for (const char* time :
         {"07:00:30", "2026-11-29T14:30", "2026-11-29", "'{{ data_interval_end }}'"}) {
        EXPECT_THAT(
            mistakes("sensor.time", std::string("    target_time: ") + time + "\n"), IsEmpty()
        ) << time;
    }
    EXPECT_THAT(
        mistakes("sensor.time", "    target_time: half past two\n"),
        ElementsAre("5:18 'target_time' of task 't' must be a time like 14:30 or 2024-01-31T14:30, "
                    "not 'half past two'")
    );
    EXPECT_THAT(mistakes("sensor.time", ""), ElementsAre("3:5 task 't' lacks 'target_time'"));
}

TEST(FileSensor, GoesByAirflowsNameOfThePath) {
    EXPECT_EQ(
        args("sensor.file", "    path: in/*.csv\n    recursive: true\n    min_size: 10\n"),
        (json{{"filepath", "in/*.csv"}, {"recursive", true}, {"min_size", 10}})
    );
    EXPECT_THAT(mistakes("sensor.file", ""), ElementsAre("3:5 task 't' lacks 'filepath'"));
    EXPECT_THAT(
        mistakes("sensor.file", "    filepath: x\n    min_size: -1\n"),
        ElementsAre("6:15 'min_size' of task 't' must be at least 0, not -1")
    );
}

TEST(HttpSensor, HasAUrlOrAnEndpointOfAConnection) {
    EXPECT_EQ(
        args("sensor.http", R"(    url: https://example.org/status
    method: POST
    headers: {Accept: text/plain}
    request_params: {a: 1, b: x}
    expected_status: [200, 204]
    response_error_codes_allowlist: ["404", 409]
    response_check: {json: /state, equals: done}
    request_timeout: 5s
)"),
        (json{
            {"url", "https://example.org/status"},
            {"method", "POST"},
            {"headers", {{"Accept", "text/plain"}}},
            {"request_params", {{"a", 1}, {"b", "x"}}},
            {"expected_status", {200, 204}},
            {"response_error_codes_allowlist", {"404", 409}},
            {"response_check", {{"json", "/state"}, {"equals", "done"}}},
            {"request_timeout", 5.0}
        })
    );
    EXPECT_EQ(
        args("sensor.http", "    http_conn_id: api\n    endpoint: ready\n    data: {q: 1}\n"),
        (json{{"http_conn_id", "api"}, {"endpoint", "ready"}, {"request_params", {{"q", 1}}}})
    );
}

TEST(HttpSensor, IsHeldToItsArguments) {
    EXPECT_THAT(
        mistakes("sensor.http", "    method: get\n    response_check: {equals: 1}\n"),
        ElementsAre(
            "3:5 task 't' lacks one of 'url', 'endpoint'",
            "5:13 'method' of task 't' must not be 'get'",
            "6:21 'response_check' of task 't' lacks 'contains' or 'json'"
        )
    );
    EXPECT_THAT(
        mistakes("sensor.http", "    url: x\n    endpoint: y\n    response_check: {json: state}\n"),
        ElementsAre(
            "6:5 task 't' has 'endpoint' beside 'url'",
            "7:28 'response_check.json' of task 't' must be a place like /status or /items/0, not "
            "'state'"
        )
    );
    EXPECT_THAT(
        mistakes("sensor.http", "    url: x\n    response_check_name: f\n"),
        ElementsAre("6:5 'response_check_name' is not supported yet, in task 't'")
    );
}

TEST(SqlSensor, KeepsItsArguments) {
    EXPECT_EQ(
        args(
            "sensor.sql",
            "    sql: sql/ready.sql\n    postgres_conn_id: pg\n    fail_on_empty: true\n"
        ),
        (json{{"sql", "sql/ready.sql"}, {"conn_id", "pg"}, {"fail_on_empty", true}})
    );
    EXPECT_THAT(
        mistakes(
            "sensor.sql", "    parameters: {a: 1}\n    success: f\n    success_check_name: f\n"
        ),
        ElementsAre(
            "3:5 task 't' lacks 'sql'",
            "5:5 'parameters' is not supported yet, in task 't'",
            "6:5 'success' is not supported yet, in task 't'",
            "7:5 'success_check_name' is not supported yet, in task 't'"
        )
    );
}

TEST(ExternalTaskSensor, NamesARunOrTasksOfIt) {
    EXPECT_EQ(
        args("sensor.external_task", R"(    external_dag_id: other
    external_task_ids: [a, b]
    allowed_states: [success, skipped]
    failed_states: [failed]
    execution_delta: 1d
    check_existence: true
)"),
        (json{
            {"external_dag_id", "other"},
            {"external_task_ids", {"a", "b"}},
            {"allowed_states", {"success", "skipped"}},
            {"failed_states", {"failed"}},
            {"execution_delta", 86400.0},
            {"check_existence", true}
        })
    );
}

TEST(ExternalTaskSensor, IsHeldToItsArguments) {
    EXPECT_THAT(
        mistakes(
            "sensor.external_task",
            "    external_task_id: a\n    external_task_group_id: g\n    failed_states: [faild]\n"
        ),
        ElementsAre(
            "3:5 task 't' lacks 'external_dag_id'",
            "6:5 task 't' has 'external_task_group_id' beside 'external_task_id'",
            HasSubstr("must not be 'faild'")
        )
    );
    EXPECT_THAT(
        first_hint("sensor.external_task", "    external_dag_id: o\n    failed_states: [faild]\n"),
        HasSubstr("did you mean 'failed'?")
    );
}

}  // namespace
}  // namespace reel::dagfile
