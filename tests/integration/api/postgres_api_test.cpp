#include "api/connection_check.hpp"
#include "reel/store/environment.hpp"
#include "reel/store/migrations.hpp"
#include "support/test_cluster.hpp"
#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

using Names = std::vector<std::string>;

std::unique_ptr<store::RunStore> fresh_store() {
    const std::string uri = support::test_database();
    EXPECT_TRUE(store::migrate(uri).has_value());
    return store::make_postgres_store(uri);
}

/// The API over the real store: what the store in memory accepts must be SQL there.
class PostgresApi : public ApiTest {
  protected:
    PostgresApi() : ApiTest(fresh_store()) {
        save(movies_dag());
        save(movies_dag("other"), true);
        for (const char* const run_id : {"a", "b", "c"}) {
            clock_.advance(std::chrono::hours(1));
            add_run(run_id, core::RunState::running);
        }
        add_run("d+1", core::RunState::queued, "other");
    }

    Names names(const std::string& target, const std::string& list, const std::string& field) {
        Names found;
        const auto answer = get_json(target);
        for (const auto& item : answer[list]) {
            found.push_back(item[field]);
        }
        return found;
    }
    Names runs(const std::string& query) {
        return names("/api/v2/dags/~/dagRuns" + query, "dag_runs", "dag_run_id");
    }
};

}  // namespace

TEST_F(PostgresApi, ListsDags) {
    const auto dags = [&](const std::string& query) {
        return names("/api/v2/dags" + query, "dags", "dag_id");
    };
    EXPECT_EQ(dags(""), (Names{"movies", "other"}));
    EXPECT_EQ(dags("?order_by=-dag_id&limit=1"), (Names{"other"}));
    EXPECT_EQ(dags("?dag_id_pattern=%25ov%25"), (Names{"movies"}));
    EXPECT_EQ(dags("?paused=true"), (Names{"other"}));
    EXPECT_EQ(dags("?tags=movies&tags=none"), (Names{"movies"}));
    EXPECT_EQ(dags("?tags=movies&tags=films&tags_match_mode=all"), (Names{"movies"}));
    EXPECT_EQ(dags("?owners=ops&offset=1"), (Names{"other"}));
    EXPECT_EQ(dags("?exclude_stale=false&has_import_errors=false").size(), 2U);
    EXPECT_EQ(get("/api/v2/dags/movies/details").status, 200);
    EXPECT_EQ(get("/api/v2/dags/none").status, 404);
}

TEST_F(PostgresApi, ListsRunsInEveryOrder) {
    EXPECT_EQ(runs(""), (Names{"a", "b", "c", "d+1"}));
    EXPECT_EQ(runs("?order_by=-id"), (Names{"d+1", "c", "b", "a"}));
    EXPECT_EQ(runs("?order_by=-run_id&limit=2"), (Names{"d+1", "c"}));
    for (const char* const order :
         {"id",
          "run_after",
          "logical_date",
          "start_date",
          "end_date",
          "dag_run_id",
          "run_id",
          "state"}) {
        EXPECT_EQ(runs(std::string("?order_by=") + order).size(), 4U) << order;
        EXPECT_EQ(runs(std::string("?order_by=-") + order).size(), 4U) << order;
    }
}

TEST_F(PostgresApi, FiltersRuns) {
    EXPECT_EQ(runs("?state=queued"), (Names{"d+1"}));
    EXPECT_EQ(runs("?state=queued&state=running&limit=1&offset=3"), (Names{"d+1"}));
    EXPECT_EQ(
        runs("?run_after_gte=2026-01-01T02:00:00Z&run_after_lte=2026-01-01T02:30:00Z"), (Names{"b"})
    );
    EXPECT_EQ(runs("?run_after_gt=2026-01-01T02:00:00Z&dag_id_pattern=movies"), (Names{"c"}));
    EXPECT_EQ(runs("?run_id_pattern=d%25"), (Names{"d+1"}));
    EXPECT_EQ(
        names("/api/v2/dags/movies/dagRuns?order_by=-run_after", "dag_runs", "dag_run_id"),
        (Names{"c", "b", "a"})
    );
    EXPECT_EQ(get_json("/api/v2/dags/other/dagRuns/d%2B1")["conf"]["a"], 1);
}

TEST_F(PostgresApi, TriggersOnceAndMarks) {
    const auto made = send_json(
        "POST",
        "/api/v2/dags/movies/dagRuns",
        {{"dag_run_id", "e"},
         {"logical_date", "2026-01-31T00:00:00Z"},
         {"conf", {{"text", "é\"\\"}}}}
    );
    EXPECT_EQ(made["conf"]["text"], "é\"\\");
    EXPECT_EQ(get_json("/api/v2/dags/movies/dagRuns/e"), made);
    EXPECT_EQ(send("POST", "/api/v2/dags/movies/dagRuns", R"({"dag_run_id": "e"})").status, 409);
    EXPECT_EQ(
        send("POST", "/api/v2/dags/movies/dagRuns", R"({"logical_date": "2026-01-31T00:00:00Z"})")
            .status,
        409
    );
    const auto marked =
        send_json("PATCH", "/api/v2/dags/movies/dagRuns/a", {{"state", "failed"}, {"note", "x"}});
    EXPECT_EQ(marked["state"], "failed");
    EXPECT_EQ(get_json("/api/v2/dags/movies/dagRuns/a")["note"], "x");
}

TEST_F(PostgresApi, ListsTaskInstancesAndTries) {
    const std::string tasks = "/api/v2/dags/movies/dagRuns/a/taskInstances";
    change_task("a", "clean", [&](store::TaskInstanceRecord& task) {
        task.state = core::TaskState::scheduled;
        task.scheduled_at = clock_.now();
    });
    change_task("a", "clean", [&](store::TaskInstanceRecord& task) {
        task.state = core::TaskState::queued;
        task.attempt = store_->reserve_attempts(1);
        task.try_number = 1;
        task.queued_at = clock_.now();
    });
    EXPECT_EQ(
        names(tasks, "task_instances", "task_id"), (Names{"extract", "clean", "audit", "load"})
    );
    EXPECT_EQ(names(tasks + "?state=queued", "task_instances", "task_id"), (Names{"clean"}));
    EXPECT_EQ(names(tasks + "?state=no_status", "task_instances", "task_id").size(), 3U);
    EXPECT_EQ(names(tasks + "?limit=1&offset=3", "task_instances", "task_id"), (Names{"load"}));
    EXPECT_EQ(get_json("/api/v2/dags/~/dagRuns/~/taskInstances")["total_entries"], 16);
    EXPECT_EQ(get_json(tasks + "/clean/tries")["total_entries"], 1);
    EXPECT_EQ(get_json(tasks + "/clean/tries/1")["state"], "queued");
    EXPECT_EQ(get(tasks + "/clean/xcomEntries").status, 200);
    EXPECT_EQ(get(tasks + "/clean/xcomEntries/none").status, 404);
    EXPECT_EQ(get(tasks + "/clean/logs/1").status, 200);
}

TEST_F(PostgresApi, KeepsVariablesAndConnections) {
    const std::string odd = "é / % ' \" \\ ;";
    send_json("POST", "/api/v2/variables", {{"key", odd}, {"value", odd}}, 201);
    EXPECT_EQ(
        send("POST", "/api/v2/variables", nlohmann::json{{"key", odd}, {"value", "x"}}.dump())
            .status,
        409
    );
    EXPECT_EQ(get_json("/api/v2/variables")["variables"][0]["value"], odd);
    const nlohmann::json connection = {
        {"connection_id", "c"},
        {"conn_type", "postgres"},
        {"password", odd},
        {"extra", R"({"token": "t"})"}
    };
    send_json("POST", "/api/v2/connections", connection, 201);
    EXPECT_EQ(send("POST", "/api/v2/connections", connection.dump()).status, 409);
    auto shown = get_json("/api/v2/connections/c");
    shown["port"] = 1;
    send_json("PATCH", "/api/v2/connections/c", shown);
    EXPECT_EQ(store_->get_connection("c")->password, odd);
    EXPECT_EQ(store_->get_connection("c")->port, 1);
    EXPECT_EQ(send("DELETE", "/api/v2/connections/c").status, 204);
    EXPECT_EQ(send("DELETE", "/api/v2/connections/c").status, 404);
}

TEST_F(PostgresApi, TakesNoNulIntoTheDatabase) {
    EXPECT_EQ(get("/api/v2/variables/a%00b").status, 400);
    EXPECT_EQ(get("/api/v2/dags?dag_id_pattern=%00").status, 400);
    EXPECT_EQ(send("POST", "/api/v2/dags/movies/dagRuns", R"({"note": "a\u0000"})").status, 422);
    EXPECT_EQ(
        send("POST", "/api/v2/dags/movies/dagRuns", R"({"conf": {"a": "\u0000"}})").status, 422
    );
    EXPECT_EQ(store_->list_runs({}).total, 4U);
}

TEST(ConnectionCheck, ConnectsAsItIsTold) {
    const auto connection = store::parse_connection("c", support::test_database());
    ASSERT_TRUE(connection.has_value());
    const auto answer = check_connection(*connection);
    ASSERT_TRUE(answer.has_value()) << answer.error().describe();
    EXPECT_NE(answer->find("PostgreSQL"), std::string::npos);
}

TEST(ConnectionCheck, SaysWhyNot) {
    const auto refused = check_connection(
        {.connection_id = "c",
         .conn_type = "postgres",
         .host = "127.0.0.1",
         .password = "hush",
         .port = 1}
    );
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, core::Errc::unavailable);
    EXPECT_EQ(refused.error().message.find("hush"), std::string::npos);
    const auto odd = check_connection({.connection_id = "c", .conn_type = "gopher"});
    ASSERT_FALSE(odd.has_value());
    EXPECT_EQ(odd.error().code, core::Errc::unsupported);
}

}  // namespace reel::api
