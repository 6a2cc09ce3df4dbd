#include <gmock/gmock.h>

#include "unit/api/asset_fixture.hpp"

namespace reel::api {

namespace {

using nlohmann::json;
using testing::ElementsAre;

class AssetEventEndpoints : public AssetTest {
  protected:
    std::vector<int> ids(const std::string& target) {
        std::vector<int> found;
        for (const json& event : get_json(target)["asset_events"]) found.push_back(event["id"]);
        return found;
    }
};

}  // namespace

TEST_F(AssetEventEndpoints, ShowTheSourceAndTheRunsOfAnEvent) {
    add_event(1, "s3://films");
    add_reader_run("a1", {1});
    const json event = get_json("/api/v2/assets/events")["asset_events"][0];
    const std::string at = "2026-01-01T00:00:00Z";
    const json consumer{
        {"dag_id", "reader"},
        {"run_id", "a1"},
        {"state", "queued"},
        {"logical_date", nullptr},
        {"start_date", at},
        {"end_date", nullptr},
        {"data_interval_start", nullptr},
        {"data_interval_end", nullptr},
        {"partition_key", nullptr}
    };
    const json expected{
        {"id", 1},
        {"asset_id", std::stoi(id_of("s3://films"))},
        {"uri", "s3://films"},
        {"name", "s3://films"},
        {"group", "asset"},
        {"extra", json::object()},
        {"timestamp", at},
        {"source_dag_id", "maker"},
        {"source_run_id", "m1"},
        {"source_task_id", "extract"},
        {"source_map_index", -1},
        {"created_dagruns", json::array({consumer})},
        {"partition_key", nullptr}
    };
    EXPECT_EQ(event, expected);
}

TEST_F(AssetEventEndpoints, AreListedAndFiltered) {
    add_event(1, "s3://films");
    clock_.advance(std::chrono::hours(1));
    add_event(2, "s3://sales");
    const std::string events = "/api/v2/assets/events";
    EXPECT_THAT(ids(events), ElementsAre(1, 2));
    EXPECT_THAT(ids(events + "?order_by=-timestamp"), ElementsAre(2, 1));
    EXPECT_THAT(ids(events + "?asset_id=" + id_of("s3://sales")), ElementsAre(2));
    EXPECT_THAT(ids(events + "?source_dag_id=maker&source_run_id=m1&limit=1"), ElementsAre(1));
    EXPECT_THAT(ids(events + "?source_task_id=load"), ElementsAre());
    EXPECT_THAT(ids(events + "?source_map_index=-1"), ElementsAre(1, 2));
    EXPECT_THAT(ids(events + "?timestamp_gte=2026-01-01T00:30:00Z"), ElementsAre(2));
    EXPECT_THAT(ids(events + "?timestamp_lte=2026-01-01T00:30:00Z"), ElementsAre(1));
    get_json(events + "?order_by=extra", 422);
    get_json(events + "?asset_id=films", 422);
}

TEST_F(AssetEventEndpoints, TellWhatStartedARun) {
    for (const int id : {1, 2, 3}) add_event(id, "s3://films");
    add_reader_run("a1", {1, 3});
    EXPECT_THAT(ids("/api/v2/dags/reader/dagRuns/a1/upstreamAssetEvents"), ElementsAre(1, 3));
    add_reader_run("a2", {});
    EXPECT_THAT(ids("/api/v2/dags/reader/dagRuns/a2/upstreamAssetEvents"), ElementsAre());
    get_json("/api/v2/dags/reader/dagRuns/none/upstreamAssetEvents", 404);
}

TEST_F(AssetEventEndpoints, AreMadeByHand) {
    const json body{{"asset_id", std::stoi(id_of("s3://films"))}, {"extra", {{"rows", 5}}}};
    const json event = send_json("POST", "/api/v2/assets/events", body);
    EXPECT_EQ(event["id"], 1);
    EXPECT_EQ(event["extra"], (json{{"rows", 5}, {"from_rest_api", true}}));
    EXPECT_TRUE(event["source_dag_id"].is_null());
    EXPECT_EQ(event["source_map_index"], -1);
    send_json("POST", "/api/v2/assets/events", {{"asset_id", 4711}}, 404);
    send_json("POST", "/api/v2/assets/events", json::object(), 422);
    send_json("POST", "/api/v2/assets/events", {{"asset_id", 1}, {"extra", 5}}, 422);
    EXPECT_THAT(ids("/api/v2/assets/events"), ElementsAre(1));
}

TEST_F(AssetEventEndpoints, WaitInAQueueAsOneRowForEachDagAndAsset) {
    add_event(1, "s3://films");
    clock_.advance(std::chrono::hours(1));
    add_event(2, "s3://films");
    add_event(3, "s3://sales");
    const int films = std::stoi(id_of("s3://films"));
    const json waiting{
        {"dag_id", "reader"},
        {"asset_id", films},
        {"created_at", "2026-01-01T00:00:00Z"},
        {"dag_display_name", get_json("/api/v2/dags/reader")["dag_display_name"]}
    };
    const json of_dag = get_json("/api/v2/dags/reader/assets/queuedEvents");
    EXPECT_EQ(of_dag["total_entries"], 2);
    const std::string of_asset = "/api/v2/assets/" + id_of("s3://films") + "/queuedEvents";
    const std::string of_both = "/api/v2/dags/reader" + of_asset.substr(7);
    EXPECT_EQ(get_json(of_asset)["total_entries"], 1);
    EXPECT_EQ(get_json(of_both)["asset_id"], films);
    EXPECT_EQ(get_json(of_both)["created_at"], waiting["created_at"]);
    get_json(of_both + "?before=2026-01-01T00:00:00Z", 404);
    get_json("/api/v2/dags/reader/assets/4711/queuedEvents", 404);
}

TEST_F(AssetEventEndpoints, AreTakenOutOfTheQueue) {
    for (const int id : {1, 2}) add_event(id, "s3://films");
    add_event(3, "s3://sales");
    const std::string of_dag = "/api/v2/dags/reader/assets/queuedEvents";
    const std::string of_films = "/api/v2/assets/" + id_of("s3://films") + "/queuedEvents";
    EXPECT_EQ(send("DELETE", of_films).status, 204);
    EXPECT_EQ(
        get_json(of_films, 404)["detail"],
        "Queue event with asset_id: `" + id_of("s3://films") + "` was not found"
    );
    EXPECT_EQ(send("DELETE", of_films).status, 404);
    EXPECT_EQ(send("DELETE", of_dag).status, 204);
    EXPECT_EQ(get_json(of_dag, 404)["detail"], "Queue event with dag_id: `reader` was not found");
    EXPECT_THAT(ids("/api/v2/assets/events"), ElementsAre(1, 2, 3)) << "the events stay";
}

}  // namespace reel::api
