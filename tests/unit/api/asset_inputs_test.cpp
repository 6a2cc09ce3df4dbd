#include <gmock/gmock.h>

#include "api/records_json.hpp"
#include "unit/api/asset_fixture.hpp"

namespace reel::api {

namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* events = "/api/v2/assets/events";

/// What people may send that is wrong, and what they are told.
class AssetInputs : public AssetTest {
  protected:
    /// "asset_id: Input should be …" of the only issue.
    std::string issue_of(
        const std::string& method, const std::string& target, const std::string& body = ""
    ) {
        const Response response = send(method, target, body);
        EXPECT_EQ(response.status, 422) << method << " " << target << ": " << response.body;
        const json detail = json::parse(response.body)["detail"];
        if (!detail.is_array() || detail.size() != 1) return response.body;
        return detail[0]["loc"].back().get<std::string>() + ": " +
               detail[0]["msg"].get<std::string>();
    }

    std::string path_of(const std::string& uri, const std::string& more = "") {
        return "/api/v2/assets/" + id_of(uri) + more;
    }

    std::vector<std::string> names(const std::string& query) {
        std::vector<std::string> found;
        for (const json& asset : get_json("/api/v2/assets" + query)["assets"]) {
            found.push_back(asset["name"]);
        }
        return found;
    }
};

}  // namespace

TEST_F(AssetInputs, AnIdOfAPathIsAWholeNumber) {
    for (const char* id : {"1x", "1.0", "%201", "99999999999999999999", "0x1", "films"}) {
        EXPECT_EQ(
            issue_of("GET", "/api/v2/assets/" + std::string(id)),
            "asset_id: Input should be a valid integer"
        ) << id;
    }
    for (const char* more : {"/queuedEvents", "/materialize"}) {
        const char* method = std::string(more) == "/materialize" ? "POST" : "GET";
        EXPECT_THAT(
            issue_of(method, "/api/v2/assets/films" + std::string(more)), HasSubstr("asset_id")
        );
    }
    EXPECT_THAT(issue_of("DELETE", "/api/v2/assets/films/queuedEvents"), HasSubstr("asset_id"));
    EXPECT_EQ(get("/api/v2/assets/-1").status, 404);
    EXPECT_EQ(get("/api/v2/assets/0").status, 404);
}

TEST_F(AssetInputs, AQueryIsCheckedWhole) {
    const std::vector<std::pair<std::string, const char*>> table{
        {"/api/v2/assets?only_active=maybe", "only_active: Input should be a valid boolean"},
        {"/api/v2/assets?order_by=-group", "order_by: Ordering is by one of: id, name, uri, "},
        {"/api/v2/assets?order_by=name&order_by=uri", "order_by: Ordering is by one of"},
        {"/api/v2/assets?limit=many", "limit: "},
        {"/api/v2/assets?offset=-1", "offset: "},
        {"/api/v2/assets?uri=s3", "uri: This parameter is not supported here"},
        {"/api/v2/assets/events?order_by=uri", "order_by: Ordering is by one of: timestamp, id"},
        {"/api/v2/assets/events?asset_id=-1", "asset_id: "},
        {"/api/v2/assets/events?source_map_index=-2", "source_map_index: "},
        {"/api/v2/assets/events?source_map_index=2147483648", "source_map_index: "},
        {"/api/v2/assets/events?timestamp_gte=soon", "timestamp_gte: Input should be a valid date"},
        {"/api/v2/assets/events?timestamp_lte=", "timestamp_lte: Input should be a valid date"},
        {"/api/v2/assets/events?source=maker", "source: This parameter is not supported here"},
        {"/api/v2/dags/reader/assets/queuedEvents?before=x", "before: Input should be a valid"},
        {"/api/v2/dags/reader/assets/queuedEvents?limit=5", "limit: This parameter is not"},
        {"/api/v2/dags/reader/dagRuns/a1/upstreamAssetEvents?limit=5", "limit: This parameter"},
    };
    for (const auto& [target, issue] : table) {
        EXPECT_THAT(issue_of("GET", target), testing::StartsWith(issue)) << target;
    }
    const json detail = get_json(std::string(events) + "?asset_id=x&limit=y", 422)["detail"];
    EXPECT_EQ(detail.size(), 2U) << "all at once";
}

TEST_F(AssetInputs, ABodyOfAnEventIsCheckedWhole) {
    const std::vector<std::pair<const char*, const char*>> table{
        {R"({})", "asset_id: Field required"},
        {R"({"asset_id": null})", "asset_id: Field required"},
        {R"({"asset_id": 1, "extra": []})", "extra: Input should be a JSON object"},
        {R"({"asset_id": 1, "extra": "{}"})", "extra: Input should be a JSON object"},
        {R"({"asset_id": 1, "colour": 1})", "colour: "},
        {R"({"asset_id": 1, "partition_key": "p"})", "partition_key: "},
        {R"({"asset_id": 1, "extra": {"a": "\u0000"}})", "body: Text must not hold"},
        {R"([1])", "body: Input should be a JSON object"},
        {R"({"asset_id": 1)", "body: The body is not valid JSON"},
        {"", "body: The body is not valid JSON"},
    };
    for (const auto& [body, issue] : table) {
        EXPECT_THAT(issue_of("POST", events, body), testing::StartsWith(issue)) << body;
    }
    EXPECT_EQ(get_json(events)["total_entries"], 0);
}

TEST_F(AssetInputs, AnEventByHandSaysSoWhateverItsExtraSays) {
    const json body{
        {"asset_id", std::stoi(id_of("s3://films"))},
        {"extra", {{"from_rest_api", false}, {"deep", {{"x", {1, nullptr}}}}}},
        {"partition_key", nullptr}
    };
    const json extra = send_json("POST", events, body)["extra"];
    EXPECT_EQ(extra["from_rest_api"], true);
    EXPECT_EQ(extra["deep"], (json{{"x", {1, nullptr}}}));
}

TEST_F(AssetInputs, TheSchedulersRefusalsAreTold) {
    const json body{{"asset_id", std::stoi(id_of("s3://films"))}};
    control_.fail_next({core::Errc::unavailable, "it is stopping", "", "try again"});
    EXPECT_EQ(send_json("POST", events, body, 503)["detail"], "it is stopping\nhint: try again");
    control_.fail_next({core::Errc::not_found, "no DAG names it", "", ""});
    EXPECT_EQ(send_json("POST", events, body, 404)["detail"], "no DAG names it");
    add_event(1, "s3://films");
    control_.fail_next({core::Errc::conflict, "no", "", ""});
    EXPECT_EQ(send("DELETE", path_of("s3://films", "/queuedEvents")).status, 409);
    control_.fail_next({core::Errc::invalid_argument, "conf breaks the params", "", ""});
    EXPECT_EQ(send("POST", path_of("s3://films", "/materialize")).status, 400);
}

TEST_F(AssetInputs, ABodyThatMaterializesIsCheckedWhole) {
    const std::string path = path_of("s3://films", "/materialize");
    const std::vector<std::pair<const char*, const char*>> table{
        {R"({"conf": [1]})", "conf: Input should be a JSON object"},
        {R"({"dag_run_id": 5})", "dag_run_id: Input should be a valid string"},
        {R"({"note": {}})", "note: Input should be a valid string"},
        {R"({"logical_date": "2026-01-01T00:00:00Z"})", "logical_date: "},
        {"nonsense", "body: The body is not valid JSON"},
        {"[]", "body: Input should be a JSON object"},
    };
    for (const auto& [body, issue] : table) {
        EXPECT_THAT(issue_of("POST", path, body), testing::StartsWith(issue)) << body;
    }
    EXPECT_TRUE(control_.triggered().empty());
    EXPECT_EQ(send("POST", path, R"({"conf": null, "dag_run_id": null})").status, 200);
    ASSERT_EQ(control_.triggered().size(), 1U);
    EXPECT_EQ(control_.triggered()[0].conf.text, "{}");
    EXPECT_EQ(control_.triggered()[0].triggering_user, "admin");
}

TEST_F(AssetInputs, NothingIsToldWithoutAToken) {
    const std::vector<std::pair<const char*, std::string>> table{
        {"GET", "/api/v2/assets"},
        {"GET", path_of("s3://films")},
        {"GET", events},
        {"POST", events},
        {"POST", path_of("s3://films", "/materialize")},
        {"GET", path_of("s3://films", "/queuedEvents")},
        {"DELETE", path_of("s3://films", "/queuedEvents")},
        {"GET", "/api/v2/dags/reader/assets/queuedEvents"},
        {"DELETE", "/api/v2/dags/reader/assets/" + id_of("s3://films") + "/queuedEvents"},
    };
    for (const auto& [method, target] : table) {
        Request request;
        request.method = method;
        request.target = target;
        EXPECT_EQ(send(std::move(request)).status, 401) << method << " " << target;
    }
}

TEST_F(AssetInputs, PatternsAreLikesAndPagesCountWhatTheyLeaveOut) {
    core::Dag more = movies_dag("more");
    more.tasks[0].outlets = {
        {.uri = "s3://z", .name = "a_b"}, {.uri = "s3://y", .name = "axb"}, core::make_asset("z")
    };
    save(more);
    EXPECT_THAT(names("?name_pattern=a_b&order_by=name"), ElementsAre("a_b", "axb"));
    EXPECT_THAT(names("?name_pattern=A_B&order_by=name"), ElementsAre("a_b", "axb"))
        << "ILIKE, as in Airflow";
    EXPECT_THAT(names("?order_by=-name&limit=2"), ElementsAre("z", "sales"));
    EXPECT_THAT(names("?order_by=-name&limit=2&offset=4"), ElementsAre("a_b"));
    EXPECT_EQ(get_json("/api/v2/assets?offset=99")["total_entries"], 5);
    EXPECT_THAT(names("?dag_ids=more&dag_ids=maker&uri_pattern=s3://s%25"), ElementsAre("sales"));
    EXPECT_THAT(names("?name_pattern="), testing::IsEmpty());
}

TEST_F(AssetInputs, AQueueOfBothSaysWhichBothItMeans) {
    const std::string films = id_of("s3://films");
    const std::string of_both = "/api/v2/dags/reader/assets/" + films + "/queuedEvents";
    const std::string detail =
        "Queue event with dag_id: `reader` and asset_id: `" + films + "` was not found";
    EXPECT_EQ(get_json(of_both, 404)["detail"], detail);
    add_event(1, "s3://sales");
    EXPECT_EQ(get_json(of_both, 404)["detail"], detail);
    EXPECT_EQ(send("DELETE", of_both).status, 404);
    add_event(2, "s3://films");
    EXPECT_EQ(send("DELETE", of_both).status, 204);
    EXPECT_EQ(get_json("/api/v2/dags/reader/assets/queuedEvents")["total_entries"], 1);
}

TEST_F(AssetInputs, ABoundOfAQueueLeavesLaterEventsInIt) {
    add_event(1, "s3://films");
    clock_.advance(std::chrono::hours(1));
    add_event(2, "s3://films");
    const std::string queue = path_of("s3://films", "/queuedEvents");
    const std::string before = queue + "?before=2026-01-01T01:00:00Z";
    EXPECT_EQ(send("DELETE", before).status, 204);
    EXPECT_EQ(send("DELETE", before).status, 404);
    EXPECT_EQ(get_json(queue)["queued_events"][0]["created_at"], "2026-01-01T01:00:00Z");
}

TEST(AssetExpressionJson, HasAirflowsForm) {
    const auto written = [](const char* text) {
        return asset_expression_json(core::parse_asset_condition(text).value());
    };
    const auto leaf = [](const char* uri) {
        return json{{"asset", {{"uri", uri}, {"name", uri}, {"group", "asset"}}}};
    };
    EXPECT_EQ(written("a"), leaf("a"));
    EXPECT_EQ(written("a & b"), (json{{"all", {leaf("a"), leaf("b")}}}));
    EXPECT_EQ(
        written("a | (b & c)"),
        (json{{"any", json::array({leaf("a"), json{{"all", {leaf("b"), leaf("c")}}}})}})
    );
    EXPECT_TRUE(asset_expression_json(std::nullopt).is_null());
}

TEST(AssetEventJson, TakesWhatTheRunHasForItsDates) {
    store::AssetEventView view;
    view.event.extra.text = "[1]";
    store::RunRecord run;
    run.queued_at = core::Timestamp(std::chrono::hours(1));
    view.created_runs = {run, run};
    view.created_runs[1].start_date = core::Timestamp(std::chrono::hours(2));
    view.created_runs[1].data_interval = {core::Timestamp(), core::Timestamp()};
    const json shown = asset_event_json(view);
    EXPECT_EQ(shown["extra"], json::object()) << "nothing but an object is shown";
    EXPECT_EQ(shown["created_dagruns"][0]["start_date"], "1970-01-01T01:00:00Z");
    EXPECT_TRUE(shown["created_dagruns"][0]["data_interval_end"].is_null());
    EXPECT_EQ(shown["created_dagruns"][1]["start_date"], "1970-01-01T02:00:00Z");
    EXPECT_EQ(shown["created_dagruns"][1]["data_interval_end"], "1970-01-01T00:00:00Z");
}

}  // namespace reel::api
