#include "executor/callbacks/call.hpp"

#include <gmock/gmock.h>

#include "callback_fixture.hpp"

namespace reel::executor {
namespace {

using core::CallbackKind;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

class CallTest : public CallbackTest {};

// --- commands

TEST_F(CallTest, ACommandIsRenderedAndRunsBesideItsFile) {
    const CommandCall call = command(
        {{"command", "echo {{ dag.dag_id }} {{ ti.task_id }} {{ try_number }}"},
         {"env", Json{{"WHY", "{{ reason }}"}, {"AIRFLOW_CTX_TASK_ID", "mine"}}},
         {"timeout", 5.0}}
    );
    EXPECT_EQ(call.script, "echo movies load 2");
    EXPECT_EQ(call.folder, "/dags");
    EXPECT_EQ(call.timeout, 5s);
    EXPECT_EQ(call.environment.at("WHY"), "exit code 3");
    EXPECT_EQ(call.environment.at("PATH"), "/bin");
    EXPECT_EQ(call.environment.at("AIRFLOW_CTX_TASK_ID"), "load") << "as in a task";
}

TEST_F(CallTest, ACommandOfARunKnowsTheRun) {
    be_of_run(core::CallbackEvent::failure, "task_failure");
    const CommandCall call = command({{"command", "echo {{ dag_run.state }} {{ reason }}"}});
    EXPECT_EQ(call.script, "echo failed task_failure");
    EXPECT_EQ(call.timeout, 1min);
    EXPECT_EQ(call.environment.at("AIRFLOW_CTX_DAG_RUN_ID"), "manual__1");
    EXPECT_EQ(call.environment.at("AIRFLOW_CTX_TASK_ID"), "");
}

TEST_F(CallTest, EnvironmentThatCannotBeIsRefused) {
    const auto error =
        refused(CallbackKind::command, {{"command", "x"}, {"env", Json{{"A=B", "c"}}}});
    EXPECT_THAT(error.message, HasSubstr("'A=B'"));
    EXPECT_FALSE(may_mend(error));
}

TEST_F(CallTest, AnUndefinedNameIsAnErrorWithItsName) {
    const auto error = refused(CallbackKind::command, {{"command", "echo {{ nobody }}"}});
    EXPECT_THAT(error.message, HasSubstr("nobody"));
    EXPECT_THAT(error.where, HasSubstr("failure.command"));
    EXPECT_FALSE(may_mend(error));
}

TEST_F(CallTest, TemplatesMayAskForVariables) {
    store->set_variable({.key = "channel", .value = "#ops", .description = {}});
    EXPECT_EQ(command({{"command", "say {{ var.value.channel }}"}}).script, "say #ops");
    EXPECT_THAT(
        refused(CallbackKind::command, {{"command", "{{ var.value.none }}"}}).message,
        HasSubstr("none")
    );
}

// --- requests

TEST_F(CallTest, ARequestPostsWhatHasHappened) {
    const fetch::HttpCall call = http({{"url", "http://hook/{{ dag.dag_id }}"}});
    EXPECT_EQ(call.url, "http://hook/movies");
    EXPECT_EQ(call.method, "POST");
    EXPECT_EQ(Json::parse(call.body), default_payload(scene));
    EXPECT_THAT(call.headers, ElementsAre("Content-Type: application/json"));
}

TEST_F(CallTest, ARequestSendsTheJsonThatIsGiven) {
    const fetch::HttpCall call = http(
        {{"url", "http://hook"},
         {"method", "PUT"},
         {"headers", Json{{"X-Try", "{{ try_number }}"}}},
         {"json", Json{{"list", Json::array({1, "{{ reason }}"})}}}}
    );
    EXPECT_EQ(call.method, "PUT");
    EXPECT_EQ(call.body, R"({"list":[1,"exit code 3"]})");
    EXPECT_THAT(call.headers, ElementsAre("X-Try: 2", "Content-Type: application/json"));
}

TEST_F(CallTest, ItsOwnContentTypeIsNotDoubled) {
    const fetch::HttpCall call = http(
        {{"url", "http://hook"},
         {"headers", Json{{"content-TYPE", "application/x-own"}}},
         {"json", "x"}}
    );
    EXPECT_THAT(call.headers, ElementsAre("content-TYPE: application/x-own"));
}

TEST_F(CallTest, ARequestSendsTextOrAForm) {
    EXPECT_EQ(http({{"url", "http://h"}, {"data", "{{ ds }}"}}).body, "2024-01-31");
    EXPECT_EQ(
        http({{"url", "http://h"}, {"data", Json{{"why", "{{ reason }}"}, {"n", 1}}}}).body,
        "why=exit%20code%203&n=1"
    );
    EXPECT_THAT(http({{"url", "http://h"}, {"method", "GET"}}).body, IsEmpty());
}

TEST_F(CallTest, ARequestTakesServerAndHeadersFromAConnection) {
    add_connection(
        {.connection_id = "hook",
         .conn_type = "http",
         .host = "hook.example",
         .login = "me",
         .password = "hunter22",
         .port = 8080,
         .extra = R"({"headers": {"X-Team": "data"}})"}
    );
    const fetch::HttpCall call = http({{"conn_id", "hook"}, {"path", "/v1/{{ ti.task_id }}"}});
    EXPECT_EQ(call.url, "http://me:hunter22@hook.example:8080/v1/load");
    EXPECT_THAT(call.headers, Contains("X-Team: data"));
    EXPECT_EQ(mask.apply("bad hunter22"), "bad ***");
    EXPECT_THAT(http({{"conn_id", "hook"}, {"endpoint", "x"}}).url, testing::EndsWith(":8080/x"));
}

TEST_F(CallTest, AnAddressThatATemplateMadeIsASecret) {
    store->set_variable({.key = "hook", .value = "abc/def", .description = {}});
    EXPECT_EQ(http({{"url", "http://h/{{ var.value.hook }}"}}).url, "http://h/abc/def");
    EXPECT_EQ(mask.apply("http://h/abc/def: no; abc/def"), "***: no; ***");
    (void)http({{"url", "http://h/plain"}});
    EXPECT_EQ(mask.apply("http://h/plain"), "http://h/plain");
}

TEST_F(CallTest, AConnectionThatIsMissingIsNamed) {
    for (const CallbackKind kind : {CallbackKind::http, CallbackKind::slack}) {
        const auto error = refused(kind, {{"conn_id", "nobody"}});
        EXPECT_EQ(error.message, "there is no connection 'nobody'");
        EXPECT_FALSE(may_mend(error));
    }
    EXPECT_EQ(
        refused(CallbackKind::email, {{"to", "a@b"}}).message,
        "there is no connection 'smtp_default'"
    );
}

// --- Slack

TEST_F(CallTest, SlackGetsTextAndBlocks) {
    const fetch::HttpCall call = slack(
        {{"url", "https://hooks.slack.com/services/T1/B2/secret3"},
         {"text", "{{ ti.task_id }} failed"},
         {"blocks", Json::array({Json{{"type", "section"}}})}}
    );
    EXPECT_EQ(call.method, "POST");
    EXPECT_EQ(call.body, R"({"text":"load failed","blocks":[{"type":"section"}]})");
    EXPECT_EQ(mask.apply("no https://hooks.slack.com/services/T1/B2/secret3"), "no ***");
    EXPECT_EQ(mask.apply("no services/T1/B2/secret3"), "no ***");
}

TEST_F(CallTest, SlackGetsWordsOfItsOwnWhereNoneAreGiven) {
    const fetch::HttpCall call = slack({{"url", "https://h/x"}});
    EXPECT_EQ(Json::parse(call.body)["text"], default_text(scene));
}

TEST_F(CallTest, SlackTakesTheWebhookFromAConnectionInAirflowsForms) {
    const auto url_with = [&](const std::string& id, store::ConnectionRecord record) {
        record.connection_id = id;
        record.conn_type = "slackwebhook";
        add_connection(std::move(record));
        return slack({{"conn_id", id}}).url;
    };
    EXPECT_EQ(
        url_with("token", {.password = "T1/B2/x3"}), "https://hooks.slack.com/services/T1/B2/x3"
    );
    EXPECT_EQ(
        url_with("whole", {.password = "https://hooks.slack.com/services/T/B/x"}),
        "https://hooks.slack.com/services/T/B/x"
    );
    EXPECT_EQ(
        url_with(
            "own", {.host = "chat.example", .password = "/T/B/x", .schema = "http", .port = 81}
        ),
        "http://chat.example:81/T/B/x"
    );
    EXPECT_EQ(
        url_with("based", {.host = "https://chat.example/hooks", .password = "abc"}),
        "https://chat.example/hooks/abc"
    );
}

// --- mail

TEST_F(CallTest, AMailHasWordsOfItsOwnWhereNoneAreGiven) {
    add_connection({.connection_id = "smtp_default", .conn_type = "smtp", .host = "mail.example"});
    const MailCall call = email({{"to", Json::array({"a@example.org", "{{ dag.dag_id }}@b"})}});
    EXPECT_THAT(call.mail.to, ElementsAre("a@example.org", "movies@b"));
    EXPECT_EQ(call.mail.subject, default_title(scene));
    EXPECT_EQ(call.mail.body, default_text(scene));
    EXPECT_EQ(call.mail.from, "reel@localhost");
    EXPECT_EQ(call.mail.message_id, "<callback-7.1706684400000000@reel>");
    EXPECT_EQ(call.mail.date, a_date());
}

TEST_F(CallTest, AMailSaysWhatIsGiven) {
    add_connection(
        {.connection_id = "mail",
         .conn_type = "smtp",
         .host = "mail.example",
         .login = "me@example.org",
         .password = "hunter22"}
    );
    const MailCall call = email(
        {{"to", "a@b"},
         {"cc", "c@d"},
         {"from", "reel@example.org"},
         {"conn_id", "mail"},
         {"subject", "{{ dag.dag_id }}"},
         {"body", "<p>{{ reason }}</p>"},
         {"timeout", 3.0}}
    );
    EXPECT_THAT(call.mail.cc, ElementsAre("c@d"));
    EXPECT_EQ(call.mail.from, "reel@example.org");
    EXPECT_EQ(call.mail.subject, "movies");
    EXPECT_EQ(call.mail.body, "<p>exit code 3</p>");
    EXPECT_EQ(call.server.login, "me@example.org");
    EXPECT_EQ(call.server.timeout, 3s);
    EXPECT_EQ(mask.apply("hunter22"), "***");
    EXPECT_EQ(email({{"to", "a@b"}, {"conn_id", "mail"}}).mail.from, "me@example.org");
}

TEST_F(CallTest, AMailGoesThroughAConnectionAsAirflowReadsIt) {
    const auto server_with = [&](const std::string& id, const std::string& extra, int port) {
        add_connection(
            {.connection_id = id,
             .conn_type = "smtp",
             .host = "mail.example",
             .port = port == 0 ? std::nullopt : std::optional(port),
             .extra = extra}
        );
        return email({{"to", "a@b"}, {"conn_id", id}}).server;
    };
    const auto usual = server_with("usual", "", 0);
    EXPECT_TRUE(usual.tls);
    EXPECT_FALSE(usual.starttls);
    EXPECT_EQ(usual.port, 465);
    const auto starttls = server_with("starttls", R"({"disable_ssl": true})", 587);
    EXPECT_FALSE(starttls.tls);
    EXPECT_TRUE(starttls.starttls);
    EXPECT_EQ(starttls.port, 587);
    const auto plain = server_with("plain", R"({"disable_ssl": "true", "disable_tls": true})", 0);
    EXPECT_FALSE(plain.tls);
    EXPECT_FALSE(plain.starttls);
    EXPECT_EQ(plain.port, 25);
}

TEST_F(CallTest, AMailConnectionWithoutHostIsRefused) {
    add_connection({.connection_id = "smtp_default", .conn_type = "smtp"});
    EXPECT_THAT(refused(CallbackKind::email, {{"to", "a@b"}}).message, HasSubstr("names no host"));
}

TEST(MayMend, IsFalseForWhatTheFileSays) {
    const auto mends = [](core::Errc code) { return may_mend({.code = code, .message = {}}); };
    EXPECT_FALSE(mends(core::Errc::invalid_argument));
    EXPECT_FALSE(mends(core::Errc::not_found));
    EXPECT_FALSE(mends(core::Errc::unsupported));
    EXPECT_TRUE(mends(core::Errc::unavailable));
    EXPECT_TRUE(mends(core::Errc::timed_out));
    EXPECT_TRUE(mends(core::Errc::permission_denied));
    EXPECT_TRUE(mends(core::Errc::internal));
}

}  // namespace
}  // namespace reel::executor
