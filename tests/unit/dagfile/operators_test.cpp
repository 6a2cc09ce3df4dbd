#include "dagfile/operators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A DAG with one task 't' of an operator that says these lines, each indented by four blanks.
std::string task(const std::string& operation, const std::string& lines) {
    return "d:\n  tasks:\n  - task_id: t\n    operator: " + operation + "\n" + lines;
}

json args(const std::string& operation, const std::string& lines) {
    return args_of(parse_one(task(operation, lines)), "t");
}

std::vector<std::string> mistakes(const std::string& operation, const std::string& lines) {
    return mistakes_in(task(operation, lines));
}

TEST(Operators, GoByShortNameOrByAirflowsPaths) {
    for (const auto& [path, name] : std::vector<std::pair<const char*, const char*>>{
             {"bash", "bash"},
             {"airflow.providers.standard.operators.bash.BashOperator", "bash"},
             {"airflow.operators.bash.BashOperator", "bash"},
             {"airflow.operators.bash_operator.BashOperator", "bash"},
             {"airflow.providers.standard.operators.empty.EmptyOperator", "empty"},
             {"airflow.operators.empty.EmptyOperator", "empty"},
             {"airflow.operators.dummy.DummyOperator", "empty"},
             {"airflow.providers.standard.operators.python.PythonOperator", "python"},
             {"airflow.operators.python.PythonOperator", "python"},
             {"airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator", "sql"},
             {"airflow.providers.postgres.operators.postgres.PostgresOperator", "sql"},
         }) {
        const Operator* found = find_operator(path);
        ASSERT_NE(found, nullptr) << path;
        EXPECT_EQ(found->name, name);
    }
    EXPECT_EQ(find_operator("nothing"), nullptr);
    EXPECT_EQ(find_operator(""), nullptr);
}

TEST(Operators, StoreTheirShortName) {
    const core::Dag d = parse_one(task("airflow.operators.empty.EmptyOperator", ""));
    EXPECT_EQ(task_of(d, "t").operator_name, "empty");
}

TEST(BashOperator, KeepsItsArguments) {
    EXPECT_EQ(
        args("bash", R"(    bash_command: echo "{{ ds }}"
    env: {A: "1"}
    append_env: true
    cwd: work
    shell: /bin/sh
    skip_on_exit_code: [99, 100]
    output_encoding: utf-8
)"),
        (json{
            {"bash_command", "echo \"{{ ds }}\""},
            {"env", {{"A", "1"}}},
            {"append_env", true},
            {"cwd", "work"},
            {"shell", "/bin/sh"},
            {"skip_on_exit_code", {99, 100}},
            {"output_encoding", "utf-8"}
        })
    );
}

TEST(BashOperator, IsHeldToItsArguments) {
    EXPECT_THAT(mistakes("bash", ""), ElementsAre("3:5 task 't' lacks 'bash_command'"));
    EXPECT_THAT(
        mistakes("bash", R"(    bash_command: ""
    env: {A: 1}
    append_env: sure
    skip_on_exit_code: none
    bash_comand: x
    output_encoding: latin-1
)"),
        ElementsAre(
            "5:19 'bash_command' of task 't' must not be blank",
            "6:14 'env.A' of task 't' must be text, not 1",
            "7:17 'append_env' of task 't' must be true or false, not the text 'sure'",
            "8:24 'skip_on_exit_code' of task 't' must be a whole number or a list, not the text "
            "'none'",
            "9:5 unknown key 'bash_comand' in task 't'",
            "10:22 'output_encoding' of task 't' must not be 'latin-1'"
        )
    );
}

TEST(PythonOperator, NamesAFunctionOfAModuleOrOfAFile) {
    EXPECT_EQ(
        args(
            "python",
            "    python_callable: my.module.f\n    op_args: [1, x]\n"
            "    op_kwargs: {a: [1], b: {c: null}}\n"
        ),
        (json{
            {"python_callable", "my.module.f"},
            {"op_args", {1, "x"}},
            {"op_kwargs", {{"a", {1}}, {"b", {{"c", nullptr}}}}}
        })
    );
    EXPECT_EQ(
        args("python", "    python_callable_name: f\n    python_callable_file: f.py\n"),
        (json{{"python_callable_name", "f"}, {"python_callable_file", "f.py"}})
    );
}

TEST(PythonOperator, IsHeldToItsArguments) {
    EXPECT_THAT(
        mistakes("python", ""),
        ElementsAre("3:5 task 't' lacks one of 'python_callable', 'python_callable_name'")
    );
    EXPECT_THAT(
        mistakes(
            "python",
            "    python_callable_name: f\n    python_callable: m.f\n"
            "    python_callable_file: f.py\n"
        ),
        ElementsAre("6:5 task 't' has 'python_callable' beside 'python_callable_name'")
    );
    EXPECT_THAT(
        mistakes("python", "    python_callable: m.f\n    op_args: {a: 1}\n    op_kwargs: [1]\n"),
        ElementsAre(
            "6:14 'op_args' of task 't' must be a list or text, not a map",
            "7:16 'op_kwargs' of task 't' must be a map or text, not a list"
        )
    );
    EXPECT_THAT(
        mistakes("python", "    python_callable_name: f\n"),
        ElementsAre("5:27 'python_callable_name' of task 't' needs 'python_callable_file'")
    );
    EXPECT_THAT(
        mistakes("python", "    python_callable: f\n"),
        ElementsAre("5:22 'python_callable' of task 't' must be package.module.function, not 'f'")
    );
    EXPECT_EQ(
        args(
            "python", "    python_callable: f\n    python_callable_file: f.py\n"
        )["python_callable"],
        "f"
    );
}

TEST(PythonOperator, TakesNoPythonObjectsFromYaml) {
    EXPECT_THAT(
        mistakes(
            "python",
            "    python_callable: m.f\n"
            "    op_kwargs: {d: {__type__: datetime.timedelta, days: 1}}\n"
        ),
        ElementsAre("6:21 '__type__' objects are not supported here")
    );
}

TEST(SqlOperator, TakesTextFileOrListAndAirflowsNameOfTheConnection) {
    EXPECT_EQ(args("sql", "    sql: sql/x.sql\n"), (json{{"sql", "sql/x.sql"}}));
    EXPECT_EQ(
        args("sql", "    sql: [select 1, sql/x.sql]\n    postgres_conn_id: pg\n"),
        (json{{"sql", {"select 1", "sql/x.sql"}}, {"conn_id", "pg"}})
    );
    EXPECT_THAT(
        mistakes(
            "sql",
            "    sql: select 1\n    autocommit: false\n    split_statements: true\n"
            "    parameters: null\n"
        ),
        IsEmpty()
    );
}

TEST(SqlOperator, IsHeldToItsArguments) {
    EXPECT_THAT(
        mistakes("sql", "    sql: {a: 1}\n    parameters: {a: 1}\n    autocommit: true\n"),
        ElementsAre(
            "5:10 'sql' of task 't' must be text or a list, not a map",
            "6:5 'parameters' is not supported yet, in task 't'",
            "7:5 'autocommit' is not supported yet, in task 't'"
        )
    );
    EXPECT_THAT(mistakes("sql", ""), ElementsAre("3:5 task 't' lacks 'sql'"));
    EXPECT_THAT(
        mistakes("sql", "    sql: []\n"), ElementsAre("5:10 'sql' of task 't' must not be empty")
    );
}

TEST(DownloadOperator, KeepsItsArguments) {
    EXPECT_EQ(
        args("download", R"(    from: "{{ params.dataset }}"
    extract: true
    file_name: movies.zip
    into: raw
    checksum: md5:d41d8cd98f00b204e9800998ecf8427e
    headers: {Accept: text/csv}
)")["headers"],
        (json{{"Accept", "text/csv"}})
    );
}

TEST(DownloadOperator, IsHeldToItsArguments) {
    EXPECT_THAT(
        mistakes("download", "    extract: unzip\n    checksum: 123abc\n    headers: x\n"),
        ElementsAre(
            "3:5 task 't' lacks 'from'",
            "5:14 'extract' of task 't' must be true or false, not the text 'unzip'",
            "6:15 'checksum' of task 't' must be sha256:<64 hex digits> or md5:<32 hex digits>",
            "7:14 'headers' of task 't' must be a map or a list, not the text 'x'"
        )
    );
    EXPECT_THAT(
        mistakes("download", "    from: x\n    checksum: \"{{ params.sum }}\"\n"), IsEmpty()
    );
}

TEST(TriggerDag, KeepsItsArguments) {
    EXPECT_EQ(
        args("trigger_dag", R"(    trigger_dag_id: other
    conf: {day: "{{ ds }}", n: 1}
    trigger_run_id: "from_{{ run_id }}"
    execution_date: "{{ logical_date }}"
    wait_for_completion: true
    poke_interval: 5s
    allowed_states: [success, failed]
    failed_states: []
    reset_dag_run: true
    skip_when_already_exists: false
    fail_when_dag_is_paused: false
)"),
        (json{
            {"trigger_dag_id", "other"},
            {"conf", {{"day", "{{ ds }}"}, {"n", 1}}},
            {"trigger_run_id", "from_{{ run_id }}"},
            {"logical_date", "{{ logical_date }}"},
            {"wait_for_completion", true},
            {"poke_interval", 5.0},
            {"allowed_states", {"success", "failed"}},
            {"failed_states", json::array()},
            {"reset_dag_run", true},
            {"skip_when_already_exists", false}
        })
    );
    EXPECT_THAT(
        mistakes("trigger_dag", "    conf: [1]\n    allowed_states: [done]\n"),
        ElementsAre(
            "3:5 task 't' lacks 'trigger_dag_id'",
            "5:11 'conf' of task 't' must be a map or text, not a list",
            HasSubstr("must not be 'done'")
        )
    );
}

TEST(BranchSql, NamesWhomItFollows) {
    EXPECT_EQ(
        args(
            "branch.sql",
            "    sql: select true\n    follow_task_ids_if_true: t\n"
            "    follow_task_ids_if_false: [t, '{{ ds }}']\n"
        ),
        (json{
            {"sql", "select true"},
            {"follow_task_ids_if_true", "t"},
            {"follow_task_ids_if_false", {"t", "{{ ds }}"}}
        })
    );
    EXPECT_THAT(
        mistakes("branch.sql", "    sql: select true\n    follow_task_ids_if_true: t\n"),
        testing::Contains("3:5 task 't' lacks 'follow_task_ids_if_false'")
    );
}

TEST(OperatorNames, AreOfferedForAnUnknownOne) {
    const LoadedFile file = parse(task("bashh", ""));
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_EQ(file.diagnostics[0].hint, "did you mean 'bash'?");
    EXPECT_THAT(
        parse(task("airflow.operators.bash.BashOperatr", "")).diagnostics[0].hint,
        HasSubstr("airflow.operators.bash.BashOperator")
    );
}

}  // namespace
}  // namespace reel::dagfile
