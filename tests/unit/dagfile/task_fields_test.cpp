#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(TaskFields, HaveAirflowsDefaults) {
    const core::Dag d = parse_one("d:\n  tasks:\n  - task_id: a\n    operator: empty\n");
    const core::Task& a = task_of(d, "a");
    core::Task expected;
    expected.task_id = core::TaskId("a");
    expected.display_name = "a";
    expected.operator_name = "empty";
    expected.args = {"{}"};
    expected.position = {"test.yaml", 3, 14};
    EXPECT_EQ(a.trigger_rule, core::TriggerRule::all_success);
    EXPECT_EQ(a.retries, 0);
    EXPECT_EQ(a.retry_delay, core::Duration(5min));
    EXPECT_EQ(a.owner, "airflow");
    EXPECT_EQ(a.pool, "default_pool");
    EXPECT_TRUE(a.do_xcom_push);
    EXPECT_EQ(a.args, expected.args);
    EXPECT_EQ(a.display_name, expected.display_name);
    EXPECT_EQ(a.operator_name, expected.operator_name);
    EXPECT_EQ(a.position, expected.position);
}

TEST(TaskFields, AreReadFromTheFile) {
    const core::Dag d = parse_one(bash_task(R"(    owner: ada
    trigger_rule: all_done
    retries: 3
    retry_delay: 1m
    retry_exponential_backoff: true
    max_retry_delay: PT1H
    execution_timeout: {__type__: datetime.timedelta, minutes: 10}
    priority_weight: 7
    weight_rule: absolute
    do_xcom_push: false
    doc_md: what it does
    task_display_name: The task
)"));
    const core::Task& a = task_of(d, "a");
    EXPECT_EQ(a.owner, "ada");
    EXPECT_EQ(a.trigger_rule, core::TriggerRule::all_done);
    EXPECT_EQ(a.retries, 3);
    EXPECT_EQ(a.retry_delay, core::Duration(1min));
    EXPECT_EQ(a.retry_exponential_backoff, 2);
    EXPECT_EQ(a.max_retry_delay, core::Duration(1h));
    EXPECT_EQ(a.execution_timeout, core::Duration(10min));
    EXPECT_EQ(a.priority_weight, 7);
    EXPECT_EQ(a.weight_rule, core::WeightRule::absolute);
    EXPECT_FALSE(a.do_xcom_push);
    EXPECT_EQ(a.doc_md, "what it does");
    EXPECT_EQ(a.display_name, "The task");
}

TEST(TaskFields, KnowEveryTriggerRule) {
    for (const char* rule :
         {"all_success",
          "all_failed",
          "all_done",
          "all_done_min_one_success",
          "all_skipped",
          "one_success",
          "one_failed",
          "one_done",
          "none_failed",
          "none_failed_min_one_success",
          "none_skipped",
          "always"}) {
        const core::Dag d = parse_one(bash_task("    trigger_rule: " + std::string(rule) + "\n"));
        EXPECT_EQ(core::to_string(task_of(d, "a").trigger_rule), rule);
    }
}

TEST(TaskFields, ThatAreWrongAreAllReported) {
    EXPECT_THAT(
        mistakes_in(bash_task(R"(    retries: -1
    retry_delay: soon
    trigger_rule: all_sucess
    weight_rule: 5
    do_xcom_push: no
    priority_weight: high
    retry_exponential_backoff: twice
    dependencies: {a: b}
    owner: 5
    retreis: 5
)")),
        ElementsAre(
            "6:14 'retries' of task 'a' must be at least 0, not -1",
            "7:18 'retry_delay' of task 'a' must be a duration, not the text 'soon'",
            "8:19 'trigger_rule' of task 'a' must not be 'all_sucess'",
            "9:18 'weight_rule' of task 'a' must be one of downstream, upstream, absolute, not 5",
            "10:19 'do_xcom_push' of task 'a' must be true or false, not the text 'no'",
            "11:22 'priority_weight' of task 'a' must be a whole number, not the text 'high'",
            "12:32 'retry_exponential_backoff' of task 'a' must be true or false or a number, not "
            "the text 'twice'",
            "13:19 'dependencies' of task 'a' must be a list or text, not a map",
            "14:12 'owner' of task 'a' must be text, not 5",
            "15:5 unknown key 'retreis' in task 'a'"
        )
    );
}

TEST(TaskFields, AcceptWhatOnlyDescribesAndAirflowsDefaults) {
    EXPECT_THAT(
        mistakes_in(bash_task(R"(    email: [ops@example.org]
    email_on_failure: false
    email_on_retry: false
    ignore_first_depends_on_past: true
    doc: text
    ui_color: "#fff"
    depends_on_past: false
    wait_for_downstream: false
    pool: default_pool
    pool_slots: 1
    inlets: []
    params: {}
    on_failure_callback: null
    sla: null
    executor_config: {}
)")),
        IsEmpty()
    );
}

TEST(TaskFields, SayThatAnEmailAloneSendsNoMail) {
    for (const char* beside :
         {"", "    email_on_failure: true\n", "    email_on_failure: false\n"}) {
        const LoadedFile file =
            parse(bash_task(std::string("    email: ops@example.org\n") + beside));
        ASSERT_EQ(file.diagnostics.size(), 1U) << beside;
        EXPECT_EQ(file.diagnostics[0].message, "'email' alone sends no mail");
        EXPECT_THAT(file.diagnostics[0].hint, testing::HasSubstr("on_failure_callback: {email:"));
    }
    EXPECT_THAT(mistakes_in(bash_task("    email_on_failure: true\n    email: []\n")), IsEmpty());
}

TEST(TaskFields, SayItOnceOfAnEmailForAll) {
    EXPECT_THAT(
        mistakes_in("d:\n  default_args: {email: [a@b]}\n  tasks:\n    a: {operator: empty}\n"
                    "    b: {operator: empty}\n"),
        ElementsAre("2:18 'email' alone sends no mail")
    );
}

TEST(TaskFields, GiveWordsTheirNewName) {
    const LoadedFile file = parse(bash_task("    trigger_rule: none_failed_or_skipped\n"));
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_EQ(file.diagnostics[0].hint, "its name is 'none_failed_min_one_success' now");
}

TEST(TaskFields, HaveNoBackoffBelowNothing) {
    EXPECT_THAT(
        mistakes_in(bash_task("    retry_exponential_backoff: -1\n")),
        ElementsAre(testing::HasSubstr("must be at least 0, not -1"))
    );
}

TEST(TaskFields, AreToldApartFromThoseOfTheDag) {
    const LoadedFile file =
        parse("d:\n  on_retry_callback: {command: 'true'}\n  tasks: {a: {operator: empty}}\n");
    ASSERT_EQ(file.diagnostics.size(), 1U);
    EXPECT_EQ(
        file.diagnostics[0].hint,
        "'on_retry_callback' says something of a task: set it there or in default_args"
    );
}

TEST(TaskFields, NeverIgnoreWhatIsNotCarriedOut) {
    EXPECT_THAT(
        mistakes_in(bash_task(R"(    multiple_outputs: true
    run_as_user: ada
    sla: 5m
)")),
        ElementsAre(
            "6:5 'multiple_outputs' is not supported yet, in task 'a'",
            "7:5 'run_as_user' is not supported yet, in task 'a'",
            "8:5 'sla' is not supported yet, in task 'a'"
        )
    );
}

TEST(Tasks, AreAListOrAMap) {
    const core::Dag list = parse_one(
        "d:\n  tasks:\n  - {task_id: a, operator: empty}\n  - {task_id: b, operator: empty}\n"
    );
    const core::Dag map =
        parse_one("d:\n  tasks:\n    a: {operator: empty}\n    b: {operator: empty}\n");
    for (const core::Dag* d : {&list, &map}) {
        ASSERT_EQ(d->tasks.size(), 2U);
        EXPECT_EQ(d->tasks[0].task_id, core::TaskId("a"));
        EXPECT_EQ(d->tasks[1].task_id, core::TaskId("b"));
    }
}

TEST(Tasks, InAListMustNameThemselvesOnce) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  tasks:
  - {operator: empty}
  - {task_id: 5, operator: empty}
  - {task_id: a, operator: empty}
  - {task_id: a, operator: empty}
  - just text
  - {task_id: "a b", operator: empty}
)"),
        ElementsAre(
            "3:5 a task lacks 'task_id'",
            "4:15 'task_id' must be text, not 5",
            "6:15 task 'a' is declared twice",
            "7:5 a task must be a map, not the text 'just text'",
            HasSubstr("8:15 'task_id' of task 'a b' must be made of letters")
        )
    );
}

TEST(Tasks, InAMapHaveTheirKeyForName) {
    EXPECT_THAT(
        mistakes_in("d:\n  tasks:\n    a: {operator: empty, task_id: b}\n    c: 5\n    d:\n"
                    "    e f: {operator: empty}\n"),
        ElementsAre(
            "3:35 task_id 'b' differs from the key 'a'",
            "4:8 task 'c' must be a map, not 5",
            "5:5 task 'd' must be a map, not nothing",
            "6:5 'e f' is no name for a task"
        )
    );
}

TEST(Tasks, NeedAnOperatorThatReelKnows) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  tasks:
  - {task_id: a}
  - {task_id: b, operator: bsh, retries: x, frobnicate: 1}
  - {task_id: c, operator: docker}
  - {task_id: e, operator: airflow.providers.http.operators.http.HttpOperator}
  - {task_id: f, operator: [bash]}
)"),
        ElementsAre(
            "3:5 task 'a' lacks 'operator'",
            "4:28 unknown operator 'bsh' in task 'b'",
            "4:42 'retries' of task 'b' must be a whole number, not the text 'x'",
            "5:28 operator 'docker' is not supported yet, in task 'c'",
            "6:28 operator 'airflow.providers.http.operators.http.HttpOperator' is not supported "
            "yet, in task 'e'",
            "7:28 'operator' of task 'f' must be text, not a list"
        )
    );
}

TEST(DefaultArgs, GoToEveryTaskThatDoesNotGiveItsOwn) {
    const core::Dag d = parse_one(R"(d:
  default_args: {retries: 5, retry_delay: 1m, owner: ada, append_env: true, conn_id: other}
  tasks:
  - {task_id: a, operator: bash, bash_command: echo}
  - {task_id: b, operator: bash, bash_command: echo, retries: 1, append_env: false}
  - {task_id: c, operator: sql, sql: select 1}
)");
    EXPECT_EQ(task_of(d, "a").retries, 5);
    EXPECT_EQ(task_of(d, "a").retry_delay, core::Duration(1min));
    EXPECT_EQ(task_of(d, "a").owner, "ada");
    EXPECT_EQ(args_of(d, "a"), (nlohmann::json{{"bash_command", "echo"}, {"append_env", true}}));
    EXPECT_EQ(task_of(d, "b").retries, 1);
    EXPECT_EQ(args_of(d, "b")["append_env"], false);
    EXPECT_EQ(args_of(d, "c"), (nlohmann::json{{"sql", "select 1"}, {"conn_id", "other"}}));
}

TEST(DefaultArgs, AreCheckedOnceAndWhereTheyStand) {
    EXPECT_THAT(
        mistakes_in(R"(d:
  default_args:
    retries: many
    retrys: 5
    multiple_outputs: true
    append_env: 5
  tasks:
  - {task_id: a, operator: bash, bash_command: echo}
  - {task_id: b, operator: empty}
  - {task_id: c, operator: empty}
)"),
        ElementsAre(
            "3:14 'retries' of default_args of DAG 'd' must be a whole number, not the text 'many'",
            "4:5 unknown key 'retrys' in default_args of DAG 'd'",
            "5:5 'multiple_outputs' is not supported yet, in default_args of DAG 'd'",
            "6:17 'append_env' of task 'a' must be true or false, not 5"
        )
    );
}

TEST(DefaultArgs, LeaveAloneWhatATaskSetsToNothing) {
    const core::Dag d = parse_one(R"(d:
  default_args: {execution_timeout: 5m, retries: 3}
  tasks:
  - {task_id: a, operator: empty, execution_timeout: null}
)");
    EXPECT_EQ(task_of(d, "a").execution_timeout, std::nullopt);
    EXPECT_EQ(task_of(d, "a").retries, 3);
}

TEST(DefaultArgs, MustBeAMap) {
    EXPECT_THAT(
        mistakes_in("d:\n  default_args: [retries]\n  tasks: {a: {operator: empty}}\n"),
        ElementsAre("2:17 default_args of DAG 'd' must be a map, not a list")
    );
}

}  // namespace
}  // namespace reel::dagfile
