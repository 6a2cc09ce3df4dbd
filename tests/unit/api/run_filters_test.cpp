#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

using Names = std::vector<std::string>;

/// Three runs, each date of them an hour after that of the run before; a fourth has none but
/// run_after.
class RunFilters : public ApiTest {
  protected:
    RunFilters() {
        save(movies_dag());
        for (const char* const run_id : {"a", "b", "c"}) {
            add_dated_run(run_id);
            clock_.advance(std::chrono::hours(1));
        }
        add_run("d", core::RunState::queued);
    }

    void add_dated_run(const std::string& run_id) {
        store::NewRun made;
        made.run.dag_id = core::DagId("movies");
        made.run.run_id = core::RunId(run_id);
        made.run.state = core::RunState::success;
        made.run.conf.text = "{}";
        made.run.logical_date = made.run.start_date = made.run.end_date = clock_.now();
        made.run.run_after = made.run.queued_at = clock_.now();
        const core::Dag dag = api::movies_dag();
        made.run.dag_version = dag.version;
        for (const core::Task& task : dag.tasks) {
            made.tasks.push_back({.key = {dag.dag_id, made.run.run_id, task.task_id, -1}});
        }
        EXPECT_TRUE(store_->commit({.new_runs = {made}}).has_value());
    }
    Names by_query(const std::string& query) {
        return ids_of(get_json("/api/v2/dags/movies/dagRuns?" + query));
    }
    Names by_body(const nlohmann::json& body) {
        return ids_of(send_json("POST", "/api/v2/dags/~/dagRuns/list", body));
    }
    static Names ids_of(const nlohmann::json& page) {
        Names names;
        for (const auto& run : page["dag_runs"]) names.push_back(run["dag_run_id"]);
        EXPECT_EQ(page["total_entries"], names.size());
        return names;
    }
};

struct Bound {
    const char* suffix;
    Names expected;
};

}  // namespace

TEST_F(RunFilters, BoundEachDateFromEitherSide) {
    const std::string at = "2026-01-01T01:00:00Z";
    for (const std::string field : {"run_after", "logical_date", "start_date", "end_date"}) {
        const bool all_have_it = field == "run_after";
        for (const Bound& bound : std::vector<Bound>{
                 {"_gte", {"b", "c"}}, {"_gt", {"c"}}, {"_lte", {"a", "b"}}, {"_lt", {"a"}}
             }) {
            Names expected = bound.expected;
            const bool upward = std::string_view(bound.suffix).starts_with("_g");
            if (all_have_it && upward) expected.emplace_back("d");
            const std::string name = field + bound.suffix;
            EXPECT_EQ(by_query(name + "=" + at), expected) << name;
            EXPECT_EQ(by_body({{name, at}}), expected) << name;
        }
    }
}

TEST_F(RunFilters, AreAllHeldTogether) {
    EXPECT_EQ(
        by_query(
            "run_after_gte=2026-01-01T01:00:00Z&logical_date_lt=2026-01-01T02:00:00Z&state=success"
        ),
        (Names{"b"})
    );
    EXPECT_EQ(by_query("logical_date_gt=2026-01-01&logical_date_lt=2026-01-01"), Names{});
    EXPECT_EQ(by_query("state=queued&end_date_lte=2030-01-01"), Names{});
    EXPECT_EQ(by_query("run_id_pattern=_&state=queued"), (Names{"d"}));
    EXPECT_EQ(by_query("run_type=manual&run_type=scheduled").size(), 4U);
    EXPECT_EQ(by_query("run_type=backfill"), Names{});
}

TEST_F(RunFilters, ReadADateInAnyZoneToTheMicrosecond) {
    EXPECT_EQ(by_query("run_after_lte=2026-01-01T01:00:00%2B01:00"), (Names{"a"}));
    EXPECT_EQ(by_query("run_after_lte=2025-12-31T20:00:00-05:00"), (Names{"a", "b"}));
    EXPECT_EQ(by_query("run_after_gt=2026-01-01T01:59:59.999999Z"), (Names{"c", "d"}));
    EXPECT_EQ(by_query("run_after_gt=2026-01-01T02:00:00.000000Z"), (Names{"d"}));
    for (const char* const wrong :
         {"soon", "2026-13-01", "2026-02-30", "2026-01-01T25:00:00Z", "1767225600x", ""}) {
        const auto detail = get_json(
            std::string("/api/v2/dags/movies/dagRuns?start_date_lt=") + wrong, 422
        )["detail"];
        EXPECT_EQ(detail[0]["loc"], (nlohmann::json{"query", "start_date_lt"})) << wrong;
        EXPECT_EQ(detail[0]["type"], "datetime_parsing") << wrong;
    }
}

TEST_F(RunFilters, TakeTheSameInABodyAndPageIt) {
    EXPECT_EQ(by_body({{"states", {"queued", "success"}}, {"dag_ids", {"movies"}}}).size(), 4U);
    EXPECT_EQ(by_body({{"dag_ids", {"other"}}}), Names{});
    EXPECT_EQ(by_body({{"dag_ids", nlohmann::json::array()}}).size(), 4U) << "none named: all";
    const auto page = send_json(
        "POST",
        "/api/v2/dags/~/dagRuns/list",
        {{"order_by", "-run_after"}, {"page_limit", 2}, {"page_offset", 1}, {"states", {"success"}}}
    );
    EXPECT_EQ(page["total_entries"], 3);
    EXPECT_EQ(page["dag_runs"][0]["dag_run_id"], "b");
    EXPECT_EQ(page["dag_runs"][1]["dag_run_id"], "a");
    for (const auto& wrong : std::vector<nlohmann::json>{
             {{"page_limit", 0}},
             {{"page_limit", "5"}},
             {{"page_offset", -1}},
             {{"states", "queued"}},
             {{"states", {"none"}}},
             {{"dag_ids", {1}}},
             {{"order_by", "conf"}},
             {{"order_by", "-"}},
             {{"run_after_gte", 5}},
             {{"run_after_gte", "soon"}},
             {{"limit", 5}}
         }) {
        const auto detail = send_json("POST", "/api/v2/dags/~/dagRuns/list", wrong, 422)["detail"];
        ASSERT_EQ(detail.size(), 1U) << wrong;
        EXPECT_EQ(detail[0]["loc"], (nlohmann::json{"body", wrong.begin().key()})) << wrong;
    }
}

TEST_F(RunFilters, TellEveryMistakeOfAQueryAtOnce) {
    const auto detail = get_json(
        "/api/v2/dags/movies/dagRuns?limit=x&order_by=y&state=z&run_type=w&end_date_gt=v&u=t", 422
    )["detail"];
    std::set<std::string> named;
    for (const auto& issue : detail) {
        EXPECT_EQ(issue["loc"][0], "query");
        EXPECT_FALSE(issue["msg"].get<std::string>().empty());
        named.insert(issue["loc"][1]);
    }
    EXPECT_EQ(
        named, (std::set<std::string>{"limit", "order_by", "state", "run_type", "end_date_gt", "u"})
    );
}

TEST_F(RunFilters, OfTasksNeedADagThatIsThere) {
    EXPECT_EQ(get_json("/api/v2/dags/movies/dagRuns/~/taskInstances")["total_entries"], 16);
    EXPECT_EQ(get_json("/api/v2/dags/~/dagRuns/b/taskInstances")["total_entries"], 4);
    EXPECT_EQ(get_json("/api/v2/dags/~/dagRuns/none/taskInstances")["total_entries"], 0);
    const auto missing = get_json("/api/v2/dags/none/dagRuns/~/taskInstances", 404);
    EXPECT_EQ(missing["detail"], "The Dag with ID: `none` was not found");
}

}  // namespace reel::api
