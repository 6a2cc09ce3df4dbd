// on_…_callback of tasks and DAGs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using core::CallbackEvent;
using core::CallbackKind;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string dag_with(const std::string& lines) {
    return "d:\n" + lines + "  tasks:\n  - {task_id: a, operator: empty}\n";
}

std::vector<std::string> hints_in(const std::string& text) {
    std::vector<std::string> hints;
    for (const Diagnostic& diagnostic : parse(text).diagnostics) hints.push_back(diagnostic.hint);
    return hints;
}

json args_in(const core::Callback& callback) {
    return json::parse(callback.args.text);
}

TEST(Callbacks, OfATaskAreReadForEveryEvent) {
    const core::Dag dag = parse_one(bash_task(R"(    on_execute_callback: {command: echo begins}
    on_success_callback: {http: {url: 'http://h/ok'}}
    on_failure_callback: {email: {to: ops@example.org}}
    on_retry_callback: {slack: {conn_id: chat, text: again}}
    on_skipped_callback: {command: echo skipped}
)"));
    const core::Callbacks& callbacks = task_of(dag, "a").callbacks;
    ASSERT_THAT(callbacks, SizeIs(5));
    EXPECT_EQ(callbacks.at(CallbackEvent::execute)[0].kind, CallbackKind::command);
    EXPECT_EQ(callbacks.at(CallbackEvent::success)[0].kind, CallbackKind::http);
    EXPECT_EQ(callbacks.at(CallbackEvent::failure)[0].kind, CallbackKind::email);
    EXPECT_EQ(callbacks.at(CallbackEvent::retry)[0].kind, CallbackKind::slack);
    EXPECT_EQ(callbacks.at(CallbackEvent::skipped)[0].kind, CallbackKind::command);
    EXPECT_EQ(
        args_in(callbacks.at(CallbackEvent::retry)[0]),
        json({{"conn_id", "chat"}, {"text", "again"}})
    );
}

TEST(Callbacks, OfADagAreThoseOfItsRuns) {
    const core::Dag dag = parse_one(
        dag_with("  on_success_callback: {command: echo}\n  on_failure_callback: {command: echo}\n")
    );
    EXPECT_THAT(dag.callbacks, SizeIs(2));
    EXPECT_THAT(task_of(dag, "a").callbacks, IsEmpty());
    EXPECT_THAT(
        mistakes_in(dag_with("  on_retry_callback: {command: echo}\n")),
        ElementsAre("2:3 unknown key 'on_retry_callback' in DAG 'd'")
    );
}

TEST(Callbacks, MayBeSeveralAndKeepTheirOrder) {
    const core::Dag dag = parse_one(dag_with(
        "  on_failure_callback:\n  - command: one\n  - slack: {url: x}\n  - command: two\n"
    ));
    const auto& list = dag.callbacks.at(CallbackEvent::failure);
    ASSERT_THAT(list, SizeIs(3));
    EXPECT_EQ(args_in(list[0])["command"], "one");
    EXPECT_EQ(list[1].kind, CallbackKind::slack);
    EXPECT_EQ(args_in(list[2])["command"], "two");
}

TEST(Callbacks, OfACommandKeepEnvironmentAndTimeout) {
    const core::Dag dag = parse_one(bash_task(
        "    on_failure_callback: {command: 'echo \"$WHY\"', env: {WHY: '{{ reason }}'}, timeout: "
        "5m}\n"
    ));
    EXPECT_EQ(
        args_in(task_of(dag, "a").callbacks.at(CallbackEvent::failure)[0]),
        json({{"command", "echo \"$WHY\""}, {"env", {{"WHY", "{{ reason }}"}}}, {"timeout", 300.0}})
    );
}

TEST(Callbacks, ComeFromDefaultArgsOfDagGroupAndDefaultBlock) {
    const core::Dag dag = parse_one(R"(default:
  default_args: {on_failure_callback: {command: everywhere}}
  on_failure_callback: {command: of the run}
d:
  task_groups: {g: {default_args: {on_failure_callback: {command: of the group}}}}
  tasks:
  - {task_id: plain, operator: empty}
  - {task_id: own, operator: empty, on_failure_callback: {command: its own}}
  - {task_id: inner, operator: empty, task_group_name: g}
)");
    const auto command = [](const core::Callbacks& callbacks) {
        return args_in(callbacks.at(CallbackEvent::failure).at(0))["command"];
    };
    EXPECT_EQ(command(dag.callbacks), "of the run");
    EXPECT_EQ(command(task_of(dag, "plain").callbacks), "everywhere");
    EXPECT_EQ(command(task_of(dag, "own").callbacks), "its own");
    EXPECT_EQ(command(task_of(dag, "g.inner").callbacks), "of the group");
}

TEST(Callbacks, ThatAreNullCallNobody) {
    const core::Dag dag = parse_one(
        "d:\n  default_args: {on_failure_callback: {command: x}}\n  on_success_callback: null\n"
        "  tasks: {a: {operator: empty, on_failure_callback: null, on_failure_callback_name: null}}"
        "\n"
    );
    EXPECT_THAT(dag.callbacks, IsEmpty());
    EXPECT_THAT(task_of(dag, "a").callbacks, IsEmpty());
}

TEST(Callbacks, ChangeTheVersion) {
    const core::Dag one = parse_one(dag_with("  on_failure_callback: {command: one}\n"));
    const core::Dag two = parse_one(dag_with("  on_failure_callback: {command: two}\n"));
    EXPECT_NE(one.version, two.version);
}

// --- mistakes

TEST(CallbackMistakes, APythonFunctionIsRefusedInEveryFormOfDagFactory) {
    const std::string text = R"(d:
  on_success_callback: my.module.tell
  on_failure_callback: [my.module.tell, {callback: my.module.tell, channel: ops}]
  on_failure_callback_name: tell
  on_failure_callback_file: /dags/tell.py
  default_args:
    on_retry_callback: {callback: airflow.providers.slack.Notifier}
  tasks:
  - {task_id: a, operator: empty, on_execute_callback_name: tell}
)";
    EXPECT_THAT(
        mistakes_in(text),
        ElementsAre(
            "2:24 'on_success_callback' of DAG 'd' must be a map, not the text 'my.module.tell'",
            "3:25 'on_failure_callback.1' of DAG 'd' must be a map, not the text 'my.module.tell'",
            "3:42 'callback' names a Python function, in 'on_failure_callback.2' of DAG 'd'",
            "4:3 'on_failure_callback_name' names a Python function, in DAG 'd'",
            "5:3 'on_failure_callback_file' names a Python function, in DAG 'd'",
            "7:25 'callback' names a Python function, in 'on_retry_callback' of default_args of "
            "DAG 'd'",
            "9:35 'on_execute_callback_name' names a Python function, in task 'a'"
        )
    );
    for (const std::string& hint : hints_in(text)) {
        EXPECT_THAT(hint, HasSubstr("write {command: …}"));
    }
}

TEST(CallbackMistakes, AreToldWithPlaceAndSuggestion) {
    const std::string text = dag_with(R"(  on_failure_callback:
  - slak: {url: x}
  - {command: a, http: {url: x}}
  - {http: {ulr: x}}
  - {http: {url: x, conn_id: y, json: {}, data: z}}
  - {http: {url: x, method: SEND}}
  - {email: {subject: hello}}
  - {email: {to: []}}
  - {slack: {text: hello}}
  - {slack: {url: x}, env: {A: b}}
  - {command: ' ', timeout: soon}
  - 5
)");
    EXPECT_THAT(
        mistakes_in(text),
        ElementsAre(
            "3:5 'on_failure_callback.1' of DAG 'd' lacks one of 'command', 'http', 'email', "
            "'slack'",
            "3:5 unknown key 'slak' in 'on_failure_callback.1' of DAG 'd'",
            "4:18 'on_failure_callback.2' of DAG 'd' has 'http' beside 'command'",
            "5:12 'on_failure_callback.3.http' of DAG 'd' lacks 'url' or 'conn_id'",
            "5:13 unknown key 'ulr' in 'on_failure_callback.3.http' of DAG 'd'",
            "6:21 'on_failure_callback.4.http' of DAG 'd' has 'conn_id' beside 'url'",
            "6:43 'on_failure_callback.4.http' of DAG 'd' has 'data' beside 'json'",
            "7:29 'on_failure_callback.5.http.method' of DAG 'd' must not be 'SEND'",
            "8:13 'on_failure_callback.6.email' of DAG 'd' lacks 'to'",
            "9:18 'on_failure_callback.7.email.to' of DAG 'd' must not be empty",
            "10:13 'on_failure_callback.8.slack' of DAG 'd' lacks 'conn_id' or 'url'",
            "11:23 'env' goes only with 'command', in 'on_failure_callback.9' of DAG 'd'",
            "12:15 'on_failure_callback.10.command' of DAG 'd' must not be blank",
            "12:29 'on_failure_callback.10.timeout' of DAG 'd' must be a duration, not the text "
            "'soon'",
            "13:5 'on_failure_callback.11' of DAG 'd' must be a map, not 5"
        )
    );
    const auto hints = hints_in(text);
    EXPECT_THAT(hints[1], HasSubstr("did you mean 'slack'?"));
    EXPECT_THAT(hints[4], HasSubstr("did you mean 'url'?"));
}

TEST(CallbackMistakes, AnEmptyListIsOne) {
    EXPECT_THAT(
        mistakes_in(dag_with("  on_failure_callback: []\n")),
        ElementsAre("2:24 'on_failure_callback' of DAG 'd' must not be empty")
    );
}

TEST(CallbackMistakes, OfTemplatesAreFoundWhereTheyStand) {
    EXPECT_THAT(
        mistakes_in(dag_with("  on_failure_callback:\n    slack:\n      url: x\n      text: |\n"
                             "        fine\n        {{ reason\n")),
        ElementsAre(HasSubstr(":1 template of 'on_failure_callback.slack.text' of DAG 'd': "))
    );
    EXPECT_THAT(
        mistakes_in(
            bash_task("    on_retry_callback: {http: {url: x, json: {list: [1, '{% if %}']}}}\n")
        ),
        ElementsAre(HasSubstr("template of 'on_retry_callback.http.json.list.2' of task 'a': "))
    );
}

TEST(CallbackMistakes, OfDefaultArgsAreToldOnce) {
    const std::string text =
        "d:\n  default_args: {on_failure_callback: {comand: x}}\n"
        "  tasks: {a: {operator: empty}, b: {operator: empty}}\n";
    EXPECT_THAT(
        mistakes_in(text),
        testing::UnorderedElementsAre(
            HasSubstr("unknown key 'comand' in 'on_failure_callback' of default_args of DAG 'd'"),
            HasSubstr("lacks one of")
        )
    );
}

}  // namespace
}  // namespace reel::dagfile
