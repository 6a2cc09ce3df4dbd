#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

using Names = std::vector<std::string>;

class DagsApi : public ApiTest {
  protected:
    DagsApi() { save(movies_dag()); }

    Names ids(const std::string& query) {
        Names names;
        for (const auto& dag : get_json("/api/v2/dags" + query)["dags"]) {
            names.push_back(dag["dag_id"]);
        }
        return names;
    }
};

const std::set<std::string>& required_dag_fields() {
    static const std::set<std::string> names{
        "dag_display_name",
        "dag_id",
        "file_token",
        "fileloc",
        "has_import_errors",
        "has_task_concurrency_limits",
        "is_paused",
        "is_stale",
        "max_active_tasks",
        "max_consecutive_failed_dag_runs",
        "owners",
        "tags",
        "timetable_partitioned",
    };
    return names;
}

}  // namespace

TEST_F(DagsApi, GivesEveryRequiredFieldOfADag) {
    const auto dag = get_json("/api/v2/dags/movies");
    for (const std::string& name : required_dag_fields()) {
        ASSERT_TRUE(dag.contains(name)) << name;
        EXPECT_FALSE(dag[name].is_null()) << name;
    }
    EXPECT_EQ(dag["dag_display_name"], "movies");
    EXPECT_EQ(dag["owners"], (nlohmann::json{"airflow", "ops"}));
    EXPECT_EQ(dag["tags"][0]["name"], "films");
    EXPECT_EQ(dag["tags"][0]["dag_id"], "movies");
    EXPECT_EQ(dag["timetable_summary"], "0 7 * * *");
    EXPECT_EQ(dag["last_parsed_time"], "2026-01-01T00:00:00Z");
    EXPECT_EQ(dag["relative_fileloc"], "movies.yaml");
    EXPECT_TRUE(dag["next_dagrun_run_after"].is_null());
}

TEST_F(DagsApi, TellsWhenADagIsDueNext) {
    store_->set_next_runs({{core::DagId("movies"), clock_.now() + std::chrono::hours(7)}});
    const auto dag = get_json("/api/v2/dags/movies");
    EXPECT_EQ(dag["next_dagrun_run_after"], "2026-01-01T07:00:00Z");
    EXPECT_EQ(dag["next_dagrun_logical_date"], "2026-01-01T07:00:00Z");
}

TEST_F(DagsApi, AddsDetails) {
    core::Dag dag = movies_dag("timed");
    dag.dagrun_timeout = std::chrono::milliseconds(90'500);
    dag.start_date = clock_.now();
    dag.default_args.text = R"({"retries": 5})";
    dag.timezone = "Europe/Berlin";
    save(dag);
    add_run("r1", core::RunState::running, "timed");
    const auto details = get_json("/api/v2/dags/timed/details");
    for (const std::string& name : required_dag_fields()) {
        EXPECT_TRUE(details.contains(name)) << name;
    }
    EXPECT_EQ(details["catchup"], false);
    EXPECT_EQ(details["concurrency"], 16);
    EXPECT_EQ(details["render_template_as_native_obj"], false);
    EXPECT_EQ(details["active_runs_count"], 1);
    EXPECT_EQ(details["dag_run_timeout"], "PT90.500000S");
    EXPECT_EQ(details["default_args"]["retries"], 5);
    EXPECT_EQ(details["params"]["dataset"]["default"], "x.zip");
    EXPECT_EQ(details["timezone"], "Europe/Berlin");
    EXPECT_EQ(details["start_date"], "2026-01-01T00:00:00Z");
    EXPECT_EQ(
        keys(details["latest_dag_version"]),
        (std::set<std::string>{
            "id",
            "version_number",
            "dag_id",
            "dag_display_name",
            "bundle_name",
            "bundle_version",
            "bundle_url",
            "created_at"
        })
    );
}

TEST_F(DagsApi, ListsPagesAndFilters) {
    save(movies_dag("alpha"), true);
    save(movies_dag("beta"));
    EXPECT_EQ(ids(""), (Names{"alpha", "beta", "movies"}));
    EXPECT_EQ(ids("?order_by=-dag_id"), (Names{"movies", "beta", "alpha"}));
    EXPECT_EQ(ids("?limit=1&offset=1"), (Names{"beta"}));
    EXPECT_EQ(get_json("/api/v2/dags?limit=1&offset=1")["total_entries"], 3);
    EXPECT_EQ(ids("?dag_id_pattern=%25a%25&paused=false"), (Names{"beta"}));
    EXPECT_EQ(ids("?dag_id_pattern=~"), (Names{"alpha", "beta", "movies"}));
    EXPECT_EQ(ids("?paused=true"), (Names{"alpha"}));
    EXPECT_EQ(ids("?tags=alpha&tags=beta"), (Names{"alpha", "beta"}));
    EXPECT_EQ(ids("?tags=alpha&tags=films&tags_match_mode=all"), (Names{"alpha"}));
    EXPECT_EQ(ids("?owners=ops&limit=2&offset=2"), (Names{"movies"}));
    EXPECT_EQ(ids("?owners=nobody"), Names{});
    EXPECT_EQ(ids("?dag_display_name_pattern=al%25"), (Names{"alpha"}));
    EXPECT_EQ(ids("?has_import_errors=true"), Names{});
    EXPECT_EQ(ids("?offset=100&owners=ops"), Names{});
}

TEST_F(DagsApi, ListsTheFieldsThatAreAskedFor) {
    save(movies_dag("alpha"));
    const auto dags = get_json("/api/v2/dags?fields=dag_id&fields=owners&fields=is_paused")["dags"];
    ASSERT_EQ(dags.size(), 2U);
    EXPECT_EQ(keys(dags[0]), (std::set<std::string>{"dag_id", "is_paused", "owners"}));
    EXPECT_EQ(dags[1]["owners"], (nlohmann::json{"airflow", "ops"}));
    // Of one that needs a look at the tasks the whole DAG is read.
    const auto timed = get_json("/api/v2/dags?fields=dag_id&fields=timetable_summary")["dags"];
    EXPECT_EQ(timed[0], (nlohmann::json{{"dag_id", "alpha"}, {"timetable_summary", "0 7 * * *"}}));
}

TEST_F(DagsApi, FieldsOfASummaryAreThoseOfTheWholeDag) {
    store_->set_next_runs({{core::DagId("movies"), clock_.now()}});
    const auto whole = get_json("/api/v2/dags")["dags"][0];
    for (const auto& [name, value] : whole.items()) {
        EXPECT_EQ(get_json("/api/v2/dags?fields=" + name)["dags"][0][name], value) << name;
    }
    std::string all = "?fields=dag_id";
    for (const char* const name :
         {"dag_display_name",
          "fileloc",
          "has_import_errors",
          "is_stale",
          "last_parsed_time",
          "next_dagrun_run_after",
          "relative_fileloc",
          "tags"}) {
        all += std::string("&fields=") + name;
    }
    for (const auto& [name, value] : get_json("/api/v2/dags" + all)["dags"][0].items()) {
        EXPECT_EQ(whole.at(name), value) << name;
    }
}

TEST_F(DagsApi, FiltersWhatItSummarizes) {
    save(movies_dag("alpha"), true);
    save(movies_dag("beta"));
    EXPECT_EQ(ids("?fields=dag_id&owners=ops&limit=2&offset=2"), (Names{"movies"}));
    EXPECT_EQ(ids("?fields=dag_id&tags=alpha&tags=films&tags_match_mode=all"), (Names{"alpha"}));
    EXPECT_EQ(ids("?fields=dag_id&dag_display_name_pattern=al%25"), (Names{"alpha"}));
    EXPECT_EQ(ids("?owners=ops&order_by=-dag_id&limit=2"), (Names{"movies", "beta"}));
}

TEST_F(DagsApi, APageOfSummariesIsLonger) {
    std::vector<core::Dag> dags;
    for (int i = 0; i < 120; ++i) dags.push_back(movies_dag("d" + std::to_string(i)));
    store_->save_dags(dags, false, clock_.now());
    EXPECT_EQ(ids("?limit=1000").size(), 100U);
    EXPECT_EQ(ids("?limit=1000&fields=timetable_summary&fields=dag_id").size(), 100U);
    EXPECT_EQ(ids("?limit=1000&fields=dag_id").size(), 121U);
}

TEST_F(DagsApi, RefusesFieldsThatADagDoesNotHave) {
    const auto detail = get_json("/api/v2/dags?fields=is_pausd&fields=dag_id", 422)["detail"];
    EXPECT_EQ(detail[0]["loc"], (nlohmann::json{"query", "fields"}));
    EXPECT_EQ(detail[0]["msg"], "A Dag has no field is_pausd\nhint: did you mean 'is_paused'?");
}

TEST_F(DagsApi, ShowsStaleDagsOnlyWhenAsked) {
    store_->mark_stale_except({});
    EXPECT_EQ(ids(""), Names{});
    EXPECT_EQ(ids("?exclude_stale=false"), (Names{"movies"}));
}

TEST_F(DagsApi, RefusesWhatItCannotFilter) {
    const auto detail = get_json("/api/v2/dags?limit=x&last_dag_run_state=failed", 422)["detail"];
    ASSERT_EQ(detail.size(), 2U);
    EXPECT_EQ(detail[0]["loc"], (nlohmann::json{"query", "limit"}));
    EXPECT_EQ(get("/api/v2/dags?tags_match_mode=some").status, 422);
    EXPECT_EQ(get("/api/v2/dags?order_by=color").status, 422);
}

TEST_F(DagsApi, KnowsNoOtherDag) {
    for (const char* const path :
         {"/api/v2/dags/none",
          "/api/v2/dags/none/details",
          "/api/v2/dags/none/tasks",
          "/api/v2/dags/none/tasks/x",
          "/api/v2/dagSources/none",
          "/api/v2/dags/a%2Fb"}) {
        const Response response = get(path);
        EXPECT_EQ(response.status, 404) << path;
        EXPECT_TRUE(nlohmann::json::parse(response.body)["detail"].is_string());
    }
    EXPECT_EQ(send("PATCH", "/api/v2/dags/none", R"({"is_paused": true})").status, 404);
    EXPECT_EQ(send("DELETE", "/api/v2/dags/none").status, 404);
}

TEST_F(DagsApi, PausesAndUnpauses) {
    EXPECT_EQ(send_json("PATCH", "/api/v2/dags/movies", {{"is_paused", true}})["is_paused"], true);
    EXPECT_TRUE(store_->get_dag(core::DagId("movies"))->is_paused);
    const auto back =
        send_json("PATCH", "/api/v2/dags/movies?update_mask=is_paused", {{"is_paused", false}});
    EXPECT_EQ(back["is_paused"], false);
}

TEST_F(DagsApi, ChangesNothingButThePause) {
    EXPECT_EQ(send("PATCH", "/api/v2/dags/movies", R"({"is_paused": "no"})").status, 422);
    EXPECT_EQ(send("PATCH", "/api/v2/dags/movies", R"({})").status, 422);
    EXPECT_EQ(
        send("PATCH", "/api/v2/dags/movies", R"({"is_paused": true, "tags": []})").status, 422
    );
    EXPECT_EQ(
        send("PATCH", "/api/v2/dags/movies?update_mask=tags", R"({"is_paused": true})").status, 422
    );
    EXPECT_FALSE(store_->get_dag(core::DagId("movies"))->is_paused);
}

TEST_F(DagsApi, PausesAllThatAPatternNames) {
    save(movies_dag("alpha"));
    const auto changed =
        send_json("PATCH", "/api/v2/dags?dag_id_pattern=al%25", {{"is_paused", true}});
    EXPECT_EQ(changed["total_entries"], 1);
    EXPECT_EQ(changed["dags"][0]["is_paused"], true);
    EXPECT_TRUE(store_->get_dag(core::DagId("alpha"))->is_paused);
    EXPECT_FALSE(store_->get_dag(core::DagId("movies"))->is_paused);
}

TEST_F(DagsApi, DeletesADagButNotWhileItRuns) {
    control_.fail_next({core::Errc::conflict, "a run is active", "", "wait for it"});
    const auto refused = send("DELETE", "/api/v2/dags/movies");
    EXPECT_EQ(refused.status, 409);
    EXPECT_NE(refused.body.find("a run is active"), std::string::npos);
    EXPECT_EQ(send("DELETE", "/api/v2/dags/movies").status, 200);
    EXPECT_EQ(get("/api/v2/dags/movies").status, 404);
}

TEST_F(DagsApi, ListsTasksWithEveryRequiredField) {
    const auto tasks = get_json("/api/v2/dags/movies/tasks");
    EXPECT_EQ(tasks["total_entries"], 4);
    EXPECT_EQ(tasks["tasks"][0]["task_id"], "extract");
    EXPECT_EQ(tasks["tasks"][0]["downstream_task_ids"], (nlohmann::json{"clean", "audit"}));
    for (const char* const name :
         {"depends_on_past", "extra_links", "retry_exponential_backoff", "wait_for_downstream"}) {
        EXPECT_TRUE(tasks["tasks"][0].contains(name)) << name;
    }
    const auto load = get_json("/api/v2/dags/movies/tasks/load");
    EXPECT_EQ(load["retries"], 2);
    EXPECT_EQ(load["trigger_rule"], "all_success");
    EXPECT_EQ(
        load["execution_timeout"],
        (nlohmann::json{
            {"__type", "TimeDelta"}, {"days", 1}, {"seconds", 3600}, {"microseconds", 0}
        })
    );
    EXPECT_EQ(load["retry_delay"]["seconds"], 300);
}

TEST_F(DagsApi, TellsOfATaskWhatItIsAndNotWhatItsDagIs) {
    auto dag = movies_dag("dated");
    dag.start_date = core::parse_timestamp("2024-01-01T00:00:00Z").value();
    dag.tasks[0].start_date = core::parse_timestamp("2025-01-01T00:00:00Z").value();
    dag.tasks[0].wait_for_downstream = true;
    dag.params.text = R"({"a": {"default": 1}, "b": {"default": 1}})";
    dag.tasks[0].params.text = R"({"b": {"default": 2}})";
    dag.tasks[1].mapping = core::Mapping();
    save(dag);
    const auto tasks = get_json("/api/v2/dags/dated/tasks")["tasks"];
    EXPECT_EQ(tasks[0]["start_date"], "2025-01-01T00:00:00Z");
    EXPECT_EQ(tasks[1]["start_date"], "2024-01-01T00:00:00Z");
    EXPECT_EQ(tasks[0]["depends_on_past"], true);
    EXPECT_EQ(tasks[1]["depends_on_past"], false);
    EXPECT_EQ(tasks[1]["is_mapped"], true);
    EXPECT_EQ(tasks[0]["params"]["b"]["default"], 2);
    EXPECT_EQ(tasks[1]["params"]["b"]["default"], 1);
}

TEST_F(DagsApi, OrdersTasksWhenAsked) {
    EXPECT_EQ(
        get_json("/api/v2/dags/movies/tasks?order_by=task_id")["tasks"][0]["task_id"], "audit"
    );
    EXPECT_EQ(
        get_json("/api/v2/dags/movies/tasks?order_by=-task_id")["tasks"][0]["task_id"], "load"
    );
    EXPECT_EQ(get("/api/v2/dags/movies/tasks?order_by=color").status, 422);
    EXPECT_EQ(get("/api/v2/dags/movies/tasks/none").status, 404);
}

}  // namespace reel::api
