#include <gmock/gmock.h>

#include "unit/api/asset_fixture.hpp"

namespace reel::api {

namespace {

using nlohmann::json;
using testing::HasSubstr;

class AssetEndpoints : public AssetTest {
  protected:
    std::vector<std::string> uris(const std::string& query) {
        std::vector<std::string> found;
        for (const json& asset : get_json("/api/v2/assets" + query)["assets"]) {
            found.push_back(asset["uri"]);
        }
        return found;
    }
};

}  // namespace

TEST_F(AssetEndpoints, ShowAnAssetWithEveryFieldThatAirflowsClientNeeds) {
    const std::string at = "2026-01-01T00:00:00Z";
    const json reference{{"dag_id", "maker"}, {"created_at", at}, {"updated_at", at}};
    json task = reference;
    task["task_id"] = "load";
    json reader = reference;
    reader["dag_id"] = "reader";
    const json expected{
        {"id", std::stoi(id_of("s3://sales"))},
        {"name", "sales"},
        {"uri", "s3://sales"},
        {"group", "tables"},
        {"extra", {{"x", 1}}},
        {"created_at", at},
        {"updated_at", at},
        {"scheduled_dags", json::array({reader})},
        {"producing_tasks", json::array({task})},
        {"consuming_tasks", json::array()},
        {"aliases", json::array()},
        {"watchers", json::array()},
        {"last_asset_event", {{"id", nullptr}, {"timestamp", nullptr}}}
    };
    EXPECT_EQ(get_json("/api/v2/assets/" + id_of("s3://sales")), expected);
    add_event(3, "s3://sales");
    EXPECT_EQ(
        get_json("/api/v2/assets/" + id_of("s3://sales"))["last_asset_event"],
        (json{{"id", 3}, {"timestamp", at}})
    );
}

TEST_F(AssetEndpoints, ShowTheAliasesOfAnAsset) {
    core::Dag namer = movies_dag("namer");
    namer.schedule = core::NoSchedule{};
    namer.asset_condition = core::make_alias("weekly");
    namer.tasks[0].outlet_aliases = {"daily"};
    save(namer);
    store::NewAssetEvent added{.event = {.id = 1, .uri = "s3://films"}, .queued_for = {}};
    added.aliases = {"daily"};
    ASSERT_TRUE(store_->commit({.asset_events = {added}}));
    const json aliases = get_json("/api/v2/assets/" + id_of("s3://films"))["aliases"];
    ASSERT_EQ(aliases.size(), 1U);
    EXPECT_EQ(aliases[0]["name"], "daily");
    EXPECT_EQ(aliases[0]["group"], "asset");
    EXPECT_EQ(
        get_json("/api/v2/assets/aliases/" + std::to_string(aliases[0]["id"].get<int>())),
        aliases[0]
    );
    const json all = get_json("/api/v2/assets/aliases?order_by=-name");
    EXPECT_EQ(all["total_entries"], 2);
    EXPECT_EQ(all["asset_aliases"][0]["name"], "weekly");
    EXPECT_EQ(get_json("/api/v2/assets/aliases?name_pattern=dai%25")["total_entries"], 1);
    EXPECT_EQ(get_json("/api/v2/assets/aliases?limit=1&offset=1")["asset_aliases"].size(), 1U);
    get_json("/api/v2/assets/aliases/9999", 404);
    get_json("/api/v2/assets/aliases/x", 422);
    EXPECT_EQ(
        get_json("/api/v2/dags/namer/details")["asset_expression"],
        (json{{"alias", {{"name", "weekly"}, {"group", "asset"}}}})
    );
}

TEST_F(AssetEndpoints, AreListedAndFiltered) {
    using testing::ElementsAre;
    EXPECT_THAT(uris(""), ElementsAre("s3://films", "s3://sales"));
    EXPECT_THAT(uris("?order_by=-uri"), ElementsAre("s3://sales", "s3://films"));
    EXPECT_THAT(uris("?order_by=name&limit=1"), ElementsAre("s3://films"));
    EXPECT_THAT(uris("?name_pattern=sal%25"), ElementsAre("s3://sales"));
    EXPECT_THAT(uris("?uri_pattern=%25films"), ElementsAre("s3://films"));
    EXPECT_THAT(uris("?dag_ids=reader"), ElementsAre("s3://films", "s3://sales"));
    EXPECT_THAT(uris("?dag_ids=other"), testing::IsEmpty());
    store_->mark_stale_except({});
    EXPECT_THAT(uris(""), testing::IsEmpty());
    EXPECT_EQ(uris("?only_active=false").size(), 2U);
    EXPECT_EQ(get_json("/api/v2/assets?only_active=false&limit=1")["total_entries"], 2);
    get_json("/api/v2/assets?order_by=group", 422);
}

TEST_F(AssetEndpoints, TellWhatIsNotThere) {
    EXPECT_EQ(
        get_json("/api/v2/assets/4711", 404)["detail"], "The Asset with ID: `4711` was not found"
    );
    get_json("/api/v2/assets/films", 422);
}

TEST_F(AssetEndpoints, ShowTheExpressionOfADag) {
    const json expression = get_json("/api/v2/dags/reader/details")["asset_expression"];
    EXPECT_EQ(
        expression["all"][0],
        (json{{"asset", {{"uri", "s3://films"}, {"name", "s3://films"}, {"group", "asset"}}}})
    );
    EXPECT_TRUE(get_json("/api/v2/dags/maker/details")["asset_expression"].is_null());
    EXPECT_EQ(get_json("/api/v2/dags/reader")["timetable_summary"], "Asset");
    EXPECT_EQ(get_json("/api/v2/dags/reader")["timetable_description"], "Triggered by assets");
}

TEST_F(AssetEndpoints, MaterializeRunsTheDagThatMakesIt) {
    const std::string path = "/api/v2/assets/" + id_of("s3://films") + "/materialize";
    const json run = json::parse(send("POST", path).body);
    EXPECT_EQ(run["dag_id"], "maker");
    EXPECT_EQ(run["run_type"], "asset_materialization");
    EXPECT_THAT(run["dag_run_id"].get<std::string>(), HasSubstr("asset_materialization__2026-"));
    const json named = send_json(
        "POST", path, {{"dag_run_id", "mine"}, {"conf", {{"dataset", "y"}}}, {"note", "n"}}
    );
    EXPECT_EQ(named["dag_run_id"], "mine");
    EXPECT_EQ(named["conf"]["dataset"], "y");
    EXPECT_EQ(named["note"], "n");
    send_json("POST", path, {{"dag_run_id", "mine"}}, 409);
    send_json("POST", path, {{"colour", "red"}}, 422);
    send_json("POST", "/api/v2/assets/4711/materialize", json::object(), 404);
}

TEST_F(AssetEndpoints, MaterializeNeedsExactlyOneDag) {
    core::Dag second = movies_dag("second");
    second.tasks[0].outlets = {core::make_asset("s3://films")};
    second.tasks[1].inlets = {core::make_asset("s3://input")};
    save(second);
    const auto try_to_make = [&](const std::string& uri, int status) {
        const std::string path = "/api/v2/assets/" + id_of(uri) + "/materialize";
        return send_json("POST", path, json::object(), status)["detail"].get<std::string>();
    };
    EXPECT_THAT(try_to_make("s3://films", 409), HasSubstr("More than one DAG"));
    EXPECT_THAT(try_to_make("s3://input", 404), HasSubstr("No DAG materializes"));
    EXPECT_TRUE(control_.triggered().empty());
}

}  // namespace reel::api
