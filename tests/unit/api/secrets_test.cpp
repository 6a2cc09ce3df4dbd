#include "api/records_json.hpp"
#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

using nlohmann::json;

/// What a connection shows of its `extra`, and what survives when that comes back.
class Secrets : public ApiTest {
  protected:
    json connection(const json& extra) {
        return {
            {"connection_id", "c"},
            {"conn_type", "http"},
            {"host", "h"},
            {"password", "hush"},
            {"extra", extra.dump()}
        };
    }
    json stored_extra() { return json::parse(store_->get_connection("c")->extra); }
    json shown_extra() {
        const auto shown = get_json("/api/v2/connections/c");
        EXPECT_EQ(shown.dump().find("hush"), std::string::npos) << shown;
        return json::parse(shown["extra"].get<std::string>());
    }

    const std::string path_ = "/api/v2/connections/c";
};

}  // namespace

TEST_F(Secrets, AreKnownByTheirNames) {
    for (const char* const name :
         {"password",
          "PASSWORD",
          "db_password",
          "passwd",
          "passphrase",
          "private_key_passphrase",
          "secret",
          "client_secret",
          "aws_secret_access_key",
          "aws_access_key_id",
          "api_key",
          "apikey",
          "x-apikey",
          "token",
          "session_token",
          "Authorization",
          "private_key",
          "sslkey",
          "sslpassword",
          "keyfile_dict",
          "credentials"}) {
        const json masked = json::parse(masked_extra(json{{name, "hush"}, {"x", 1}}.dump()));
        EXPECT_EQ(masked, (json{{name, "***"}, {"x", 1}}));
    }
    for (const char* const name : {"sslmode", "region", "keepalives", "host", "pass", "timeout"}) {
        const std::string extra = json{{name, "shown"}}.dump();
        EXPECT_EQ(masked_extra(extra), extra);
    }
}

TEST_F(Secrets, AreHiddenWhateverTheyAreAndHoweverDeep) {
    const json extra = {
        {"token", 12345},
        {"secret", {{"a", "hush"}}},
        {"password", json::array({"hush"})},
        {"api_key", nullptr},
        {"servers", {{{"host", "a"}, {"password", "hush"}}, {{"host", "b"}}}},
        {"deep", {{"deeper", {{"deepest", {{"client_secret", "hush"}, {"port", 1}}}}}}}
    };
    send_json("POST", "/api/v2/connections", connection(extra), 201);
    const json shown = shown_extra();
    for (const char* const name : {"token", "secret", "password", "api_key"}) {
        EXPECT_EQ(shown[name], "***") << name;
    }
    EXPECT_EQ(shown["servers"][0], (json{{"host", "a"}, {"password", "***"}}));
    EXPECT_EQ(shown["servers"][1], (json{{"host", "b"}}));
    EXPECT_EQ(shown["deep"]["deeper"]["deepest"], (json{{"client_secret", "***"}, {"port", 1}}));
    EXPECT_EQ(stored_extra(), extra) << "what is stored is whole";
}

TEST_F(Secrets, SurviveWhenTheyComeBackMasked) {
    const json extra = {
        {"token", 12345},
        {"secret", {{"a", "hush"}}},
        {"servers",
         {{{"host", "a"}, {"password", "hush a"}}, {{"host", "b"}, {"password", "hush b"}}}},
        {"lists", json::array({json::array({json{{"token", "hush"}}})})},
        {"plain", "p"}
    };
    send_json("POST", "/api/v2/connections", connection(extra), 201);
    json shown = get_json(path_);
    json edited = json::parse(shown["extra"].get<std::string>());
    edited["plain"] = "q";
    edited["servers"][1]["host"] = "elsewhere";
    shown["extra"] = edited.dump();
    send_json("PATCH", path_, shown);
    json expected = extra;
    expected["plain"] = "q";
    expected["servers"][1]["host"] = "elsewhere";
    EXPECT_EQ(stored_extra(), expected);
    EXPECT_EQ(store_->get_connection("c")->password, "hush");
}

TEST_F(Secrets, ChangeAndGoWhenTheyAreSaidAnew) {
    send_json("POST", "/api/v2/connections", connection({{"token", "old"}, {"api_key", "k"}}), 201);
    send_json(
        "PATCH",
        path_,
        {{"connection_id", "c"},
         {"conn_type", "http"},
         {"password", "new"},
         {"extra", R"({"token": "new", "secret": "***"})"}}
    );
    EXPECT_EQ(store_->get_connection("c")->password, "new");
    EXPECT_EQ(stored_extra()["token"], "new");
    EXPECT_FALSE(stored_extra().contains("api_key")) << "left out is taken away";
    EXPECT_EQ(stored_extra()["secret"], "***") << "there was none that this could stand for";
    send_json(
        "PATCH",
        path_,
        {{"connection_id", "c"}, {"conn_type", "http"}, {"password", nullptr}, {"extra", nullptr}}
    );
    EXPECT_EQ(store_->get_connection("c")->password, "");
    EXPECT_EQ(store_->get_connection("c")->extra, "");
    const auto bare = get_json(path_);
    EXPECT_TRUE(bare["password"].is_null()) << "nothing is hidden where nothing is";
    EXPECT_TRUE(bare["extra"].is_null());
}

TEST_F(Secrets, StayOutOfAnswersThatRefuse) {
    json body = connection({{"token", "hush"}});
    body["port"] = "hush";
    body["colour"] = "hush";
    for (const auto& [method, target] :
         {std::pair("POST", "/api/v2/connections"),
          std::pair("PATCH", "/api/v2/connections/c"),
          std::pair("POST", "/api/v2/connections/test")}) {
        const Response response = send(method, target, body.dump());
        EXPECT_EQ(response.status, 422) << method << target;
        EXPECT_EQ(response.body.find("hush"), std::string::npos) << response.body;
    }
}

TEST_F(Secrets, OfAStoredConnectionAreTriedOnItsOwnPlaceOnly) {
    std::vector<store::ConnectionRecord> tried;
    services_.check_connection = [&](const store::ConnectionRecord& connection
                                 ) -> core::Result<std::string> {
        tried.push_back(connection);
        return "fine";
    };
    application_ = std::make_unique<Application>(services_);
    json made = connection({{"token", "hush"}});
    made["port"] = 5432;
    send_json("POST", "/api/v2/connections", made, 201);
    const json shown = get_json(path_);
    const auto test_with = [&](const json& change) {
        json body = shown;
        body.update(change);
        EXPECT_EQ(send("POST", "/api/v2/connections/test", body.dump()).status, 200);
        return tried.back().password + " " + tried.back().extra;
    };
    EXPECT_EQ(test_with(json::object()), R"(hush {"token":"hush"})");
    EXPECT_EQ(test_with({{"login", "other"}}), R"(hush {"token":"hush"})");
    for (const json& elsewhere :
         {json{{"host", "attacker"}},
          json{{"port", 1}},
          json{{"port", nullptr}},
          json{{"host", nullptr}},
          json{{"connection_id", "unknown"}}}) {
        EXPECT_EQ(test_with(elsewhere), R"(*** {"token":"***"})") << elsewhere;
    }
}

TEST_F(Secrets, NothingCanBeKeptUnderAnEmptyName) {
    json body = connection({{"x", 1}});
    body["connection_id"] = "";
    const auto refused = send_json("POST", "/api/v2/connections", body, 422)["detail"];
    EXPECT_EQ(refused[0]["loc"], (json{"body", "connection_id"}));
    const auto variable =
        send_json("POST", "/api/v2/variables", {{"key", ""}, {"value", "1"}}, 422)["detail"];
    EXPECT_EQ(variable[0]["loc"], (json{"body", "key"}));
    EXPECT_EQ(store_->list_connections({}).total, 0U) << "no path could name it again";
    EXPECT_EQ(store_->list_variables({}).total, 0U);
}

TEST_F(Secrets, AMaskNamesWhatIsChanged) {
    struct Case {
        const char* mask;
        const char* host;
        const char* password;
        const char* conn_type;
    };
    send_json("POST", "/api/v2/connections", connection({{"x", 1}}), 201);
    for (const Case& each : std::vector<Case>{
             {"?update_mask=host", "h2", "hush", "http"},
             {"?update_mask=host&update_mask=password", "h2", "new", "http"},
             {"?update_mask=conn_type", "h", "hush", "postgres"},
             {"?update_mask=port", "h", "hush", "http"},
             {"", "h2", "new", "postgres"}
         }) {
        ASSERT_TRUE(store_->set_connection(
            {.connection_id = "c", .conn_type = "http", .host = "h", .password = "hush"}
        ));
        send_json(
            "PATCH",
            path_ + each.mask,
            {{"connection_id", "c"}, {"conn_type", "postgres"}, {"host", "h2"}, {"password", "new"}}
        );
        const auto stored = store_->get_connection("c").value();
        EXPECT_EQ(stored.host, each.host) << each.mask;
        EXPECT_EQ(stored.password, each.password) << each.mask;
        EXPECT_EQ(stored.conn_type, each.conn_type) << each.mask;
    }
}

}  // namespace reel::api
