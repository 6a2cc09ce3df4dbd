#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "dag_schema.hpp"
#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::json;

std::string task(const std::string& body) {
    return "d: {tasks: [{task_id: t, " + body + "}]}\n";
}

std::string scheduled(const std::string& schedule) {
    return "d:\n  schedule: " + schedule + "\n  tasks: [{task_id: t, operator: empty}]\n";
}

std::vector<std::string> good_files() {
    return {
        "",
        task("operator: empty"),
        "d: {tasks: {t: {operator: empty}}}\n",
        "default: {default_args: {retries: 2, conn_id: w}, catchup: false}\n" +
            task("operator: empty"),
        task("operator: airflow.operators.bash.BashOperator, bash_command: echo"),
        task("operator: bash, bash_command: echo, skip_on_exit_code: [1, 2], env: {A: b}"),
        task("operator: bash, bash_command: echo, retry_delay: 5m, execution_timeout: null"),
        task("operator: bash, bash_command: echo, retry_delay: {__type__: datetime.timedelta, "
             "minutes: 5}"),
        task("operator: bash, bash_command: echo, depends_on_past: false, pool: default_pool"),
        task("operator: bash, bash_command: echo, retries: 3, retry_exponential_backoff: 1.5"),
        task("operator: python, python_callable: m.f, op_args: [1, a], op_kwargs: {x: [1]}"),
        task("operator: sql, sql: [a, b], postgres_conn_id: w"),
        task("operator: download, from: x, extract: true, headers: {A: b}"),
        task("operator: stage, source: m.csv, rejects: 1%, tables: {m: {columns: {id: integer}}}"),
        task("operator: stage, source: {path: m.csv, header: false, columns: [a]}, rejects: {max: "
             "5}, tables: {m: {key: id, each: x, columns: {id: {from: [a, b], not_null: true}}}}"),
        task("operator: stage, source: {path: a.zip, member: '*.json', format: jsonl, compression: "
             "auto, encoding: utf-16}, tables: {m: {columns: {id: integer}}}"),
        task("operator: stage, source: {path: a, escape: x, comment: '#', skip: 1, null_values: "
             "[NA]}, tables: {m: {columns: {id: integer}}}"),
        task("operator: stage, source: {path: a, format: fixed, widths: [5, 2]}, tables: {m: "
             "{columns: {id: integer}}}"),
        task("operator: upsert, query: select 1, into: a.b, mode: append"),
        task("operator: sensor.time, target_time: '14:30', timeout: 1h, mode: reschedule"),
        task("operator: sensor.delta, delta: {__type__: datetime.timedelta, hours: 1}"),
        task("operator: sensor.file, path: x, recursive: true, soft_fail: true"),
        task("operator: sensor.http, url: x, response_check: {json: /a, equals: 1}, "
             "expected_status: [200]"),
        task("operator: sensor.sql, sql: select 1, conn_id: w, fail_on_empty: true"),
        task("operator: airflow.sensors.external_task.ExternalTaskSensor, external_dag_id: d, "
             "external_task_ids: [a], allowed_states: [success]"),
        task("operator: trigger_dag, trigger_dag_id: d, conf: {a: 1}, wait_for_completion: true"),
        task("operator: branch.sql, sql: x, follow_task_ids_if_true: t, "
             "follow_task_ids_if_false: [t]"),
        task("operator: branch.day_of_week, week_day: [Monday], follow_task_ids_if_true: t, "
             "follow_task_ids_if_false: [t], use_task_logical_date: true"),
        task("operator: branch.datetime, target_lower: '14:30', follow_task_ids_if_true: t, "
             "follow_task_ids_if_false: [t]"),
        task("operator: quality, checks: {a.b: [{unique: id}, {row_count: {min: 1}, name: x}, "
             "{range: {column: x, max: 5}}, {relationships: {column: x, to: a.b.c}}]}"),
        task("operator: quality, checks: {a.b: [{unique: id, error_if: '> 1%', limit: 5}, {change: "
             "{of: row_count, within: 20%}}, {schema: {columns: {id: integer}}}, {aggregate: {of: "
             "avg(x), max: 5}}]}, dbt: s.yml, soda: [a.yml, {path: b.yml, tables: {x: a.b}}]"),
        task("operator: upsert, query: select 1, into: a.b, checks: [{row_count: {min: 1}}]"),
        "d:\n  schedule: '@daily'\n  start_date: 2024-01-01\n  params: {a: 1, b: {type: string, "
        "default: x}}\n  tags: [a]\n  tasks: [{task_id: t, operator: empty}]\n",
        "d:\n  schedule: {__type__: datetime.timedelta, days: 1}\n  tasks: {t: {operator: "
        "empty}}\n",
        scheduled("5m"),
        scheduled("30"),
        scheduled("'@continuous'"),
        scheduled("['0 7 * * *', '@weekly']"),
        scheduled("{at: [2026-12-24T18:00, 2026-12-31]}"),
        scheduled("{at: 2026-12-24T18:00, description: x}"),
        scheduled("[s3://a, {uri: s3://b, name: b, group: g, extra: {x: 1}}]"),
        scheduled("'(s3://a & s3://b) | s3://c'"),
        scheduled("{or: [s3://a, {and: [s3://b, {name: c}]}]}"),
        scheduled("{__and__: [{__type__: airflow.sdk.Asset, uri: s3://a}, s3://b]}"),
        scheduled("{__type__: airflow.sdk.AssetAny, __args__: [s3://a, s3://b]}"),
        scheduled("{assets: [s3://a], timetable: '@daily'}"),
        scheduled("{__type__: airflow.timetables.datasets.DatasetOrTimeSchedule, datasets: s3://a, "
                  "timetable: {__type__: CronTriggerTimetable, cron: '@daily'}}"),
        bash_task("    inlets: [s3://a]\n    outlets: [{uri: s3://b, extra: {x: 1}}]\n"),
        scheduled("{__type__: dateutil.relativedelta.relativedelta, months: 1, day: 1}"),
        scheduled("{__type__: airflow.timetables.trigger.CronTriggerTimetable, cron: '@daily', "
                  "timezone: UTC, interval: {__type__: datetime.timedelta, days: 1}}"),
        scheduled("{__type__: airflow.sdk.MultipleCronTriggerTimetable, __args__: ['0 7 * * *', "
                  "'0 9 * * *'], timezone: UTC}"),
        scheduled("{__type__: airflow.timetables.events.EventsTimetable, event_dates: "
                  "[2026-01-01]}"),
        scheduled("'@daily'\n  dst: {gap: skip, overlap: both}\n  schedule_jitter: 5m"),
        "d:\n  schedule: null\n  concurrency: 3\n  access_control: {a: [b]}\n"
        "  tasks: {t: {operator: empty}}\n",
        "d:\n  task_groups: [{group_name: g, tooltip: x, default_args: {retries: 1}}]\n"
        "  tasks: {t: {operator: empty, task_group_name: g, dependencies: []}}\n",
        "d: {on_failure_callback: {command: x, env: {A: b}, timeout: 5m}, tasks: {t: {operator: "
        "empty}}}\n",
        "d:\n  deadline: {reference: dagrun_queued_at, interval: 5m, callback: [{command: x}]}\n"
        "  max_consecutive_failed_dag_runs: 3\n  tasks: {t: {operator: empty}}\n",
        task("operator: empty, on_retry_callback: [{http: {conn_id: h, path: /x, json: {a: [1]}}}, "
             "{email: {to: [a@b], cc: c@d}}, {slack: {url: x, blocks: [{type: section}]}}]"),
        task("operator: empty, on_failure_callback: null, on_failure_callback_name: null"),
        "d: {task_groups: {g: , h: {parent_group_name: g}}, tasks: {t: {operator: empty}}}\n",
    };
}

std::vector<std::string> bad_files() {
    return {
        "- a\n",
        "d: 5\n",
        "d: {tasks: 5}\n",
        "d: {shedule: none, tasks: {t: {operator: empty}}}\n",
        "d: {schedule_interval: none, tasks: {t: {operator: empty}}}\n",
        scheduled("true"),
        scheduled("{assets: []}"),
        scheduled("{timetable: '@daily', assts: [s3://a]}"),
        scheduled("{and: [s3://a], groop: x}"),
        scheduled("[{uri: s3://a, nam: b}]"),
        bash_task("    outlets: [{group: b}]\n"),
        bash_task("    outlets: s3://a\n"),
        scheduled("[]"),
        scheduled("{at: [2026-01-01], descripton: x}"),
        scheduled("{__type__: some.other.Timetable}"),
        scheduled("{__type__: CronTriggerTimetable, cron: '@daily', intervall: 5m}"),
        scheduled("'@daily'\n  dst: {gap: jump}"),
        scheduled("'@daily'\n  dst: {overlap: twice}"),
        "d: {catchup: 'no', tasks: {t: {operator: empty}}}\n",
        "d: {max_active_runs: 0, tasks: {t: {operator: empty}}}\n",
        "d: {tags: etl, tasks: {t: {operator: empty}}}\n",
        "d: {on_failure_callback: x, tasks: {t: {operator: empty}}}\n",
        "d: {on_failure_callback: [], tasks: {t: {operator: empty}}}\n",
        "d: {deadline: {reference: dagrun_queued_at, interval: 5m}, tasks: {t: {operator: "
        "empty}}}\n",
        task("operator: empty, on_retry_callback: {command: x, slack: {url: y}}"),
        task("operator: empty, on_retry_callback: {http: {url: x, method: SEND}}"),
        task("operator: empty, on_retry_callback: {email: {subject: x}}"),
        task("operator: empty, on_retry_callback_file: x.py"),
        "d: {params: [a], tasks: {t: {operator: empty}}}\n",
        "d: {default_args: {retrys: 1}, tasks: {t: {operator: empty}}}\n",
        "d: {default_args: {retries: x}, tasks: {t: {operator: empty}}}\n",
        "default: {catchup: 5}\nd: {tasks: {t: {operator: empty}}}\n",
        "d: {tasks: [{operator: empty}]}\n",
        "d: {tasks: [a]}\n",
        task("operator: frobnicate"),
        task("operator: docker"),
        task("operator: sensor.file, filepath: x, mode: later"),
        task("operator: sensor.http, url: x, response_check: {equals: 1}"),
        task("operator: sensor.external_task, external_dag_id: d, allowed_states: [done]"),
        task("operator: trigger_dag, trigger_dag_id: d, wait_for_completion: maybe"),
        task("operator: empty, retrys: 5"),
        task("operator: empty, retries: -1"),
        task("operator: empty, trigger_rule: all_sucess"),
        task("operator: empty, retry_delay: [5]"),
        task("operator: empty, retry_delay: {__type__: datetime.timedelta, fortnights: 1}"),
        task("operator: empty, multiple_outputs: true"),
        task("operator: empty, expand: {}"),
        task("operator: empty, bash_command: echo"),
        task("operator: bash, bash_command: 5"),
        task("operator: bash, bash_command: echo, env: {A: 1}"),
        task("operator: bash, bash_command: echo, skip_on_exit_code: none"),
        task("operator: python, python_callable: m.f, op_args: {a: 1}"),
        task("operator: sql, sql: []"),
        task("operator: sql, sql: x, autocommit: true"),
        task("operator: download, from: x, extract: unzip"),
        task("operator: stage, source: {pth: m.csv}, tables: {m: {columns: {id: integer}}}"),
        task("operator: stage, source: {path: a, compression: zip}, tables: {m: {columns: {id: "
             "integer}}}"),
        task("operator: stage, source: {path: a, widths: []}, tables: {m: {columns: {id: integer}}}"
        ),
        task("operator: stage, source: m.csv, tables: {}"),
        task("operator: stage, source: m.csv, tables: {m: {columns: {}}}"),
        task("operator: stage, source: m.csv, tables: {m: {}}"),
        task("operator: stage, source: m.csv, tables: {m: {columns: {id: {typ: integer}}}}"),
        task("operator: upsert, query: x, into: a.b, mode: merge"),
        task("operator: quality, checks: {a.b: []}"),
        task("operator: quality, dbt: {pth: x}"),
        task("operator: quality, checks: {a.b: [{change: {of: row_count}}]}"),
        task("operator: quality, checks: {a.b: [{unique: id, limit: 0}]}"),
        task("operator: upsert, query: x, into: a.b, checks: [{uniqe: id}]"),
        task("operator: quality, checks: {a.b: [{notnull: id}]}"),
        task("operator: quality, checks: {a.b: [{unique: id, not_null: id}]}"),
        task("operator: quality, checks: {a.b: [{range: {column: x}}]}"),
        task("operator: quality, checks: {a.b: [{unique: id, severity: fatal}]}"),
        "d: {task_groups: [{tooltip: x}], tasks: {t: {operator: empty}}}\n",
        "d: {task_groups: {g: {tooltp: x}}, tasks: {t: {operator: empty}}}\n",
    };
}

TEST(JsonSchema, AcceptsWhatTheReaderAccepts) {
    const DagSchema& schema = DagSchema::once();
    for (const std::string& file : good_files()) {
        for (const Diagnostic& diagnostic : parse(file).diagnostics) {
            ADD_FAILURE() << file << diagnostic.describe();
        }
        EXPECT_TRUE(schema.accepts(file)) << file;
    }
}

TEST(JsonSchema, AcceptsAssetsThatAFileNames) {
    const DagSchema& schema = DagSchema::once();
    for (const char* key : {"inlets", "outlets"}) {
        const auto with = [&](const std::string& value) {
            return "d: {default_args: {" + std::string(key) + ": " + value +
                   "}, tasks: {t: {operator: empty, " + key + ": " + value + "}}}\n";
        };
        EXPECT_TRUE(schema.accepts(with("{file: sets.yml, datasets: [a, b]}"))) << key;
        EXPECT_FALSE(schema.accepts(with("{file: sets.yml}"))) << key;
        EXPECT_FALSE(schema.accepts(with("{file: sets.yml, datasets: a & b}"))) << key;
        EXPECT_FALSE(schema.accepts(with("{file: sets.yml, datasets: [a], more: 1}"))) << key;
    }
}

TEST(JsonSchema, RefusesWhatTheReaderRefuses) {
    const DagSchema& schema = DagSchema::once();
    for (const std::string& file : bad_files()) {
        EXPECT_FALSE(parse(file).diagnostics.empty()) << file;
        EXPECT_FALSE(schema.accepts(file)) << file;
    }
}

TEST(JsonSchema, DescribesItsFieldsForEditors) {
    const json schema = json::parse(DagSchema::once().text());
    EXPECT_EQ(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    const json& bash = schema["definitions"]["task_bash"]["properties"];
    EXPECT_EQ(bash["bash_command"]["description"], "the command, or the name of a .sh file");
    const json& operation = schema["definitions"]["task"]["properties"]["operator"]["enum"];
    EXPECT_NE(std::ranges::find(operation, json("stage")), operation.end());
    EXPECT_FALSE(schema["definitions"]["dag"]["properties"].contains("schedule_interval"));
}

TEST(JsonSchema, IsTheCommittedOne) {
    const std::filesystem::path file =
        std::filesystem::path(__FILE__).parent_path() / "../../../schema/dag.schema.json";
    std::ifstream stream(file);
    const std::string committed(std::istreambuf_iterator<char>(stream), {});
    const std::string& current = DagSchema::once().text();
    if (committed != current) {
        const auto written = std::filesystem::temp_directory_path() / "dag.schema.json";
        std::ofstream(written) << current;
        FAIL() << "schema/dag.schema.json is out of date; the current one lies in " << written;
    }
}

}  // namespace
}  // namespace reel::dagfile
