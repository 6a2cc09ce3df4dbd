#include <gmock/gmock.h>

#include "api_fixture.hpp"

namespace reel::api {

namespace {

using nlohmann::json;

class PoolEndpoints : public ApiTest {};

}  // namespace

TEST_F(PoolEndpoints, ListTheDefaultPoolWithEveryFieldThatAirflowsClientNeeds) {
    const json pools = get_json("/api/v2/pools");
    EXPECT_EQ(pools["total_entries"], 1);
    EXPECT_EQ(
        pools["pools"][0],
        (json{
            {"name", "default_pool"},
            {"slots", 128},
            {"description", "Default pool"},
            {"include_deferred", false},
            {"occupied_slots", 0},
            {"running_slots", 0},
            {"queued_slots", 0},
            {"scheduled_slots", 0},
            {"deferred_slots", 0},
            {"open_slots", 128},
            {"team_name", nullptr}
        })
    );
}

TEST_F(PoolEndpoints, CreateChangeAndDeleteAPool) {
    const json body{{"name", "db"}, {"slots", 2}, {"description", "the database"}};
    EXPECT_EQ(send_json("POST", "/api/v2/pools", body, 201)["open_slots"], 2);
    send_json("POST", "/api/v2/pools", body, 409);
    EXPECT_EQ(send_json("PATCH", "/api/v2/pools/db", {{"slots", -1}})["open_slots"], -1);
    EXPECT_EQ(get_json("/api/v2/pools/db")["description"], "the database") << "left as it was";
    EXPECT_EQ(send("DELETE", "/api/v2/pools/db").status, 204U);
    EXPECT_EQ(send("DELETE", "/api/v2/pools/db").status, 404U);
    get_json("/api/v2/pools/db", 404);
    send_json("PATCH", "/api/v2/pools/db", {{"slots", 1}}, 404);
}

TEST_F(PoolEndpoints, ChangeOnlyWhatTheMaskNames) {
    send_json("POST", "/api/v2/pools", {{"name", "db"}, {"slots", 2}}, 201);
    send_json("PATCH", "/api/v2/pools/db?update_mask=slots", {{"slots", 5}, {"description", "x"}});
    EXPECT_EQ(get_json("/api/v2/pools/db")["slots"], 5);
    EXPECT_EQ(get_json("/api/v2/pools/db")["description"], "");
}

TEST_F(PoolEndpoints, KeepTheDefaultPool) {
    EXPECT_EQ(send("DELETE", "/api/v2/pools/default_pool").status, 400U);
    EXPECT_EQ(send_json("PATCH", "/api/v2/pools/default_pool", {{"slots", 7}})["slots"], 7);
}

TEST_F(PoolEndpoints, RefuseABodyThatMakesNoPool) {
    const json answer = send_json("POST", "/api/v2/pools", {{"slots", -2}, {"sots", 1}}, 422);
    EXPECT_EQ(answer["detail"].size(), 4U) << answer.dump();
    send_json("POST", "/api/v2/pools", {{"name", ""}, {"slots", 1}}, 422);
    send_json("POST", "/api/v2/pools", {{"name", std::string(257, 'x')}, {"slots", 1}}, 422);
    send_json("PATCH", "/api/v2/pools/default_pool", {{"name", "other"}}, 400);
}

TEST_F(PoolEndpoints, TellWhatIsTaken) {
    save(movies_dag());
    add_run("r1");
    change_task("r1", "extract", [](store::TaskInstanceRecord& task) {
        task.state = core::TaskState::scheduled;
        task.pool_slots = 3;
    });
    const json pool = get_json("/api/v2/pools/default_pool");
    EXPECT_EQ(pool["scheduled_slots"], 3);
    EXPECT_EQ(pool["occupied_slots"], 0);
    change_task("r1", "extract", [](store::TaskInstanceRecord& task) {
        task.state = core::TaskState::queued;
        task.attempt = 1;
    });
    EXPECT_EQ(get_json("/api/v2/pools/default_pool")["open_slots"], 125);
}

TEST_F(PoolEndpoints, AreListedByPattern) {
    for (const char* name : {"b", "a", "ab"}) {
        send_json("POST", "/api/v2/pools", {{"name", name}, {"slots", 1}}, 201);
    }
    const json found = get_json("/api/v2/pools?pool_name_pattern=a%25&order_by=-name");
    EXPECT_EQ(found["total_entries"], 2);
    EXPECT_EQ(found["pools"][0]["name"], "ab");
}

}  // namespace reel::api
