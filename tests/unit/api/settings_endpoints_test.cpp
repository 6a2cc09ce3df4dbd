#include "api/records_json.hpp"
#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

class VariablesApi : public ApiTest {};
class ConnectionsApi : public ApiTest {
  protected:
    nlohmann::json warehouse_ = {
        {"connection_id", "warehouse"},
        {"conn_type", "postgres"},
        {"host", "db"},
        {"port", 5432},
        {"login", "me"},
        {"password", "hush"},
        {"schema", "films"},
        {"extra",
         R"({"sslmode": "require", "aws_secret_access_key": "hush", "deep": {"token": "hush"}})"}
    };
};

}  // namespace

TEST_F(VariablesApi, CreatesReadsChangesAndDeletes) {
    const auto made = send_json(
        "POST", "/api/v2/variables", {{"key", "a/b"}, {"value", "1"}, {"description", "d"}}, 201
    );
    EXPECT_EQ(
        keys(made),
        (std::set<std::string>{"key", "value", "description", "is_encrypted", "team_name"})
    );
    EXPECT_EQ(get_json("/api/v2/variables/a%2Fb")["value"], "1");
    const auto changed =
        send_json("PATCH", "/api/v2/variables/a%2Fb", {{"key", "a/b"}, {"value", "2"}});
    EXPECT_EQ(changed["value"], "2");
    EXPECT_EQ(changed["description"], "d");
    const auto masked = send_json(
        "PATCH",
        "/api/v2/variables/a%2Fb?update_mask=description",
        {{"key", "a/b"}, {"value", "3"}, {"description", "e"}}
    );
    EXPECT_EQ(masked["value"], "2");
    EXPECT_EQ(masked["description"], "e");
    const Response gone = send("DELETE", "/api/v2/variables/a%2Fb");
    EXPECT_EQ(gone.status, 204);
    EXPECT_EQ(gone.body, "");
    EXPECT_EQ(get("/api/v2/variables/a%2Fb").status, 404);
    EXPECT_EQ(send("DELETE", "/api/v2/variables/a%2Fb").status, 404);
}

TEST_F(VariablesApi, KeepsAnyJsonAsItsText) {
    const auto made =
        send_json("POST", "/api/v2/variables", {{"key", "k"}, {"value", {{"a", {1, 2}}}}}, 201);
    EXPECT_EQ(made["value"], R"({"a":[1,2]})");
}

TEST_F(VariablesApi, RefusesWrongBodies) {
    const auto status = [&](const std::string& body) {
        return send("POST", "/api/v2/variables", body).status;
    };
    EXPECT_EQ(status(R"({"value": "1"})"), 422);
    EXPECT_EQ(status(R"({"key": "k"})"), 422);
    EXPECT_EQ(status(R"({"key": 5, "value": "1"})"), 422);
    EXPECT_EQ(status(R"({"key": "k", "value": "1", "colour": 1})"), 422);
    EXPECT_EQ(status(R"({"key": "k", "value": "1", "team_name": "x"})"), 422);
    EXPECT_EQ(status(R"({"key": "k\u0000", "value": "1"})"), 422);
    EXPECT_EQ(status(R"({"key": "k", "value": "1\u0000"})"), 422);
    EXPECT_EQ(status(R"({"key": ")" + std::string(251, 'k') + R"(", "value": "1"})"), 422);
    EXPECT_EQ(status(R"({"key": "k", "value": "1"})"), 201);
    EXPECT_EQ(status(R"({"key": "k", "value": "1"})"), 409);
    EXPECT_EQ(
        send("PATCH", "/api/v2/variables/k", R"({"key": "other", "value": "1"})").status, 400
    );
    EXPECT_EQ(send("PATCH", "/api/v2/variables/n", R"({"key": "n", "value": "1"})").status, 404);
}

TEST_F(VariablesApi, Lists) {
    for (const char* const key : {"a", "b", "c"}) {
        send_json("POST", "/api/v2/variables", {{"key", key}, {"value", key}}, 201);
    }
    const auto page = get_json("/api/v2/variables?limit=2&offset=1");
    EXPECT_EQ(page["total_entries"], 3);
    EXPECT_EQ(page["variables"][0]["key"], "b");
    EXPECT_EQ(get_json("/api/v2/variables?variable_key_pattern=c")["total_entries"], 1);
    EXPECT_EQ(get("/api/v2/variables?order_by=value").status, 422);
}

TEST_F(ConnectionsApi, NeverGivesASecretBack) {
    const auto made = send_json("POST", "/api/v2/connections", warehouse_, 201);
    const auto listed = get_json("/api/v2/connections");
    const auto one = get_json("/api/v2/connections/warehouse");
    for (const nlohmann::json& answer : {made, listed["connections"][0], one}) {
        EXPECT_EQ(answer.dump().find("hush"), std::string::npos) << answer;
        EXPECT_EQ(answer["password"], "***");
        EXPECT_EQ(answer["port"], 5432);
        const auto extra = nlohmann::json::parse(answer["extra"].get<std::string>());
        EXPECT_EQ(extra["sslmode"], "require");
        EXPECT_EQ(extra["aws_secret_access_key"], "***");
        EXPECT_EQ(extra["deep"]["token"], "***");
    }
    EXPECT_EQ(masked_extra("not json hush"), "***");
    EXPECT_EQ(masked_extra(""), "");
}

TEST_F(ConnectionsApi, KeepsSecretsThatComeBackMasked) {
    send_json("POST", "/api/v2/connections", warehouse_, 201);
    auto shown = get_json("/api/v2/connections/warehouse");
    shown["host"] = "elsewhere";
    send_json("PATCH", "/api/v2/connections/warehouse", shown);
    const auto stored = store_->get_connection("warehouse").value();
    EXPECT_EQ(stored.host, "elsewhere");
    EXPECT_EQ(stored.password, "hush");
    EXPECT_EQ(nlohmann::json::parse(stored.extra)["deep"]["token"], "hush");
}

TEST_F(ConnectionsApi, ChangesOnlyWhatIsGiven) {
    send_json("POST", "/api/v2/connections", warehouse_, 201);
    send_json(
        "PATCH",
        "/api/v2/connections/warehouse",
        {{"connection_id", "warehouse"},
         {"conn_type", "redshift"},
         {"password", "new"},
         {"port", nullptr}}
    );
    auto stored = store_->get_connection("warehouse").value();
    EXPECT_EQ(stored.conn_type, "redshift");
    EXPECT_EQ(stored.password, "new");
    EXPECT_EQ(stored.host, "db");
    EXPECT_FALSE(stored.port.has_value());
    send_json(
        "PATCH",
        "/api/v2/connections/warehouse?update_mask=host",
        {{"connection_id", "warehouse"}, {"conn_type", "http"}, {"host", "h"}, {"login", "l"}}
    );
    stored = store_->get_connection("warehouse").value();
    EXPECT_EQ(stored.conn_type, "redshift");
    EXPECT_EQ(stored.host, "h");
    EXPECT_EQ(stored.login, "me");
}

TEST_F(ConnectionsApi, RefusesWrongBodies) {
    const auto status = [&](const std::string& name, const nlohmann::json& value) {
        nlohmann::json body = warehouse_;
        body[name] = value;
        return send("POST", "/api/v2/connections", body.dump()).status;
    };
    EXPECT_EQ(status("connection_id", "has blank"), 422);
    EXPECT_EQ(status("connection_id", nullptr), 422);
    EXPECT_EQ(status("conn_type", nullptr), 422);
    EXPECT_EQ(status("port", 70000), 422);
    EXPECT_EQ(status("port", "5432"), 422);
    EXPECT_EQ(status("extra", "[1]"), 422);
    EXPECT_EQ(status("extra", "{"), 422);
    EXPECT_EQ(status("host", std::string(1, '\0')), 422);
    EXPECT_EQ(status("colour", 1), 422);
    EXPECT_EQ(status("team_name", "x"), 422);
    EXPECT_EQ(status("team_name", nullptr), 201);
    EXPECT_EQ(status("team_name", nullptr), 409);
}

TEST_F(ConnectionsApi, KnowsNoOther) {
    EXPECT_EQ(get("/api/v2/connections/none").status, 404);
    EXPECT_EQ(send("DELETE", "/api/v2/connections/none").status, 404);
    warehouse_["connection_id"] = "none";
    EXPECT_EQ(send("PATCH", "/api/v2/connections/none", warehouse_.dump()).status, 404);
    EXPECT_EQ(send("PATCH", "/api/v2/connections/other", warehouse_.dump()).status, 400);
}

TEST_F(ConnectionsApi, ListsAndDeletes) {
    send_json("POST", "/api/v2/connections", warehouse_, 201);
    EXPECT_EQ(get_json("/api/v2/connections?connection_id_pattern=ware%25")["total_entries"], 1);
    EXPECT_EQ(get_json("/api/v2/connections?connection_id_pattern=x")["total_entries"], 0);
    EXPECT_EQ(get("/api/v2/connections?limit=x").status, 422);
    EXPECT_EQ(send("DELETE", "/api/v2/connections/warehouse").status, 204);
    EXPECT_EQ(get_json("/api/v2/connections")["total_entries"], 0);
}

TEST_F(ConnectionsApi, TestsWhatItIsGiven) {
    warehouse_["password"] = "right";
    const auto good = send_json("POST", "/api/v2/connections/test", warehouse_);
    EXPECT_EQ(good["status"], true);
    EXPECT_EQ(good["message"], "PostgreSQL 15");
    warehouse_["password"] = "wrong";
    const auto bad = send_json("POST", "/api/v2/connections/test", warehouse_);
    EXPECT_EQ(bad["status"], false);
    EXPECT_EQ(bad["message"], "connection refused");
    EXPECT_EQ(send("POST", "/api/v2/connections/test", "{}").status, 422);
}

TEST_F(ConnectionsApi, TestsAStoredOneWithItsSecretsButOnlyAgainstItsHost) {
    warehouse_["password"] = "right";
    send_json("POST", "/api/v2/connections", warehouse_, 201);
    auto shown = get_json("/api/v2/connections/warehouse");
    EXPECT_EQ(send_json("POST", "/api/v2/connections/test", shown)["status"], true);
    shown["host"] = "attacker";
    EXPECT_EQ(send_json("POST", "/api/v2/connections/test", shown)["status"], false);
}

}  // namespace reel::api
