// What a file may say wrongly of a task that waits, and where the message points.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

struct Mistake {
    const char* lines;    ///< behind the operator, the first one is line 5
    const char* message;  ///< with line and column
    const char* hint = "";
};

/// A DAG with one task 't' of an operator that says these lines.
LoadedFile load(const std::string& operation, const std::string& lines) {
    return parse("d:\n  tasks:\n  - task_id: t\n    operator: " + operation + "\n" + lines);
}

void expect_each(const char* operation, const std::vector<Mistake>& mistakes) {
    for (const Mistake& each : mistakes) {
        const LoadedFile file = load(operation, each.lines);
        EXPECT_THAT(mistakes_of(file), ElementsAre(each.message)) << each.lines;
        EXPECT_THAT(file.dags, IsEmpty()) << "a DAG with a mistake is not loaded";
        if (!file.diagnostics.empty()) {
            EXPECT_EQ(file.diagnostics[0].hint, each.hint) << each.lines;
        }
    }
}

constexpr const char* duration_hint = "write it as 5m, PT5M or a number of seconds";

TEST(SensorMistakes, OfATime) {
    expect_each(
        "sensor.time",
        {{"    target_time: '24:00'\n",
          "5:18 'target_time' of task 't' must be a time like 14:30 or 2024-01-31T14:30, not "
          "'24:00'"},
         {"    target_time: ''\n",
          "5:18 'target_time' of task 't' must be a time like 14:30 or 2024-01-31T14:30, not ''"},
         {"    target_time: 2026-02-30\n",
          "5:18 'target_time' of task 't' must be a time like 14:30 or 2024-01-31T14:30, not "
          "'2026-02-30'"},
         {"    target_time: [1]\n", "5:18 'target_time' of task 't' must be text, not a list"},
         {"    target_time: 14\n",
          "5:18 'target_time' of task 't' must be text, not 14",
          "put it in quotes"}}
    );
}

TEST(SensorMistakes, OfASpanOfTime) {
    expect_each(
        "sensor.delta",
        {{"    delta: tomorrow\n",
          "5:12 'delta' of task 't' must be a duration, not the text 'tomorrow'",
          duration_hint},
         {"    delta: true\n",
          "5:12 'delta' of task 't' must be a duration, not true",
          duration_hint},
         {"    delta: -5\n", "5:12 'delta' of task 't' must not be negative"},
         {"", "3:5 task 't' lacks 'delta'", "delta: how long after it"}}
    );
}

TEST(SensorMistakes, OfAFile) {
    expect_each(
        "sensor.file",
        {{"    filepath: '  '\n", "5:15 'filepath' of task 't' must not be blank"},
         {"    filepath: a\n    path: b\n", "6:5 'path' and 'filepath' are the same; keep one"},
         {"    filepath: a\n    min_size: big\n",
          "6:15 'min_size' of task 't' must be a whole number, not the text 'big'"},
         {"    filepath: a\n    min_size: 1.5\n",
          "6:15 'min_size' of task 't' must be a whole number, not 1.5"},
         {"    filepath: a\n    recursive: sometimes\n",
          "6:16 'recursive' of task 't' must be true or false, not the text 'sometimes'"},
         {"    filepath: a\n    fs_conn_id: ''\n", "6:17 'fs_conn_id' of task 't' must not be blank"
         }}
    );
}

TEST(SensorMistakes, OfHowItWaits) {
    expect_each(
        "sensor.file",
        {{"    filepath: a\n    max_wait: {hours: 1}\n",
          "6:15 'max_wait' of task 't' must be a duration, not a map",
          duration_hint},
         {"    filepath: a\n    poke_interval: -1\n",
          "6:20 'poke_interval' of task 't' must not be negative"},
         {"    filepath: a\n    mode: [poke]\n",
          "6:11 'mode' of task 't' must be one of poke, reschedule, not a list"}}
    );
}

TEST(SensorMistakes, OfARequest) {
    expect_each(
        "sensor.http",
        {{"    endpoint: x\n    method: OPTIONS\n",
          "6:13 'method' of task 't' must not be 'OPTIONS'",
          "it is one of GET, HEAD, POST, PUT, PATCH, DELETE"},
         {"    endpoint: x\n    headers: {A: 1}\n",
          "6:18 'headers.A' of task 't' must be text, not 1",
          "put it in quotes"},
         {"    endpoint: x\n    headers: [A]\n",
          "6:14 'headers' of task 't' must be a map, not a list"},
         {"    endpoint: x\n    request_timeout: long\n",
          "6:22 'request_timeout' of task 't' must be a duration, not the text 'long'",
          duration_hint},
         {"    endpoint: x\n    extra_options: {verify: false}\n",
          "6:5 'extra_options' is not supported yet, in task 't'",
          "remove it, or set it to {}"}}
    );
}

TEST(SensorMistakes, OfAnAnswer) {
    expect_each(
        "sensor.http",
        {{"    endpoint: x\n    expected_status: []\n",
          "6:22 'expected_status' of task 't' must not be empty"},
         {"    endpoint: x\n    expected_status: 99\n",
          "6:22 'expected_status' of task 't' must be at least 100, not 99"},
         {"    endpoint: x\n    expected_status: [200, 20]\n",
          "6:28 'expected_status.2' of task 't' must be at least 100, not 20"},
         {"    endpoint: x\n    response_error_codes_allowlist: 404\n",
          "6:37 'response_error_codes_allowlist' of task 't' must be a list, not 404"},
         {"    endpoint: x\n    response_check: ready\n",
          "6:21 'response_check' of task 't' must be a map, not the text 'ready'"},
         {"    endpoint: x\n    response_check: {json: /a, equals: [1]}\n",
          "6:40 'response_check.equals' of task 't' must be text or a number or true or false, not "
          "a list"}}
    );
}

TEST(SensorMistakes, OfAnAnswerThatIsAskedForByAWrongName) {
    const LoadedFile file =
        load("sensor.http", "    endpoint: x\n    response_check: {contain: a}\n");
    EXPECT_THAT(
        mistakes_of(file),
        ElementsAre(
            "6:21 'response_check' of task 't' lacks 'contains' or 'json'",
            "6:22 unknown key 'contain' in 'response_check' of task 't'"
        )
    );
    EXPECT_EQ(file.diagnostics.at(1).hint, "did you mean 'contains'?");
}

TEST(SensorMistakes, OfAQuery) {
    expect_each(
        "sensor.sql",
        {{"    sql: ' '\n", "5:10 'sql' of task 't' must not be blank"},
         {"    sql: [a, b]\n", "5:10 'sql' of task 't' must be text, not a list"},
         {"    sql: select 1\n    conn_id: a\n    postgres_conn_id: b\n",
          "7:5 'postgres_conn_id' and 'conn_id' are the same; keep one"},
         {"    sql: select 1\n    selector: x\n",
          "6:5 'selector' is not supported yet, in task 't'",
          "remove it"},
         {"    sql: select 1\n    fail_on_empty: 2\n",
          "6:20 'fail_on_empty' of task 't' must be true or false, not 2"}}
    );
}

TEST(SensorMistakes, OfAnotherDag) {
    expect_each(
        "sensor.external_task",
        {{"    external_dag_id: ''\n", "5:22 'external_dag_id' of task 't' must not be blank"},
         {"    external_dag_id: o\n    external_task_ids: []\n",
          "6:24 'external_task_ids' of task 't' must not be empty"},
         {"    external_dag_id: o\n    external_task_ids: a\n",
          "6:24 'external_task_ids' of task 't' must be a list, not the text 'a'"},
         {"    external_dag_id: o\n    external_task_id: a\n    external_task_ids: [b]\n",
          "7:5 task 't' has 'external_task_ids' beside 'external_task_id'",
          "give only one of 'external_task_id', 'external_task_ids', 'external_task_group_id'"},
         {"    external_dag_id: o\n    allowed_states: success\n",
          "6:21 'allowed_states' of task 't' must be a list, not the text 'success'"},
         {"    external_dag_id: o\n    execution_date_fn: f\n",
          "6:5 'execution_date_fn' is not supported yet, in task 't'",
          "remove it"},
         {"    external_dag_id: o\n    execution_delta: later\n",
          "6:22 'execution_delta' of task 't' must be a duration, not the text 'later'",
          duration_hint}}
    );
}

TEST(SensorMistakes, OfARunThatIsTriggered) {
    expect_each(
        "trigger_dag",
        {{"    trigger_dag_id: ''\n", "5:21 'trigger_dag_id' of task 't' must not be blank"},
         {"    trigger_dag_id: o\n    trigger_run_id: ''\n",
          "6:21 'trigger_run_id' of task 't' must not be blank"},
         {"    trigger_dag_id: o\n    timeout: 5\n", "6:5 unknown key 'timeout' in task 't'"},
         {"    trigger_dag_id: o\n    failed_states: [skipped]\n",
          "6:21 'failed_states.1' of task 't' must not be 'skipped'",
          "it is one of success, failed, running, queued"},
         {"    trigger_dag_id: o\n    fail_when_dag_is_paused: true\n",
          "6:5 'fail_when_dag_is_paused' is not supported yet, in task 't'",
          "remove it, or set it to false"},
         {"    trigger_dag_id: o\n    logical_date: a\n    execution_date: b\n",
          "7:5 'execution_date' and 'logical_date' are the same; keep one"},
         {"    trigger_dag_id: o\n    wait_for_completion: perhaps\n",
          "6:26 'wait_for_completion' of task 't' must be true or false, not the text 'perhaps'"}}
    );
}

TEST(SensorMistakes, OfABranchByAQuery) {
    const std::string one = "    sql: select 1\n    follow_task_ids_if_false: t\n";
    const std::string empty = one + "    follow_task_ids_if_true: []\n";
    const std::string blank = one + "    follow_task_ids_if_true: ''\n";
    const std::string map = one + "    follow_task_ids_if_true: {a: b}\n";
    expect_each(
        "branch.sql",
        {{empty.c_str(), "7:30 'follow_task_ids_if_true' of task 't' must not be empty"},
         {blank.c_str(), "7:30 'follow_task_ids_if_true' of task 't' must not be blank"},
         {map.c_str(),
          "7:30 'follow_task_ids_if_true' of task 't' must be text or a list, not a map"},
         {"    follow_task_ids_if_true: t\n    follow_task_ids_if_false: t\n",
          "3:5 task 't' lacks 'sql'",
          "sql: a query, or the name of a .sql file"}}
    );
}

TEST(Sensors, MaySayNothingInPlaceOfWhatIsNotSupported) {
    for (const auto& [operation, lines] : std::vector<std::pair<const char*, const char*>>{
             {"sensor.file", "    filepath: a\n    timeout: 0\n"},
             {"sensor.file", "    filepath: a\n    timeout: ~\n"},
             {"sensor.http", "    endpoint: x\n    extra_options: {}\n"},
             {"sensor.http", "    endpoint: x\n    tcp_keep_alive: true\n"},
             {"sensor.sql", "    sql: select 1\n    parameters: {}\n"},
             {"sensor.external_task", "    external_dag_id: o\n    poll_interval: 5\n"},
             {"trigger_dag", "    trigger_dag_id: o\n    fail_when_dag_is_paused: false\n"},
         }) {
        EXPECT_THAT(mistakes_of(load(operation, lines)), IsEmpty()) << operation << '\n' << lines;
    }
}

TEST(Sensors, KeepNoArgumentThatNobodyReads) {
    const LoadedFile file = load(
        "sensor.file", "    filepath: a\n    timeout: ~\n    deferrable: true\n    max_wait: 1m\n"
    );
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_FALSE(args_of(file.dags[0], "t").contains("timeout"));
    EXPECT_EQ(args_of(file.dags[0], "t").at("max_wait"), 60.0);
}

TEST(Sensors, TakeASpanOfTimeInEveryForm) {
    for (const auto& [text, seconds] : std::vector<std::pair<const char*, double>>{
             {"0", 0.0},
             {"0.25", 0.25},
             {"90", 90.0},
             {"500ms", 0.5},
             {"1h30m", 5400.0},
             {"PT5M", 300.0},
             {"'01:30:00'", 5400.0},
             {"2d", 172800.0},
             {"{__type__: datetime.timedelta, days: 1, seconds: 1}", 86401.0},
         }) {
        const LoadedFile file = load("sensor.delta", std::string("    delta: ") + text + "\n");
        ASSERT_EQ(file.dags.size(), 1U) << text;
        EXPECT_EQ(args_of(file.dags[0], "t"), (json{{"delta", seconds}})) << text;
    }
}

}  // namespace
}  // namespace reel::dagfile
