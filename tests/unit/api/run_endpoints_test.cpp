#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

using Names = std::vector<std::string>;

class RunsApi : public ApiTest {
  protected:
    RunsApi() { save(movies_dag()); }

    const std::string runs_ = "/api/v2/dags/movies/dagRuns";

    Names ids(const std::string& target) {
        Names names;
        for (const auto& run : get_json(target)["dag_runs"]) {
            names.push_back(run["dag_run_id"]);
        }
        return names;
    }
    void change_run(
        const std::string& run_id, const std::function<void(store::RunRecord&)>& change
    ) {
        const auto run = store_->get_run(core::DagId("movies"), core::RunId(run_id));
        ASSERT_TRUE(run.has_value());
        store::RunChange step{.from = run->state, .after = *run};
        change(step.after);
        store::Commit commit;
        commit.runs.push_back(step);
        ASSERT_TRUE(store_->commit(commit).has_value());
    }
};

}  // namespace

TEST_F(RunsApi, TriggersWithNothingGiven) {
    const auto run = send_json("POST", runs_, {{"logical_date", nullptr}});
    EXPECT_EQ(run["dag_run_id"], "manual__2026-01-01T00:00:00+00:00");
    EXPECT_TRUE(run["logical_date"].is_null());
    EXPECT_EQ(run["state"], "queued");
    EXPECT_EQ(run["run_type"], "manual");
    EXPECT_EQ(run["triggered_by"], "rest_api");
    EXPECT_EQ(run["triggering_user_name"], "admin");
    EXPECT_EQ(run["conf"], nlohmann::json::object());
    EXPECT_TRUE(run["note"].is_null());
}

TEST_F(RunsApi, GivesEveryRequiredFieldOfARun) {
    const auto run = send_json("POST", runs_, nlohmann::json::object());
    for (const char* const name :
         {"dag_display_name",
          "dag_id",
          "dag_run_id",
          "dag_versions",
          "run_after",
          "run_type",
          "state"}) {
        ASSERT_TRUE(run.contains(name)) << name;
        EXPECT_FALSE(run[name].is_null()) << name;
    }
    const auto& version = run["dag_versions"][0];
    for (const char* const name :
         {"created_at", "dag_display_name", "dag_id", "id", "version_number"}) {
        EXPECT_FALSE(version[name].is_null()) << name;
    }
    EXPECT_EQ(version["id"].get<std::string>().size(), 36U);
}

TEST_F(RunsApi, PassesOnAllThatATriggerMaySay) {
    send_json(
        "POST",
        runs_,
        {{"dag_run_id", "mine+1"},
         {"conf", {{"dataset", "y.zip"}}},
         {"logical_date", "2026-01-31T07:00:00+01:00"},
         {"data_interval_start", "2026-01-30T00:00:00Z"},
         {"data_interval_end", "2026-01-31T00:00:00Z"},
         {"run_after", "2026-02-01T00:00:00Z"},
         {"note", "by hand"},
         {"partition_key", nullptr}}
    );
    ASSERT_EQ(control_.triggered().size(), 1U);
    const scheduler::TriggerRequest& wish = control_.triggered()[0];
    EXPECT_EQ(wish.run_id->str(), "mine+1");
    EXPECT_EQ(wish.conf.text, R"({"dataset":"y.zip"})");
    EXPECT_EQ(core::format_api(*wish.logical_date), "2026-01-31T06:00:00Z");
    EXPECT_EQ(core::format_api(wish.data_interval->start), "2026-01-30T00:00:00Z");
    EXPECT_EQ(core::format_api(*wish.run_after), "2026-02-01T00:00:00Z");
    EXPECT_EQ(wish.note, "by hand");
    const auto run = get_json(runs_ + "/mine%2B1");
    EXPECT_EQ(run["data_interval_end"], "2026-01-31T00:00:00Z");
    EXPECT_EQ(get_json(runs_ + "/mine+1"), run);
}

TEST_F(RunsApi, KnowsTheCommandLine) {
    Request request{.method = "POST", .target = runs_, .body = "{}"};
    request.headers = {{"authorization", "Bearer " + token_}, {"user-agent", "reel-cli"}};
    EXPECT_EQ(nlohmann::json::parse(send(request).body)["triggered_by"], "cli");
}

TEST_F(RunsApi, RefusesAWrongTrigger) {
    const auto status = [&](const std::string& body) { return send("POST", runs_, body).status; };
    EXPECT_EQ(status(R"({"conf": [1]})"), 422);
    EXPECT_EQ(status(R"({"conf": "{}"})"), 422);
    EXPECT_EQ(status(R"({"logical_date": "soon"})"), 422);
    EXPECT_EQ(status(R"({"logical_date": 5})"), 422);
    EXPECT_EQ(status(R"({"data_interval_start": "2026-01-01"})"), 422);
    EXPECT_EQ(
        status(R"({"data_interval_start": "2026-01-02", "data_interval_end": "2026-01-01"})"), 422
    );
    EXPECT_EQ(status(R"({"partition_key": "x"})"), 422);
    EXPECT_EQ(status(R"({"execution_date": "2026-01-01"})"), 422);
    EXPECT_EQ(status("not json"), 422);
    EXPECT_EQ(status(""), 422);
    EXPECT_TRUE(control_.triggered().empty());
    EXPECT_EQ(status(R"({"dag_run_id": "has blank"})"), 400);
}

TEST_F(RunsApi, TellsTheSchedulersRefusals) {
    EXPECT_EQ(send("POST", runs_, R"({"dag_run_id": "a"})").status, 200);
    EXPECT_EQ(send("POST", runs_, R"({"dag_run_id": "a"})").status, 409);
    EXPECT_EQ(send("POST", "/api/v2/dags/none/dagRuns", "{}").status, 404);
    control_.fail_next({core::Errc::invalid_argument, "conf breaks the params", "", "give a number"}
    );
    const auto body = send_json("POST", runs_, nlohmann::json::object(), 400);
    EXPECT_EQ(body["detail"], "conf breaks the params\nhint: give a number");
    const std::vector<std::pair<core::Errc, int>> answers{
        {core::Errc::permission_denied, 403},
        {core::Errc::unavailable, 503},
        {core::Errc::timed_out, 504},
        {core::Errc::unsupported, 400},
        {core::Errc::corrupt_data, 500},
        {core::Errc::internal, 500},
    };
    for (const auto& [code, status] : answers) {
        control_.fail_next({code, "no", "", ""});
        EXPECT_EQ(send("POST", runs_, "{}").status, status);
    }
}

TEST_F(RunsApi, KnowsNoOtherRun) {
    EXPECT_EQ(get(runs_ + "/none").status, 404);
    EXPECT_EQ(get(runs_ + "/a%20b").status, 404);
    EXPECT_EQ(get(runs_ + "/..%2F..%2Fetc").status, 404);
    EXPECT_EQ(get("/api/v2/dags/none/dagRuns/x").status, 404);
    EXPECT_EQ(get("/api/v2/dags/none/dagRuns").status, 404);
}

TEST_F(RunsApi, ListsOfOneDagOrOfAll) {
    save(movies_dag("other"));
    add_run("a");
    add_run("b", core::RunState::running);
    add_run("c", core::RunState::failed, "other");
    EXPECT_EQ(ids(runs_), (Names{"a", "b"}));
    EXPECT_EQ(ids("/api/v2/dags/~/dagRuns"), (Names{"a", "b", "c"}));
    EXPECT_EQ(ids("/api/v2/dags/~/dagRuns?state=running&state=failed"), (Names{"b", "c"}));
    EXPECT_EQ(ids("/api/v2/dags/~/dagRuns?order_by=-run_id&limit=1"), (Names{"c"}));
    EXPECT_EQ(ids("/api/v2/dags/~/dagRuns?run_id_pattern=%25b"), (Names{"b"}));
    EXPECT_EQ(ids("/api/v2/dags/~/dagRuns?dag_id_pattern=oth%25"), (Names{"c"}));
    EXPECT_EQ(ids("/api/v2/dags/~/dagRuns?run_type=scheduled"), Names{});
    EXPECT_EQ(
        get_json("/api/v2/dags/~/dagRuns?run_type=manual&limit=2&offset=2")["total_entries"], 3
    );
    EXPECT_EQ(get_json("/api/v2/dags/~/dagRuns?limit=2")["total_entries"], 3);
}

TEST_F(RunsApi, FiltersByDates) {
    const auto hour = std::chrono::hours(1);
    store::NewRun dated{.run = add_run("a", core::RunState::running), .tasks = {}};
    clock_.advance(hour);
    dated.run.run_id = core::RunId("b");
    dated.run.run_after = clock_.now();
    dated.run.logical_date = dated.run.start_date = clock_.now() + 2 * hour;
    store::Commit commit;
    commit.new_runs.push_back(dated);
    ASSERT_TRUE(store_->commit(commit).has_value());
    clock_.advance(hour);
    add_run("c", core::RunState::running);
    EXPECT_EQ(ids(runs_ + "?run_after_gte=2026-01-01T01:00:00Z"), (Names{"b", "c"}));
    EXPECT_EQ(ids(runs_ + "?run_after_gt=2026-01-01T01:00:00Z"), (Names{"c"}));
    EXPECT_EQ(ids(runs_ + "?run_after_lte=2026-01-01T01:00:00Z"), (Names{"a", "b"}));
    EXPECT_EQ(ids(runs_ + "?run_after_lt=2026-01-01T01:00:00Z"), (Names{"a"}));
    EXPECT_EQ(ids(runs_ + "?logical_date_gte=2026-01-01T03:00:00Z"), (Names{"b"}));
    EXPECT_EQ(ids(runs_ + "?logical_date_gt=2026-01-01T03:00:00Z"), Names{});
    EXPECT_EQ(ids(runs_ + "?start_date_lte=2027-01-01"), (Names{"b"}));
    EXPECT_EQ(ids(runs_ + "?end_date_lte=2027-01-01"), Names{});
}

TEST_F(RunsApi, RefusesWrongFilters) {
    for (const char* const query :
         {"?state=sleeping",
          "?run_type=odd",
          "?order_by=color",
          "?limit=-1",
          "?run_after_gte=soon",
          "?conf_contains=x"}) {
        EXPECT_EQ(get(runs_ + query).status, 422) << query;
    }
}

TEST_F(RunsApi, ListsByBody) {
    save(movies_dag("other"));
    add_run("a");
    add_run("b", core::RunState::running, "other");
    const auto list = [&](const nlohmann::json& body) {
        Names names;
        for (const auto& run : send_json("POST", "/api/v2/dags/~/dagRuns/list", body)["dag_runs"]) {
            names.push_back(run["dag_run_id"]);
        }
        return names;
    };
    EXPECT_EQ(list(nlohmann::json::object()), (Names{"a", "b"}));
    EXPECT_EQ(list({{"dag_ids", {"other"}}}), (Names{"b"}));
    EXPECT_EQ(list({{"states", {"queued"}}}), (Names{"a"}));
    EXPECT_EQ(
        list({{"order_by", "-dag_run_id"}, {"page_limit", 1}, {"page_offset", 1}}), (Names{"a"})
    );
    EXPECT_EQ(list({{"run_after_gte", "2027-01-01T00:00:00Z"}}), Names{});
    const auto status = [&](const std::string& body, const std::string& dag = "~") {
        return send("POST", "/api/v2/dags/" + dag + "/dagRuns/list", body).status;
    };
    EXPECT_EQ(status(R"({"states": ["odd"]})"), 422);
    EXPECT_EQ(status(R"({"order_by": "color"})"), 422);
    EXPECT_EQ(status(R"({"page_limit": 0})"), 422);
    EXPECT_EQ(status(R"({"colour": 1})"), 422);
    EXPECT_EQ(status("{}", "movies"), 422);
}

TEST_F(RunsApi, MarksARun) {
    add_run("a", core::RunState::running);
    const auto run = send_json("PATCH", runs_ + "/a", {{"state", "failed"}});
    EXPECT_EQ(run["state"], "failed");
    EXPECT_EQ(run["end_date"], "2026-01-01T00:00:00Z");
    EXPECT_EQ(send("PATCH", runs_ + "/none", R"({"state": "failed"})").status, 404);
    EXPECT_EQ(send("PATCH", runs_ + "/a", R"({"state": "running"})").status, 422);
    EXPECT_EQ(send("PATCH", runs_ + "/a", R"({"state": "odd"})").status, 422);
    EXPECT_EQ(send("PATCH", runs_ + "/a", R"({"colour": 1})").status, 422);
    control_.fail_next({core::Errc::conflict, "it has ended", "", ""});
    EXPECT_EQ(send("PATCH", runs_ + "/a", R"({"state": "success"})").status, 409);
}

TEST_F(RunsApi, WaitsForTheEndOfARun) {
    add_run("a", core::RunState::success);
    const Response response = get(runs_ + "/a/wait?interval=0.001");
    EXPECT_EQ(response.content_type, "application/x-ndjson");
    EXPECT_EQ(collect(response), "{\"state\":\"success\"}\n");
    EXPECT_EQ(get(runs_ + "/none/wait").status, 404);
    EXPECT_EQ(get(runs_ + "/a/wait?interval=0").status, 422);
    EXPECT_EQ(get(runs_ + "/a/wait?interval=x").status, 422);
}

}  // namespace reel::api
