#include "executor/task_spec.hpp"

#include <gtest/gtest.h>

#include "fixture.hpp"

namespace reel::executor {

TEST(TaskSpec, ComesBackAsItWasWritten) {
    TaskSpec spec;
    spec.operator_name = "stage";
    spec.args = Json{{"b", 1}, {"a", Json::array({"x"})}};
    spec.uri = "postgresql://u:secret@h/db";
    spec.identity.key = an_order("stage", {}).key;
    spec.identity.try_number = 3;
    spec.identity.attempt = 17;
    spec.data_dir = "/data/run";
    spec.cache_dir = "/data/cache";
    spec.dag_dir = "/dags";
    spec.staged["t.x"] = {
        .physical = "\"s\".\"x\"",
        .columns = {R"([{"name":"a"}])"},
        .key = {R"(["a"])"},
        .has_one_reader = true,
    };
    spec.secrets = {"secret"};

    const auto read = parse_task_spec(to_json(spec));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->operator_name, "stage");
    EXPECT_EQ(dump(read->args), R"({"b":1,"a":["x"]})");
    EXPECT_EQ(read->uri, spec.uri);
    EXPECT_EQ(read->identity.key, spec.identity.key);
    EXPECT_EQ(read->identity.try_number, 3);
    EXPECT_EQ(read->identity.attempt, 17);
    EXPECT_EQ(read->data_dir, spec.data_dir);
    EXPECT_EQ(read->cache_dir, spec.cache_dir);
    EXPECT_EQ(read->dag_dir, spec.dag_dir);
    EXPECT_EQ(read->staged.at("t.x").physical, "\"s\".\"x\"");
    EXPECT_EQ(read->staged.at("t.x").columns.text, R"([{"name":"a"}])");
    EXPECT_EQ(read->staged.at("t.x").key.text, R"(["a"])");
    EXPECT_TRUE(read->staged.at("t.x").has_one_reader);
    EXPECT_EQ(read->secrets, spec.secrets);
}

TEST(TaskSpec, IsRefusedWhereAnythingIsMissing) {
    for (const char* const text : {"", "[]", "{}", R"({"operator": 5})"}) {
        const auto read = parse_task_spec(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().message, "descriptor 3 holds no task specification");
    }
}

TEST(TaskReport, ComesBackAsItWasWritten) {
    TaskReport report;
    report.return_value = Json{{"rows", 1}};
    report.xcoms = Json{{"k", "v"}};
    report.failure = TaskFailure{.message = "m", .hint = "h", .retryable = false};
    const auto read = parse_task_report(to_json(report));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->return_value, report.return_value);
    EXPECT_EQ(read->xcoms, report.xcoms);
    ASSERT_TRUE(read->failure);
    EXPECT_EQ(read->failure->message, "m");
    EXPECT_EQ(read->failure->hint, "h");
    EXPECT_FALSE(read->failure->retryable);
}

TEST(TaskReport, IsEmptyWhereTheTaskWroteNothing) {
    const auto read = parse_task_report("");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->return_value.is_null());
    EXPECT_FALSE(read->failure);
}

TEST(TaskReport, IsRefusedWhereItIsNoObject) {
    EXPECT_FALSE(parse_task_report("{half"));
    EXPECT_FALSE(parse_task_report("[1]"));
}

}  // namespace reel::executor
